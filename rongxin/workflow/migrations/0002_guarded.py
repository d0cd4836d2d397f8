"""The database itself refuses to change or remove a row of the log, a delivery or evidence. Cases are seen where the matrix lets them
be read; the procedure itself writes them, for whoever it let take the step. Evidence is seen, and added, where its case is seen. Who
may add, ``workflow.evidence`` says.
"""

from django.db import migrations

from rongxin.storage.growing import only_grow
from rongxin.storage.rows import any_of, asks, own, reached, row_security, through

OF_CASE = through("workflow_case", "id = case_id")
OF_EVIDENCE = through("workflow_evidence", "id = evidence_id")


class Migration(migrations.Migration):
    replaces = [
        ("workflow", "0002_the_log_only_grows"),
        ("workflow", "0004_row_security"),
        ("workflow", "0007_evidence_only_grows"),
    ]
    dependencies = [("workflow", "0001_tables"), ("accounts", "0002_guarded")]
    operations = [
        only_grow(
            "workflow_log_only_grows",
            "the log of cases is never changed or removed",
            "workflow_caseevent",
            "workflow_delivery",
        ),
        only_grow(
            "workflow_evidence_only_grows",
            "evidence is never changed or removed",
            "workflow_evidence",
            "workflow_evidencefile",
        ),
        row_security(
            "workflow_case",
            read=any_of(
                reached("owner_id", "case:read"),
                reached("handler_id", "case:read"),
                # An enterprise sees the cases that its login opened; of its firms and against it: subjects.mandates.
                f"({asks('enterprise')} AND {own('opened_by_id')})",
            ),
        ),
        *(row_security(f"workflow_{name}", read=OF_CASE) for name in ("caseevent", "casedocument")),
        row_security("workflow_evidence", read=OF_CASE, add=OF_CASE),
        row_security("workflow_evidencefile", read=OF_EVIDENCE, add=OF_EVIDENCE),
    ]
