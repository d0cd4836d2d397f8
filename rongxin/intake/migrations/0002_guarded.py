"""Batches and what belongs to them are seen where the matrix lets them be read, and written by whoever works on them. What a
department said of its columns is seen where its batches are, and said by whoever sends them.
"""

from django.db import migrations

from rongxin.storage.rows import own, reached, row_security, through

WORKS = ("batch:submit", "batch:release", "question:answer", "code:mend")
OF_BATCH = "id = batch_id"
READS = reached("provider_id", "batch:read")
SENDS = reached("provider_id", "batch:submit")
COUNTS = reached("provider_id", "count:file")
WORKED = through("intake_batch", OF_BATCH, reached("p.provider_id", *WORKS))


class Migration(migrations.Migration):
    replaces = [("intake", "0004_row_security"), ("intake", "0005_guarded_heads")]
    dependencies = [("intake", "0001_tables"), ("departments", "0002_guarded")]
    operations = [
        row_security(
            "intake_batch",
            read=READS,
            add=reached("provider_id", "batch:submit", "question:answer"),
            change=reached("provider_id", *WORKS),
        ),
        *(
            row_security(
                f"intake_{name}", read=through("intake_batch", OF_BATCH), add=WORKED, change=WORKED, remove=WORKED
            )
            for name in ("rowproblem", "question")
        ),
        row_security(
            "intake_codefault",
            read=READS,
            add=reached("provider_id", *WORKS),
            change=reached("provider_id", *WORKS),
            remove=reached("provider_id", *WORKS),
        ),
        row_security("intake_sourcecount", read=READS, add=COUNTS, change=COUNTS),
        row_security("intake_idempotencykey", read=own("account_id"), add=own("account_id")),
        row_security("intake_headmapping", read=READS, add=SENDS, change=SENDS, remove=SENDS),
    ]
