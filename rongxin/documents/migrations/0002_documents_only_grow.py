"""The database itself refuses to change what was issued, and lets a series do nothing but count on by one."""

from django.db import migrations

KEPT = ("documents_document", "documents_documentfile", "documents_withdrawal")
SERIES = "documents_series"
TOLD = "documents are never changed or removed"
COUNTS = "a series of numbers only counts on by one"
STEP = (
    "NEW.last = OLD.last + 1 AND NEW.authority_id = OLD.authority_id AND NEW.word = OLD.word AND NEW.year = OLD.year"
    " AND NEW.id = OLD.id"
)


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        protect_postgresql(schema_editor)
        return
    for table in (*KEPT, SERIES):
        told = COUNTS if table == SERIES else TOLD
        for verb in ("UPDATE", "DELETE"):
            when = f"WHEN NOT ({STEP})" if (table, verb) == (SERIES, "UPDATE") else ""
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {when} "
                f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
            )
    schema_editor.execute(
        f"CREATE TRIGGER {SERIES}_begins BEFORE INSERT ON {SERIES} WHEN NEW.last <> 0 "
        f"BEGIN SELECT RAISE(ABORT, '{COUNTS}'); END"
    )


def protect_postgresql(schema_editor):
    schema_editor.execute(
        "CREATE FUNCTION documents_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{TOLD}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in KEPT:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION documents_only_grow()"
        )
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


def release(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION documents_only_grow() CASCADE")
        schema_editor.execute("DROP FUNCTION documents_series_counts() CASCADE")
        return
    for table in (*KEPT, SERIES):
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")
    schema_editor.execute(f"DROP TRIGGER {SERIES}_begins")


class Migration(migrations.Migration):

    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
