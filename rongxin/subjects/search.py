"""Name search: any two or more characters of a present or former name, on SQLite and PostgreSQL alike.

Both keep the neighbouring pairs of characters (bigrams) of each name in an inverted index, SQLite in an FTS5 table without
positions, PostgreSQL under GIN, and both recheck the substring itself, so both give the same answer. Names of sole traders are
not indexed: they are found by full code only (architecture §2).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper

from rongxin.primitives.names import bigrams, normalise_name
from rongxin.subjects.models import Category

LIMIT: Final = 100
SHORTEST: Final = 2
CANDIDATES: Final = 1_000
# A pair that this part of the names holds is common. To fetch a name and recheck it costs so many steps along a list.
COMMON: Final = 0.05
RECHECK: Final = 50
_SAMPLES: Final = 4
_SAMPLE: Final = 25
_PART: Final = 50_000
# All of ASCII's marks are part of a token; letters, digits and everything beyond ASCII are so anyway.
_TOKEN_CHARACTERS: Final = "'" + "!#$%&()*+,-./:;<=>?@[\\]^_`{|}~" + "''" + '""' + "'"


@dataclass(frozen=True)
class NameHit:
    """A name that holds every part of the query."""

    subject: int
    name: str
    is_former: bool
    valid_from: date | None
    valid_to: date | None


def create_name_index(editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index table; called by a migration."""
    if editor.connection.vendor == "postgresql":
        editor.execute("CREATE TABLE subjects_name_index (id bigint PRIMARY KEY, bigrams tsvector NOT NULL)")
        editor.execute("CREATE INDEX subjects_name_bigrams ON subjects_name_index USING gin (bigrams)")
        return
    editor.execute(
        # Neither the text nor positions are kept: what matches is rechecked against the name itself.
        "CREATE VIRTUAL TABLE subjects_name_index USING fts5(bigrams, content='', detail=none, "
        f'tokenize="ascii tokenchars {_TOKEN_CHARACTERS}")'
    )


def drop_name_index(editor: BaseDatabaseSchemaEditor) -> None:
    """Undo ``create_name_index``."""
    editor.execute("DROP TABLE subjects_name_index")


def index_staged_names(cursor: CursorWrapper) -> None:
    """Index the names of the subjects in ``staged_register`` that are not yet indexed, except those of sole traders."""
    chosen = (
        "FROM staged_register s JOIN subjects_subject k ON k.id = s.subject JOIN subjects_subjectname n ON n.subject_id = k.id "
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
    while names := cursor.fetchmany(_PART):
        rows = [(key, " ".join(bigrams(name))) for key, name in names]
        connection.connection.executemany("INSERT INTO subjects_name_index (rowid, bigrams) VALUES (?, ?)", rows)


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
    holds = " AND ".join([_contains()] * len(parts))
    whole = normalise_name(query)
    beyond = whole[:-1] + chr(ord(whole[-1]) + 1)
    keys = "SELECT n.id FROM subjects_subjectname n"
    indexed = f"EXISTS (SELECT 1 FROM subjects_name_index i WHERE i.{_key()} = n.id)"
    sql = (
        "SELECT n.subject_id, n.text, n.valid_to IS NOT NULL AS is_former, n.valid_from, n.valid_to FROM subjects_subjectname n "
        f"WHERE n.id IN (SELECT * FROM ({keys} WHERE n.normalised = %s AND {indexed} LIMIT {CANDIDATES}) a "
        f"UNION SELECT * FROM ({keys} WHERE n.normalised >= %s AND n.normalised < %s AND {holds} AND {indexed} "
        f"LIMIT {CANDIDATES}) b "
        f"UNION SELECT * FROM ({keys} JOIN {_matching()} ON x.{_key()} = n.id WHERE {holds} LIMIT {CANDIDATES}) c) "
        "ORDER BY CASE WHEN n.normalised = %s THEN 0 WHEN n.normalised LIKE %s THEN 1 ELSE 2 END, "
        "n.valid_to IS NOT NULL, length(n.normalised), n.normalised, n.id LIMIT %s"
    )
    with connection.cursor() as cursor:
        wanted = _wanted(cursor, parts)
        cursor.execute(sql, [whole, whole, beyond, *parts, wanted, *parts, whole, f"{whole}%", limit])
        return [
            NameHit(subject, name, bool(former), _as_date(since), _as_date(until))
            for subject, name, former, since, until in cursor.fetchall()
        ]


def _key() -> str:
    return "id" if connection.vendor == "postgresql" else "rowid"


def _contains() -> str:
    return "strpos(n.normalised, %s) > 0" if connection.vendor == "postgresql" else "instr(n.normalised, %s) > 0"


def _matching() -> str:
    """The index rows that can match, as a FROM item ``x`` whose one parameter is what :func:`_wanted` gives."""
    if connection.vendor == "postgresql":
        return "(SELECT id FROM subjects_name_index WHERE bigrams @@ %s::tsquery) x"
    return "(SELECT rowid FROM subjects_name_index WHERE subjects_name_index MATCH %s) x"


def _wanted(cursor: CursorWrapper, parts: list[str]) -> str:
    """The pairs to look up, in the language of the index."""
    # A part of one character is in no pair; the recheck sees to it.
    grams = sorted({gram for part in parts if len(part) >= SHORTEST for gram in bigrams(part)})
    if connection.vendor == "postgresql":
        return " & ".join("'" + gram.replace("\\", "\\\\").replace("'", "''") + "'" for gram in grams)
    return " AND ".join(map(_token, _worth_looking_up(cursor, grams)))


def _token(gram: str) -> str:
    return '"' + gram.replace('"', '""') + '"'


def _worth_looking_up(cursor: CursorWrapper, grams: list[str]) -> list[str]:
    """Those of ``grams`` by which names are looked up on SQLite; the recheck sees to the others.

    It walks every list that it is asked for, and the list of 有限 is as long as the register. A common pair is looked up only
    where that is cheaper than rechecking the names that it would leave out.
    """
    if len(grams) == 1:
        return grams
    shares = _shares(cursor, grams)
    rarest, *others = sorted(grams, key=shares.__getitem__)
    chosen, left = [rarest], shares[rarest]
    for gram in others:
        if shares[gram] < COMMON or shares[gram] < left * (1 - shares[gram]) * RECHECK:
            chosen.append(gram)
            left *= shares[gram]
    return chosen


def _shares(cursor: CursorWrapper, grams: list[str]) -> dict[str, float]:
    """About the part of the names that hold each gram: how near to each other some are, from the beginning and further on."""
    last = "(SELECT COALESCE(max(id), 0) FROM subjects_subjectname)"
    begin = f"({last} / {_SAMPLES} + 1)"
    sample = (
        f"SELECT %s, {{place}} * {begin}, {last}, count(*), max(rowid) FROM (SELECT rowid FROM subjects_name_index "
        f"WHERE subjects_name_index MATCH %s AND rowid > {{place}} * {begin} LIMIT {_SAMPLE})"
    )
    samples = [sample.format(place=place) for place in range(_SAMPLES)] * len(grams)
    named = [text for gram in grams for _ in range(_SAMPLES) for text in (gram, _token(gram))]
    cursor.execute(" UNION ALL ".join(samples), named)
    found, passed = Counter[str](), Counter[str]()
    for gram, start, end, here, reached in cursor.fetchall():
        found[gram] += here
        passed[gram] += max((reached if here == _SAMPLE else end) - start, 0)
    return {gram: found[gram] / passed[gram] if passed[gram] else 0.0 for gram in grams}


def _as_date(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
