"""Everybody's work adds events; the platform alone reads and sequences them. Who is looked at how often is seen by nobody else."""

from django.db import migrations

from rongxin.storage.rows import NOBODY_ELSE, row_security

EVERYBODY = "true"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_the_log_only_grows"), ("departments", "0003_who_asks")]
    operations = [
        row_security("ledger_pending", read=NOBODY_ELSE, add=EVERYBODY),
        *(row_security(f"ledger_{name}", read=NOBODY_ELSE) for name in ("stream", "subjectkey", "entry", "withholding")),
        *(
            row_security(f"ledger_{name}", read=EVERYBODY)
            for name in ("log", "cut", "checkpoint", "cosignature", "headsmap")
        ),
    ]
