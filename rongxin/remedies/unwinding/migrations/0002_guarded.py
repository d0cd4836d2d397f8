"""What is unwound is seen where its case is; the procedures write it."""

from django.db import migrations

from rongxin.storage.rows import row_security, through


class Migration(migrations.Migration):
    replaces = [("unwinding", "0002_row_security")]
    dependencies = [("unwinding", "0001_tables"), ("workflow", "0002_guarded")]
    operations = [
        row_security("unwinding_unwinding", read=through("workflow_case", "id = case_id")),
        row_security("unwinding_redecision", read=through("workflow_case", "id = case_id")),
        row_security("unwinding_item", read=through("unwinding_unwinding", "id = unwinding_id")),
    ]
