"""The database itself refuses to change what was issued, and lets a series do nothing but count on by one. Documents are seen where
the matrix lets them be read, and issued and withdrawn where it lets that be done.
"""

from django.db import migrations

from rongxin.storage.growing import only_grow
from rongxin.storage.guards import Guard
from rongxin.storage.rows import reached, row_security, through

SERIES = "documents_series"
COUNTS = "a series of numbers only counts on by one"
STEP = (
    "NEW.last = OLD.last + 1 AND NEW.authority_id = OLD.authority_id AND NEW.word = OLD.word AND NEW.year = OLD.year"
    " AND NEW.id = OLD.id"
)
ISSUED = through("documents_document", "id = document_id", reached("p.authority_id", "document:issue"))


def count_on(editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE FUNCTION documents_series_counts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF TG_OP = 'INSERT' AND NEW.last = 0 THEN RETURN NEW; END IF; "
            f"IF TG_OP = 'UPDATE' AND {STEP} THEN RETURN NEW; END IF; "
            f"RAISE EXCEPTION '{COUNTS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        editor.execute(
            f"CREATE TRIGGER {SERIES}_counts BEFORE INSERT OR UPDATE OR DELETE ON {SERIES} "
            "FOR EACH ROW EXECUTE FUNCTION documents_series_counts()"
        )
        return
    for name, when in (
        ("no_update", f"BEFORE UPDATE ON {SERIES} WHEN NOT ({STEP})"),
        ("no_delete", f"BEFORE DELETE ON {SERIES}"),
        ("begins", f"BEFORE INSERT ON {SERIES} WHEN NEW.last <> 0"),
    ):
        editor.execute(f"CREATE TRIGGER {SERIES}_{name} {when} BEGIN SELECT RAISE(ABORT, '{COUNTS}'); END")


def count_as_you_like(editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION documents_series_counts() CASCADE")
        return
    for name in ("no_update", "no_delete", "begins"):
        editor.execute(f"DROP TRIGGER {SERIES}_{name}")


class Migration(migrations.Migration):
    replaces = [("documents", "0002_documents_only_grow"), ("documents", "0003_row_security")]
    dependencies = [("documents", "0001_tables"), ("departments", "0002_guarded")]
    operations = [
        only_grow(
            "documents_only_grow",
            "documents are never changed or removed",
            "documents_document",
            "documents_documentfile",
            "documents_withdrawal",
        ),
        Guard(count_on, count_as_you_like),
        row_security(
            "documents_document",
            read=reached("authority_id", "document:read"),
            add=reached("authority_id", "document:issue"),
        ),
        *(
            row_security(f"documents_{name}", read=through("documents_document", "id = document_id"), add=ISSUED)
            for name in ("documentfile", "withdrawal")
        ),
    ]
