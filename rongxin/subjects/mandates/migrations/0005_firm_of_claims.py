"""Claims from before say which enterprise their case is about."""

from django.db import migrations

FIRM = """
UPDATE workflow_case SET firm = (
    SELECT k.uscc FROM mandates_claim c JOIN subjects_subject k ON k.id = c.subject_id WHERE c.case_id = workflow_case.id
) WHERE id IN (SELECT case_id FROM mandates_claim)
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0004_guarded_mandates"), ("workflow", "0005_firm_of_case")]
    operations = [migrations.RunSQL(FIRM, migrations.RunSQL.noop)]
