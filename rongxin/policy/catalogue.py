"""The catalogue of public credit information (公共信用信息目录): what is collected, from which power, how often, for whom.

Item 4 of 闽信用〔2019〕7号: the province compiles a catalogue from the lists of powers and duties (权责清单), the city its own.
A pack may hold one; an item of a more specific pack replaces the item of the same code above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from rongxin.policy.kinds import Basis, FieldName
from rongxin.policy.words import Strict, Title
from rongxin.primitives.periods import add_months


class Every(StrEnum):
    """How often an item is due. ``event``: only when something was decided; nobody is late by the calendar."""

    EVENT = "event"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Share(StrEnum):
    """Who may have an item: everybody, government bodies, or whoever the enterprise authorised."""

    PUBLIC = "public"
    GOVERNMENT = "government"
    AUTHORISED = "authorised"


_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}


class Frequency(Strict):
    """``every`` period, sent at the latest ``days_allowed`` calendar days after its last day."""

    every: Every
    days_allowed: int = Field(default=0, ge=0, le=366)


class CatalogueItem(Strict):
    """One item: a record kind as the catalogue sees it.

    ``code`` is the item's number in the catalogue. ``category``: the class of the national catalogue. ``power``: the type of
    power in the list of powers that the item springs from; which power of which department stands with the department's duty.
    """

    code: Annotated[str, Field(pattern=r"^[0-9A-Z][0-9A-Z-]{1,29}$")]
    kind: FieldName
    category: str = Field(min_length=1)
    power: str = Field(min_length=1)
    frequency: Frequency
    share: Share
    note: Title | None = None


class Catalogue(Strict):
    """``catalogue.yaml`` of one pack."""

    basis: Basis
    note: Title | None = None
    items: tuple[CatalogueItem, ...]

    @model_validator(mode="after")
    def _each_once(self) -> "Catalogue":
        for name in ("code", "kind"):
            values = [getattr(item, name) for item in self.items]
            doubled = sorted({value for value in values if values.count(value) > 1})
            if doubled:
                raise ValueError(f"{name} {doubled} stands twice")
        return self


class PackCatalogue(Strict):
    """The catalogue of the pack ``pack``."""

    pack: str
    catalogue: Catalogue


Differing = Literal["frequency", "share", "power", "category"]


@dataclass(frozen=True)
class ItemInForce:
    """An item as it holds on this platform. ``pack`` says it; ``above`` is what the more general pack says of the same code."""

    item: CatalogueItem
    pack: str
    above: CatalogueItem | None = None
    above_pack: str = ""

    @property
    def differs_in(self) -> tuple[Differing, ...]:
        """What the more specific catalogue changed; empty where it changed nothing or adds the item."""
        if self.above is None:
            return ()
        fields: tuple[Differing, ...] = ("frequency", "share", "power", "category")
        return tuple(name for name in fields if getattr(self.item, name) != getattr(self.above, name))


def items_in_force(catalogues: Sequence[PackCatalogue]) -> tuple[ItemInForce, ...]:
    """The items of a chain of catalogues, the most general first, in the order of their codes."""
    found: dict[str, ItemInForce] = {}
    for each in catalogues:
        for item in each.catalogue.items:
            before = found.get(item.code)
            found[item.code] = ItemInForce(
                item, each.pack, before.item if before else None, before.pack if before else ""
            )
    return tuple(found[code] for code in sorted(found))


def period_of(day: date, every: Every) -> tuple[date, date]:
    """First and last day of the period in which ``day`` lies; weeks begin on Monday. ValueError for ``event``."""
    match every:
        case Every.DAY:
            return day, day
        case Every.WEEK:
            first = day - timedelta(days=day.weekday())
            return first, first + timedelta(days=6)
        case Every.EVENT:
            raise ValueError("what falls due on an event has no period")
        case _:
            months = _MONTHS[every]
            first = date(day.year, (day.month - 1) // months * months + 1, 1)
            return first, add_months(first, months) - timedelta(days=1)


def due_on(frequency: Frequency, *, since: date, last_sent: date | None) -> date | None:
    """The last day for the next sending; None where nothing falls due by the calendar.

    A sending counts for the period in which it arrives, so the next is due with the period after. Before the first sending, the
    period in which the duty began is the first one due.
    """
    if frequency.every == Every.EVENT:
        return None
    _, last = period_of(last_sent or since, frequency.every)
    if last_sent is not None:
        _, last = period_of(last + timedelta(days=1), frequency.every)
    return last + timedelta(days=frequency.days_allowed)
