"""Which column of a sheet is which field of a record kind, whatever the department calls it.

A head is found by the field's name, its code in the standard, its title, an alias, or the title without its bracketed
part where that is unambiguous. Heads are compared without blanks, punctuation, width, case and notes such as （必填）.
A bracket in the head itself counts: 罚款金额（元） is not the column 罚款金额（万元）.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rongxin.engine.sheets import HEAD_SEARCH_ROWS, HEADS_TO_RECOGNISE, FileFinding, Unreadable
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import Title
from rongxin.primitives.characters import without_blanks

REASON_HEAD = "退回原因"
"""The column that a return workbook has beside the clerk's own; it is passed over when the workbook comes back."""

_NOTE = re.compile(r"[(\[【〔](?:必填|选填|非必填|必填项|选填项|必须填写|可不填|可为空|文本格式|文本|\*+)[)\]】〕]")
_BRACKETED = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")


@dataclass(frozen=True, slots=True)
class HeadMatch:
    """``columns``: field → column index in file order. ``unknown``: heads that are no field of the kind, as written.

    ``duplicate``: fields that several columns claim. ``missing_required``: required fields without a column.
    """

    columns: dict[str, int]
    unknown: tuple[str, ...]
    duplicate: tuple[str, ...]
    missing_required: tuple[str, ...]
    findings: tuple[FileFinding, ...]


@lru_cache(maxsize=4096)
def normalise_head(text: str) -> str:
    """The form in which heads are compared."""
    return "".join(
        character
        for character in _NOTE.sub("", without_blanks(text)).upper()
        if unicodedata.category(character)[0] not in "PSZC"
    )


def known_heads(kinds: Iterable[RecordKind]) -> frozenset[str]:
    """Every head under which any field of ``kinds`` may stand, normalised: what :func:`.reading.read_table` looks
    for.
    """
    return frozenset(head for kind in kinds for head in _field_by_head(kind.table.fields))


def head_index(rows: Sequence[Sequence[str]], known: frozenset[str]) -> int | None:
    """Which of the first rows is the head: the first in which three cells are known heads, else the first that is
    not empty.
    """
    first = rows[:HEAD_SEARCH_ROWS]
    for index, row in enumerate(first):
        if len({normalise_head(cell) for cell in row} & known) >= HEADS_TO_RECOGNISE:
            return index
    return next((index for index, row in enumerate(first) if any(cell.strip() for cell in row)), None)


def match_heads(heads: Sequence[str], kind: RecordKind) -> HeadMatch:
    """Which column each field of ``kind`` stands in."""
    fields = _field_by_head(kind.table.fields)
    named = [(index, head) for index, head in enumerate(heads) if head.strip() not in ("", REASON_HEAD)]
    found = [(index, head, fields.get(normalise_head(head))) for index, head in named]
    counted = Counter(field for _, _, field in found if field)
    columns = {field: index for index, _, field in found if field and counted[field] == 1}
    unknown = tuple(head for _, head, field in found if field is None)
    return HeadMatch(
        columns=columns,
        unknown=unknown,
        duplicate=tuple(field for field in kind.fields if counted[field] > 1),
        missing_required=tuple(
            field.name for field in kind.table.fields if field.constraints.required and not counted[field.name]
        ),
        findings=(FileFinding("heads_unknown", {"heads": "、".join(unknown)}),) if unknown else (),
    )


def best_kind(heads: Sequence[str], kinds: Iterable[RecordKind]) -> RecordKind | None:
    """The kind most of whose fields have a column; None where no head is known. The first of equals."""
    counted = [(len(_claimed(heads, kind)), kind) for kind in kinds]
    best, kind = max(counted, key=lambda pair: pair[0], default=(0, None))
    return kind if best else None


def require_heads(heads: Sequence[str], kind: RecordKind, kinds: Iterable[RecordKind] = ()) -> HeadMatch:
    """:func:`match_heads`, or Unreadable where the file cannot be of ``kind``.

    ``wrong_kind``: no head is known, or more heads belong to another of ``kinds`` (named). ``heads_duplicate``: two
    columns for one field. ``heads_missing``: a required field has no column.
    """
    better = best_kind(heads, [kind, *kinds])
    if better is None or len(_claimed(heads, better)) > len(_claimed(heads, kind)):
        found = better.title if better else Title(zh="", en="")
        raise Unreadable("wrong_kind", kind=kind.title.zh, kind_en=kind.title.en, better=found.zh, better_en=found.en)
    match = match_heads(heads, kind)
    for code, fields in (("heads_duplicate", match.duplicate), ("heads_missing", match.missing_required)):
        if fields:
            raise Unreadable(code, fields="、".join(kind.fields[field].title for field in fields))
    return match


def _claimed(heads: Sequence[str], kind: RecordKind) -> set[str]:
    fields = _field_by_head(kind.table.fields)
    return {fields[head] for head in map(normalise_head, heads) if head in fields}


def _field_by_head(fields: tuple[KindField, ...]) -> dict[str, str]:
    """Normalised head → field name. A surer way of naming wins; what two fields claim in the same way names neither."""
    by_head: dict[str, str] = {}
    for heads_of in (_own_heads, _aliases, _title_without_bracket):
        claims: dict[str, set[str]] = {}
        for field in fields:
            for head in filter(None, map(normalise_head, heads_of(field))):
                claims.setdefault(head, set()).add(field.name)
        by_head |= {head: names.pop() for head, names in claims.items() if len(names) == 1 and head not in by_head}
    return by_head


def _own_heads(field: KindField) -> tuple[str, ...]:
    return field.name, field.credit.code, field.title


def _aliases(field: KindField) -> tuple[str, ...]:
    return field.credit.aliases


def _title_without_bracket(field: KindField) -> tuple[str, ...]:
    return (_BRACKETED.sub("", without_blanks(field.title)),)
