"""The database itself refuses to change or remove a record, an event or a sighting, whoever asks."""

from django.db import migrations

from rongxin.storage.growing import only_grow


class Migration(migrations.Migration):

    dependencies = [("records", "0001_initial")]
    operations = [
        only_grow(
            "records_only_grow",
            "records, events and sightings are never changed or removed",
            "records_record",
            "records_recordevent",
            "records_sighting",
        )
    ]
