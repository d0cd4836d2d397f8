"""How many went from which class to which, as the rows of a table."""

from rongxin.engine.risk.moves import NONE, STANDINGS, Moves

Rows = tuple[tuple[str, tuple[tuple[str, int | None], ...]], ...]
"""A class (or NONE), and how many went from it to each class; None for those who stayed."""


def rows_of(moves: Moves) -> Rows:
    """``desk/_class_matrix.html``: without the rows that nobody leaves, and without NONE where nobody comes from or to it."""
    counts = {(one, two): number for one, two, number in moves.pairs()}
    has_none = any(number for pair, number in counts.items() if NONE in pair)
    names = [name for name in STANDINGS if name != NONE or has_none]
    return tuple(
        (one, tuple((two, counts[one, two] if one != two else None) for two in names))
        for one in names
        if any(counts[one, two] for two in names if two != one)
    )
