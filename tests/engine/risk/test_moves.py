"""Who went from which class to which: counted part by part, and put together."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rongxin.engine.risk.moves import NONE, STANDINGS, Moves, cell

PLACES = st.one_of(st.none(), st.integers(0, 3))
ROWS = st.lists(st.tuples(PLACES, PLACES), max_size=30)


def moves(rows: list[tuple[int | None, int | None]]) -> Moves:
    frame = pl.DataFrame(rows, schema={"class_before": pl.UInt8, "class_after": pl.UInt8}, orient="row")
    return Moves.of(frame.select(cell()).to_series())


@given(ROWS, ROWS)
def test_parts_add_up_to_what_a_plain_loop_counts(
    one: list[tuple[int | None, int | None]], other: list[tuple[int | None, int | None]]
) -> None:
    rows, found = one + other, moves(one) + moves(other)
    names = [tuple(NONE if place is None else STANDINGS[place] for place in row) for row in rows]
    assert found == moves(rows)
    assert list(found.pairs()) == [(a, b, names.count((a, b))) for a in STANDINGS for b in STANDINGS]
    both = [(a, b) for a, b in rows if a is not None and b is not None]
    assert found.up == sum(b > a for a, b in both)
    assert found.down == sum(b < a for a, b in both)
    assert (found.all, sum(found.before.values()), sum(found.after.values())) == (len(rows),) * 3


def test_of_nobody_nothing_moves() -> None:
    assert Moves().all == 0
    assert Moves() + Moves() == moves([]) == Moves()
