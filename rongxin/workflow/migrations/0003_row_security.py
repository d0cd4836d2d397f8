"""Cases are seen where the matrix lets them be read; the procedure itself writes them, for whoever it let take the step."""

from django.db import migrations

from rongxin.storage.rows import any_of, reached, row_security, through


class Migration(migrations.Migration):
    dependencies = [("workflow", "0002_the_log_only_grows"), ("accounts", "0006_row_security")]
    operations = [
        row_security(
            "workflow_case",
            read=any_of(reached("owner_id", "case:read"), reached("handler_id", "case:read")),
        ),
        row_security("workflow_caseevent", read=through("workflow_case", "id = workflow_caseevent.case_id")),
    ]
