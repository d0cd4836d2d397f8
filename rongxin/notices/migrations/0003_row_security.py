"""Official delivery and its proof are seen where the case is, and recorded by whoever acts on it."""

from django.db import migrations

from rongxin.storage.rows import any_of, reached, row_security, through

ACTS = any_of(reached("p.owner_id", "case:act"), reached("p.handler_id", "case:act"))
OF_SERVING = "id = serving_id"


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_proof_only_grows"), ("workflow", "0004_row_security")]
    operations = [
        row_security(
            "notices_serving",
            read=through("workflow_case", "id = case_id"),
            add=through("workflow_case", "id = case_id", f"({ACTS})"),
        ),
        *(
            row_security(
                f"notices_{name}",
                read=through("notices_serving", OF_SERVING),
                add=through("notices_serving", OF_SERVING),
            )
            for name in ("servingnote", "servingproof")
        ),
    ]
