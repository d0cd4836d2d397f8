"""Some months of work of the made-up departments, sending by sending: what came in when, and what became of it."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from rongxin.demonstration import famous, flaws, inspections, other_kinds
from rongxin.demonstration.acts import LICENCE, PENALTY
from rongxin.demonstration.authorities import AUTHORITIES, SHOWN, Authority
from rongxin.demonstration.chance import Index, below
from rongxin.demonstration.diary import Diary, sending_days
from rongxin.demonstration.enterprises import LAST_DAY, identities, register_rows
from rongxin.demonstration.famous import FAMOUS
from rongxin.demonstration.other_kinds import Model
from rongxin.demonstration.parts import REGISTRATION
from rongxin.policy.words import Polarity
from rongxin.primitives.workdays import Calendar

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
WEEKS: Final = 11
NEWCOMERS_SINCE: Final = LAST_DAY - timedelta(days=90)
WAITING_FILE: Final = "行政许可-待审核.csv"
"""The last sending of the department that is shown waits for its reviewer. Where it is, all is loaded."""

_TITLES: Final = {PENALTY: "行政处罚", LICENCE: "行政许可", REGISTRATION: "新设立登记"}
_OPENS = time(9, 5)
_LISTED: Final = 7
_SENT_BACK: Final = "许可决定日期与决定书原件不一致，请核对第2行至第4行后重新报送。"


@dataclass(frozen=True)
class Sending:
    """A file that a department sends: its rows by field name, when it arrives, and when the second person decides.

    ``decided_at`` None: it still waits. ``return_reason``: it is sent back instead of released.
    """

    authority: Authority
    kind: str
    file_name: str
    encoding: str
    rows: pl.DataFrame
    received_at: datetime
    decided_at: datetime | None
    return_reason: str = ""


@dataclass(frozen=True)
class History:
    """Made-up work up to ``now``: the enterprises, and every sending in the order of arrival.

    ``models``: the kinds besides penalties and licences that are told of, by name.
    """

    seed: int
    subjects: int
    now: datetime
    calendar: Calendar
    weeks: int = WEEKS
    models: Mapping[str, Model] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        """The last working day on which work had begun before ``now``."""
        local = self.now.astimezone(SHANGHAI)
        begun = self.calendar.is_workday(local.date()) and local.time() >= time(10)
        return local.date() if begun else self.calendar.add(local.date(), -1).date

    @property
    def last_whole_day(self) -> date:
        """The last day that is over, working day or not."""
        return self.now.astimezone(SHANGHAI).date() - timedelta(days=1)

    @property
    def first_day(self) -> date:
        """The first working day of the weeks told."""
        monday = self.last_day - timedelta(days=self.last_day.weekday(), weeks=self.weeks)
        return self.calendar.add(monday - timedelta(days=1), 1).date

    def register(self) -> pl.DataFrame:
        """The enterprises on the register before the first sending, by field name, with ``renamed_on``."""
        return self._register().filter(pl.col("established_on") < NEWCOMERS_SINCE)

    def sendings(self) -> list[Sending]:
        """Everything that was sent until now."""
        known = self._known()
        sent = [
            sending
            for authority in AUTHORITIES
            for kind, decides in ((PENALTY, authority.penalties), (LICENCE, authority.licences))
            if decides
            for sending in self._of_diary(Diary(self.seed, authority, kind, self.calendar, known))
        ]
        sent += [*self._others(known), *self._newcomers()]
        sent += list(self._inspections(known, _burdens(sent, self.models)))
        return sorted(sent, key=lambda each: (each.received_at, each.authority.code, each.kind))

    def _index(self) -> Index:
        return np.arange(max(self.subjects, len(FAMOUS)), dtype=np.int64)

    def _register(self) -> pl.DataFrame:
        index = self._index()
        return register_rows(self.seed, index).with_columns(identities(self.seed, index)["renamed_on"])

    def _known(self) -> pl.DataFrame:
        """Those whom an authority may have decided upon: on the register before the first day, and still there."""
        standing = (pl.col("status") == "存续") & (pl.col("established_on") < NEWCOMERS_SINCE)
        return identities(self.seed, self._index()).filter(standing)

    def _of_diary(self, diary: Diary) -> Iterator[Sending]:
        authority, kind = diary.authority, diary.kind
        days = sending_days(authority, self.calendar, self.first_day, self.last_whole_day)
        is_shown = authority == SHOWN
        if is_shown and kind == LICENCE:
            days = sorted({*days, self.last_day})
        by_day = diary.sendings(days)
        if is_shown and kind == PENALTY:
            by_day = self._with_famous(by_day, days)
        sent = [self._sending(authority, kind, day, rows) for day, rows in by_day.items()]
        if not is_shown:
            yield from sent
        elif kind == PENALTY:
            yield from _with_wrong_penalties(sent)
        else:
            yield from self._with_wrong_licences(sent)

    def _with_famous(self, by_day: dict[date, pl.DataFrame], days: list[date]) -> dict[date, pl.DataFrame]:
        """The famous penalty goes out with the second sending after it, over the holidays of National Day."""
        position = bisect_right(days, famous.DECIDED_ON) + 1
        is_told = self.first_day <= famous.DECIDED_ON and position < len(days)
        day = days[position] if is_told else self.calendar.add(famous.DECIDED_ON, 4).date
        if day > self.last_day:
            return by_day
        filer = {"penalty_authority": SHOWN.name, "source_unit": SHOWN.name}
        codes = {"penalty_authority_uscc": SHOWN.uscc, "source_unit_uscc": SHOWN.uscc}
        row = pl.DataFrame([famous.penalty_row() | filer | codes]).with_columns(
            pl.col("penalty_decision_date", "penalty_valid_to").str.to_date()
        )
        others = [by_day[day]] if day in by_day else []
        return dict(sorted((by_day | {day: pl.concat([row, *others], how="diagonal")}).items()))

    def _sending(self, authority: Authority, kind: str, day: date, rows: pl.DataFrame) -> Sending:
        came = datetime.combine(day, _OPENS, SHANGHAI) + timedelta(
            minutes=self._minutes(f"came {authority.code}", day, 150)
        )
        wait = timedelta(minutes=15 + self._minutes(f"decided {authority.code} {kind}", day, 240))
        return Sending(
            authority=authority,
            kind=kind,
            file_name=f"{self._title(kind)}-{day:%Y%m%d}.csv",
            encoding="gb18030" if authority.number % 2 else "utf-8-sig",
            rows=rows,
            received_at=came,
            decided_at=came + wait,
        )

    def _title(self, kind: str) -> str:
        return _TITLES[kind] if kind in _TITLES else self.models[kind].kind.title.zh

    def _minutes(self, stream: str, day: date, limit: int) -> int:
        return int(below(self.seed, stream, np.array([day.toordinal()], np.int64), limit)[0])

    def _with_wrong_licences(self, sent: list[Sending]) -> Iterator[Sending]:
        """One is sent back and comes again, one brings rows that come back, and the last one waits."""
        if len(sent) < 4:
            yield from sent
            return
        *regular, again, wrong, last = sent
        yield from regular
        yield replace(
            again, file_name=f"初稿-{again.file_name}", return_reason=_SENT_BACK, rows=flaws.shifted(again.rows)
        )
        yield replace(again, received_at=_later(again.decided_at), decided_at=_later(_later(again.decided_at)))
        yield replace(wrong, rows=flaws.licences(wrong.rows))
        yield replace(last, file_name=WAITING_FILE, received_at=self._lately(), decided_at=None)

    def _lately(self) -> datetime:
        """Some twenty minutes ago, or towards the evening of the last working day."""
        evening = datetime.combine(self.last_day, time(16, 40), SHANGHAI)
        return min(evening, self.now - timedelta(minutes=20))

    def _others(self, known: pl.DataFrame) -> Iterator[Sending]:
        """What departments send besides penalties, licences and inspections."""
        for authority, days, model in self._with_models():
            if not model.kind.credit.inspection:
                for day, rows in other_kinds.sendings(self.seed, authority, model, known, days):
                    yield self._sending(authority, model.kind.name, day, rows)

    def _inspections(self, known: pl.DataFrame, burdens: pl.DataFrame) -> Iterator[Sending]:
        """What inspections found."""
        for authority, days, model in self._with_models():
            if model.kind.credit.inspection:
                for day, rows in inspections.sendings(self.seed, authority, model, known, burdens, days):
                    yield self._sending(authority, model.kind.name, day, rows)

    def _with_models(self) -> Iterator[tuple[Authority, list[date], Model]]:
        """Every kind that an authority sends after a model, and on which days it sends."""
        for authority in AUTHORITIES:
            days = sending_days(authority, self.calendar, self.first_day, self.last_whole_day)
            for name in authority.kinds:
                if name in self.models:
                    yield authority, days, self.models[name]

    def _newcomers(self) -> Iterator[Sending]:
        """The enterprises founded last come in as a register of their own, from the authority that registered them."""
        rows = self._register().filter(pl.col("established_on") >= NEWCOMERS_SINCE).drop("renamed_on", "former_name")
        day = self.calendar.add(max(self.first_day, LAST_DAY), 1).date
        if rows.height and day < self.last_day:
            yield self._sending(SHOWN, REGISTRATION, day, rows)


def _with_wrong_penalties(sent: list[Sending]) -> Iterator[Sending]:
    """One brings rows that come back or wait, and once more two acts of the sending before it, one of them corrected."""
    heights = [each.rows.height for each in sent]
    last = max((at for at in range(1, len(sent)) if min(heights[at - 1 : at + 1]) > 1), default=None)
    for at, each in enumerate(sent):
        if at == last:
            again = flaws.corrected(sent[at - 1].rows)
            yield replace(each, rows=pl.concat([flaws.penalties(each.rows), again], how="diagonal"))
        else:
            yield each


def _burdens(sent: list[Sending], models: Mapping[str, Model]) -> pl.DataFrame:
    """What is known against whom from which day: uscc, on, weight. An entry in a list weighs more."""
    found = [pl.DataFrame(schema={"uscc": pl.String, "on": pl.Date, "weight": pl.Int64})]
    for each in sent:
        credit = models[each.kind].kind.credit if each.kind in models else None
        if credit and credit.party.uscc and credit.polarity == Polarity.ADVERSE:
            rows = each.rows.select(uscc=pl.col(credit.party.uscc), on=pl.lit(each.received_at.date()))
            found.append(rows.with_columns(weight=pl.lit(_LISTED if credit.listing else 1, pl.Int64)))
    return pl.concat(found)


def _later(instant: datetime | None) -> datetime:
    assert instant is not None
    return instant + timedelta(minutes=55)
