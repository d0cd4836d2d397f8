"""Supports and their ends are added, never changed or removed, whoever asks. Candidates are decided once and stay."""

from django.db import migrations

from rongxin.storage.growing import only_grow


class Migration(migrations.Migration):

    dependencies = [("records", "0010_supports")]
    operations = [
        only_grow(
            "records_supports_only_grow",
            "supports and their ends are never changed or removed",
            "records_support",
            "records_supportend",
        )
    ]
