"""Batches and what belongs to them are seen where the matrix lets them be read, and written by whoever works on them."""

from django.db import migrations

from rongxin.storage.rows import any_of, own, reached, row_security, through

WORKS = ("batch:submit", "batch:release", "question:answer", "code:mend")
OF_BATCH = "id = batch_id"
WORKED = through("intake_batch", OF_BATCH, reached("p.provider_id", *WORKS))


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_the_case_of_a_batch"), ("accounts", "0007_row_security")]
    operations = [
        row_security(
            "intake_batch",
            read=reached("provider_id", "batch:read"),
            add=reached("provider_id", "batch:submit", "question:answer"),
            change=reached("provider_id", *WORKS),
        ),
        row_security(
            "intake_rowproblem", read=through("intake_batch", OF_BATCH), add=WORKED, change=WORKED, remove=WORKED
        ),
        row_security("intake_question", read=through("intake_batch", OF_BATCH), add=WORKED, change=WORKED, remove=WORKED),
        row_security(
            "intake_codefault",
            read=reached("provider_id", "batch:read"),
            add=reached("provider_id", *WORKS),
            change=reached("provider_id", *WORKS),
            remove=reached("provider_id", *WORKS),
        ),
        row_security(
            "intake_sourcecount",
            read=reached("provider_id", "batch:read"),
            add=reached("provider_id", "count:file"),
            change=reached("provider_id", "count:file"),
        ),
        row_security("intake_idempotencykey", read=own("account_id"), add=own("account_id")),
    ]
