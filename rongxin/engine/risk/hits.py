"""Whether classes hit: do enterprises of d fail inspections more often than those of a?

An inspection is held against the class that its enterprise had in use before it. Inspections are aimed by class, too, so that only
those of enterprises drawn at random measure honestly. A draw takes more from higher classes, though: within a class its rates are
those of all enterprises, over several classes (lifts, bands) those of the enterprises that were inspected.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, Literal, NamedTuple

import numpy as np
import polars as pl

from rongxin.engine.risk.grouping import Array
from rongxin.engine.risk.inspections import Inspected
from rongxin.engine.risk.layout import SHIFT, Schema
from rongxin.engine.risk.plans import GRADES, Plan
from rongxin.engine.risk.proportions import Rate, Ratio, Trend, ratio_of, trend_of
from rongxin.engine.risk.reports import Report
from rongxin.engine.risk.results import Results

LEAST: Final = 30
"""Of fewer inspections no rate is told."""

Use = tuple[date, date, Results]
"""From which day to which, both included, the results of a run were in use."""


@dataclass(frozen=True)
class Counted:
    """What became of the inspections of the period: ``all`` is the sum of the others but the last two.

    ``classed``: held against a class; ``before_first_run``: no run was in use yet; ``without_run``: no run was in use, or only one
    that may have known the outcome; ``without_class``: the run in use did not know the enterprise. ``set_aside`` and
    ``without_result`` are records that say of no inspection how it ended (inspections.Inspected).
    """

    all: int
    classed: int
    before_first_run: int
    without_run: int
    without_class: int
    set_aside: int
    without_result: int


@dataclass(frozen=True)
class Lift:
    """Failures where an indicator is among the factors of the class, and where it is not though the run has it; ``ratio``: how many
    times more often in the first case, None where that is too few to tell.
    """

    indicator: str
    with_it: Rate
    without_it: Rate
    ratio: Ratio | None


@dataclass(frozen=True)
class Band:
    """Failures of the enterprises with points from ``least`` to below ``below`` (None: no end)."""

    least: int
    below: int | None
    failed: Rate


@dataclass(frozen=True)
class Hits:
    """How inspections ended, by what was known before. Every rate is of failures but ``false_alarms``.

    ``classes`` and ``bands`` part all of ``failed``. ``rises``: whether the rates of those classes that have one never fall from
    a to d; None where fewer than two have. ``false_alarms``: of the inspections in c and d those that found nothing; ``misses``: of
    those in a and b those that failed.
    """

    failed: Rate
    classes: dict[str, Rate]
    rises: bool | None
    trend: Trend | None
    false_alarms: Rate
    misses: Rate
    bands: tuple[Band, ...]
    lifts: tuple[Lift, ...]


@dataclass(frozen=True)
class Quarter:
    """Failures by class in a quarter (1 … 4) of a year, and how many enterprises the last run in use in it has in each class; None
    where there was no run.
    """

    year: int
    quarter: int
    everyone: dict[str, Rate]
    random: dict[str, Rate]
    population: dict[str, int] | None


@dataclass(frozen=True)
class HitRates(Report):
    """Of the inspections from ``first`` to ``last``. ``random``: only of enterprises drawn at random, the honest measure;
    ``everyone``: with those aimed at and those of which it is not known. ``least``: of fewer inspections no rate is told.
    """

    first: date
    last: date
    least: int
    counted: Counted
    random: Hits
    everyone: Hits
    quarters: tuple[Quarter, ...]
    format: Literal[1] = 1


def hit_rates(inspected: Inspected, uses: Iterable[Use], least: int = LEAST) -> HitRates:
    """Hold inspections against the classes before them. ``uses``: the runs that were in use in the period, in any order.

    An inspection counts with the last run in use on its day or on the day before whose own day lies before the inspection: so that
    none knows how it ended, and those on the first day of a new run are not lost. ValueError where two runs were in use on one day.
    """
    ordered = sorted(uses, key=lambda use: use[:2])
    for (_, ends, _), (begins, _, _) in pairwise(ordered):
        if begins <= ends:
            raise ValueError(f"two runs were in use on {begins}")
    told = _told(inspected, ordered)
    edges = _edges(ordered[-1][2].plan) if ordered else (0,)
    drawn = told.of_random()
    return HitRates(
        first=inspected.first,
        last=inspected.last,
        least=least,
        counted=told.counted,
        random=drawn.hits(edges, least),
        everyone=told.hits(edges, least),
        quarters=tuple(_quarters(inspected, told.rows, drawn.rows, ordered, least)),
    )


@dataclass(frozen=True)
class _Told:
    """``rows``: _ROWS of every inspection that has a class. ``asked``: _TALLY of those whose run has the indicator; ``met``:
    likewise where it is a factor.
    """

    rows: pl.DataFrame
    asked: pl.DataFrame
    met: pl.DataFrame
    counted: Counted

    def of_random(self) -> "_Told":
        """Only of enterprises drawn at random."""
        rows, asked, met = (each.filter("random") for each in (self.rows, self.asked, self.met))
        return _Told(rows, asked, met, self.counted)

    def hits(self, edges: Sequence[int], least: int) -> Hits:
        """The rates of these inspections."""
        failed = self.rows["failed"].to_numpy()
        by_class = _counts(self.rows["class"].to_numpy(), failed, len(GRADES))
        low, high = by_class[:2].sum(axis=0), by_class[2:].sum(axis=0)
        classes = _rates(by_class, least)
        known = [each.rate for each in classes.values() if each.rate is not None]
        band = np.searchsorted(edges, self.rows["points"].to_numpy(), side="right") - 1
        bands = _counts(band, failed, len(edges)).tolist()
        return Hits(
            failed=Rate.of(len(failed), int(failed.sum()), least),
            classes=classes,
            rises=known == sorted(known) if len(known) > 1 else None,
            trend=trend_of([(n, count) for n, count in by_class.tolist()], least),
            false_alarms=Rate.of(int(high[0]), int(high[0] - high[1]), least),
            misses=Rate.of(int(low[0]), int(low[1]), least),
            bands=tuple(
                Band(begins, ends, Rate.of(n, count, least))
                for begins, ends, (n, count) in zip(edges, (*edges[1:], None), bands, strict=True)
            ),
            lifts=tuple(self._lifts(least)),
        )

    def _lifts(self, least: int) -> Iterator[Lift]:
        met, asked = (each.group_by("indicator").agg(pl.col("n", "count").sum()) for each in (self.met, self.asked))
        both = asked.join(met, on="indicator", how="left", suffix="_met").with_columns(
            pl.col("n_met", "count_met").fill_null(0)
        )
        for indicator, n, count, n_met, count_met in both.sort("indicator").iter_rows():
            with_it, without_it = Rate.of(n_met, count_met, least), Rate.of(n - n_met, count - count_met, least)
            yield Lift(indicator, with_it, without_it, ratio_of(with_it, without_it))


def _told(inspected: Inspected, ordered: Sequence[Use]) -> _Told:
    rest = inspected.rows.filter(pl.col("inspected_on").is_between(inspected.first, inspected.last))
    size, day = rest.height, pl.col("inspected_on")
    early = rest.filter(day < ordered[0][0]) if ordered else rest
    rest = rest.filter(day >= ordered[0][0]) if ordered else rest.clear()
    found = [_Found(pl.DataFrame(schema=_ROWS), pl.DataFrame(schema=_TALLY), pl.DataFrame(schema=_TALLY))]
    without_class = 0
    for begins, ends, results in reversed(ordered):
        before = (day >= begins) & (day - pl.duration(days=1) <= ends) & (day > results.run.day)
        own, rest = rest.filter(before), rest.filter(~before)
        for (bucket,), rows in own.with_columns(_bucket().alias("@")).partition_by("@", as_dict=True).items():
            found.append(_found(results, int(bucket), rows.drop("@")))
            without_class += rows.height - found[-1].rows.height
    counted = Counted(
        all=size,
        classed=size - early.height - rest.height - without_class,
        before_first_run=early.height,
        without_run=rest.height,
        without_class=without_class,
        set_aside=inspected.set_aside,
        without_result=inspected.without_result,
    )
    rows, asked, met = (pl.concat(frames) for frames in zip(*found, strict=True))
    return _Told(rows, asked, met, counted)


class _Found(NamedTuple):
    """The tables of _Told for a bucket of a run."""

    rows: pl.DataFrame
    asked: pl.DataFrame
    met: pl.DataFrame


_ROWS: Final[Schema] = {
    "inspected_on": pl.Date(),
    "failed": pl.Boolean(),
    "random": pl.Boolean(),
    "class": pl.UInt8(),
    "points": pl.Int32(),
}
_TALLY: Final[Schema] = {"indicator": pl.String(), "random": pl.Boolean(), "n": pl.Int64(), "count": pl.Int64()}


def _bucket() -> pl.Expr:
    return pl.col("subject") // (1 << SHIFT)


def _found(results: Results, bucket: int, rows: pl.DataFrame) -> _Found:
    """What a run knew of the enterprises of a bucket that were inspected."""
    rows = rows.join(results.classes(bucket, ["subject", "class", "points"]), on="subject")
    names = pl.Series("indicator", [weighed.name for weighed in results.plan.indicators], dtype=pl.String)
    tally = pl.len().alias("n"), pl.col("failed").sum().alias("count")
    asked = rows.group_by("random").agg(tally).join(names.to_frame(), how="cross")
    factors = results.factors(bucket).select("subject", pl.lit(names).gather("indicator").alias("indicator"))
    met = rows.join(factors, on="subject").group_by("indicator", "random").agg(tally)
    tallies = (each.select(pl.col(name).cast(dtype) for name, dtype in _TALLY.items()) for each in (asked, met))
    return _Found(rows.select(list(_ROWS)), *tallies)


def _counts(places: Array, failed: Array, size: int) -> Array:
    """(n, count) of inspections, and of those that failed, by place."""
    both = (np.bincount(each, minlength=size) for each in (places, places[failed]))
    return np.stack(list(both), axis=1)


def _rates(counts: Array, least: int) -> dict[str, Rate]:
    return {grade.value: Rate.of(n, count, least) for grade, (n, count) in zip(GRADES, counts.tolist(), strict=True)}


def _edges(plan: Plan) -> tuple[int, ...]:
    """Where bands of points begin: none at all, the thresholds, half-way between them, and as far above that of d."""
    b, c, d = (plan.classes[grade.value] for grade in GRADES[1:])
    return tuple(sorted({0, 1, b // 2, b, (b + c) // 2, c, (c + d) // 2, d, d + (d - c) // 2}))


def _quarters(
    inspected: Inspected, everyone: pl.DataFrame, random: pl.DataFrame, ordered: Sequence[Use], least: int
) -> Iterator[Quarter]:
    numbers = range(_quarter_of(inspected.first), _quarter_of(inspected.last) + 1)
    by_class = []
    for rows in (everyone, random):
        day = pl.col("inspected_on").dt
        quarter = day.year().cast(pl.Int64) * 4 + day.quarter() - 1 - numbers.start
        places = rows.select(quarter * len(GRADES) + pl.col("class")).to_series().to_numpy()
        counts = _counts(places, rows["failed"].to_numpy(), len(numbers) * len(GRADES))
        by_class.append(counts.reshape(len(numbers), len(GRADES), 2))
    for place, number in enumerate(numbers):
        begins, ends = (date(each // 4, each % 4 * 3 + 1, 1) for each in (number, number + 1))
        in_use = [results for first, last, results in ordered if first < ends and last >= begins]
        yield Quarter(
            year=number // 4,
            quarter=number % 4 + 1,
            everyone=_rates(by_class[0][place], least),
            random=_rates(by_class[1][place], least),
            population=in_use[-1].run.classes if in_use else None,
        )


def _quarter_of(day: date) -> int:
    """Quarters since the year 0."""
    return day.year * 4 + (day.month - 1) // 3
