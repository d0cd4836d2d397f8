"""What a made-up department decides day by day, numbered through the year, and on which day each decision is sent."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from rongxin.demonstration import famous
from rongxin.demonstration.acts import PENALTY, favoured, filed, options, position_of, rows
from rongxin.demonstration.authorities import SHOWN, Authority
from rongxin.demonstration.chance import Index, chance
from rongxin.primitives.workdays import Calendar

_FAMOUS_SERIAL: Final = 118
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Decision:
    """One act: its serial number of the year, the day, and its number among all acts of all made-up departments."""

    serial: int
    decided_on: date
    number: int


@dataclass(frozen=True)
class Diary:
    """The decisions of one authority and kind, upon the enterprises ``known`` (as ``identities`` has them)."""

    seed: int
    authority: Authority
    kind: str
    calendar: Calendar
    known: pl.DataFrame

    def sendings(self, days: list[date]) -> dict[date, pl.DataFrame]:
        """What is sent on each of the ``days`` (in order): decisions made since the one before, as rows by field name.

        A day's decisions go out with the next sending, some by mistake with the one after. Days with nothing to send
        are left out.
        """
        if not days or self._eligible.is_empty():
            return {}
        # Whatever was decided before the first sending and not forgotten went out earlier, on paper as it were.
        first = self.calendar.add(days[0], -5).date
        sent: list[Decision] = []
        sent_on: list[date] = []
        for decision in self._decisions(first, days[-1]):
            position = bisect_left(days, decision.decided_on + _ONE_DAY) + self._is_forgotten(decision)
            if position < len(days):
                sent.append(decision)
                sent_on.append(days[position])
        if not sent:
            return {}
        parted = self._rows(sent).with_columns(sent_on=pl.Series(sent_on)).sort("sent_on", maintain_order=True)
        by_day = parted.partition_by("sent_on", as_dict=True, include_key=False)
        return {day: rows for (day,), rows in by_day.items()}

    def _decisions(self, first: date, last: date) -> Iterator[Decision]:
        for year in range(first.year, last.year + 1):
            begins = date(year, 1, 1)
            workdays = [day for day, worked, _ in self.calendar.days(begins, min(last, date(year, 12, 31))) if worked]
            serial = 0
            for day, count in zip(workdays, self._counts(workdays), strict=True):
                for _ in range(count):
                    serial += 1
                    if self._is_famous(year, serial):
                        serial += 1
                    if day >= first:
                        yield Decision(serial, day, self._number(year, serial))

    @cached_property
    def _eligible(self) -> pl.DataFrame:
        choice = options(self.kind, self.authority.bureau)
        concerned = self.known.filter(pl.Series(choice.has(self.known["trade"].to_numpy())))
        district = self.authority.district
        return concerned.filter(pl.col("district") == district) if district else concerned

    def _counts(self, workdays: list[date]) -> list[int]:
        rate = self.authority.penalties if self.kind == PENALTY else self.authority.licences
        ordinals = np.array([day.toordinal() for day in workdays], np.int64)
        even = chance(self.seed, f"{self.authority.code} {self.kind} a day", ordinals)
        counts: list[int] = np.floor(2 * rate * even + 0.5).astype(np.int64).tolist()
        return counts

    def _number(self, year: int, serial: int) -> int:
        return (year * 100 + position_of(self.authority)) * 100_000 + serial

    def _is_famous(self, year: int, serial: int) -> bool:
        """Whether the number belongs to the famous penalty, which is filed by itself."""
        is_its_diary = self.authority == SHOWN and self.kind == PENALTY
        return is_its_diary and (year, serial) == (famous.DECIDED_ON.year, _FAMOUS_SERIAL)

    def _is_forgotten(self, decision: Decision) -> bool:
        number = np.array([decision.number], np.int64)
        return bool(chance(self.seed, f"{self.kind} forgotten", number)[0] < self.authority.forgets)

    def _rows(self, decisions: list[Decision]) -> pl.DataFrame:
        number: Index = np.array([decision.number for decision in decisions], np.int64)
        choice = options(self.kind, self.authority.bureau)
        parties = self._eligible[favoured(self.seed, self.kind, number, self._eligible.height)]
        template = choice.one_of(parties["trade"].to_numpy(), self.seed, f"{self.kind} template", number).to_numpy()
        authority = np.full(len(number), position_of(self.authority), np.int64)
        decided_on = pl.Series([decision.decided_on for decision in decisions])
        serial = pl.Series([decision.serial for decision in decisions])
        filing = filed(self.kind, parties, template=template, authority=authority, decided_on=decided_on, serial=serial)
        return rows(self.seed, self.kind, number, filing)


def sending_days(authority: Authority, calendar: Calendar, first: date, last: date) -> list[date]:
    """The days from ``first`` to ``last`` on which the authority sends: its weekday, or the next working day."""
    monday = first - timedelta(days=first.weekday())
    days = set()
    while monday <= last:
        planned = monday + timedelta(days=authority.weekday)
        days.add(planned if calendar.is_workday(planned) else calendar.add(planned, 1).date)
        monday += timedelta(weeks=1)
    return sorted(day for day in days if first <= day <= last)
