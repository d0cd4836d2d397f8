"""An address is seen and kept by whose it is: an officer, a login for its firm, a department by whoever keeps accounts."""

from django.db import migrations

from rongxin.storage.growing import refuse_changes
from rongxin.storage.rows import any_of, may, own, reached, row_security, through

OF_MANDATE = through("mandates_mandate", "id = mandate_id", own("p.account_id"))
KEPT = any_of(own("account_id"), OF_MANDATE, f"(department_id IS NOT NULL AND {may('account:keep')})")


def still_only_grows(apps, schema_editor):
    # SQLite made the table anew for its new column and left the triggers behind.
    if schema_editor.connection.vendor == "sqlite":
        told = "notices, receipts, attempts and servings are never changed or removed"
        refuse_changes(schema_editor, "notices_only_grow", told, "notices_contactchange")


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_firms_addresses"), ("mandates", "0003_row_security")]
    operations = [
        migrations.RunPython(still_only_grows, migrations.RunPython.noop),
        row_security(
            "notices_contact",
            # A department's officers are told on their inbox that its address takes nothing.
            read=any_of(KEPT, reached("department_id", "case:read")),
            add=KEPT,
            change=KEPT,
            remove=KEPT,
        ),
        row_security("notices_codeasked", read=own("account_id"), add=own("account_id")),
    ]
