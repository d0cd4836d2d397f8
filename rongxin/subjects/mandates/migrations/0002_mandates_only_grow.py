"""The database itself refuses to change or remove who acted for whom, and how that ended."""

from django.db import migrations

from rongxin.storage.growing import only_grow


class Migration(migrations.Migration):

    dependencies = [("mandates", "0001_initial")]
    operations = [
        only_grow(
            "mandates_only_grow",
            "mandates are never changed or removed",
            "mandates_mandate",
            "mandates_mandateend",
        )
    ]
