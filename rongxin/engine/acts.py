"""Which act a row is, what it says, and how grave it is: key, content, polarity and severity (architecture §4,
record envelope).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.aside import completed
from rongxin.engine.findings import AT, found, nothing_found
from rongxin.engine.rules import holds
from rongxin.engine.sheets import ROW, params_text
from rongxin.policy.kinds import Clause, RecordKind
from rongxin.policy.words import FieldClass, Polarity, Severity
from rongxin.primitives.names import normalise_name

NAME: Final = "party_name_normalised"
USABLE: Final = "uscc_usable"
SEVERITY: Final = "severity"
POLARITY: Final = "polarity"
_UNIT_SEPARATOR: Final = "\x1f"
_PART_SEPARATOR: Final = "\x1e"
_SLICE: Final = 50_000
_ROWS_NAMED: Final = 10
_NEEDS_ESCAPE: Final = r'["\\\x00-\x1f]'


def stored_fields(kind: RecordKind) -> list[str]:
    """The fields whose values are kept, in order: all but those that only serve to refuse or to mask."""
    return [field.name for field in kind.table.fields if field.credit.field_class != FieldClass.DISCARD]


def judgements(rows: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    """What each row says of its subject and how grave it is: polarity, severity.

    Each is that of the first clause that holds, else that of the kind, and unknown (国办发〔2025〕22号 item 2). Rows
    that are not adverse have severity none.
    """
    clauses: list[Clause] = [*kind.credit.polarity_when, *kind.credit.severity]
    fields = sorted({clause.field for clause in clauses if clause.field})
    if not fields:
        return _judgements(rows, kind)
    filed = rows.select(fields)
    different = filed.unique()
    table = different.hstack(_judgements(different, kind))
    joined = filed.join(table, on=fields, how="left", nulls_equal=True, maintain_order="left")
    return joined.select(POLARITY, SEVERITY)


def _judgements(rows: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    credit = kind.credit
    polarity = _first(rows, [(clause, clause.then) for clause in credit.polarity_when], credit.polarity)
    severity = _first(rows, [(clause, clause.then) for clause in credit.severity], Severity.UNKNOWN)
    return pl.DataFrame(
        {POLARITY: polarity, SEVERITY: severity.set(polarity != Polarity.ADVERSE.value, Severity.NONE.value)}
    )


def _first(rows: pl.DataFrame, clauses: Sequence[tuple[Clause, StrEnum]], otherwise: StrEnum) -> pl.Series:
    """What the first clause that holds gives each row."""
    answer = pl.Series([otherwise.value]).new_from_index(0, rows.height)
    for clause, then in reversed(clauses):
        values = rows[clause.field] if clause.field else _nothing(rows.height)
        answer = answer.set(holds(values, clause.has, only=clause.only), then.value)
    return answer


def _nothing(height: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, height)


def act_parts(rows: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    """What tells one act from another, normalised: authority, document, party, matter. Null where it was not filed.

    Where no document number is filed, the fields of ``identified_by`` stand in its place.
    """
    envelope, party = kind.credit.envelope, kind.credit.party
    if envelope is None:
        raise ValueError(f"{kind.name} has no acts")
    code = rows[party.uscc] if party.uscc else _nothing(rows.height)
    matter = kind.credit.several_per_document
    return pl.DataFrame(
        {
            "authority": cell.by_value(rows[envelope.authority], normalise_name, pl.String()),
            "document": documents(rows, kind).fill_null(_identities(rows, kind)),
            "party": pl.select(pl.when(rows[USABLE]).then(code).otherwise(rows[NAME])).to_series(),
            "matter": cell.normalised_names(rows[matter]).fill_null("") if matter else [""] * rows.height,
        }
    )


def documents(rows: pl.DataFrame, kind: RecordKind) -> pl.Series:
    """The normalised document number of each row; null where none was filed."""
    number = kind.credit.envelope.document_number if kind.credit.envelope else None
    return cell.normalised_documents(rows[number]) if number else _nothing(rows.height)


def _identities(rows: pl.DataFrame, kind: RecordKind) -> pl.Series:
    """What tells acts without a document number apart, marked so that no document number is the same."""
    names = kind.credit.identified_by
    if not names:
        return _nothing(rows.height)
    texts = [cell.normalised_names(rows[name].cast(pl.String)).alias(name) for name in names]
    parts = pl.DataFrame(texts).select(pl.concat_str(pl.lit(""), pl.all(), separator=_PART_SEPARATOR))
    return parts.to_series()


def repeated(rows: pl.DataFrame, kind: RecordKind) -> tuple[pl.DataFrame, pl.Series]:
    """Acts that stand in the file more than once: findings where their content differs, and whether a row only
    repeats another.

    The same act with the same content is kept once; its later rows are repetitions and no problem.
    """
    none = pl.Series([False]).new_from_index(0, rows.height)
    if kind.credit.envelope is None:
        return nothing_found(), none
    told_by = documents(rows, kind).fill_null(_identities(rows, kind))
    perhaps = told_by.is_not_null() & told_by.hash().is_duplicated()
    if not perhaps.any():
        return nothing_found(), none
    stored = stored_fields(kind)
    suspects = rows.with_row_index(AT).filter(perhaps)
    act = act_parts(suspects, kind).select(act=pl.concat_str(pl.all(), separator=_UNIT_SEPARATOR)).to_series()
    candidates = suspects.select(AT, ROW, *stored).with_columns(act).drop_nulls("act")
    by_content = candidates.with_columns(
        times=pl.len().over("act"),
        same=pl.len().over("act", *stored),
        first=pl.col(AT).min().over("act", *stored),
    )
    twice = by_content.filter(pl.col("times") > pl.col("same"))
    repetition = by_content.filter((pl.col("times") == pl.col("same")) & (pl.col(AT) > pl.col("first")))[AT]
    return _contradictions(twice), cell.placed(none, repetition, True)


def _contradictions(twice: pl.DataFrame) -> pl.DataFrame:
    """One finding for each row, naming the first of the other rows with the same act."""
    first = twice.group_by("act").agg(pl.col(ROW).sort().head(_ROWS_NAMED + 1).alias("rows"))
    params = [
        _other_rows(rows, own, times)
        for own, times, rows in twice.join(first, on="act", maintain_order="left")
        .select(ROW, "times", "rows")
        .iter_rows()
    ]
    return found(twice[AT], "act_twice_in_file", params=params)


def _other_rows(rows: list[int], own: int, times: int) -> str:
    others = [row for row in rows if row != own][:_ROWS_NAMED]
    more = "…" if times - 1 > len(others) else ""
    return params_text({"rows": "、".join(map(str, others)) + more})


def identified(rows: pl.DataFrame, kind: RecordKind, aside: pl.LazyFrame | None = None) -> pl.DataFrame:
    """``rows`` with ``act_key`` (SHA-256 of kind and act parts), ``document_key`` and ``content_hash`` (SHA-256 of
    the content). ``aside``: columns of theirs that were put aside.

    A key is null where a part of it was not filed. The content itself is made by :func:`contents`, a slice at a time,
    because for a million rows it is larger than the file.
    """
    if kind.credit.envelope is None:
        raise ValueError(f"{kind.name} has no acts")
    parts = (*rows.iter_slices(_SLICE), rows.clear())
    return rows.hstack(pl.concat(_identified(completed(part, aside), kind) for part in parts))


def _identified(rows: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    parts = act_parts(rows, kind)
    keys = parts.select(pl.concat_str(pl.lit(kind.name), pl.all(), separator=_UNIT_SEPARATOR)).to_series()
    return pl.DataFrame(
        {"act_key": _hashed(keys), "document_key": documents(rows, kind), "content_hash": _hashed(contents(rows, kind))}
    )


def contents(rows: pl.DataFrame, kind: RecordKind) -> pl.Series:
    """What each row says, as canonical JSON text: the stored fields that are filled, keys sorted, no blanks, UTF-8
    unescaped.

    Days are ISO dates, sums whole fen. Equal to ``json.dumps(…, sort_keys=True, ensure_ascii=False, separators=(",",
    ":"))``.
    """
    names = [name for name in sorted(stored_fields(kind)) if rows[name].null_count() < rows.height]
    texts = pl.DataFrame([_json_text(rows[name]) for name in names])
    if not names:
        return pl.Series("content", ["{}"]).new_from_index(0, rows.height)
    gaps = [name for name in names if texts[name].null_count()]
    if not gaps:
        return _objects(texts, rows.schema)
    # Rows that fill the same fields share one template.
    filled = pl.concat_str(pl.col(gaps).is_not_null().cast(pl.UInt8).cast(pl.String))
    groups = texts.with_columns(filled=filled).with_row_index(AT).partition_by("filled", include_key=False)
    parts = [
        group.select(AT, _objects(group.select(name for name in names if not group[name].null_count()), rows.schema))
        for group in groups
    ]
    return pl.concat(parts).sort(AT)["content"]


def _json_text(values: pl.Series) -> pl.Series:
    """Values as they stand in JSON, without quotation marks."""
    if values.dtype == pl.Date:
        return values.dt.to_string("iso")
    if values.dtype == pl.Int64:
        return values.cast(pl.String)
    different = cell.few_different(values)
    if not (values if different is None else different).str.contains(_NEEDS_ESCAPE).any():
        return values
    return cell.changed_where(values, values.str.contains(_NEEDS_ESCAPE).fill_null(False), _escaped)


def _objects(texts: pl.DataFrame, types: Mapping[str, pl.DataType]) -> pl.Series:
    """JSON objects of columns without gaps."""
    pieces: list[pl.Expr] = []
    before = "{"
    for name in texts.columns:
        quote = "" if types[name] == pl.Int64 else '"'
        pieces += [pl.lit(f"{before}{json.dumps(name)}:{quote}"), pl.col(name)]
        before = f"{quote},"
    return texts.select(pl.concat_str(*pieces, pl.lit(before[:-1] + "}")).alias("content")).to_series()


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _hashed(texts: pl.Series) -> pl.Series:
    sha256 = hashlib.sha256
    octets = texts.cast(pl.Binary).to_list()  # bytes at once: no way through Python text
    digests = [None if text is None else sha256(text).digest() for text in octets]
    return pl.Series(digests, dtype=pl.Binary).bin.encode("hex")
