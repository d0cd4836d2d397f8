"""The first event of an act carries no key any more and is found by its record: keys come in no order, and keeping them sorted
cost more than all else that is written of an event. What is there stays as it is.
"""

from django.db import migrations, models

from rongxin.storage.growing import refuse_changes


def protect(apps, schema_editor):
    # SQLite made the table anew for the altered field, without its triggers.
    if schema_editor.connection.vendor == "sqlite":
        told = "records, events and sightings are never changed or removed"
        refuse_changes(schema_editor, "records_only_grow", told, "records_recordevent")


class Migration(migrations.Migration):

    dependencies = [("records", "0008_untold")]
    operations = [
        migrations.RemoveIndex("recordevent", "records_event_act"),
        migrations.AlterField("recordevent", "act_key", models.CharField(max_length=64, null=True)),
        migrations.AddIndex(
            "recordevent",
            models.Index(
                condition=models.Q(("act_key__isnull", False)),
                fields=["act_key", "position"],
                name="records_event_act",
            ),
        ),
        migrations.AddIndex(
            "recordevent",
            models.Index(
                condition=models.Q(("act_key__isnull", True)), fields=["record"], name="records_event_first"
            ),
        ),
        migrations.RunPython(protect),
    ]
