"""Do classes hit? What is counted is what a plain loop over inspections and all results counts."""

import json
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine.risk.hits import HitRates, Hits, Use, hit_rates
from rongxin.engine.risk.inspections import INSPECTIONS, Inspected
from rongxin.engine.risk.layout import Snapshot
from rongxin.engine.risk.proportions import Rate
from rongxin.engine.risk.results import Results
from rongxin.engine.risk.runs import run
from tests.engine.risk.made_up import DAY, indicator, links, plan, records, subjects, tables, written
from tests.engine.risk.test_classifying import PLAN, buckets
from tests.engine.risk.test_runs import WIDE, spread

FIRST, LAST = DAY - timedelta(60), DAY + timedelta(200)
PENALTIES = plan(indicator("penalties", records=("penalty",), window=60))


def inspected(*rows: tuple[int, date, bool, bool | None], first: date = FIRST, last: date = LAST) -> Inspected:
    return Inspected(first, last, pl.DataFrame(rows, schema=INSPECTIONS, orient="row"))


def on(days: int) -> date:
    return DAY + timedelta(days)


_inspections = st.lists(
    st.tuples(
        st.integers(1, 8).map(lambda key: key * WIDE),
        st.integers(-70, 210).map(on),
        st.booleans(),
        st.sampled_from([True, True, False, None]),
    ),
    max_size=40,
)
_uses = st.sampled_from(
    [
        [],
        [(0, 0, 30)],
        [(-30, -28, 9), (10, 10, 10), (11, 12, 400)],
        [(0, 5, 40), (41, 41, 60), (90, 95, 120)],
    ]
)
"""The day of each run, and from when to when it was in use."""


@settings(max_examples=15)
@given(buckets(), _inspections, _uses)
def test_hit_rates_are_those_of_a_plain_loop(bucket, rows, days):
    told = inspected(*rows)
    with tempfile.TemporaryDirectory() as folder:
        snapshot = written(Path(folder) / "snapshot", spread(bucket))
        plans = [PLAN, PENALTIES, PLAN]
        uses = [
            (on(begins), on(ends), run(rules.on(on(made)), snapshot, Path(folder) / str(made)))
            for rules, (made, begins, ends) in zip(plans, days, strict=False)
        ]
        ours = hit_rates(told, uses, least=2)
        classed = [row for row in (_classed(row, uses) for row in rows) if row]
        names = {results.run.day: {each.name for each in results.plan.indicators} for _, _, results in uses}

    assert HitRates.of_json(ours.json()) == ours
    in_period = [row for row in rows if FIRST <= row[1] <= LAST]
    counted = ours.counted
    assert counted.all == len(in_period)
    assert counted.all == counted.classed + counted.before_first_run + counted.without_run + counted.without_class
    assert counted.classed == len(classed)
    assert counted.before_first_run == sum(not days or day < on(days[0][1]) for _, day, *_ in in_period)

    for hits, some in ((ours.everyone, classed), (ours.random, [row for row in classed if row["random"]])):
        assert hits.failed == _rate(some)
        assert hits.classes == {grade: _rate([row for row in some if row["class"] == grade]) for grade in "abcd"}
        high = [row for row in some if row["class"] in "cd"]
        assert hits.false_alarms == Rate.of(len(high), sum(not row["failed"] for row in high), 2)
        assert hits.misses == _rate([row for row in some if row["class"] in "ab"])
        for band in hits.bands:
            above = [row for row in some if row["points"] >= band.least]
            assert band.failed == _rate([row for row in above if band.below is None or row["points"] < band.below])
        assert sum(band.failed.n for band in hits.bands) == len(some)
        assert {lift.indicator for lift in hits.lifts} == {name for row in some for name in names[row["day"]]}
        for lift in hits.lifts:
            asked = [row for row in some if lift.indicator in names[row["day"]]]
            met = [row for row in asked if lift.indicator in row["factors"]]
            assert lift.with_it == _rate(met)
            assert lift.without_it == _rate([row for row in asked if row not in met])
    assert Counter(_quarter(row["inspected_on"]) for row in classed) == Counter(
        {
            (quarter.year, quarter.quarter): n
            for quarter in ours.quarters
            if (n := sum(rate.n for rate in quarter.everyone.values()))
        }
    )


def _classed(row: tuple[int, date, bool, bool | None], uses: list[Use]) -> dict | None:
    """An inspection with what the last run that may say so said of its enterprise before."""
    subject, day, failed, random = row
    fitting = [
        results
        for begins, ends, results in uses
        if begins <= day and day - timedelta(1) <= ends and results.run.day < day
    ]
    if not fitting or not FIRST <= day <= LAST:
        return None
    told = _lines(fitting[-1]).get(subject)
    return told and told | {"inspected_on": day, "failed": failed, "random": random, "day": fitting[-1].run.day}


def _lines(results: Results) -> dict[int, dict]:
    told = {row["subject"]: row for row in map(json.loads, results.lines())}
    return {key: row | {"factors": {factor["indicator"] for factor in row["factors"]}} for key, row in told.items()}


def _rate(rows: list[dict]) -> Rate:
    return Rate.of(len(rows), sum(row["failed"] for row in rows), 2)


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Results:
    """Enterprise 1 of class a, 2 of b with one penalty, 3 of b with two, as of DAY."""
    told = tables(subjects(1, 2, 3), links(), penalty=records({"subject": 2}, {"subject": 3}, {"subject": 3}))
    folder = tmp_path_factory.mktemp("results")
    return run(PENALTIES, written(folder / "snapshot", told), folder / "run")


def test_only_those_drawn_at_random_are_the_control_share(results):
    told = inspected((1, on(5), False, True), (2, on(5), True, False), (2, on(6), True, None), (3, on(5), True, True))
    ours = hit_rates(told, [(on(1), on(30), results)], least=1)

    assert (ours.random.failed.n, ours.everyone.failed.n) == (2, 4)
    assert ours.random.classes["b"].n == 1
    assert ours.everyone.classes["b"].n == 3


def test_the_outcome_of_an_inspection_never_stands_behind_the_class_it_is_held_against(results):
    told = inspected(*((1, on(days), True, True) for days in (-1, 0, 1, 2)))
    ours = hit_rates(told, [(DAY, on(30), results)])

    assert ours.counted.before_first_run == 1
    assert ours.counted.without_run == 1  # on the day of the run, which may know how it ended
    assert ours.counted.classed == 2


def test_on_the_first_day_of_a_new_run_the_one_before_says_the_class(results, tmp_path):
    later = run(PENALTIES.on(on(10)), Snapshot.at(results.folder.parent / "snapshot"), tmp_path / "later")
    told = inspected((1, on(10), False, True))
    uses = [(on(10), on(30), later), (DAY, on(9), results)]

    assert hit_rates(told, uses).counted.classed == 1
    assert hit_rates(told, uses[:1]).counted.without_run == 1


def test_an_enterprise_that_the_run_did_not_know_has_no_class(results):
    ours = hit_rates(inspected((9, on(5), True, True)), [(DAY, on(30), results)])

    assert (ours.counted.all, ours.counted.without_class, ours.counted.classed) == (1, 1, 0)


def test_two_runs_are_never_in_use_on_one_day(results):
    with pytest.raises(ValueError, match=f"two runs were in use on {on(5)}"):
        hit_rates(inspected(), [(on(5), on(9), results), (DAY, on(5), results)])


def test_a_small_number_has_no_rate_and_no_lift(results):
    told = inspected(
        *((1, on(days), False, True) for days in range(1, 31)), *((2, on(days), True, True) for days in range(1, 30))
    )
    ours = hit_rates(told, [(DAY, on(60), results)]).random

    assert ours.classes["a"].rate == 0
    assert ours.classes["b"] == Rate(29, 29, None, None, None)
    assert ours.rises is None
    (lift,) = ours.lifts
    assert (lift.with_it.rate, lift.ratio) == (None, None)


def test_classes_that_hit_rise_and_their_indicator_lifts(results):
    rows = [(key, on(1 + days), days < failed, True) for key, failed in ((1, 4), (2, 20)) for days in range(40)]
    ours = hit_rates(inspected(*rows), [(DAY, on(60), results)]).random

    assert (ours.classes["a"].rate, ours.classes["b"].rate) == (0.1, 0.5)
    assert ours.rises
    assert ours.trend.z > 3
    assert ours.trend.p < 0.001
    (lift,) = ours.lifts
    assert (lift.indicator, lift.ratio.ratio) == ("penalties", 5)
    assert 1 < lift.ratio.low < 5 < lift.ratio.high
    assert _told_backwards(results).rises is False


def _told_backwards(results: Results) -> Hits:
    rows = [(key, on(1 + days), days < failed, True) for key, failed in ((1, 20), (2, 4)) for days in range(40)]
    return hit_rates(inspected(*rows), [(DAY, on(60), results)]).random


def test_bands_begin_at_the_thresholds_and_half_way_between(results):
    bands = hit_rates(inspected(), [(DAY, on(60), results)]).random.bands

    assert [(band.least, band.below) for band in bands] == [
        (0, 1),
        (1, 5),
        (5, 10),
        (10, 20),
        (20, 30),
        (30, 45),
        (45, 60),
        (60, 75),
        (75, None),
    ]


def test_quarters_tell_how_the_population_drifts(results):
    """DAY is in November: the run is in use in the last quarter of the year and in the first of the next."""
    told = inspected((1, on(5), True, True), first=date(2026, 8, 1), last=date(2027, 5, 1))
    quarters = hit_rates(told, [(DAY, date(2027, 1, 1), results)], least=1).quarters

    assert [(each.year, each.quarter) for each in quarters] == [(2026, 3), (2026, 4), (2027, 1), (2027, 2)]
    population = {"a": 1, "b": 2, "c": 0, "d": 0}
    assert [each.population for each in quarters] == [None, population, population, None]
    assert [each.random["a"].n for each in quarters] == [0, 1, 0, 0]


def test_without_a_run_in_use_nothing_is_told():
    ours = hit_rates(inspected((1, on(5), True, True)), [])

    assert ours.counted.before_first_run == ours.counted.all == 1
    assert ours.everyone.failed.n == 0
    assert ours.everyone.lifts == ()
