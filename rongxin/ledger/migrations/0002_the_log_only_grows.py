"""The database itself keeps the log, whoever asks: entries lose salt, contents and key at most, streams grow, the rest stays."""

from django.db import migrations

from rongxin.storage.growing import only_grow

TOLD = "an entry of the ledger never changes but by destroying salt, payload and key"
ENTRY = "ledger_entry"
KEPT = ("log_id", '"index"', "entry", "leaf", "stream_id", "number")
EMPTIED = " AND ".join(f"NEW.{column} IS NULL" for column in ("salt", "payload", "key"))
STREAM = "ledger_stream"
STREAMS = "a stream of the ledger only grows"
GROWS = "NEW.id = OLD.id AND NEW.log_id = OLD.log_id AND NEW.stream = OLD.stream AND NEW.count > OLD.count AND NEW.time >= OLD.time"
UNCHANGED = {"ledger_pending": "what waits for the ledger never changes", "ledger_subjectkey": "a key is kept or removed"}


def same(operator):
    return " AND ".join(f"NEW.{column} {operator} OLD.{column}" for column in KEPT)


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        guard(schema_editor, ENTRY, "UPDATE OR DELETE", f"{same('=')} AND {EMPTIED}", TOLD)
        guard(schema_editor, STREAM, "UPDATE OR DELETE", GROWS, STREAMS)
        for table, told in UNCHANGED.items():
            guard(schema_editor, table, "UPDATE", "false", told)
        return
    for table, allowed, told in ((ENTRY, f"{same('IS')} AND {EMPTIED}", TOLD), (STREAM, GROWS, STREAMS)):
        refuse(schema_editor, table, "UPDATE", told, f"WHEN NOT ({allowed})")
        refuse(schema_editor, table, "DELETE", told)
    for table, told in UNCHANGED.items():
        refuse(schema_editor, table, "UPDATE", told)


def guard(editor, table, verbs, allowed, told):
    editor.execute(
        f"CREATE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF {allowed} THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{told}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    editor.execute(
        f"CREATE TRIGGER {table}_kept BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_kept()"
    )


def refuse(editor, table, verb, told, when=""):
    editor.execute(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
    )


def release(apps, schema_editor):
    for table in (ENTRY, STREAM, *UNCHANGED):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION {table}_kept() CASCADE")
            continue
        schema_editor.execute(f"DROP TRIGGER {table}_no_update")
        if table not in UNCHANGED:
            schema_editor.execute(f"DROP TRIGGER {table}_no_delete")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunPython(protect, release),
        only_grow(
            "ledger_only_grows",
            "the ledger only grows",
            *(f"ledger_{name}" for name in ("log", "cut", "checkpoint", "cosignature", "headsmap", "withholding")),
        ),
    ]
