"""The database itself refuses to change or remove a release, whoever asks."""

from django.db import migrations

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


def protect(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def release(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("rulebook", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
