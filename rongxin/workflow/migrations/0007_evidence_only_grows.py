"""Evidence is never changed or removed; it is seen, and added, where its case is seen. Who may add, ``workflow.evidence`` says."""

from django.db import migrations

from rongxin.storage.growing import only_grow
from rongxin.storage.rows import row_security, through


class Migration(migrations.Migration):
    dependencies = [("workflow", "0006_evidence")]
    operations = [
        only_grow(
            "workflow_evidence_only_grows",
            "evidence is never changed or removed",
            "workflow_evidence",
            "workflow_evidencefile",
        ),
        row_security(
            "workflow_evidence",
            read=through("workflow_case", "id = case_id"),
            add=through("workflow_case", "id = case_id"),
        ),
        row_security(
            "workflow_evidencefile",
            read=through("workflow_evidence", "id = evidence_id"),
            add=through("workflow_evidence", "id = evidence_id"),
        ),
    ]
