"""How many went from which class to which, as the rows of a table."""

from collections.abc import Mapping

from rongxin.classification.listing import NONE
from rongxin.desk.classes import GRADES

Rows = tuple[tuple[str, tuple[tuple[str, int | None], ...]], ...]
"""A class (or NONE), and how many went from it to each class; None for those who stayed."""


def rows_of(counts: Mapping[tuple[str, str], int]) -> Rows:
    """``desk/_class_matrix.html``: ``counts`` by class before and after, without the rows that nobody leaves."""
    has_none = any(number for pair, number in counts.items() if NONE in pair)
    names = [*(grade.value for grade in GRADES), *([NONE] if has_none else [])]
    return tuple(
        (one, tuple((two, counts.get((one, two), 0) if one != two else None) for two in names))
        for one in names
        if any(counts.get((one, two)) for two in names if two != one)
    )
