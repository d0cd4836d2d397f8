"""A function of the owner has the planner look at the tables that bulk work fills: the role that serves may not, and what the planner
believes of tables that were just filled can be hours wrong.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from rongxin.storage.guards import Guard

FILLED = "records_record, records_recordevent, records_recordcontent, records_resolution, records_sighting, subjects_subject"


def make(editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE FUNCTION rongxin_look_at_filled() RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path FROM CURRENT AS $$ BEGIN ANALYZE {FILLED}; END $$"
        )


def remove(editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION rongxin_look_at_filled()")


class Migration(migrations.Migration):
    dependencies = [("records", "0003_what_changed_since"), ("subjects", "0001_tables")]
    operations = [Guard(make, remove)]
