"""Finding the head of a table among its first rows: below titles and notes, in one row or in two.

A head of two rows has group cells (行政许可) above the heads of their columns, and other heads merged over both rows.
Merged ranges are not told by every format, so the cells themselves decide: groups leave gaps to their right, and the
row below fills them with words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rongxin.engine.heads import normalise_head
from rongxin.engine.sheets import HEAD_SEARCH_ROWS, HEADS_TO_RECOGNISE
from rongxin.primitives.characters import fold_width

_DIGITS = re.compile(r"[0-9]")
_SAYS_MORE = re.compile(r"[:：]\s*\S")  # 填报单位：示例局 is no head, 罚款金额（单位：元） is one
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_LONGEST_HEAD = 60
_LONGEST_KNOWN = 200  # a whole page in a cell would take long to normalise
_MOST_DIGITS = 0.4


@dataclass(frozen=True, slots=True)
class HeadRows:
    """The head: its first and last row (indices, equal for a head of one row) and the head of each column."""

    first: int
    last: int
    cells: tuple[str, ...]


def find_head(rows: Sequence[Sequence[str]], known: frozenset[str]) -> HeadRows | None:
    """The head among the first rows; None where all are empty.

    Columns of a head in two rows are called by the lower cell where that is unique, else by group and lower cell with
    a blank between. Empty heads at the end are left out.
    """
    index = head_index(rows, known)
    if index is None:
        return None
    for upper in (index - 1, index):
        if upper < 0 or upper + 1 >= min(len(rows), HEAD_SEARCH_ROWS + 1):
            continue
        groups = _groups(rows[upper], rows[upper + 1], known)
        if groups:
            return HeadRows(upper, upper + 1, _joined(rows[upper], rows[upper + 1], groups))
    return HeadRows(index, index, _trimmed(cell.strip() for cell in rows[index]))


def head_index(rows: Sequence[Sequence[str]], known: frozenset[str]) -> int | None:
    """Which of the first rows is the head.

    The first in which three cells are known heads; else the first at least half as filled as the fullest whose cells
    are words rather than numbers; else the first at least half as filled.
    """
    first = [[cell.strip() for cell in row] for row in rows[:HEAD_SEARCH_ROWS]]
    for index, row in enumerate(first):
        if known_in(row, known) >= HEADS_TO_RECOGNISE:
            return index
    fullest = max((sum(map(bool, row)) for row in first), default=0)
    full = [index for index, row in enumerate(first) if any(row) and 2 * sum(map(bool, row)) >= fullest]
    return next((index for index in full if all(map(_is_word, filter(None, first[index])))), next(iter(full), None))


def known_in(row: Iterable[str], known: frozenset[str]) -> int:
    """How many different known heads the row holds."""
    return len({normalise_head(cell) for cell in row if len(cell) <= _LONGEST_KNOWN} & known)


def _is_word(cell: str) -> bool:
    """Whether a cell may be a head rather than a value."""
    if len(cell) > _LONGEST_HEAD or _SAYS_MORE.search(_BRACKETED.sub("", cell)):
        return False
    return len(_DIGITS.findall(fold_width(cell))) <= _MOST_DIGITS * len(cell)


@dataclass(frozen=True, slots=True)
class _Group:
    """A head over several columns."""

    title: str
    columns: range


def _groups(upper: Sequence[str], lower: Sequence[str], known: frozenset[str]) -> list[_Group]:
    """The groups of a head in two rows, none if these rows are no such head."""
    width = max(len(upper), len(lower))
    above, below = ([cell.strip() for cell in row] + [""] * (width - len(row)) for row in (upper, lower))
    groups = _candidates(above, below)
    words = [cell for cell in (*above, *below) if cell]
    if not groups or sum(map(bool, above)) < 2 or not all(map(_is_word, words)):
        return []
    inside = {column for group in groups for column in group.columns}
    if any(cell and not above[column] for column, cell in enumerate(below) if column not in inside):
        return []
    alone = [column for column in range(width) if above[column] and below[column] and column not in inside]
    merged = [column for column in range(width) if above[column] and not below[column]]
    if any(_repeats(below, group) for group in groups):
        return []
    leaves = _leaves(above, below, groups)
    for_head = known_in((cell for pair in leaves for cell in pair), known)
    for_row = known_in((above[column] for column in alone), known)
    if for_head != for_row:
        return groups if for_head > for_row else []
    gaps = len(inside) - len(groups)
    return groups if not alone and (merged or 2 * gaps >= width) else []


def _candidates(above: list[str], below: list[str]) -> list[_Group]:
    """Filled cells above with gaps to their right, where every column below is filled."""
    starts = [column for column, cell in enumerate(above) if cell]
    found = []
    for start in starts:
        end = start + 1
        while end < len(above) and not above[end] and below[end]:
            end += 1
        if end - start > 1 and below[start]:
            found.append(_Group(above[start], range(start, end)))
    return found


def _repeats(below: list[str], group: _Group) -> bool:
    names = [normalise_head(below[column]) for column in group.columns]
    return len(set(names)) < len(names)


def _leaves(above: list[str], below: list[str], groups: Iterable[_Group]) -> list[tuple[str, str]]:
    """The two names that each column of a group may have."""
    return [(below[column], f"{group.title} {below[column]}") for group in groups for column in group.columns]


def _joined(upper: Sequence[str], lower: Sequence[str], groups: Iterable[_Group]) -> tuple[str, ...]:
    width = max(len(upper), len(lower))
    above, below = ([cell.strip() for cell in row] + [""] * (width - len(row)) for row in (upper, lower))
    leaves = [leaf or head for head, leaf in zip(above, below, strict=True)]
    times = Counter(map(normalise_head, leaves))
    title = {column: group.title for group in groups for column in group.columns}
    return _trimmed(
        f"{title.get(column, above[column])} {leaf}"
        if leaf and times[normalise_head(leaf)] > 1 and below[column]
        else leaf
        for column, leaf in enumerate(leaves)
    )


def _trimmed(cells: Iterable[str]) -> tuple[str, ...]:
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)
