"""Name search: any two or more characters of a present or former name, on SQLite and PostgreSQL alike.

SQLite keeps the characters of each name in an FTS5 table and asks for them as a phrase; PostgreSQL keeps the bigrams of each
name under a GIN index. Both recheck the substring itself, so both give the same answer. Names of sole traders are not indexed:
they are found by full code only (architecture §2).
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.migrations.state import StateApps

from rongxin.primitives.names import bigrams, normalise_name
from rongxin.subjects.models import Category

LIMIT: Final = 100
SHORTEST: Final = 2
CANDIDATES: Final = 2_000


@dataclass(frozen=True)
class NameHit:
    """A name that holds every part of the query."""

    subject: int
    name: str
    is_former: bool
    valid_from: date | None
    valid_to: date | None


def create_name_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index table; called by a migration."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE TABLE subjects_name_index (id bigint PRIMARY KEY, bigrams tsvector NOT NULL)")
        schema_editor.execute("CREATE INDEX subjects_name_bigrams ON subjects_name_index USING gin (bigrams)")
    else:
        schema_editor.execute("CREATE VIRTUAL TABLE subjects_name_index USING fts5(characters, tokenize='unicode61')")


def drop_name_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Undo ``create_name_index``."""
    schema_editor.execute("DROP TABLE subjects_name_index")


def index_staged_names(cursor: CursorWrapper) -> None:
    """Index the names of the subjects in ``staged_register`` that are not yet indexed, except those of sole traders."""
    chosen = (
        "FROM staged_register s JOIN subjects_subject k ON k.uscc = s.uscc JOIN subjects_subjectname n ON n.subject_id = k.id "
        f"WHERE k.category <> %s AND NOT EXISTS (SELECT 1 FROM subjects_name_index x WHERE x.{_key()} = n.id)"
    )
    if connection.vendor == "postgresql":
        cursor.execute(
            "INSERT INTO subjects_name_index (id, bigrams) SELECT n.id, array_to_tsvector(ARRAY("
            "SELECT DISTINCT substr(n.normalised, i, 2) FROM generate_series(1, greatest(length(n.normalised) - 1, 1)) i)) "
            f"{chosen}",
            [Category.SOLE_TRADER],
        )
        return
    cursor.execute(f"SELECT n.id, n.normalised {chosen}", [Category.SOLE_TRADER])
    rows = [(key, " ".join(name)) for key, name in cursor.fetchall()]
    connection.connection.executemany("INSERT INTO subjects_name_index (rowid, characters) VALUES (?, ?)", rows)


def find_names(query: str, *, limit: int = LIMIT) -> list[NameHit]:
    """Names that hold every blank-separated part of ``query``, the nearest first, at most ``limit``.

    Whole names stand before beginnings before the rest, present names before former ones, short before long. A part of one
    character finds nothing on its own: the answer is empty when no part has two characters. Where more than CANDIDATES names
    hold the parts (有限公司), whole names and beginnings are considered first and of the rest only so many: the reader must
    narrow it down anyway.
    """
    parts = [normalise_name(part) for part in query.split()]
    parts = [part for part in parts if part]
    if not any(len(part) >= SHORTEST for part in parts):
        return []
    matches, params = _matching(parts)
    holds = " AND ".join([_contains()] * len(parts))
    whole = normalise_name(query)
    beyond = whole[:-1] + chr(ord(whole[-1]) + 1)
    names = "SELECT n.id FROM subjects_subjectname n"
    sql = (
        f"WITH candidates AS (SELECT id FROM ({names} WHERE n.normalised = %s LIMIT {CANDIDATES}) a "
        f"UNION SELECT id FROM ({names} WHERE n.normalised >= %s AND n.normalised < %s LIMIT {CANDIDATES}) b "
        f"UNION SELECT id FROM ({names} JOIN {matches} ON x.{_key()} = n.id WHERE {holds} LIMIT {CANDIDATES}) c) "
        "SELECT n.subject_id, n.text, n.valid_to IS NOT NULL, n.valid_from, n.valid_to "
        f"FROM candidates JOIN subjects_subjectname n ON n.id = candidates.id WHERE {holds} "
        f"AND EXISTS (SELECT 1 FROM subjects_name_index i WHERE i.{_key()} = n.id) "
        "ORDER BY CASE WHEN n.normalised = %s THEN 0 WHEN n.normalised LIKE %s THEN 1 ELSE 2 END, "
        "n.valid_to IS NOT NULL, length(n.normalised), n.normalised, n.id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [whole, whole, beyond, *params, *parts, *parts, whole, f"{whole}%", limit])
        return [
            NameHit(subject, name, bool(former), _as_date(since), _as_date(until))
            for subject, name, former, since, until in cursor.fetchall()
        ]


def _key() -> str:
    return "id" if connection.vendor == "postgresql" else "rowid"


def _contains() -> str:
    return "strpos(n.normalised, %s) > 0" if connection.vendor == "postgresql" else "instr(n.normalised, %s) > 0"


def _matching(parts: list[str]) -> tuple[str, list[str]]:
    """The index rows that can match, as a FROM item ``x`` with its parameters."""
    if connection.vendor == "postgresql":
        grams = sorted({gram for part in parts for gram in bigrams(part)})
        quoted = ("'" + gram.replace("\\", "\\\\").replace("'", "''") + "'" for gram in grams)
        return (
            "(SELECT id FROM subjects_name_index WHERE bigrams @@ %s::tsquery) x",
            [" & ".join(quoted)],
        )
    phrases = ('"' + " ".join(part).replace('"', '""') + '"' for part in parts)
    return (
        "(SELECT rowid FROM subjects_name_index WHERE subjects_name_index MATCH %s) x",
        [" AND ".join(phrases)],
    )


def _as_date(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
