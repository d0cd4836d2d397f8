"""The database itself refuses to change what was issued, and lets a series do nothing but count on by one."""

from django.db import migrations

from rongxin.storage.growing import allow_changes, refuse_changes

KEPT = ("documents_document", "documents_documentfile", "documents_withdrawal")
SERIES = "documents_series"
TOLD = "documents are never changed or removed"
COUNTS = "a series of numbers only counts on by one"
STEP = (
    "NEW.last = OLD.last + 1 AND NEW.authority_id = OLD.authority_id AND NEW.word = OLD.word AND NEW.year = OLD.year"
    " AND NEW.id = OLD.id"
)


def protect(apps, schema_editor):
    refuse_changes(schema_editor, "documents_only_grow", TOLD, *KEPT)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION documents_series_counts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF TG_OP = 'INSERT' AND NEW.last = 0 THEN RETURN NEW; END IF; "
            f"IF TG_OP = 'UPDATE' AND {STEP} THEN RETURN NEW; END IF; "
            f"RAISE EXCEPTION '{COUNTS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {SERIES}_counts BEFORE INSERT OR UPDATE OR DELETE ON {SERIES} "
            "FOR EACH ROW EXECUTE FUNCTION documents_series_counts()"
        )
        return
    for name, when in (
        ("no_update", f"BEFORE UPDATE ON {SERIES} WHEN NOT ({STEP})"),
        ("no_delete", f"BEFORE DELETE ON {SERIES}"),
        ("begins", f"BEFORE INSERT ON {SERIES} WHEN NEW.last <> 0"),
    ):
        schema_editor.execute(
            f"CREATE TRIGGER {SERIES}_{name} {when} BEGIN SELECT RAISE(ABORT, '{COUNTS}'); END"
        )


def release(apps, schema_editor):
    allow_changes(schema_editor, "documents_only_grow", *KEPT)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION documents_series_counts() CASCADE")
        return
    for name in ("no_update", "no_delete", "begins"):
        schema_editor.execute(f"DROP TRIGGER {SERIES}_{name}")


class Migration(migrations.Migration):

    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
