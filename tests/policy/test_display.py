"""Severity, display, its last day, repair, and punctuality."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.policy.display import (
    NEVER,
    decided_since,
    display_rule,
    first_repair_on,
    publish_by,
    punctuality,
    severity_of,
    shown_until,
    usable,
    why_unusable,
)
from rongxin.policy.kinds import Basis
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, Reading, Severity
from tests.policy.packs import LAND, changed, loaded

TODAY = date(2026, 11, 22)
PENALTY = "administrative_penalty"
WARNING, FINE, LICENCE = (
    "警告、通报批评",
    "罚款、没收违法所得、没收非法财物",
    "暂扣许可证件、降低资质等级、吊销许可证件",
)
CLOSURE, DETENTION, OTHER = (
    "限制开展生产经营活动、责令停产停业、责令关闭、限制从业",
    "行政拘留",
    "法律行政法规规定的其他行政处罚",
)


@pytest.mark.parametrize(
    ("category", "severity"),
    [
        (WARNING, Severity.MINOR),
        (f"{WARNING}；{WARNING}", Severity.MINOR),
        (FINE, Severity.GENERAL),
        (LICENCE, Severity.GENERAL),
        (f"{WARNING}；{FINE}", Severity.GENERAL),
        (f"{FINE};{OTHER}", Severity.GENERAL),
        (CLOSURE, Severity.SERIOUS),
        (f"{FINE}； {CLOSURE} ", Severity.SERIOUS),
        (f"{WARNING}；{OTHER}", Severity.UNKNOWN),
        (DETENTION, Severity.UNKNOWN),
        (OTHER, Severity.UNKNOWN),
        ("", Severity.UNKNOWN),
        (None, Severity.UNKNOWN),
        (f"{WARNING}、{FINE}", Severity.UNKNOWN),
    ],
)
def test_severity_follows_the_class_of_penalty(category: str | None, severity: Severity, fuzhou: Policy) -> None:
    found, clause = severity_of(fuzhou.kinds[PENALTY], {"penalty_category": category})

    assert found == severity
    assert (clause is None) is (severity == Severity.UNKNOWN)


def test_records_that_are_not_adverse_have_no_severity(fuzhou: Policy) -> None:
    assert severity_of(fuzhou.kinds["administrative_licence"], {}) == (Severity.NONE, None)


@pytest.mark.parametrize("severity", [Severity.GENERAL, Severity.SERIOUS])
def test_a_serious_severity_on_an_unread_clause_lasts_no_longer_than_a_general_one(
    severity: Severity, fuzhou: Policy
) -> None:
    rule = display_rule(fuzhou, fuzhou.kinds[PENALTY], severity, TODAY)

    assert (rule.display, rule.term_months, rule.shortest_months) == (Display.PUBLIC, 12, 3)
    assert rule.term is not None
    assert rule.term.is_law
    assert rule.term_note is not None
    assert ("按“一般”计算" in rule.term_note.zh) is (severity == Severity.SERIOUS)


def test_a_serious_severity_on_a_clause_that_was_read_has_its_own_term(tmp_path: Path) -> None:
    policy = loaded(tmp_path, LAND)

    assert display_rule(policy, policy.kinds["fine"], Severity.SERIOUS, TODAY).term_months == 36
    assert display_rule(policy, policy.kinds["fine"], Severity.GENERAL, TODAY).term_months == 12


def test_what_reduces_rights_lapses_with_its_document(tmp_path: Path) -> None:
    in_force = "  from: 2020-01-01\n  binds: both\n  reading: C"
    files = changed("land/documents.yaml", in_force, in_force.replace("\n", "\n  until: 2026-06-30\n", 1))
    policy = loaded(tmp_path, files)
    kind = policy.kinds["fine"]

    assert display_rule(policy, kind, Severity.GENERAL, date(2026, 6, 30)).display == Display.PUBLIC
    withheld = display_rule(policy, kind, Severity.GENERAL, date(2026, 7, 1))
    assert withheld.display == Display.WITHHELD
    assert withheld.reason is not None
    assert withheld.reason.zh == "依据文件当日不在施行期内"


@pytest.mark.parametrize(
    ("severity", "on", "reason"),
    [
        (Severity.MINOR, TODAY, "轻微失信信息依法不予公示"),
        (Severity.UNKNOWN, TODAY, "失信程度未确定，确定前不予公示"),
        (Severity.NONE, TODAY, "没有允许公示的条款"),
        (Severity.GENERAL, date(2025, 6, 21), "当日没有可以适用的公示期限规则"),
        (Severity.GENERAL, date(2021, 7, 14), "依据文件当日不在施行期内"),
    ],
)
def test_withheld_is_a_state_with_a_reason(severity: Severity, on: date, reason: str, fuzhou: Policy) -> None:
    rule = display_rule(fuzhou, fuzhou.kinds[PENALTY], severity, on)

    assert rule.display == Display.WITHHELD
    assert rule.reason is not None
    assert rule.reason.zh == reason
    assert rule.reason.en
    assert shown_until(on, rule) is None
    assert first_repair_on(on, rule) is None
    assert decided_since(fuzhou, fuzhou.kinds[PENALTY], severity, on) == NEVER


def test_a_severity_without_a_clause_is_withheld(tmp_path: Path) -> None:
    policy = loaded(tmp_path, LAND)

    rule = display_rule(policy, policy.kinds["fine"], Severity.UNKNOWN, TODAY)

    assert rule.display == Display.WITHHELD
    assert rule.reason is not None
    assert rule.reason.zh == "失信程度未确定，确定前不予公示"


def test_a_licence_is_shown_without_end(fuzhou: Policy) -> None:
    kind = fuzhou.kinds["administrative_licence"]
    rule = display_rule(fuzhou, kind, Severity.NONE, TODAY)

    assert (rule.display, rule.term_months, shown_until(TODAY, rule)) == (Display.PUBLIC, None, None)
    assert decided_since(fuzhou, kind, Severity.NONE, TODAY) is None


def test_a_licence_is_withheld_before_its_law(fuzhou: Policy) -> None:
    kind = fuzhou.kinds["administrative_licence"]

    rule = display_rule(fuzhou, kind, Severity.NONE, date(2019, 4, 22))

    assert rule.reason is not None
    assert rule.reason.zh == "公示依据当日不在施行期内"


@pytest.mark.parametrize(
    ("decided_on", "last_shown", "repair_from"),
    [
        (date(2026, 3, 10), date(2027, 3, 10), date(2026, 6, 11)),
        (date(2026, 8, 31), date(2027, 8, 31), date(2026, 12, 1)),
        (date(2025, 11, 30), date(2026, 11, 30), date(2026, 3, 1)),
        (date(2028, 2, 29), date(2029, 2, 28), date(2028, 5, 30)),
    ],
)
def test_the_last_day_is_included(decided_on: date, last_shown: date, repair_from: date, fuzhou: Policy) -> None:
    kind = fuzhou.kinds[PENALTY]
    rule = display_rule(fuzhou, kind, Severity.GENERAL, TODAY)

    assert shown_until(decided_on, rule) == last_shown
    assert first_repair_on(decided_on, rule) == repair_from
    since = decided_since(fuzhou, kind, Severity.GENERAL, last_shown)
    assert since is not None
    assert since <= decided_on
    since = decided_since(fuzhou, kind, Severity.GENERAL, last_shown + timedelta(days=1))
    assert since is not None
    assert since > decided_on


@given(
    decided_on=st.dates(date(2024, 1, 1), date(2030, 12, 31)), looked_on=st.dates(date(2025, 6, 22), date(2033, 12, 31))
)
def test_the_bound_for_many_rows_says_the_same_as_the_last_day_of_each(
    decided_on: date, looked_on: date, fuzhou: Policy
) -> None:
    kind = fuzhou.kinds[PENALTY]
    last = shown_until(decided_on, display_rule(fuzhou, kind, Severity.GENERAL, looked_on))
    since = decided_since(fuzhou, kind, Severity.GENERAL, looked_on)

    assert last is not None
    assert since is not None
    assert (looked_on <= last) is (decided_on >= since)


def test_without_a_shortest_period_a_repair_may_be_asked_for_at_once(tmp_path: Path) -> None:
    policy = loaded(tmp_path, LAND)
    rule = display_rule(policy, policy.kinds["fine"], Severity.GENERAL, TODAY)

    assert first_repair_on(date(2026, 3, 10), rule) == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("document", "reading", "on", "reason"),
    [
        ("administrative-penalty-law-2021", "C", TODAY, None),
        ("state-council-office-2025-22", "C", TODAY, None),
        ("administrative-penalty-law-2021", "P", TODAY, "the clause has not been read in its own text"),
        ("administrative-penalty-law-2021", "U", TODAY, "the clause has not been read in its own text"),
        ("administrative-penalty-law-2021", "C", date(2021, 7, 14), "the document was not in force on that day"),
        ("credit-repair-measures-36", "C", TODAY, "the document is not of sufficient rank"),
        ("fujian-credit-2019-7", "C", TODAY, "the document is not of sufficient rank"),
        ("platform-settings", "C", TODAY, "the document is not of sufficient rank"),
    ],
)
def test_what_may_reduce_rights(document: str, reading: str, on: date, reason: str | None, fuzhou: Policy) -> None:
    basis = Basis(document=document, reading=Reading(reading))

    why = why_unusable(fuzhou, basis, on)

    assert (why.en if why else None) == reason
    assert usable(fuzhou, basis, on) is (reason is None)


def test_the_deadline_of_the_day_of_decision_holds(fuzhou: Policy) -> None:
    deadline = publish_by(fuzhou, fuzhou.kinds[PENALTY], date(2026, 9, 28))

    assert deadline is not None
    assert (deadline.due, deadline.provisional, deadline.value.count) == (date(2026, 10, 13), False, 7)


def test_a_deadline_into_a_year_without_calendar_is_provisional(fuzhou: Policy) -> None:
    deadline = publish_by(fuzhou, fuzhou.kinds[PENALTY], date(2026, 12, 28))

    assert deadline is not None
    assert deadline.provisional


def test_a_kind_without_a_deadline_is_never_late(fuzhou: Policy) -> None:
    assert publish_by(fuzhou, fuzhou.kinds["registration"], TODAY) is None


def test_plain_days_count_without_the_calendar(tmp_path: Path) -> None:
    policy = loaded(tmp_path, changed("land/values/publicity.yaml", "unit: workdays", "unit: days"))

    deadline = publish_by(policy, policy.kinds["fine"], date(2026, 12, 28))

    assert deadline is not None
    assert (deadline.due, deadline.provisional) == (date(2027, 1, 4), False)


@pytest.mark.parametrize(
    ("published_on", "withheld", "today", "state", "taken", "late"),
    [
        (date(2026, 10, 13), False, date(2026, 11, 1), "on_time", 7, 0),
        (date(2026, 9, 28), False, date(2026, 11, 1), "on_time", 0, 0),
        (date(2026, 10, 14), False, date(2026, 11, 1), "late", 8, 1),
        (None, False, date(2026, 10, 13), "not_due", 7, 0),
        (None, False, date(2026, 10, 16), "overdue", 10, 3),
        (None, True, date(2026, 10, 16), "withheld", 10, 0),
        (date(2026, 9, 27), False, date(2026, 11, 1), "on_time", 0, 0),
    ],
)
def test_punctuality(
    published_on: date | None, withheld: bool, today: date, state: str, taken: int, late: int, fuzhou: Policy
) -> None:
    deadline = publish_by(fuzhou, fuzhou.kinds[PENALTY], date(2026, 9, 28))
    assert deadline is not None

    found = punctuality(fuzhou, deadline, published_on, withheld=withheld, today=today)

    assert (found.state, found.workdays_taken, found.workdays_late) == (state, taken, late)
