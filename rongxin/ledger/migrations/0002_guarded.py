"""The database itself keeps the log, whoever asks: entries lose salt, contents and key at most, streams grow, the rest stays.
Everybody's work adds events; the platform alone reads and sequences them. Who is looked at how often is seen by nobody else; what
auditors ask of a log is read and written by the platform alone, whoever asks through a page was checked before.
"""

from django.db import migrations

from rongxin.storage.growing import only_grow
from rongxin.storage.guards import Guard
from rongxin.storage.rows import NOBODY_ELSE, row_security

TOLD = "an entry of the ledger never changes but by destroying salt, payload and key"
ENTRY = "ledger_entry"
KEPT = ("log_id", '"index"', "entry", "leaf", "stream_id", "number")
EMPTIED = " AND ".join(f"NEW.{column} IS NULL" for column in ("salt", "payload", "key"))
EVERYBODY = "true"
STREAM = "ledger_stream"
STREAMS = "a stream of the ledger only grows"
GROWS = "NEW.id = OLD.id AND NEW.log_id = OLD.log_id AND NEW.stream = OLD.stream AND NEW.count > OLD.count AND NEW.time >= OLD.time"
UNCHANGED = {"ledger_pending": "what waits for the ledger never changes", "ledger_subjectkey": "a key is kept or removed"}


def same(operator):
    return " AND ".join(f"NEW.{column} {operator} OLD.{column}" for column in KEPT)


def protect(editor):
    if editor.connection.vendor == "postgresql":
        guard(editor, ENTRY, "UPDATE OR DELETE", f"{same('=')} AND {EMPTIED}", TOLD)
        guard(editor, STREAM, "UPDATE OR DELETE", GROWS, STREAMS)
        for table, told in UNCHANGED.items():
            guard(editor, table, "UPDATE", "false", told)
        return
    for table, allowed, told in ((ENTRY, f"{same('IS')} AND {EMPTIED}", TOLD), (STREAM, GROWS, STREAMS)):
        refuse(editor, table, "UPDATE", told, f"WHEN NOT ({allowed})")
        refuse(editor, table, "DELETE", told)
    for table, told in UNCHANGED.items():
        refuse(editor, table, "UPDATE", told)


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


def release(editor):
    for table in (ENTRY, STREAM, *UNCHANGED):
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP FUNCTION {table}_kept() CASCADE")
            continue
        editor.execute(f"DROP TRIGGER {table}_no_update")
        if table not in UNCHANGED:
            editor.execute(f"DROP TRIGGER {table}_no_delete")


class Migration(migrations.Migration):
    replaces = [("ledger", "0002_the_log_only_grows"), ("ledger", "0003_row_security")]
    dependencies = [("ledger", "0001_tables"), ("departments", "0002_guarded")]
    operations = [
        Guard(protect, release),
        only_grow(
            "ledger_only_grows",
            "the ledger only grows",
            *(f"ledger_{name}" for name in ("log", "cut", "checkpoint", "cosignature", "headsmap", "withholding")),
        ),
        row_security("ledger_pending", read=NOBODY_ELSE, add=EVERYBODY),
        *(
            row_security(f"ledger_{name}", read=NOBODY_ELSE)
            for name in ("stream", "subjectkey", "entry", "withholding", "audit")
        ),
        *(
            row_security(f"ledger_{name}", read=EVERYBODY)
            for name in ("log", "cut", "checkpoint", "cosignature", "headsmap")
        ),
    ]
