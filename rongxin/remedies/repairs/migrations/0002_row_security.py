"""A repair and its revocation are seen where their cases are; the procedure writes them. A notice is seen where its document is."""

from django.db import migrations

from rongxin.storage.rows import row_security, through


class Migration(migrations.Migration):
    dependencies = [("repairs", "0001_initial"), ("workflow", "0005_firm_of_case"), ("documents", "0001_initial")]
    operations = [
        row_security("repairs_repair", read=through("workflow_case", "id = case_id")),
        row_security("repairs_revocation", read=through("workflow_case", "id = case_id")),
        row_security("repairs_repairnotice", read=through("documents_document", "id = document_id")),
    ]
