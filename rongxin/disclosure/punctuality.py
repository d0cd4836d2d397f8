"""How punctual the departments are: every act decided in a month, counted by where it stands against its deadline.

Nothing of it is stored: any month can be counted again for any day. What a past day saw follows from the days of display,
so an act displayed later counts as waiting then. The rules and what else is known are those of now.

Punctual rate (及时率) = on time ÷ (on time + late + overdue). Lawfully withheld, not due yet and undetermined are left
out. The formula follows 闽信用〔2019〕7号 item 13 and the practice of double publicity; its name is a local setting (U).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Final

import polars as pl
from django.core.cache import cache
from django.utils.translation import get_language

from rongxin.departments.models import Department
from rongxin.departments.queries import providers
from rongxin.disclosure.subjects import region_name
from rongxin.disclosure.timing import deadline_for
from rongxin.disclosure.views import BasisLine, PunctualityMonth, PunctualityRow
from rongxin.disclosure.wording import basis_line
from rongxin.intake.coverage.waiting import waiting_days
from rongxin.policy.display import Deadline, Timing
from rongxin.policy.pack import Policy
from rongxin.policy.values import Unit
from rongxin.policy.words import Display, Strength, Title
from rongxin.primitives.months import last_day_of, months_up_to
from rongxin.records.counting import FIRST_DAYS, first_days, recorded_after
from rongxin.records.display import Moment

AXIS_FROM: Final = 0.9
KEPT_SECONDS: Final = 60
TREND_MONTHS: Final = 12
MOST_LATE_ACTS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Acts by where they stand. ``late`` was displayed after the deadline, ``overdue`` is still not displayed."""

    on_time: int = 0
    late: int = 0
    overdue: int = 0
    not_due: int = 0
    undetermined: int = 0
    withheld: int = 0

    @property
    def missed(self) -> int:
        """Late or overdue."""
        return self.late + self.overdue

    @property
    def due(self) -> int:
        """What the share is measured against."""
        return self.on_time + self.missed

    @property
    def share(self) -> float | None:
        """On time among what was due (0 to 1); None when nothing was."""
        return self.on_time / self.due if self.due else None

    @property
    def acts(self) -> int:
        """All of them."""
        return self.due + self.not_due + self.undetermined + self.withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """One providing unit in the month."""

    code: str
    name: str
    short_name: str
    region: str
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionLine:
    """The providing units of one region together."""

    name: str
    units: int
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """All units in one month."""

    month: date
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLine:
    """An act displayed after its deadline: the unit's lateness. The firm is not named."""

    number: str
    unit: str
    kind_title: Title
    decided_on: date
    due: date
    displayed_on: date
    workdays_late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineLine:
    """A deadline that the month was measured by, the kinds it holds for, and where it stands."""

    kinds: tuple[Title, ...]
    length: int
    unit: Unit
    strength: Strength
    basis: BasisLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PunctualityReport:
    """A month of decisions as it stands on ``as_of``.

    ``reasons``: why acts are lawfully withheld, as recorded, and how many. ``has_more_late``: not all late acts are listed.
    ``axis_from`` (0 to 1): left end of drawings of shares.
    """

    month: date
    as_of: date
    kind: str
    total: Tally
    units: tuple[UnitLine, ...]
    regions: tuple[RegionLine, ...]
    trend: tuple[MonthLine, ...]
    reasons: tuple[tuple[str, int], ...]
    late_acts: tuple[LateLine, ...]
    has_more_late: bool
    deadlines: tuple[DeadlineLine, ...]

    @property
    def axis_from(self) -> float:
        """Where the axis of shares begins."""
        return axis_from([*(line.tally.share for line in self.units), *(line.tally.share for line in self.trend)])


@dataclass(frozen=True)
class _Counted:
    """Acts of a span of months, counted: {(month, provider): {(kind, state): acts}}. ``judged``: the acts with their
    deadline and state, one row each.
    """

    states: dict[tuple[date, int], dict[tuple[str, str], int]]
    judged: pl.DataFrame

    def kinds(self) -> set[str]:
        """The kinds of which there are acts."""
        return {kind for states in self.states.values() for kind, _state in states}

    def tally(self, month: date, units: Iterable[Department], kind: str = "") -> Tally:
        """All kinds together, or one."""
        whole: Counter[str] = Counter()
        for unit in units:
            for (of, state), acts in self.states.get((month, unit.pk), {}).items():
                if kind in ("", of):
                    whole[state] += acts
        return Tally(**whole)

    def reasons(self, month: date) -> tuple[tuple[str, int], ...]:
        """Why acts of the month are withheld, the most frequent first."""
        withheld = self.judged.filter((pl.col("decided_on") >= month) & (pl.col("state") == Timing.WITHHELD.value))
        counted = withheld.group_by("reason").agg(pl.col("acts").sum()).sort("acts", "reason", descending=[True, False])
        return tuple(counted.iter_rows())

    def late(self, month: date) -> dict[tuple[str, date], date]:
        """The kinds and days of decision with late acts, and the last day that was allowed."""
        late = self.judged.filter((pl.col("decided_on") >= month) & (pl.col("state") == Timing.LATE.value))
        return {(kind, day): due for kind, day, due in late.select("kind", "decided_on", "due").unique().iter_rows()}


def punctuality_report(
    policy: Policy, month: date, *, as_of: date, today: date, began_on: date, kind: str = ""
) -> PunctualityReport:
    """The month that begins on ``month`` as it stood on ``as_of``, for one kind or for all; at most a minute old."""
    language = get_language()
    key = f"disclosure/punctuality/{policy.digest}/{month}/{as_of}/{today}/{began_on}/{kind}/{language}"
    known: PunctualityReport | None = cache.get(key)
    if known is None:
        known = _report(policy, month, as_of=as_of, began_on=began_on, kind=kind)
        cache.set(key, known, KEPT_SECONDS)
    return known


def month_of_units(
    policy: Policy, month: date, units: Sequence[Department], *, today: date, began_on: date
) -> PunctualityMonth:
    """The month in short, for the first page: the share of every unit; a unit with nothing due has none."""
    counted = _counted(policy, month, month, as_of=today, began_on=began_on, kind="", units=units)
    rows = [_row(unit, counted.tally(month, (unit,))) for unit in units]
    deadlines = _deadlines(policy, month, "")
    values = [deadlines[kind].value for kind in counted.kinds() or deadlines if kind in deadlines]
    lengths = {(value.count, value.unit) for value in values}
    length, unit_of_length = lengths.pop() if len(lengths) == 1 else (None, None)
    return PunctualityMonth(
        month=month,
        days=length if unit_of_length == Unit.WORKDAYS else None,
        axis_from=axis_from(row.share for row in rows),
        rows=tuple(sorted(rows, key=lambda row: (row.share is None, -(row.share or 0), row.name))),
    )


def tallies_by_kind(
    policy: Policy, month: date, units: Sequence[Department], *, today: date, began_on: date
) -> dict[tuple[int, str], Tally]:
    """The month of each unit and kind with a deadline: {(unit, kind): tally}."""
    counted = _counted(policy, month, month, as_of=today, began_on=began_on, kind="", units=units)
    kinds = _deadlines(policy, month, "")
    return {(unit.pk, kind): counted.tally(month, (unit,), kind) for unit in units for kind in kinds}


def axis_from(shares: Iterable[float | None]) -> float:
    """The left end of a drawing of shares: 90 %, or the full tenth below the lowest."""
    lowest = min((share for share in shares if share is not None), default=1.0)
    return min(AXIS_FROM, floor(lowest * 10) / 10)


def _report(policy: Policy, month: date, *, as_of: date, began_on: date, kind: str) -> PunctualityReport:
    units = providers()
    months = [first for first in months_up_to(month, TREND_MONTHS) if last_day_of(first) >= began_on]
    first = months[0] if months else month
    counted = _counted(policy, first, month, as_of=as_of, began_on=began_on, kind=kind)
    late = _late_acts(policy, counted.late(month), units, as_of)
    lines = [_unit_line(unit, counted.tally(month, (unit,)), policy) for unit in units]
    return PunctualityReport(
        month=month,
        as_of=as_of,
        kind=kind,
        total=counted.tally(month, units),
        units=tuple(sorted(lines, key=_by_share)),
        regions=_regions(policy, counted, month, units),
        trend=tuple(MonthLine(month=first, tally=counted.tally(first, units)) for first in months),
        reasons=counted.reasons(month),
        late_acts=late[:MOST_LATE_ACTS],
        has_more_late=len(late) > MOST_LATE_ACTS,
        deadlines=_deadline_lines(policy, month, kind),
    )


def _counted(
    policy: Policy,
    first: date,
    month: date,
    *,
    as_of: date,
    began_on: date,
    kind: str,
    units: Sequence[Department] = (),
) -> _Counted:
    """The acts decided from the month ``first`` to ``month``, at most until ``as_of``, of some units or of all; two
    queries.
    """
    end = min(last_day_of(month), as_of)
    waiting = [day for day in waiting_days(units) if first <= day.decided_on <= end]
    acts = pl.concat(
        [
            first_days(first, end, units).with_columns(acts=pl.lit(1, pl.Int64)),
            pl.DataFrame(
                [
                    (day.provider, day.kind, day.decided_on, None, Display.PUBLIC.value, "", day.public)
                    for day in waiting
                    if day.public
                ],
                schema={**FIRST_DAYS, "acts": pl.Int64},
                orient="row",
            ),
        ]
    )
    if kind:
        acts = acts.filter(pl.col("kind") == kind)
    judged = judge(acts, policy, as_of=as_of, began_on=began_on)
    counted = (
        judged.group_by(pl.col("decided_on").dt.truncate("1mo"), "provider", "kind", "state")
        .agg(pl.col("acts").sum())
        .iter_rows()
    )
    states: dict[tuple[date, int], dict[tuple[str, str], int]] = {}
    for of, provider, name, state, number in counted:
        states.setdefault((of, provider), {})[name, state] = number
    return _Counted(states, judged)


def judge(acts: pl.DataFrame, policy: Policy, *, as_of: date, began_on: date) -> pl.DataFrame:
    """``acts`` (FIRST_DAYS; ``recorded_on`` null while waiting) with ``due`` and ``state`` as ``timing_of`` gives them on
    ``as_of``; without those that have no deadline, or one that passed before ``began_on``.
    """
    limits = [
        (kind, decided_on, deadline.due, deadline.provisional)
        for kind, decided_on in acts.select("kind", "decided_on").unique().iter_rows()
        if kind in policy.kinds
        and (deadline := deadline_for(policy, kind, decided_on)) is not None
        and deadline.due >= began_on
    ]
    schema = {"kind": pl.String, "decided_on": pl.Date, "due": pl.Date, "provisional": pl.Boolean}
    displayed = pl.col("recorded_on").is_not_null() & (pl.col("recorded_on") <= as_of)
    in_time = pl.when(displayed).then("recorded_on").otherwise(pl.lit(as_of)) <= pl.col("due")
    state = (
        pl.when(pl.col("display") == Display.WITHHELD.value)
        .then(pl.lit(Timing.WITHHELD.value))
        .when(in_time & displayed)
        .then(pl.lit(Timing.ON_TIME.value))
        .when(in_time)
        .then(pl.lit(Timing.NOT_DUE.value))
        .when("provisional")
        .then(pl.lit(Timing.UNDETERMINED.value))
        .when(displayed)
        .then(pl.lit(Timing.LATE.value))
        .otherwise(pl.lit(Timing.OVERDUE.value))
    )
    known = pl.DataFrame(limits, schema=schema, orient="row")
    return acts.join(known, on=["kind", "decided_on"], how="inner").with_columns(state=state)


def _late_acts(
    policy: Policy, limits: dict[tuple[str, date], date], units: Sequence[Department], as_of: date
) -> tuple[LateLine, ...]:
    """One more than are listed, so that the page knows of others."""
    if not limits:
        return ()
    names = {unit.pk: unit.short_name for unit in units}
    found = recorded_after(limits, policy, Moment.of(as_of), providers=units, most=MOST_LATE_ACTS + 1)
    return tuple(
        LateLine(
            number=act.number,
            unit=names.get(act.provider, ""),
            kind_title=policy.kinds[act.kind].title,
            decided_on=act.decided_on,
            due=limits[act.kind, act.decided_on],
            displayed_on=act.recorded_on,
            workdays_late=policy.calendar.between(limits[act.kind, act.decided_on], act.recorded_on).days,
        )
        for act in found
    )


def _regions(policy: Policy, counted: _Counted, month: date, units: Iterable[Department]) -> tuple[RegionLine, ...]:
    """In the order of the departments: by region code."""
    members: dict[str, list[Department]] = {}
    for unit in units:
        members.setdefault(unit.region, []).append(unit)
    return tuple(
        RegionLine(name=region_name(region, policy) or region, units=len(of), tally=counted.tally(month, of))
        for region, of in members.items()
    )


def _unit_line(unit: Department, tally: Tally, policy: Policy) -> UnitLine:
    region = region_name(unit.region, policy) or unit.region
    return UnitLine(code=unit.code, name=unit.name, short_name=unit.short_name, region=region, tally=tally)


def _row(unit: Department, tally: Tally) -> PunctualityRow:
    return PunctualityRow(name=unit.short_name, share=tally.share, on_time=tally.on_time, late=tally.missed)


def _by_share(line: UnitLine) -> tuple[bool, float, int, str]:
    return line.tally.share is None, -(line.tally.share or 0), -line.tally.acts, line.short_name


def _deadlines(policy: Policy, on: date, kind: str) -> dict[str, Deadline]:
    """The deadline of every kind that has one on the day."""
    found = {}
    for name in policy.kinds if not kind else (kind,):
        deadline = deadline_for(policy, name, on)
        if deadline is not None:
            found[name] = deadline
    return found


def _deadline_lines(policy: Policy, month: date, kind: str) -> tuple[DeadlineLine, ...]:
    kinds: dict[str, list[str]] = {}
    deadlines = _deadlines(policy, month, kind)
    for name, deadline in deadlines.items():
        kinds.setdefault(deadline.value.key, []).append(name)
    return tuple(
        DeadlineLine(
            kinds=tuple(policy.kinds[name].title for name in names),
            length=deadlines[names[0]].value.count,
            unit=deadlines[names[0]].value.unit,
            strength=deadlines[names[0]].value.line.strength,
            basis=basis_line(policy, deadlines[names[0]].value.basis),
        )
        for names in kinds.values()
    )
