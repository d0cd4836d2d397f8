"""What made-up enterprises do: how it shows in the name, the scope on the register, and what acts it brings with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import polars as pl

from rongxin.demonstration.chance import Index, Lists
from rongxin.demonstration.tables import rows_of


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of business.

    ``words`` stand in a company's name, ``shop`` ends a sole trader's and ``house`` a sole proprietorship's. ``goods``
    are what an inspection looks at. ``groups`` decide which acts may concern it (``acts.options``). ``industry``: GB/T 4754.
    """

    words: tuple[str, ...]
    shop: str
    house: str
    scope: str
    goods: tuple[str, ...]
    groups: frozenset[str]
    weight: float
    industry: str


ANY: Final = "any"


def _trade(row: dict[str, str]) -> Trade:
    return Trade(
        words=tuple(row["words"].split()),
        shop=row["shop"],
        house=row["house"],
        scope=row["scope"],
        goods=tuple(row["goods"].split()),
        groups=frozenset(row["groups"].split()),
        weight=float(row["weight"]),
        industry=row["industry"],
    )


TRADES: Final = tuple(map(_trade, rows_of("trades")))

_GOODS = Lists([trade.goods for trade in TRADES])


class HasGoods(Protocol):
    """A template that may bring goods of its own."""

    @property
    def goods(self) -> tuple[str, ...]: ...


def goods_of(templates: Sequence[HasGoods], filed: pl.DataFrame, seed: int, number: Index) -> pl.Series:
    """What each act looked at: the template's own goods where it has some, else those of the trade."""
    template, trade = filed["template"].to_numpy(), filed["trade"].to_numpy()
    own = Lists([each.goods or ("",) for each in templates]).one_of(template, seed, "own good", number)
    return own.zip_with(own != "", _GOODS.one_of(trade, seed, "good", number))
