"""An objection to a class is seen where its case is; the procedure writes it, for whoever it let file or answer."""

from django.db import migrations

from rongxin.storage.rows import row_security, through


class Migration(migrations.Migration):
    dependencies = [("classification", "0001_tables"), ("workflow", "0002_guarded")]
    operations = [row_security("classification_adjustment", read=through("workflow_case", "id = case_id"))]
