"""Intervals, ratios and trends against published numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.engine.risk.proportions import Rate, Ratio, ratio_of, trend_of, wilson


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 2553, 3662), (15, 148, 624, 1605), (0, 20, 0, 1611), (1, 29, 61, 1718)],
)
def test_the_interval_is_that_of_newcombe_1998_table_1_method_3(count, n, low, high):
    assert [round(10_000 * bound) for bound in wilson(n, count)] == [low, high]


@given(st.integers(1, 10**6), st.data())
def test_the_interval_holds_the_rate_and_mirrors(n, data):
    count = data.draw(st.integers(0, n))
    low, high = wilson(n, count)

    assert 0 <= low <= count / n <= high <= 1
    mirrored = wilson(n, n - count)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_no_rate_is_told_of_fewer_than_the_least():
    assert Rate.of(29, 5, 30) == Rate(29, 5, None, None, None)
    assert Rate.of(30, 15, 30).rate == 0.5
    assert Rate.of(0, 0, 0).rate is None


def test_a_trend_over_smokers_is_that_of_the_manual_of_r():
    """prop.trend.test(c(83, 90, 129, 70), c(86, 93, 136, 82)): X-squared = 8.2249, p = 0.004132 (Fleiss 1981)."""
    trend = trend_of([(86, 83), (93, 90), (136, 129), (82, 70)], 30)

    assert round(10_000 * trend.z**2) == 82249
    assert trend.z < 0
    assert round(1_000_000 * trend.p) == 4132


@pytest.mark.parametrize(
    "groups",
    [
        [(0, 0), (0, 0)],
        [(10, 1), (10, 2)],
        [(100, 0), (100, 0)],
        [(100, 100), (100, 100)],
        [(0, 0), (100, 5), (0, 0)],
    ],
)
def test_where_nothing_can_rise_there_is_no_trend(groups):
    assert trend_of(groups, 30) is None


def test_a_ratio_has_the_interval_of_its_logarithm():
    """Two of ten by one of ten: exp(±1.96 √(1/2 − 1/10 + 1/1 − 1/10)) around 2."""
    ratio = ratio_of(Rate.of(10, 2, 1), Rate.of(10, 1, 1))

    assert ratio.ratio == 2
    assert math.log(ratio.high / 2) == pytest.approx(1.959964 * math.sqrt(1.3), abs=1e-6)
    assert ratio.low * ratio.high == pytest.approx(4)


def test_a_ratio_is_told_only_of_what_can_be_told():
    known, never, few = Rate.of(50, 5, 30), Rate.of(50, 0, 30), Rate.of(20, 5, 30)

    assert ratio_of(never, known) == Ratio(0, None, None)
    assert ratio_of(known, never) is None
    assert ratio_of(few, known) is None
    assert ratio_of(known, few) is None
