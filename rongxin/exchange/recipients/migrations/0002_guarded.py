"""What was handed over, acknowledged, tried and found only grows; keys, addresses and screenshots are the keepers' alone."""

from django.db import migrations

from rongxin.storage.growing import only_grow
from rongxin.storage.rows import any_of, asks, may, row_security

KEEPER = may("recipient:keep")


class Migration(migrations.Migration):
    replaces = [("recipients", "0002_guards")]
    dependencies = [("recipients", "0001_tables"), ("departments", "0002_guarded")]
    operations = [
        only_grow(
            "recipients_only_grow",
            "pages, acknowledgements, attempts, spot checks and papers are never changed or removed",
            *(
                f"recipients_{name}"
                for name in (
                    *("page", "acknowledgement", "callattempt"),
                    *("spotcheck", "spotfile", "retraction", "paper"),
                )
            ),
        ),
        row_security("recipients_recipientkey", read=any_of(asks("entrance"), KEEPER)),
        row_security("recipients_address", read=KEEPER),
        row_security("recipients_spotfile", read=KEEPER, add=KEEPER),
    ]
