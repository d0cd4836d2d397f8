"""Cases are seen where the matrix lets them be read; the procedure itself writes them, for whoever it let take the step."""

from django.db import migrations

from rongxin.storage.rows import any_of, asks, own, reached, row_security, through


class Migration(migrations.Migration):
    dependencies = [("workflow", "0003_documents_of_cases"), ("accounts", "0007_row_security")]
    operations = [
        row_security(
            "workflow_case",
            read=any_of(
                reached("owner_id", "case:read"),
                reached("handler_id", "case:read"),
                # An enterprise sees the cases that its login opened; those that would replace it: subjects.mandates.
                f"({asks('enterprise')} AND {own('opened_by_id')})",
            ),
        ),
        *(
            row_security(f"workflow_{name}", read=through("workflow_case", "id = case_id"))
            for name in ("caseevent", "casedocument")
        ),
    ]
