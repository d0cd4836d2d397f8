"""Files in an earlier layout, read as today's: columns joined, coded values replaced, empty fields filled from what is
known of the sender.

The clerk's own columns stay as they are; what is converted stands in columns appended behind them, so that a row that
comes back comes back in the layout it had. Every row says what was filled and what its layout does not have.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.codes import normalise_codes
from rongxin.engine.findings import positions
from rongxin.engine.heads import HeadMatch, detect, normalise_head
from rongxin.engine.persons import identity_numbers
from rongxin.engine.sheets import ROW, ROW_FINDINGS_SCHEMA, FileFinding, Sheet, column_name, params_text
from rongxin.engine.units import ProviderFacts
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.layouts import FROM_FIELD, Layout, LayoutFill, LayoutGuard
from rongxin.primitives import uscc

__all__ = ["Converted", "convert", "detect", "under"]

_SEPARATOR: Final = "；"
_SOLE_TRADER: Final = "92"
_ORGANISATION: Final = "法人及非法人组织"
_TRADER: Final = "个体工商户"
_ORGANISATIONS: Final = sorted(
    f"{department}{category}"
    for department, meaning in uscc.DEPARTMENTS.items()
    for category in meaning.categories
    if f"{department}{category}" != _SOLE_TRADER
)
_TAIL: Final = "[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"


@dataclass(frozen=True, slots=True)
class Converted:
    """``sheet``: the received sheet with the converted columns behind its own. ``heads``: where each field stands now.

    ``sources``: converted column → the column of the file that it came from; None where it came from none.
    """

    sheet: Sheet
    heads: HeadMatch
    sources: Mapping[int, int | None]

    def at_source(self, problems: pl.DataFrame) -> pl.DataFrame:
        """Problems at the columns of the file instead of converted ones."""
        if not self.sources:
            return problems
        column = pl.col("column").replace_strict(self.sources, default=pl.col("column"), return_dtype=pl.Int32)
        return problems.with_columns(column)


def under(kind: RecordKind, layout: Layout | None) -> RecordKind:
    """``kind`` as far as ``layout`` can fill it: what the layout did not have is not required.

    A field whose values the layout explains is not required either: an unexplained value is a finding of its own.
    """
    if layout is None:
        return kind
    freed = {*layout.not_required, *layout.values}
    fields = tuple(
        field.model_copy(update={"constraints": field.constraints.model_copy(update={"required": False})})
        if field.name in freed
        else field
        for field in kind.table.fields
    )
    return kind.model_copy(update={"table": kind.table.model_copy(update={"fields": fields})})


def convert(sheet: Sheet, heads: HeadMatch, kind: RecordKind, provider: ProviderFacts | None) -> Converted:
    """The sheet as today's layout of ``kind`` (``heads.layout`` tells the layout it is in)."""
    layout = heads.layout
    if layout is None or not layout.changes:
        return Converted(sheet, heads, {})
    work = _Work(sheet, heads, kind, layout, provider)
    work.join()
    work.explain()
    work.fill()
    work.tell_missing()
    work.guard()
    return work.done()


class _Work:
    """The fields of a sheet while they are converted, and what is found on the way."""

    def __init__(
        self, sheet: Sheet, heads: HeadMatch, kind: RecordKind, layout: Layout, provider: ProviderFacts | None
    ) -> None:
        self.sheet, self.heads, self.kind, self.layout, self.provider = sheet, heads, kind, layout, provider
        self.missing = frozenset(kind.table.missing_values)
        self.changed: dict[str, pl.Series] = {}
        self.findings: list[pl.DataFrame] = []
        self.notes: list[tuple[pl.Series, str, str]] = []
        self.told: list[tuple[str, str]] = []

    def column(self, index: int) -> pl.Series:
        """A column of the file, stripped, null where it says nothing."""
        return cell.without_missing(cell.stripped(self.sheet.frame[column_name(index)]), self.missing)

    def field(self, name: str) -> pl.Series:
        """A field as it stands by now."""
        if name in self.changed:
            return self.changed[name]
        if name in self.heads.columns:
            return self.column(self.heads.columns[name])
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, self.sheet.frame.height)

    def join(self) -> None:
        """Several columns that make one field."""
        for name, parts in self.layout.joined.items():
            by_head = {normalise_head(head): part.label for part in parts for head in part.heads}
            indexes = self.heads.parts.get(name) or tuple(
                index for index in [self.heads.columns.get(name)] if index is not None
            )
            labels = [by_head.get(normalise_head(self.sheet.heads[index]), "") for index in indexes]
            if len(indexes) < 2 and not any(labels):
                continue
            pieces = pl.DataFrame(
                [self.column(index).alias(str(index)) for index in indexes],
            ).select(
                (pl.lit(f"{label}：" if label else "") + pl.col(str(index))).alias(str(index))
                for index, label in zip(indexes, labels, strict=True)
            )
            joined = pieces.select(pl.concat_str(pl.all(), separator=_SEPARATOR, ignore_nulls=True)).to_series()
            self.changed[name] = joined.set(joined == "", None)
            self._tell(name, "、".join(self.sheet.heads[index] for index in indexes))

    def explain(self) -> None:
        """Values that meant something else in this layout."""
        for name, values in self.layout.values.items():
            if name not in self.heads.columns:
                continue
            filed = self.field(name)
            today = filed.fill_null("").replace_strict(dict(values), default=None, return_dtype=pl.String)
            at = positions(today.is_null() & filed.is_not_null())
            field = self.kind.fields[name]
            allowed = "、".join(filter(None, values))
            params = {
                value: params_text(
                    {"field": field.title, "field_en": _english(field), "found": value, "allowed": allowed}
                    | self._names()
                )
                for value in filed.gather(at).unique()
            }
            if params:
                told = filed.gather(at).replace_strict(params, return_dtype=pl.String)
                self._find(at, "layout_value_unknown", told)
            self.changed[name] = today
            self._tell(name, self.sheet.heads[self.heads.columns[name]])

    def fill(self) -> None:
        """What is empty and can be told without asking."""
        for fill in self.layout.fills:
            before, source = self.field(fill.field), self._source(fill)
            fills = before.is_null() & source.is_not_null()
            if fill.where_provider_is:
                fills &= self._names_provider(self.field(fill.where_provider_is))
            if not fills.any():
                continue
            self.changed[fill.field] = pl.select(pl.when(fills).then(source).otherwise(before)).to_series()
            zh, en = self._origin(fill)
            field = self.kind.fields[fill.field]
            self.notes.append((fills, f"“{field.title}”取自{zh}", f"“{_english(field)}” from {en}"))

    def tell_missing(self) -> None:
        """Required fields that this layout does not have and that stay empty."""
        for name, reason in self.layout.not_required.items():
            empty = self.field(name).is_null()
            field = self.kind.fields[name]
            if empty.any():
                self.notes.append(
                    (empty, f"“{field.title}”留空：{reason.zh}", f"“{_english(field)}” empty: {reason.en}")
                )

    def guard(self) -> None:
        """Rows that say what today's fields cannot say."""
        for guard in self.layout.guards:
            heads = {normalise_head(head) for head in guard.heads}
            for index, head in enumerate(self.sheet.heads):
                if normalise_head(head) in heads:
                    self._refuse(guard, index)

    def done(self) -> Converted:
        """Everything together."""
        first = len(self.sheet.heads)
        columns = dict(self.heads.columns)
        sources: dict[int, int | None] = {}
        frame = self.sheet.frame
        for place, (name, values) in enumerate(self.changed.items(), start=first):
            sources[place] = columns.get(name)
            columns[name] = place
            frame = frame.with_columns(values.alias(column_name(place)))
        sheet = replace(
            self.sheet,
            frame=frame,
            heads=(*self.sheet.heads, *(self.kind.fields[name].title for name in self.changed)),
            findings=(*self.sheet.findings, self._of_file()),
            row_findings=pl.concat([self.sheet.row_findings, *self.findings, self._of_rows()]).sort(ROW, "code"),
        )
        return Converted(sheet, replace(self.heads, columns=columns), sources)

    def _source(self, fill: LayoutFill) -> pl.Series:
        height = self.sheet.frame.height
        match fill.source:
            case "provider.name":
                known = self.provider.name if self.provider else ""
            case "provider.uscc":
                known = self.provider.uscc if self.provider else ""
            case "party_category_by_code":
                return self._category()
            case other:
                return self.field(other.removeprefix(FROM_FIELD))
        return pl.Series("source", [known or None], dtype=pl.String).new_from_index(0, height)

    def _category(self) -> pl.Series:
        """Organisation or sole trader, by the first two characters of the party's unified code (GB 32100)."""
        code = self.kind.credit.party.uscc
        if code is None:
            return pl.Series("source", [None], dtype=pl.String).new_from_index(0, self.sheet.frame.height)
        codes = normalise_codes(self.field(code))
        of_persons = identity_numbers(codes)
        codes = codes.set(of_persons, None) if of_persons.any() else codes
        return pl.select(
            pl.when(codes.str.contains(f"^{_SOLE_TRADER}{_TAIL}"))
            .then(pl.lit(_TRADER))
            .when(codes.str.contains(f"^(?:{'|'.join(map(re.escape, _ORGANISATIONS))}){_TAIL}"))
            .then(pl.lit(_ORGANISATION))
        ).to_series()

    def _names_provider(self, names: pl.Series) -> pl.Series:
        if self.provider is None:
            return names.is_not_null() & False
        return cell.normalised_names(names).is_in(self.provider.own_names()).fill_null(False)

    def _origin(self, fill: LayoutFill) -> tuple[str, str]:
        match fill.source:
            case "provider.name":
                return "报送单位的名称", "the sender's name"
            case "provider.uscc":
                return "报送单位的统一社会信用代码", "the sender's unified code"
            case "party_category_by_code":
                return "统一社会信用代码的前两位", "the first two characters of the unified code"
            case other:
                field = self.kind.fields[other.removeprefix(FROM_FIELD)]
                return f"“{field.title}”", f"“{_english(field)}”"

    def _refuse(self, guard: LayoutGuard, index: int) -> None:
        held = self.column(index)
        told = {
            "head": self.sheet.heads[index],
            "reason": guard.reason.zh,
            "reason_en": guard.reason.en,
            "do": guard.do.zh,
            "do_en": guard.do.en,
        }
        self._find(positions(held.is_in(list(guard.has))), "layout_refuses", params_text(told))

    def _names(self) -> dict[str, str]:
        return {"layout": self.layout.title.zh, "layout_en": self.layout.title.en}

    def _tell(self, name: str, heads: str) -> None:
        field = self.kind.fields[name]
        self.told.append((f"{heads} → {field.title}", f"{heads} → {_english(field)}"))

    def _find(self, at: pl.Series, code: str, params: pl.Series | str) -> None:
        if not at.len():
            return
        rows = pl.DataFrame({ROW: self.sheet.frame[ROW].gather(at)})
        told = pl.lit(params) if isinstance(params, str) else params.alias("params")
        self.findings.append(
            rows.with_columns(pl.lit(code).alias("code"), told.alias("params")).select(*ROW_FINDINGS_SCHEMA)
        )

    def _of_rows(self) -> pl.DataFrame:
        """One finding for each row in which something was filled or stayed empty, naming all of it."""
        if not self.notes:
            return pl.DataFrame(schema=ROW_FINDINGS_SCHEMA)
        mask = pl.select(
            pl.sum_horizontal(pl.lit(where).cast(pl.Int64) * (1 << bit) for bit, (where, _, _) in enumerate(self.notes))
        ).to_series()
        texts = {value: self._noted(value) for value in mask.unique() if value}
        at = positions(mask != 0)
        params = mask.gather(at).replace_strict(texts, return_dtype=pl.String)
        return pl.DataFrame({ROW: self.sheet.frame[ROW].gather(at)}).with_columns(
            pl.lit("row_converted").alias("code"), params.alias("params")
        )

    def _noted(self, mask: int) -> str:
        said = [(zh, en) for bit, (_, zh, en) in enumerate(self.notes) if mask & (1 << bit)]
        what, what_en = _SEPARATOR.join(zh for zh, _ in said), "; ".join(en for _, en in said)
        return params_text({"what": what, "what_en": what_en} | self._names())

    def _of_file(self) -> FileFinding:
        told = _SEPARATOR.join(zh for zh, _ in self.told), "; ".join(en for _, en in self.told)
        return FileFinding("layout_converted", {"what": told[0] or "—", "what_en": told[1] or "—"} | self._names())


def _english(field: KindField) -> str:
    return field.credit.label or field.title


def values_offered(field: KindField, layout: Layout | None) -> Sequence[str]:
    """The list from which a cell is chosen: the values of the layout of the file, where that explains them; empty without one."""
    if layout and field.name in layout.values:
        return [value for value in layout.values[field.name] if value]
    # A cell that may hold several values cannot be bound to a list.
    return () if field.credit.several else field.constraints.enum or ()
