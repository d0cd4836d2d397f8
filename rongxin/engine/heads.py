"""Which column of a sheet is which field of a record kind, whatever the department calls it.

A head is found, in this order, by what the department said it means, by the layout of the file, by the field's name, its
code in the standard, its title or English label, an alias, or the title without its bracketed part where that is
unambiguous. Heads are compared without blanks, punctuation, width, case and notes such as （必填）. A bracket in the head
itself counts: 罚款金额（元） is not the column 罚款金额（万元）.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from rongxin.engine.sheets import FileFinding, Unreadable
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.layouts import Layout
from rongxin.primitives.characters import without_blanks

REASON_HEAD: Final = "退回原因"
"""The column that a return workbook has beside the clerk's own; it is passed over when the workbook comes back."""

ORIGIN_HEAD: Final = "原文件行号"
"""The column of a return workbook that says which row of the first file a row was."""

NOT_NEEDED: Final = ""
"""What a department says of a column that means no field."""

_HEADS_OF_A_LAYOUT: Final = 3
_NOTE = re.compile(r"[(\[【〔](?:必填|选填|非必填|必填项|选填项|必须填写|可不填|可为空|文本格式|文本|\*+)[)\]】〕]")
_BRACKETED = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")


@dataclass(frozen=True, slots=True)
class HeadMatch:
    """``columns``: field → column index in file order. ``unknown``: heads that are no field of the kind, as written.

    ``duplicate``: fields that several columns claim. ``missing_required``: required fields without a column.
    ``parts``: field → all columns that together make it, where a layout joins several. ``layout``: the layout of the file,
    where its heads tell one.
    """

    columns: dict[str, int]
    unknown: tuple[str, ...]
    duplicate: tuple[str, ...]
    missing_required: tuple[str, ...]
    findings: tuple[FileFinding, ...]
    parts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    layout: Layout | None = None

    def fields_by_column(self) -> dict[int, str]:
        """Column index → the field it means, joined columns included."""
        joined = {index: name for name, indexes in self.parts.items() for index in indexes}
        return joined | {index: name for name, index in self.columns.items()}


@lru_cache(maxsize=1 << 16)
def normalise_head(text: str) -> str:
    """The form in which heads are compared."""
    return "".join(
        character
        for character in _NOTE.sub("", without_blanks(text)).upper()
        if unicodedata.category(character)[0] not in "PSZC"
    )


def head_keys(heads: Sequence[str]) -> tuple[str, ...]:
    """What each column of a file is remembered by: the normalised head, and ``#2`` … where it stands several times."""
    seen: Counter[str] = Counter()
    keys = []
    for head in map(normalise_head, heads):
        seen[head] += 1
        keys.append(head if seen[head] == 1 else f"{head}#{seen[head]}")
    return tuple(keys)


def known_heads(kinds: Iterable[RecordKind]) -> frozenset[str]:
    """Every head under which any field of ``kinds`` may stand, normalised: what :func:`.reading.read_table` looks
    for.
    """
    return frozenset(head for kind in kinds for head in (*_places_by_head(kind, None), *_heads_of_layouts(kind)))


def detect(heads: Sequence[str], kind: RecordKind) -> Layout | None:
    """The layout of ``kind`` that the heads tell: the one most of whose own heads are there, three at least; None where
    two are equal.
    """
    found = {normalise_head(head) for head in heads}
    counted = sorted(
        ((len(found & {normalise_head(head) for head in layout.told_by}), layout) for layout in kind.credit.layouts),
        key=lambda pair: -pair[0],
    )
    if not counted or counted[0][0] < _HEADS_OF_A_LAYOUT or (len(counted) > 1 and counted[0][0] == counted[1][0]):
        return None
    return counted[0][1]


def match_heads(heads: Sequence[str], kind: RecordKind, mapping: Mapping[str, str] | None = None) -> HeadMatch:
    """Which column each field of ``kind`` stands in.

    ``mapping``: what the department said its heads mean, by :func:`head_keys`: a field, or NOT_NEEDED.
    """
    layout = detect(heads, kind)
    places = _places_by_head(kind, layout)
    said = {
        key: _Place(name) if name else None for key, name in (mapping or {}).items() if not name or name in kind.fields
    }
    unused = {normalise_head(head) for head in layout.unused} if layout else set()
    found: list[tuple[int, str, _Place | None]] = []
    passed_over: set[int] = set()
    for index, (head, key) in enumerate(zip(heads, head_keys(heads), strict=True)):
        place = said[key] if key in said else places.get(normalise_head(head))
        if head.strip() in ("", REASON_HEAD, ORIGIN_HEAD) and key not in said:
            continue
        if place is None and (key in said or normalise_head(head) in unused):
            passed_over.add(index)
        found.append((index, head, place))
    counted = Counter(place for _, _, place in found if place)
    doubled = {place.field for place, times in counted.items() if times > 1}
    parts = _parts(found)
    unknown = tuple(head for index, head, place in found if place is None and index not in passed_over)
    return HeadMatch(
        columns={name: indexes[0] for name, indexes in parts.items() if name not in doubled},
        unknown=unknown,
        duplicate=tuple(name for name in kind.fields if name in doubled),
        missing_required=tuple(name for name in required_columns(kind, layout) if name not in parts),
        findings=(FileFinding("heads_unknown", {"heads": "、".join(unknown)}),) if unknown else (),
        parts={name: indexes for name, indexes in parts.items() if len(indexes) > 1 and name not in doubled},
        layout=layout,
    )


def best_kind(heads: Sequence[str], kinds: Iterable[RecordKind]) -> RecordKind | None:
    """The kind most of whose fields have a column, of equals the first that lacks no required one; None where no head is
    known.
    """
    counted = [(_suits(heads, kind), kind) for kind in kinds]
    (known, _), kind = max(counted, key=lambda pair: pair[0], default=((0, False), None))
    return kind if known else None


def require_heads(
    heads: Sequence[str],
    kind: RecordKind,
    kinds: Iterable[RecordKind] = (),
    mapping: Mapping[str, str] | None = None,
) -> HeadMatch:
    """:func:`match_heads`, or Unreadable where the file cannot be of ``kind`` (:func:`require`)."""
    return require(match_heads(heads, kind, mapping), heads, kind, kinds, mapping)


def require(
    match: HeadMatch,
    heads: Sequence[str],
    kind: RecordKind,
    kinds: Iterable[RecordKind] = (),
    mapping: Mapping[str, str] | None = None,
) -> HeadMatch:
    """``match``, or Unreadable.

    ``no_head_known``, or ``wrong_kind``: another of ``kinds`` (named) suits the heads better (:func:`best_kind`).
    ``heads_duplicate``: two columns for one field. ``heads_missing``: a required field has no column. What the
    department said of its heads (``mapping``) settles which kind it is, too.
    """
    said = mapping is not None and any(mapping.get(key) for key in head_keys(heads))
    better = kind if said else best_kind(heads, [kind, *kinds])
    told = {"kind": kind.title.zh, "kind_en": kind.title.en}
    if better is None:
        raise Unreadable("no_head_known", **told)
    if _suits(heads, better) > _suits(heads, kind):
        raise Unreadable("wrong_kind", **told, better=better.title.zh, better_en=better.title.en, name=better.name)
    for code, fields in (("heads_duplicate", match.duplicate), ("heads_missing", match.missing_required)):
        if fields:
            raise Unreadable(code, fields="、".join(kind.fields[name].title for name in fields))
    return match


def required_columns(kind: RecordKind, layout: Layout | None) -> Iterator[str]:
    """Fields that must have a column in a file of this layout."""
    supplied = {*layout.not_required, *(fill.field for fill in layout.fills)} if layout else set()
    for each in kind.table.fields:
        if each.constraints.required and each.name not in supplied:
            yield each.name


class _Place(NamedTuple):
    """A field, and for a field that a layout joins which of its columns."""

    field: str
    part: int = 0


class _Names(NamedTuple):
    """A field and all that may stand above its column."""

    field: str
    code: str
    title: str
    label: str
    aliases: tuple[str, ...]

    @classmethod
    def of(cls, field: KindField) -> "_Names":
        return cls(field.name, field.credit.code, field.title, field.credit.label, field.credit.aliases)


def _parts(found: Iterable[tuple[int, str, _Place | None]]) -> dict[str, tuple[int, ...]]:
    """The columns of each field, in the order of the parts."""
    by_field: dict[str, list[tuple[int, int]]] = {}
    for index, _, place in found:
        if place:
            by_field.setdefault(place.field, []).append((place.part, index))
    return {name: tuple(index for _, index in sorted(parts)) for name, parts in by_field.items()}


def _suits(heads: Sequence[str], kind: RecordKind) -> tuple[int, bool]:
    """How many fields of ``kind`` have a column, and whether all required ones do."""
    claimed = _claimed(heads, kind)
    return len(claimed), claimed >= set(required_columns(kind, detect(heads, kind)))


def _claimed(heads: Sequence[str], kind: RecordKind) -> set[str]:
    places = _places_by_head(kind, detect(heads, kind))
    return {places[head].field for head in map(normalise_head, heads) if head in places}


def _places_by_head(kind: RecordKind, layout: Layout | None) -> Mapping[str, _Place]:
    """Normalised head → field. What the layout says goes before the names of the fields."""
    named = _places_of_names(tuple(map(_Names.of, kind.table.fields)))
    return {**named, **_places_of_layout(layout)} if layout else named


@lru_cache(maxsize=1 << 9)
def _places_of_names(fields: tuple[_Names, ...]) -> Mapping[str, _Place]:
    """A surer way of naming wins; what two fields claim in the same way names neither.

    Every file is held against every kind, so the places of a kind are found once.
    """
    by_head: dict[str, _Place] = {}
    for heads_of in (_own_heads, _aliases, _title_without_bracket):
        claims: dict[str, set[str]] = {}
        for each in fields:
            for head in filter(None, map(normalise_head, heads_of(each))):
                claims.setdefault(head, set()).add(each.field)
        by_head |= {
            head: _Place(names.pop()) for head, names in claims.items() if len(names) == 1 and head not in by_head
        }
    return by_head


def _places_of_layout(layout: Layout) -> dict[str, _Place]:
    single = {normalise_head(head): _Place(name) for name, heads in layout.columns.items() for head in heads}
    joined = {
        normalise_head(head): _Place(name, part)
        for name, parts in layout.joined.items()
        for part, one in enumerate(parts)
        for head in one.heads
    }
    return single | joined


def _heads_of_layouts(kind: RecordKind) -> Iterator[str]:
    for layout in kind.credit.layouts:
        yield from _places_of_layout(layout)
        yield from map(normalise_head, (*layout.told_by, *layout.unused))


def _own_heads(names: _Names) -> tuple[str, ...]:
    return names.field, names.code, names.title, names.label


def _aliases(names: _Names) -> tuple[str, ...]:
    return names.aliases


def _title_without_bracket(names: _Names) -> tuple[str, ...]:
    return (_BRACKETED.sub("", without_blanks(names.title)),)
