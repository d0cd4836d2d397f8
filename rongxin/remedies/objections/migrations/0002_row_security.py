"""An objection is seen where its case is; the procedure writes it, for whoever it let file or answer."""

from django.db import migrations

from rongxin.storage.rows import row_security, through


class Migration(migrations.Migration):
    dependencies = [("objections", "0001_initial"), ("workflow", "0005_firm_of_case")]
    operations = [row_security("objections_objection", read=through("workflow_case", "id = case_id"))]
