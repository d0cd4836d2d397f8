"""What a department said of its columns is seen where its batches are, and said by whoever sends them."""

from django.db import migrations

from rongxin.storage.rows import reached, row_security

SENDS = reached("provider_id", "batch:submit")


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_row_security")]
    operations = [
        row_security(
            "intake_headmapping", read=reached("provider_id", "batch:read"), add=SENDS, change=SENDS, remove=SENDS
        ),
    ]
