"""An objection is seen where its case is; the procedure writes it, for whoever it let file or answer."""

from django.db import migrations

from rongxin.storage.rows import row_security, through


class Migration(migrations.Migration):
    replaces = [("objections", "0002_row_security")]
    dependencies = [("objections", "0001_tables"), ("workflow", "0002_guarded")]
    operations = [row_security("objections_objection", read=through("workflow_case", "id = case_id"))]
