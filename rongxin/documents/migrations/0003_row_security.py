"""Documents are seen where the matrix lets them be read, and issued and withdrawn where it lets that be done."""

from django.db import migrations

from rongxin.storage.rows import reached, row_security, through

ISSUED = through("documents_document", "id = document_id", reached("p.authority_id", "document:issue"))


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_documents_only_grow"), ("departments", "0003_who_asks")]
    operations = [
        row_security(
            "documents_document",
            read=reached("authority_id", "document:read"),
            add=reached("authority_id", "document:issue"),
        ),
        *(
            row_security(f"documents_{name}", read=through("documents_document", "id = document_id"), add=ISSUED)
            for name in ("documentfile", "withdrawal")
        ),
    ]
