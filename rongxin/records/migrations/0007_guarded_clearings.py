"""Decisions about texts that may name persons are seen and made where the matrix lets texts be cleared; what the public may
read because of them the platform looks up beside the words at hand.
"""

from django.db import migrations

from rongxin.storage.rows import reached, row_security, through

CLEARS = through("records_record", "id = record_id", reached("p.provider_id", "text:clear"))


class Migration(migrations.Migration):
    dependencies = [("records", "0006_row_security")]
    operations = [row_security("records_clearing", read=CLEARS, add=CLEARS)]
