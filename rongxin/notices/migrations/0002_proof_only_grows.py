"""The database itself refuses to change or remove what is proof, whoever asks."""

from django.db import migrations

from rongxin.storage.growing import only_grow


class Migration(migrations.Migration):

    dependencies = [("notices", "0001_initial")]
    operations = [
        only_grow(
            "notices_only_grow",
            "notices, receipts, attempts and servings are never changed or removed",
            "notices_notice",
            "notices_receipt",
            "notices_contactchange",
            "notices_attempt",
            "notices_serving",
            "notices_servingnote",
            "notices_servingproof",
        )
    ]
