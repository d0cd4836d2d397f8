"""A draft of rules is seen where its case is, and made by whoever drafts there; the procedure sets its day."""

from django.db import migrations

from rongxin.storage.rows import reached, row_security, through


class Migration(migrations.Migration):
    dependencies = [("rules", "0001_initial"), ("workflow", "0004_row_security")]
    operations = [
        row_security(
            "rules_ruledraft",
            read=through("workflow_case", "id = case_id"),
            add=through("workflow_case", "id = case_id", reached("p.owner_id", "rule:draft")),
        ),
    ]
