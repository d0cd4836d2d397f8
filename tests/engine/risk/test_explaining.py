"""Why an enterprise is in its class, until when, and what would change it: always what a run would say."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings

from rongxin.engine.risk.classifying import classify, present
from rongxin.engine.risk.explaining import Why, explain
from rongxin.engine.risk.runs import run
from rongxin.engine.risk.snapshots import Reader
from rongxin.engine.risk.tables import Tables
from rongxin.policy.indicators import RiskClass
from tests.engine.risk.made_up import DAY, indicator, links, plan, records, subjects, tables, written
from tests.engine.risk.test_classifying import PLAN, buckets
from tests.engine.risk.test_runs import SMALL, WIDE

RULES = plan(indicator("penalties", records=("penalty",), window=24))


def test_each_record_has_its_points_and_the_day_it_lapses():
    rows = records(*({"subject": 1, "decided_on": date(2025, month, 1)} for month in (2, 3, 4)))
    told = explain(RULES, tables(subjects(1), penalty=rows), 1)
    (factor,) = told.factors

    assert (factor.value, factor.points) == (3, 25)
    assert [(each.record, each.alone, each.without, each.gone_on) for each in factor.sources] == [
        (1, 10, 20, date(2027, 2, 2)),
        (2, 10, 20, date(2027, 3, 2)),
        (3, 10, 20, date(2027, 4, 2)),
    ]


def test_the_course_ahead_tells_the_days_and_what_will_be_then():
    rows = records(*({"subject": 1, "decided_on": date(2025, month, 1)} for month in (2, 3, 4)))
    told = explain(RULES, tables(subjects(1), penalty=rows), 1)

    assert (told.standing.points, told.standing.grade) == (25, RiskClass.B)
    assert [(each.day, each.points, each.grade) for each in told.course] == [
        (date(2027, 2, 2), 20, RiskClass.B),
        (date(2027, 3, 2), 10, RiskClass.B),
        (date(2027, 4, 2), 0, RiskClass.A),
    ]


def test_repair_of_one_record_and_of_all_is_reckoned():
    rows = records({"subject": 1}, {"subject": 1, "amount_fen": 5})
    told = explain(RULES, tables(subjects(1), penalty=rows), 1)

    assert [(each.record, each.standing.points) for each in told.without] == [(2, 10), (1, 10)]
    assert told.without_all.points == 0


def test_what_does_not_count_says_why():
    rows = records(
        {"subject": 1, "state": 1},
        {"subject": 1, "state": 2},
        {"subject": 1, "state": 3},
        {"subject": 1, "state": 4},
        {"subject": 1, "severity": "unknown"},
        {"subject": 1, "decided_on": date(2021, 1, 1)},
        {"subject": 1, "decided_on": DAY + timedelta(1)},
        {"subject": 1, "decided_on": date(2023, 1, 1)},
        {"subject": 1, "decided_on": date(2024, 1, 1)},
        {"subject": 1},
    )
    listing = records({"subject": 1, "severity": "serious", "valid_to": DAY - timedelta(1)})
    rules = plan(indicator("penalties", records=("penalty",), window=24), indicator("listed", records=("listing",)))
    firm = subjects({"subject": 1, "established_on": date(2022, 1, 1)})
    told = explain(rules, tables(firm, penalty=rows, listing=listing), 1)

    assert {(each.kind, each.record): each.why for each in told.aside} == {
        ("penalty", 1): Why.DISPUTED,
        ("penalty", 2): Why.ENDED,
        ("penalty", 3): Why.UNSUPPORTED,
        ("penalty", 4): Why.WITHHELD,
        ("penalty", 5): Why.SEVERITY,
        ("penalty", 6): Why.EARLY,
        ("penalty", 7): Why.FUTURE,
        ("penalty", 8): Why.TERM_OVER,
        ("penalty", 9): Why.NOT_LOOKED_AT,
        ("listing", 1): Why.NO_LONGER_VALID,
    }


def test_others_behind_a_factor_are_named_with_the_record_that_says_so():
    rules = plan(
        indicator("listed", records=("listing",)),
        indicator("holders", related={"through": "holders", "at_least_percent": 25, "indicator": "listed"}),
    )
    bucket = tables(
        subjects(1, 2),
        links((1, 2, 60, date(2020, 1, 1), None)),
        listing=records({"subject": 1, "severity": "serious", "valid_to": date(2027, 1, 1)}),
    )
    told = explain(rules, bucket_of(bucket, 2), 2, present(rules, bucket))

    assert [(share.other, share.record) for share in told.factors[0].shares] == [(1, 1)]
    assert [(each.day, each.points) for each in told.course] == [(date(2027, 1, 2), 0)]


def test_who_is_not_in_the_tables_is_not_classified():
    with pytest.raises(KeyError):
        explain(RULES, tables(subjects(1)), 2)


def bucket_of(told: Tables, key: int) -> Tables:
    its = pl.col("subject") == key
    kinds = {kind: rows.filter(its) for kind, rows in told.records.items()}
    return Tables(told.subjects.filter(its), kinds, told.links.filter(its))


@settings(max_examples=12)
@given(buckets())
def test_an_explanation_says_what_the_run_says_and_what_it_would_say_without_a_record(bucket):
    presence = present(PLAN, bucket)
    whole = classify(PLAN, bucket, presence)
    for key in (1, 4):
        own = bucket_of(bucket, key)
        told = explain(PLAN, own, key, presence)
        classes = whole.classes.filter(pl.col("subject") == key)

        assert [told.standing.points] == classes["points"].to_list()
        assert [each.points for each in told.factors] == whole.factors.filter(pl.col("subject") == key)[
            "points"
        ].to_list()
        for effect in told.without:
            rest = own.records[effect.kind].filter(pl.col("record") != effect.record)
            less = classify(PLAN, Tables(own.subjects, {**own.records, effect.kind: rest}, own.links), presence)
            assert less.classes["points"].to_list() == [effect.standing.points]


def test_an_enterprise_is_read_with_its_records_from_a_snapshot(tmp_path):
    snapshot = written(tmp_path / "snapshot", SMALL)
    results = run(PLAN, snapshot, tmp_path / "run")
    told = explain(PLAN, Reader(snapshot).subject_tables(5 * WIDE, PLAN), 5 * WIDE, results.presence())
    classes, factors = results.of(5 * WIDE)

    assert told.standing.points == classes["points"].item()
    assert [each.points for each in told.factors] == factors["points"].to_list()
    assert sum(len(each.sources) for each in told.factors if each.indicator == "penalties") == 5
