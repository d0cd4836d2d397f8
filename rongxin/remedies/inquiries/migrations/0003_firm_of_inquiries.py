"""Inquiries from before say which enterprise their case is about."""

from django.db import migrations

FIRM = """
UPDATE workflow_case SET firm = (
    SELECT k.uscc FROM inquiries_inquiry c JOIN subjects_subject k ON k.id = c.subject_id WHERE c.case_id = workflow_case.id
) WHERE id IN (SELECT case_id FROM inquiries_inquiry)
"""


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0002_row_security"), ("workflow", "0005_firm_of_case")]
    operations = [migrations.RunSQL(FIRM, migrations.RunSQL.noop)]
