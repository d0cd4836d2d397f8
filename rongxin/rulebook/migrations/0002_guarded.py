"""The database itself refuses to change or remove a release, whoever asks."""

from django.db import migrations

from rongxin.storage.guards import Guard

TOLD = "a release is never changed or removed"

SQLITE = [
    f"""CREATE TRIGGER rulebook_release_no_update BEFORE UPDATE ON rulebook_release
    BEGIN SELECT RAISE(ABORT, '{TOLD}'); END""",
    f"""CREATE TRIGGER rulebook_release_no_delete BEFORE DELETE ON rulebook_release
    BEGIN SELECT RAISE(ABORT, '{TOLD}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION rulebook_release_is_kept() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{TOLD}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER rulebook_release_is_kept BEFORE UPDATE OR DELETE ON rulebook_release
    FOR EACH ROW EXECUTE FUNCTION rulebook_release_is_kept()""",
]
DROP = {
    "sqlite": ["DROP TRIGGER rulebook_release_no_update", "DROP TRIGGER rulebook_release_no_delete"],
    "postgresql": ["DROP FUNCTION rulebook_release_is_kept() CASCADE"],
}


def protect(editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement)


def release(editor):
    for statement in DROP[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    replaces = [("rulebook", "0002_releases_are_kept")]
    dependencies = [("rulebook", "0001_tables")]
    operations = [Guard(protect, release)]
