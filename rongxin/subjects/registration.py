"""Taking a register in: subjects, their names and codes over time, each with its source."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from rongxin.engine.cells import by_value, normalised_names
from rongxin.engine.name_blocks import blocks
from rongxin.storage.bulk import wide_cache
from rongxin.storage.frames import kept
from rongxin.storage.staging import staged
from rongxin.subjects.models import Category, IdentifierKind, Scale, Status
from rongxin.subjects.search import index_staged_names

# A chunk writes nearly every page of the indexes whose keys are in no order, so a large file is taken in few of them; the
# largest keeps other writers waiting for some seconds.
CHUNK: Final = 20_000
LARGEST_CHUNK: Final = 100_000
CHUNKS: Final = 10
_CACHE_MB: Final = 512

# Columns of a register row; all but the first two may be empty.
COLUMNS: Final = (
    "uscc",
    "name",
    "former_name",
    "registration_number",
    "organisation_code",
    "status",
    "legal_form",
    "established_on",
    "region",
    "address",
    "business_scope",
    "registered_capital",
    "industry",
    "scale",
)
_KEPT: Final = (
    *("status", "legal_form", "established_on", "region", "address", "business_scope", "registered_capital"),
    *("industry", "scale"),
)
_INDUSTRY: Final = "^[A-T]?([0-9]{2,4})$"
"""A code of GB/T 4754, with the letter of its section or without; the digits say it."""

_STATUS: Final = {
    "active": Status.ACTIVE,
    "存续": Status.ACTIVE,
    "在业": Status.ACTIVE,
    "开业": Status.ACTIVE,
    "在营": Status.ACTIVE,
    "正常": Status.ACTIVE,
    "吊销": Status.REVOKED,
    "注销": Status.CLOSED,
    "迁出": Status.MOVED,
}
_SCALE: Final = {word: scale for scale in Scale for word in (scale.value, scale.label)}


@dataclass(frozen=True)
class Registered:
    """What taking a register in changed, counted in subjects."""

    new: int
    renamed: int
    known: int


def category_of(uscc: str) -> Category:
    """The kind of organisation that the first two characters of a unified code tell (GB 32100-2015, table 1)."""
    exact = {"91": Category.ENTERPRISE, "92": Category.SOLE_TRADER, "93": Category.COOPERATIVE}
    by_department = {"1": Category.PUBLIC_BODY, "5": Category.SOCIAL_ORGANISATION}
    return exact.get(uscc[:2]) or by_department.get(uscc[:1], Category.OTHER)


def register(rows: pl.DataFrame, *, source: str, on: date) -> Registered:
    """Enter or bring up to date the subjects in ``rows`` (columns COLUMNS, absent ones are empty).

    A subject is known by its unified code. A new name closes the old one on ``on`` and keeps it; an empty column leaves what is
    known as it is. Rows beyond the first of a code replace it. Doing it again changes nothing.
    """
    prepared = _prepared(rows)
    chunk = min(max(CHUNK, prepared.height // CHUNKS), LARGEST_CHUNK)
    with wide_cache(megabytes=_CACHE_MB):
        counts = [_register_chunk(part, source, on) for part in prepared.iter_slices(chunk)]
    return Registered(
        new=sum(count.new for count in counts),
        renamed=sum(count.renamed for count in counts),
        known=sum(count.known for count in counts),
    )


def _prepared(rows: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, pl.Date if name == "established_on" else pl.String).alias(name) for name in COLUMNS]
    full = rows.with_columns(column for column in absent if column.meta.output_name() not in rows.columns)
    status, scale = (
        pl.col(name).replace_strict(words, default=None, return_dtype=pl.String)
        for name, words in (("status", _STATUS), ("scale", _SCALE))
    )
    return (
        full.select(COLUMNS)
        .unique("uscc", keep="last", maintain_order=True)
        .with_columns(
            status=status,
            scale=scale,
            industry=pl.col("industry").cast(pl.String).str.extract(_INDUSTRY),
            normalised=pl.col("name").map_batches(normalised_names, return_dtype=pl.String),
            former_normalised=pl.col("former_name").map_batches(normalised_names, return_dtype=pl.String),
            category=pl.col("uscc").str.head(2).map_batches(_categories, return_dtype=pl.String),
            subject=pl.lit(None, pl.Int64),
        )
        .pipe(_with_blocks)
    )


def _categories(beginnings: pl.Series) -> pl.Series:
    return by_value(beginnings, category_of, pl.String())


def _with_blocks(rows: pl.DataFrame) -> pl.DataFrame:
    """The blocks of both names. Sole traders have none: no name leads to them (architecture §2)."""
    public = pl.col("category") != Category.SOLE_TRADER.value
    present, former = blocks(rows["normalised"]), blocks(rows["former_normalised"])
    return (
        rows.hstack(present)
        .hstack(former.rename(lambda name: f"former_{name}"))
        .with_columns(
            pl.when(public).then(f"{when}{end}_block") for when in ("", "former_") for end in ("head", "tail")
        )
    )


@transaction.atomic
def _register_chunk(rows: pl.DataFrame, source: str, on: date) -> Registered:
    day = kept(on)
    with staged(rows, "staged_register") as cursor:
        known = _update_known(cursor, source, day)
        new = _insert_new(cursor, source, day)
        cursor.execute(
            "UPDATE staged_register SET subject = k.id FROM subjects_subject k WHERE k.uscc = staged_register.uscc"
        )
        renamed = _close_names(cursor, day)
        _insert_names(cursor, source, day)
        _insert_identifiers(cursor, source)
        index_staged_names(cursor)
        return Registered(new=new, renamed=renamed, known=known)


def _update_known(cursor: CursorWrapper, source: str, day: Any) -> int:
    said = {"name": "s.name", **{column: f"COALESCE(s.{column}, subjects_subject.{column})" for column in _KEPT}}
    columns = ", ".join(f"{column} = {value}" for column, value in said.items())
    is_new = " OR ".join(f"{value} IS DISTINCT FROM subjects_subject.{column}" for column, value in said.items())
    cursor.execute(
        f"UPDATE subjects_subject SET {columns}, source = %s, source_on = %s, "
        f"changed_at = CASE WHEN {is_new} THEN %s ELSE changed_at END "
        "FROM staged_register s WHERE s.uscc = subjects_subject.uscc",
        [source, day, kept(timezone.now())],
    )
    return int(cursor.rowcount)


def _insert_new(cursor: CursorWrapper, source: str, day: Any) -> int:
    cursor.execute(
        "INSERT INTO subjects_subject (uscc, name, category, status, legal_form, established_on, region, address, "
        "business_scope, registered_capital, industry, scale, source, source_on, changed_at) "
        "SELECT s.uscc, s.name, s.category, COALESCE(s.status, %s), COALESCE(s.legal_form, ''), s.established_on, "
        "COALESCE(s.region, ''), COALESCE(s.address, ''), COALESCE(s.business_scope, ''), "
        "COALESCE(s.registered_capital, ''), s.industry, s.scale, %s, %s, %s FROM staged_register s "
        "WHERE NOT EXISTS (SELECT 1 FROM subjects_subject k WHERE k.uscc = s.uscc) ON CONFLICT (uscc) DO NOTHING",
        [Status.UNKNOWN, source, day, kept(timezone.now())],
    )
    return int(cursor.rowcount)


def _close_names(cursor: CursorWrapper, day: Any) -> int:
    cursor.execute(
        "UPDATE subjects_subjectname SET valid_to = %s FROM staged_register s "
        "WHERE subjects_subjectname.subject_id = s.subject "
        "AND subjects_subjectname.valid_to IS NULL AND subjects_subjectname.normalised <> s.normalised",
        [day],
    )
    return int(cursor.rowcount)


def _insert_names(cursor: CursorWrapper, source: str, day: Any) -> None:
    # The first known name of a subject counts from its foundation; a later one from the day we learned of it.
    borne_since = (
        "CASE WHEN EXISTS (SELECT 1 FROM subjects_subjectname o WHERE o.subject_id = s.subject) THEN {} ELSE {} END"
    )
    since = borne_since.format("%s", "s.established_on")
    if connection.vendor == "postgresql":
        since = borne_since.format("CAST(%s AS date)", "s.established_on")
    cursor.execute(
        f"INSERT INTO subjects_subjectname (subject_id, text, normalised, head_block, tail_block, valid_from, valid_to, source) "
        f"SELECT s.subject, s.name, s.normalised, s.head_block, s.tail_block, {since}, NULL, %s FROM staged_register s "
        "WHERE NOT EXISTS (SELECT 1 FROM subjects_subjectname n WHERE n.subject_id = s.subject AND n.valid_to IS NULL)",
        [day, source],
    )
    cursor.execute(
        "INSERT INTO subjects_subjectname (subject_id, text, normalised, head_block, tail_block, valid_from, valid_to, source) "
        "SELECT s.subject, s.former_name, s.former_normalised, s.former_head_block, s.former_tail_block, NULL, %s, %s "
        "FROM staged_register s WHERE s.former_name IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM subjects_subjectname n WHERE n.subject_id = s.subject AND n.normalised = s.former_normalised) "
        f"AND NOT {_split_off('subjectname', 'o.normalised = s.former_normalised')}",
        [day, source],
    )


def _insert_identifiers(cursor: CursorWrapper, source: str) -> None:
    for kind in IdentifierKind.values:
        cursor.execute(
            f"INSERT INTO subjects_identifier (subject_id, kind, value, source) "
            f"SELECT s.subject, %s, s.{kind}, %s FROM staged_register s "
            f"WHERE s.{kind} IS NOT NULL AND NOT {_split_off('identifier', f'o.value = s.{kind}')} ON CONFLICT DO NOTHING",
            [kind, source],
        )


def _split_off(table: str, alike: str) -> str:
    """A person split the bearer of this name or code off the subject: a register that repeats it does not bring it back."""
    return (
        f"EXISTS (SELECT 1 FROM subjects_split p JOIN subjects_{table} o ON o.subject_id = p.other_id "
        f"WHERE p.origin_id = s.subject AND p.ended_at IS NULL AND {alike})"
    )
