"""The database itself refuses to change or remove a row of the log or a delivery, whoever asks."""

from django.db import migrations

from rongxin.storage.growing import only_grow


class Migration(migrations.Migration):

    dependencies = [("workflow", "0001_initial")]
    operations = [
        only_grow(
            "workflow_log_only_grows",
            "the log of cases is never changed or removed",
            "workflow_caseevent",
            "workflow_delivery",
        )
    ]
