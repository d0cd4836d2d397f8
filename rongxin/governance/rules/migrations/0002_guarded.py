"""A draft of rules is seen where its case is, and made by whoever drafts there; the procedure sets its day."""

from django.db import migrations

from rongxin.storage.rows import reached, row_security, through


class Migration(migrations.Migration):
    replaces = [("rules", "0002_row_security")]
    dependencies = [("rules", "0001_tables"), ("workflow", "0002_guarded")]
    operations = [
        row_security(
            "rules_ruledraft",
            read=through("workflow_case", "id = case_id"),
            add=through("workflow_case", "id = case_id", reached("p.owner_id", "rule:draft")),
        ),
    ]
