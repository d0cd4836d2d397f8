"""Classes and factors of a bucket against a plain loop over its records, on the day and on later days."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine.risk.classifying import NotClassified, classify, present
from rongxin.engine.risk.days import NEVER
from rongxin.policy.indicators import RiskClass
from tests.engine.risk import plain_loop
from tests.engine.risk.made_up import DAY, floor, indicator, links, plan, records, subjects, tables, weighed

INDICATORS = (
    indicator("penalties", records=("penalty",), window=24),
    indicator("fading", records=("penalty",), window=24, fading=[(6, 60), (12, 25)]),
    indicator("kinds", records=("penalty", "listing"), points="steps", take={"distinct": "authority"}),
    indicator("listed", records=("listing",), points="once"),
    indicator("amounts", records=("penalty",), window=60, take={"sum": "amount_fen"}, points="steps"),
    indicator("least", records=("penalty", "grade"), take={"smallest": "amount_fen"}, points="steps"),
    indicator("most", records=("penalty",), take={"largest": "amount_fen"}, points="each", lowers=True),
    indicator("grade", records=("grade",), window=24, take={"latest": "word"}, points="words"),
    indicator("first", records=("grade", "penalty"), window=36, by="on", take={"earliest": "word"}, points="words"),
    indicator("quiet", records=("grade",), take={"months_since": "on"}, points="steps", lowers=True),
    indicator(
        "share", records=("penalty", "grade"), take={"share": {"field": "on", "within_months": 12}}, points="steps"
    ),
    indicator("old", records=("penalty",), where=[{"field": "on", "older_than_months": 6}], points="each"),
    indicator(
        "either",
        records=("penalty",),
        where=[{"any": ({"field": "on", "within_months": 3}, {"field": "word", "equal": "甲"})}],
        only=[{"field": "region", "begins_with": ("3501",)}],
    ),
    indicator("not_within", records=("grade",), where=[{"not": {"field": "on", "within_months": 12}}], points="once"),
    indicator("part", records=("penalty",), where=[{"field": "parts", "has_part": ("一",)}], points="each"),
    indicator("young", subject=[{"field": "established_on", "within_months": 12}], points="once"),
    indicator(
        "young_penalty", records=("penalty",), only=[{"field": "established_on", "older_than_months": 6}], points="each"
    ),
    indicator("closed", subject=[{"field": "status", "equal": "revoked"}], points="once"),
    indicator("holders", related={"through": "holders", "at_least_percent": 25, "indicator": "listed"}),
    indicator("holdings", related={"through": "holdings", "at_least_percent": 50, "indicator": "penalties"}),
)
FLOORS = (
    floor("closed", "closed", RiskClass.D),
    floor("listed", "listed", RiskClass.C),
    floor("three", "penalties", RiskClass.D, at_least=3),
    floor("again", "listed", RiskClass.C),
)
PLAN = plan(*INDICATORS, floors=FLOORS, dimensions={"supervision": 80, "association": 15})

_near = st.integers(-1300, 400).map(lambda days: DAY + timedelta(days))
_edges = st.sampled_from(
    [date(2024, 2, 29), date(2025, 2, 28), date(2025, 11, 20), date(2026, 5, 20), date(2026, 2, 28), DAY]
)
_days = _near | _edges
_row = st.fixed_dictionaries(
    {
        "subject": st.integers(1, 7),
        "decided_on": _days,
        "valid_to": st.none() | _days,
        "severity": st.sampled_from(["none", "minor", "general", "serious", "unknown"]),
        "state": st.sampled_from([0, 0, 0, 0, 1, 2, 3, 4]),
        "amount_fen": st.none() | st.integers(0, 4),
        "authority": st.none() | st.sampled_from(["甲局", "乙局", "丙局"]),
        "word": st.none() | st.sampled_from(["甲", "乙", "丙"]),
        "parts": st.none() | st.sampled_from(["一", "二；一", "一二", "二"]),
        "on": st.none() | _days,
    }
)
_firm = st.fixed_dictionaries(
    {
        "established_on": st.none() | _days,
        "status": st.sampled_from(["active", "revoked"]),
        "region": st.sampled_from(["350102", "350200"]),
    }
)
_share = st.tuples(st.integers(1, 7), st.integers(1, 7), st.sampled_from([10, 25, 50, 100]), _days, st.none() | _days)


@st.composite
def buckets(draw):
    firms = subjects(*({"subject": key, **draw(_firm)} for key in range(1, 7)))
    kinds = {kind: records(*draw(st.lists(_row, max_size=12))) for kind in ("penalty", "listing", "grade")}
    return tables(firms, links(*draw(st.lists(_share, max_size=5))), **kinds)


def _classified(rules, bucket):
    return classify(rules, bucket, present(rules, bucket))


@settings(max_examples=30)
@given(buckets())
def test_classes_and_factors_are_those_of_a_plain_loop(bucket):
    ours = _classified(PLAN, bucket)

    points = {key: (total, "abcd"[grade]) for key, total, grade, *_ in ours.classes.iter_rows()}
    assert points == plain_loop.classes(PLAN, [bucket], DAY)
    expected = {
        (key, PLAN.places[name]): told
        for (key, name), told in plain_loop.values(PLAN, [bucket], DAY).items()
        if told[1] or PLAN.places[name] in PLAN.floored
    }
    got = {(key, place): (word or value, points) for key, place, value, word, points, *_ in ours.factors.iter_rows()}
    assert got == expected
    assert ours.factors.rows() == sorted(ours.factors.rows(), key=lambda row: row[:2])


@settings(max_examples=20)
@given(buckets(), st.integers(1, 500))
def test_nothing_changes_by_itself_before_the_day_that_is_told(bucket, later):
    today = _classified(PLAN, bucket)
    then = _classified(PLAN.on(DAY + timedelta(later)), bucket)
    kept = today.classes.filter(pl.col("next_on").fill_null(NEVER) > DAY + timedelta(later))["subject"]

    for name in ("classes", "factors"):
        before, after = (getattr(each, name).filter(pl.col("subject").is_in(kept.implode())) for each in (today, then))
        assert before.equals(after)


@settings(max_examples=20)
@given(buckets(), st.integers(0, 500))
def test_what_is_gone_brings_nothing(bucket, later):
    today = _classified(PLAN, bucket)
    then = _classified(PLAN.on(DAY + timedelta(later)), bucket)

    gone = today.factors.filter(pl.col("gone_on") <= DAY + timedelta(later))
    assert gone.join(then.factors, on=["subject", "indicator"]).is_empty()


def test_a_total_on_a_threshold_belongs_to_the_higher_risk():
    on_it, below = (
        plan(weighed(indicator("penalties", records=("penalty",)), each=30, most=30)),
        plan(weighed(indicator("penalties", records=("penalty",)), each=29, most=29)),
    )
    bucket = tables(subjects(1), penalty=records({"subject": 1}))

    assert classify(on_it, bucket).classes["class"].to_list() == [2]
    assert classify(below, bucket).classes["class"].to_list() == [1]


def test_a_sole_trader_is_never_classified():
    bucket = tables(subjects(1, {"subject": 2, "category": "sole_trader"}), penalty=records({"subject": 2}))

    with pytest.raises(NotClassified, match="sole trader"):
        classify(PLAN, bucket, present(plan(INDICATORS[0]), bucket))


def test_a_record_from_before_the_firm_existed_is_reported_and_does_not_count():
    bucket = tables(
        subjects({"subject": 1, "established_on": date(2026, 6, 1)}),
        penalty=records(
            {"subject": 1, "decided_on": date(2026, 5, 31)}, {"subject": 1, "decided_on": date(2026, 6, 1)}
        ),
    )
    ours = classify(plan(INDICATORS[0]), bucket)

    assert ours.factors["value"].to_list() == [1]
    assert ours.findings.rows() == [(1, "penalty", date(2026, 5, 31), date(2026, 6, 1))]


def test_a_record_from_the_future_counts_from_its_day():
    bucket = tables(subjects(1), penalty=records({"subject": 1, "decided_on": DAY + timedelta(9)}))
    rules = plan(INDICATORS[0])
    today, then = (classify(each, bucket) for each in (rules, rules.on(DAY + timedelta(9))))

    assert today.factors.is_empty()
    assert today.classes["next_on"].to_list() == [DAY + timedelta(9)]
    assert then.factors["value"].to_list() == [1]


def test_an_indicator_over_a_kind_that_nobody_files_brings_nothing():
    ours = classify(plan(indicator("listed", records=("listing",))), tables(subjects(1, 2)))

    assert ours.classes.rows() == [(1, 0, 0, 255, None), (2, 0, 0, 255, None)]
    assert ours.factors.is_empty()


def test_a_bucket_without_enterprises_has_no_class():
    ours = _classified(PLAN, tables(subjects(), penalty=records({"subject": 5})))

    assert ours.classes.is_empty()
    assert ours.factors.is_empty()


def test_a_share_that_was_lowered_no_longer_links():
    rules = plan(
        indicator("listed", records=("listing",)),
        indicator("holders", related={"through": "holders", "at_least_percent": 25, "indicator": "listed"}),
    )
    listing = records({"subject": 1, "severity": "serious"})
    lowered = links((1, 2, 60, date(2020, 1, 1), None), (1, 2, 10, date(2025, 1, 1), None))
    held, let_go = (tables(subjects(1, 2), shares, listing=listing) for shares in (lowered[:0], lowered))
    stands = tables(subjects(1, 2), lowered.filter(pl.col("record") == 1), listing=listing)

    assert _classified(rules, let_go).factors["indicator"].to_list() == [0]
    assert _classified(rules, held).factors["indicator"].to_list() == [0]
    assert _classified(rules, stands).factors.select("subject", "indicator").rows() == [(1, 0), (2, 1)]
