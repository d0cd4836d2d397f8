"""Records and subjects as the columns of a snapshot: set-based SQL over one part after another, nothing row by row."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from rongxin.engine.risk.layout import (
    ENVELOPE,
    HOLDER,
    PERCENT,
    SHAREHOLDING,
    SHIFT,
    SUBJECTS,
    Schema,
    State,
    own_schema,
    records_table,
)
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import Display, Severity
from rongxin.storage.frames import fetched
from rongxin.subjects.models import Category

Owners = Callable[[pl.Series], pl.Series]
"""Keys of subjects to the subjects as which they count; null for sole traders."""


@dataclass(frozen=True)
class Part:
    """Some of the records, as a join that gives them as ``r``."""

    source: str
    where: str = "1 = 1"
    params: tuple[Any, ...] = ()

    @classmethod
    def between(cls, first: int, last: int) -> "Part":
        """Those with keys from ``first`` to ``last``."""
        return cls("records_record r", "r.id BETWEEN %s AND %s", (first, last))

    @classmethod
    def staged(cls, table: str, kind: str = "") -> "Part":
        """Those whose keys stand in the temporary ``table``, column ``record``; of one kind where it is given."""
        join = f"{table} w JOIN records_record r ON r.id = w.record"
        return cls(join, "r.kind = %s", (kind,)) if kind else cls(join)


@dataclass
class Tally:
    """What does not stand in the tables: acts that are nobody's; acts of unknown kinds, by kind, and by bucket with the sum of
    their keys; cells that were emptied.
    """

    unresolved: int = 0
    outside: Counter[str] = field(default_factory=Counter)
    outside_acts: Counter[int] = field(default_factory=Counter)
    outside_keys: Counter[int] = field(default_factory=Counter)
    emptied: Counter[str] = field(default_factory=Counter)

    def leave_out(self, kind: str, rows: pl.DataFrame) -> None:
        """Count acts of an unknown kind."""
        self.outside[kind] += rows.height
        by_bucket = rows.group_by(pl.col("owner") // (1 << SHIFT)).agg(pl.len(), pl.col("record").sum())
        for bucket, acts, keys in by_bucket.iter_rows():
            self.outside_acts[bucket] += acts
            self.outside_keys[bucket] += keys


_ACTS: Final[Schema] = {
    "record": pl.Int64(),
    "kind": pl.String(),
    "bearer": pl.Int64(),
    "decided_on": pl.String(),
    "valid_from": pl.String(),
    "valid_to": pl.String(),
    "polarity": pl.String(),
    "severity": pl.String(),
    "amount_fen": pl.Int64(),
    "authority": pl.String(),
    "withheld": pl.Int64(),
}
_DAYS: Final = ("decided_on", "valid_from", "valid_to")


def acts(cursor: CursorWrapper, part: Part, owners: Owners, states: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """The newest versions among ``part`` that are an organisation's: the envelope but ``subject``, with ``kind`` and ``owner``.

    ``states``: record, state of those that may not count.
    """
    found = fetched(
        cursor,
        _ACTS,
        "SELECT r.id, r.kind, o.subject_id, CAST(r.decided_on AS text), CAST(r.valid_from AS text), "
        "CAST(r.valid_to AS text), r.polarity, r.severity, r.amount_fen, r.authority, "
        "CASE WHEN r.display = %s AND r.severity = %s THEN 1 ELSE 0 END "
        f"FROM {part.source} LEFT JOIN records_resolution o ON o.record_id = r.id AND o.ended_at IS NULL "
        f"WHERE {part.where} AND NOT EXISTS (SELECT 1 FROM records_record n WHERE n.supersedes_id = r.id)",
        [Display.WITHHELD, Severity.UNKNOWN, *part.params],
    )
    tally.unresolved += found["bearer"].null_count()
    withheld = pl.when(pl.col("withheld") == 1).then(pl.lit(State.WITHHELD.value, pl.UInt8))
    for_good = pl.when(pl.col("state").is_in([State.ENDED.value, State.UNSUPPORTED.value])).then("state")
    return (
        found.with_columns(owner=owners(found["bearer"]))
        .filter(pl.col("owner").is_not_null())
        .join(states, on="record", how="left")
        .with_columns(
            pl.col(_DAYS).str.to_date("%Y-%m-%d"),
            state=pl.coalesce(for_good, withheld, "state", pl.lit(State.COUNTS.value, pl.UInt8)),
        )
    )


def tables(
    cursor: CursorWrapper, part: Part, found: pl.DataFrame, kinds: Mapping[str, RecordKind], tally: Tally
) -> dict[str, pl.DataFrame]:
    """What :func:`acts` found of ``part``, by table, each with its kind's own columns; in no order."""
    made: dict[str, pl.DataFrame] = {}
    for (name,), rows in found.partition_by("kind", as_dict=True).items():
        kind = kinds.get(str(name))
        if kind is None or kind.credit.envelope is None:
            tally.leave_out(str(name), rows)
            continue
        made[records_table(kind.name)] = _with_own(cursor, part, rows, kind, tally)
    return made


def _with_own(cursor: CursorWrapper, part: Part, rows: pl.DataFrame, kind: RecordKind, tally: Tally) -> pl.DataFrame:
    own = own_schema(kind)
    envelope = rows.select(pl.col("owner").alias("subject") if name == "subject" else pl.col(name) for name in ENVELOPE)
    if not own:
        return _as(envelope, ENVELOPE)
    texts = fetched(
        cursor, {"record": pl.Int64, **dict.fromkeys(own, pl.String)}, *_own_sql(part, kind.name, list(own))
    )
    typed = texts.select("record", *(_typed(name, dtype, kind) for name, dtype in own.items()))
    for name in own:
        if lost := typed[name].null_count() - texts[name].null_count():
            tally.emptied[f"{kind.name}.{name}"] += lost
    return _as(envelope.join(typed, on="record", how="left"), {**ENVELOPE, **own})


def _as(rows: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _own_sql(part: Part, kind: str, names: list[str]) -> tuple[str, tuple[Any, ...]]:
    """The fields ``names`` of the contents, which are canonical JSON, as texts."""
    columns, unfolded = [f"CAST(c.text ->> '$.{name}' AS text)" for name in names], ""
    if connection.vendor == "postgresql":
        columns = [f'f."{name}"' for name in names]
        fields = ", ".join(f'"{name}" text' for name in names)
        unfolded = f"CROSS JOIN LATERAL json_to_record(CAST(c.text AS json)) AS f({fields})"
    sql = (
        f"SELECT r.id, {', '.join(columns)} FROM {part.source} JOIN records_recordcontent c ON c.record_id = r.id "
        f"{unfolded} WHERE {part.where} AND r.kind = %s"
    )
    return sql, (*part.params, kind)


def _typed(name: str, dtype: pl.DataType, kind: RecordKind) -> pl.Expr:
    """Texts as the column keeps them; what the present kind does not know, or an earlier one kept otherwise, becomes empty, so that
    no other text comes in.
    """
    text = pl.col(name)
    if dtype == pl.Date:
        return text.str.to_date("%Y-%m-%d", strict=False)
    if kind.name == SHAREHOLDING and name == HOLDER:
        # Of a sole trader, a natural person in law, nothing is taken.
        return pl.when(text.str.contains(r"^[0-9A-Z]{18}$") & ~text.str.starts_with("92")).then(text)
    if kind.name == SHAREHOLDING and name == PERCENT:
        return text.str.extract(r"^(\d+)", 1).cast(dtype)
    if dtype != pl.String:
        return text.cast(dtype, strict=False)
    words = list(kind.fields[name].constraints.enum or ())
    known = text.str.split("；").list.eval(pl.element().filter(pl.element().is_in(words)))
    return pl.when(known.list.len() > 0).then(known.list.join("；")).alias(name)


_COLUMNS: Final = tuple(name for name in SUBJECTS if name not in ("subject", "uscc", "established_on"))


def subjects(cursor: CursorWrapper, where: str, params: list[Any]) -> pl.DataFrame:
    """Organisations ``k`` under the condition ``where``: SUBJECTS, and ``owner``, which is another where they were merged."""
    columns = [f"NULLIF(k.{name}, '')" for name in _COLUMNS]
    schema = {"owner": pl.Int64(), **SUBJECTS, "established_on": pl.String()}
    order = ["subject", "uscc", *_COLUMNS, "established_on"]
    found = fetched(
        cursor,
        {name: schema[name] for name in ("owner", *order)},
        f"SELECT COALESCE(k.merged_into_id, k.id), k.id, k.uscc, {', '.join(columns)}, CAST(k.established_on AS text) "
        f"FROM subjects_subject k WHERE k.category <> %s AND {where} ORDER BY k.id",
        [Category.SOLE_TRADER, *params],
    )
    return found.with_columns(pl.col("established_on").str.to_date("%Y-%m-%d"))
