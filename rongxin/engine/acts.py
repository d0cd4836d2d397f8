"""Which act a row is, what it says, and how grave it is: key, content and severity (architecture §4, record
envelope).
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.findings import AT, found, nothing_found
from rongxin.engine.rules import holds
from rongxin.engine.sheets import ROW, params_text
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import FieldClass, Polarity, Severity
from rongxin.primitives.names import normalise_name

NAME: Final = "party_name_normalised"
USABLE: Final = "uscc_usable"
SEVERITY: Final = "severity"
_UNIT_SEPARATOR: Final = "\x1f"
_SLICE: Final = 50_000
_ROWS_NAMED: Final = 10
_NEEDS_ESCAPE: Final = r'["\\\x00-\x1f]'


def stored_fields(kind: RecordKind) -> list[str]:
    """The fields whose values are kept, in order: all but those that only serve to refuse or to mask."""
    return [field.name for field in kind.table.fields if field.credit.field_class != FieldClass.DISCARD]


def severities(rows: pl.DataFrame, kind: RecordKind) -> pl.Series:
    """The severity of each row (国办发〔2025〕22号 item 2): the first clause that holds, else unknown; none unless
    adverse.
    """
    if kind.credit.polarity != Polarity.ADVERSE:
        return pl.Series(SEVERITY, [Severity.NONE.value]).new_from_index(0, rows.height)
    fields = sorted({clause.field for clause in kind.credit.severity if clause.field})
    if not fields:
        return _severities(rows, kind)
    filed = rows.select(fields)
    different = filed.unique()
    table = different.with_columns(_severities(different, kind))
    return filed.join(table, on=fields, how="left", nulls_equal=True, maintain_order="left")[SEVERITY]


def _severities(rows: pl.DataFrame, kind: RecordKind) -> pl.Series:
    severity = pl.Series(SEVERITY, [Severity.UNKNOWN.value]).new_from_index(0, rows.height)
    for clause in reversed(kind.credit.severity):
        values = (
            rows[clause.field] if clause.field else pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
        )
        severity = severity.set(holds(values, clause.has, only=clause.only), clause.then.value)
    return severity


def act_parts(rows: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    """What tells one act from another, normalised: authority, document, party, matter. Null where it was not filed."""
    envelope, party = kind.credit.envelope, kind.credit.party
    if envelope is None:
        raise ValueError(f"{kind.name} has no acts")
    code = rows[party.uscc] if party.uscc else pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
    matter = kind.credit.several_per_document
    return pl.DataFrame(
        {
            "authority": cell.by_value(rows[envelope.authority], normalise_name, pl.String()),
            "document": cell.normalised_documents(rows[envelope.document_number]),
            "party": pl.select(pl.when(rows[USABLE]).then(code).otherwise(rows[NAME])).to_series(),
            "matter": cell.normalised_names(rows[matter]).fill_null("") if matter else [""] * rows.height,
        }
    )


def repeated(rows: pl.DataFrame, kind: RecordKind) -> tuple[pl.DataFrame, pl.Series]:
    """Acts that stand in the file more than once: findings where their content differs, and whether a row only
    repeats another.

    The same act with the same content is kept once; its later rows are repetitions and no problem.
    """
    none = pl.Series([False]).new_from_index(0, rows.height)
    if kind.credit.envelope is None:
        return nothing_found(), none
    documents = cell.normalised_documents(rows[kind.credit.envelope.document_number])
    perhaps = documents.is_not_null() & documents.hash().is_duplicated()
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


def identified(rows: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    """``rows`` with ``act_key`` (SHA-256 of kind and act parts), ``document_key`` and ``content_hash`` (SHA-256 of
    the content).

    A key is null where a part of it was not filed. The content itself is made by :func:`contents`, a slice at a time,
    because for a million rows it is larger than the file.
    """
    if kind.credit.envelope is None:
        raise ValueError(f"{kind.name} has no acts")
    parts = [_identified(part, kind) for part in rows.iter_slices(_SLICE)]
    return rows.hstack(pl.concat(parts) if parts else _identified(rows, kind))


def _identified(rows: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    parts = act_parts(rows, kind)
    keys = parts.select(pl.concat_str(pl.lit(kind.name), pl.all(), separator=_UNIT_SEPARATOR)).to_series()
    return pl.DataFrame(
        {"act_key": _hashed(keys), "document_key": parts["document"], "content_hash": _hashed(contents(rows, kind))}
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
