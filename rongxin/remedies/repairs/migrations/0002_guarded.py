"""A repair and its revocation are seen where their cases are; the procedure writes them. A notice is seen where its document is."""

from django.db import migrations

from rongxin.storage.rows import row_security, through


class Migration(migrations.Migration):
    replaces = [("repairs", "0002_row_security")]
    dependencies = [("repairs", "0001_tables"), ("workflow", "0002_guarded"), ("documents", "0002_guarded")]
    operations = [
        row_security("repairs_repair", read=through("workflow_case", "id = case_id")),
        row_security("repairs_revocation", read=through("workflow_case", "id = case_id")),
        row_security("repairs_repairnotice", read=through("documents_document", "id = document_id")),
    ]
