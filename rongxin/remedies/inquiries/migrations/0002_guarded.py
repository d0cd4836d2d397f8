"""What an enterprise asks is seen where its case is, and entered by whoever acts there; the procedure writes the answer."""

from django.db import migrations

from rongxin.storage.rows import any_of, reached, row_security, through

ACTS = f"({any_of(reached('p.owner_id', 'case:act'), reached('p.handler_id', 'case:act'))})"


class Migration(migrations.Migration):
    replaces = [("inquiries", "0002_row_security"), ("inquiries", "0003_firm_of_inquiries")]
    dependencies = [("inquiries", "0001_tables"), ("workflow", "0002_guarded")]
    operations = [
        row_security(
            "inquiries_inquiry",
            read=through("workflow_case", "id = case_id"),
            add=through("workflow_case", "id = case_id", ACTS),
        ),
    ]
