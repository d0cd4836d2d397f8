"""An incident: hours that run by day and night, two people, firms out of the ledger, each told once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction

from rongxin.documents.models import Document
from rongxin.governance.incidents import telling
from rongxin.governance.incidents.actions import NotKept, Problem, name_firms, search, take_out
from rongxin.governance.incidents.clocks import keep_hours
from rongxin.governance.incidents.jobs import keep_incident_hours, search_ledger, tell_affected
from rongxin.governance.incidents.logged import SECURITY
from rongxin.governance.incidents.models import Affected, Data, Incident, Search, Why
from rongxin.governance.incidents.queries import clock_of, offices_for, own_reports, visible_to
from rongxin.governance.incidents.rules import Hours, hour_clock
from rongxin.ledger.actions import Event, Sealing, log_many
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.models import Pending
from rongxin.ledger.sequencing import sequence_all
from rongxin.notices.models import Notice
from rongxin.workflow.barring import Bar, NotPossible
from rongxin.workflow.models import Case, CaseDocument
from rongxin.workflow.queries import to_do
from tests.factories import a_subject, at
from tests.governance.offices import Offices, open_offices, state
from tests.ledger.conftest import published  # noqa: F401
from tests.ledger.told import told
from tests.workflow.conftest import in_force, on, rules, toy_is_known  # noqa: F401

FOUND = at("2026-11-27", "22:40")  # Friday night


@pytest.fixture
def offices(db: None, toy_is_known: None) -> Iterator[Offices]:  # noqa: F811
    with time_machine.travel(at("2026-11-27", "23:00"), tick=False):
        in_force(rules())
        yield open_offices()


# ── the hours ────────────────────────────────────────────────────────────────────────────────────────────────────────
def clock(discovered: datetime, now: datetime, **more: object) -> Hours:
    given = {"warned": (12, 20), "must_report": None, "reported_at": None, "is_case_open": True} | more
    return hour_clock(discovered, discovered + timedelta(hours=24), now, **given).state  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "found",
    [
        at("2026-11-27", "22:40"),  # over midnight into the weekend
        at("2026-11-28", "09:00"),  # a Saturday
        at("2026-12-31", "23:59"),  # over New Year
        at("2027-02-05", "18:00"),  # the eve of the Spring Festival
        at("2028-02-28", "23:30"),  # into a 29 February
    ],
)
def test_the_hours_run_by_day_and_night(found: datetime) -> None:
    told = [
        clock(found, found + timedelta(hours=hours, minutes=minutes))
        for hours, minutes in ((0, 0), (11, 59), (12, 0), (20, 0), (24, 0), (24, 1))
    ]
    assert told == [Hours.RUNNING, Hours.RUNNING, Hours.SOON, Hours.SOON, Hours.SOON, Hours.OVER]


def test_a_report_or_an_assessment_ends_the_hours() -> None:
    late = FOUND + timedelta(hours=30)
    assert clock(FOUND, late, must_report=True) == Hours.OVER
    assert clock(FOUND, late, must_report=False) == Hours.NOT_NEEDED
    assert clock(FOUND, late, must_report=True, reported_at=FOUND + timedelta(hours=24)) == Hours.REPORTED
    assert clock(FOUND, late, must_report=True, reported_at=late) == Hours.REPORTED_LATE
    assert clock(FOUND, late, is_case_open=False) == Hours.NOT_NEEDED


def test_what_is_registered_late_is_over_at_once(offices: Offices) -> None:
    incident = offices.register(at("2026-11-25", "08:00"))
    clock = clock_of(incident)
    assert (clock.state, clock.hours, clock.share) == (Hours.OVER, 39, 1.0)
    assert incident.report_due_at == at("2026-11-26", "08:00")


def test_the_office_is_warned_twice_and_those_above_hear_that_it_is_over(offices: Offices) -> None:
    incident = offices.register(FOUND)
    for clock, expected in (
        ("2026-11-28 10:39", 0),
        ("2026-11-28 10:40", 1),
        ("2026-11-28 18:40", 1),
        ("2026-11-28 22:41", 3),
    ):
        with on(*clock.split()):
            assert keep_hours() == expected
            assert keep_hours() == 0
    over = Notice.objects.filter(name="incident_over")
    assert {notice.department for notice in over} == {offices.office, offices.city, offices.province}
    assert (
        Notice.objects.filter(name="incident_warned").first().title_zh
        == "报告时限还剩 12 小时：" + incident.case.number
    )  # type: ignore[union-attr]


def test_after_a_standstill_only_the_last_word_is_told(offices: Offices) -> None:
    offices.register(FOUND)
    with on("2026-11-28", "20:00"):
        assert keep_hours() == 1
    assert Notice.objects.get(name="incident_warned").title_zh.startswith("报告时限还剩 2 小时")


def test_what_need_not_be_reported_warns_nobody(offices: Offices) -> None:
    incident = offices.register(FOUND)
    offices.take(incident, "assess", grade="minor")
    with on("2026-12-05"):
        assert keep_hours() == 0
    assert clock_of(Incident.objects.get()).state == Hours.NOT_NEEDED


# ── registering ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_any_officer_registers_one_and_the_office_has_it_to_do(offices: Offices) -> None:
    incident = offices.register(FOUND)
    assert incident.case.number == "事件-2026-0001"
    assert [case.number for case in to_do(offices.first)] == [incident.case.number]
    assert [case.number for case in to_do(offices.city_officer)] == [incident.case.number]
    assert not visible_to(offices.clerk)
    assert [(each.number, each.is_open) for each in own_reports(offices.clerk)] == [(incident.case.number, True)]
    assert list(visible_to(offices.auditor)) == [incident]
    assert told(Kind.SECURITY, SECURITY) == [
        {
            "act": "incident.registered",
            "case": "事件-2026-0001",
            "sort": "misuse",
            "by": "clerk",
            "department": "bureau",
            "role": "clerk",
        }
    ]


def test_nearest_office_first_and_those_above_can_be_chosen(offices: Offices) -> None:
    assert offices_for(offices.bureau) == [offices.office, offices.city, offices.province]
    assert offices_for(offices.city) == [offices.city, offices.province]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"data": []}, Problem.NO_DATA),
        ({"description": " "}, Problem.NO_WORDS),
        ({"description": "长" * 501}, Problem.TOO_LONG),
        ({"description": "经办人张建国成批查看记录"}, Problem.PERSON),
        ({"containment": "已告知 13800138000"}, Problem.PERSON),
    ],
)
def test_what_does_not_do_is_not_kept(offices: Offices, wrong: dict[str, object], problem: Problem) -> None:
    with pytest.raises(NotKept) as refused:
        offices.register(FOUND, **wrong)
    assert refused.value.problem == problem
    assert not Case.objects.exists()
    assert not told(Kind.SECURITY)


def test_the_future_and_a_strange_office_are_refused(offices: Offices) -> None:
    with pytest.raises(NotKept):
        offices.register(at("2026-11-28"))
    with pytest.raises(PermissionDenied):
        offices.register(FOUND, by=offices.auditor)


# ── the procedure ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_grave_one_is_reported_remedied_and_closed_by_a_second_person(offices: Offices) -> None:
    incident = offices.register(FOUND, estimate=12)
    offices.take(incident, "assess_grave", grade="serious")
    offices.take(incident, "report", to="cyberspace")
    paper = CaseDocument.objects.get().document
    assert (paper.number, paper.authority) == ("信安〔2026〕1号", offices.office)
    for words in ("网信部门", "2026年11月27日22时40分", "估计涉及企业12家", "较大", "》（闽信用〔2019〕7号）第十四条"):
        assert words in paper.values
    assert clock_of(Incident.objects.get()).state == Hours.REPORTED
    with pytest.raises(NotPossible):
        offices.take(incident, "tell")
    offices.take(incident, "tell_nobody")
    with pytest.raises(NotPossible) as refused:
        offices.take(incident, "close")
    assert refused.value.barred.bar == Bar.SECOND_PERSON
    with pytest.raises(NotPossible) as refused:
        offices.take(incident, "close", by=offices.second)
    assert refused.value.barred.bar == Bar.GUARD  # nothing was done yet
    with pytest.raises(NotPossible):
        offices.take(incident, "measure", measure="transferred", result="done", reason="")
    offices.take(incident, "measure", measure="transferred", result="done", reason="榕示移〔2026〕3号")
    offices.take(incident, "measure", measure="access", result="again")
    with pytest.raises(NotPossible):
        offices.take(incident, "close", by=offices.second)
    offices.take(incident, "measure", measure="access", result="done")
    offices.take(incident, "report_more", to="cyberspace", reason="账号已停用。")
    offices.take(incident, "close", by=offices.second)
    assert state(incident) == "closed"
    assert Document.objects.count() == 2
    ended = Notice.objects.get(name="incident_ended")
    assert (ended.account, "已办结" in ended.body_zh, "成批" in ended.body_zh) == (offices.clerk, True, False)


def test_a_late_report_says_so(offices: Offices) -> None:
    incident = offices.register(at("2026-11-25", "08:00"))
    offices.take(incident, "assess_grave", grade="grave")
    offices.take(incident, "report", to="police", reason="夜间发现，未能及时研判。")
    values = CaseDocument.objects.get().document.values
    assert "晚于报告时限" in values
    assert "未能及时研判" in values
    assert clock_of(Incident.objects.get()).state == Hours.REPORTED_LATE


def test_no_incident_takes_two_people_and_the_hours_go_on_until_then(offices: Offices) -> None:
    incident = offices.register(FOUND)
    offices.take(incident, "doubt")
    assert clock_of(Incident.objects.get()).is_open
    with pytest.raises(NotPossible) as refused:
        offices.take(incident, "dismiss")
    assert refused.value.barred.bar == Bar.SECOND_PERSON
    offices.take(incident, "dismiss", by=offices.second)
    assert (state(incident), clock_of(Incident.objects.get()).state) == ("dismissed", Hours.NOT_NEEDED)


def test_whoever_registered_it_does_not_close_it(offices: Offices) -> None:
    incident = offices.register(FOUND, by=offices.second)
    offices.take(incident, "assess", grade="minor")
    offices.take(incident, "measure", measure="evidence", result="done")
    offices.take(incident, "tell_nobody")
    with pytest.raises(NotPossible):
        offices.take(incident, "close", by=offices.second)
    offices.take(incident, "close", by=offices.city_officer)


def test_what_seemed_small_is_reported_after_all(offices: Offices) -> None:
    incident = offices.register(FOUND)
    offices.take(incident, "assess", grade="minor")
    offices.take(incident, "reassess", grade="grave")
    assert (state(incident), clock_of(Incident.objects.get()).state) == ("reporting", Hours.RUNNING)


def test_others_may_not_handle_it(offices: Offices) -> None:
    incident = offices.register(FOUND)
    for stranger in (offices.clerk, offices.auditor):
        with pytest.raises((NotPossible, Case.DoesNotExist)):
            offices.take(incident, "assess", by=stranger, grade="minor")
        with pytest.raises(PermissionDenied):
            name_firms(incident, [a_subject().uscc], stranger)


# ── who was affected ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_firms_are_named_by_hand_all_or_none(offices: Offices) -> None:
    incident = offices.register(FOUND)
    tea, paper = a_subject().uscc, a_subject("福州示例纸业有限公司").uscc
    with pytest.raises(NotKept) as refused:
        name_firms(incident, [tea, "91990000MA0000099X"], offices.first)
    assert (refused.value.problem, refused.value.about) == (Problem.WRONG_CODES, "91990000MA0000099X")
    assert name_firms(incident, [tea, f" {paper.lower()} ", tea, ""], offices.first) == 2
    assert name_firms(incident, [tea], offices.second) == 0
    assert take_out(incident, paper, offices.first)
    assert list(Affected.objects.values_list("uscc", "why")) == [(tea, Why.NAMED)]


def looks(codes: list[str], by: str, department: str, when: datetime) -> None:
    said = {
        "act": "read",
        "by": by,
        "department": department,
        "role": "clerk",
        "purpose": "supervision",
        "case": "",
        "what": "record",
    }
    with time_machine.travel(when, tick=False), transaction.atomic():
        log_many(Kind.ACCESS, [Event(Subject(Of.FIRM, code), said) for code in codes])


@pytest.fixture
def busy(offices: Offices) -> list[str]:
    """Thirty firms looked at by three accounts of two departments over three days; registered or changed meanwhile."""
    codes = [a_subject(f"福州示例第{number}有限公司").uscc for number in range(30)]
    looks(codes[:10], "tax-0007", "tax", at("2026-11-24", "09:00"))
    looks(codes[5:8], "tax-0007", "tax", at("2026-11-25", "00:00"))
    looks(codes[:25], "tax-0008", "tax", at("2026-11-25", "10:00"))
    looks(codes, "env-0001", "env", at("2026-11-25", "10:00"))
    looks(codes[6:12], "tax-0007", "tax", at("2026-11-25", "23:59"))
    looks(codes[20:], "tax-0007", "tax", at("2026-11-26", "00:00"))
    with transaction.atomic():
        log_many(Kind.RECORD, [Event(Subject(Of.FIRM, codes[29]), {"act": "record.create", "by": "tax-0007"})])
    sequence_all()
    return codes


def test_exactly_the_firms_that_an_account_looked_at_within_the_time(offices: Offices, busy: list[str]) -> None:
    incident = offices.register(FOUND)
    asked = search(
        incident, offices.first, username="tax-0007", since=at("2026-11-25", "00:00"), until=at("2026-11-26", "00:00")
    )
    search_ledger.call_now(asked.pk)
    found = {row.uscc: row for row in Affected.objects.all()}
    assert set(found) == set(busy[5:12])
    assert found[busy[6]].looks == 2
    assert (found[busy[6]].first_at, found[busy[6]].last_at) == (at("2026-11-25", "00:00"), at("2026-11-25", "23:59"))
    asked.refresh_from_db()
    assert (asked.found, asked.unknown, asked.hidden) == (7, 0, 0)
    assert search_ledger.call_now(asked.pk) == 7
    assert Affected.objects.count() == 7


def test_the_firms_that_a_department_looked_at(offices: Offices, busy: list[str]) -> None:
    from tests.factories import a_department

    incident, tax = offices.register(FOUND), a_department("tax", "福州市示例税务局")
    asked = search(
        incident, offices.first, department=tax, since=at("2026-11-25", "00:00"), until=at("2026-11-26", "00:00")
    )
    search_ledger.call_now(asked.pk)
    assert set(Affected.objects.values_list("uscc", flat=True)) == set(busy[:25])


def test_a_look_that_waits_counts_and_a_sealed_one_is_told_as_hidden(offices: Offices) -> None:
    tea, paper = a_subject().uscc, a_subject("福州示例纸业有限公司").uscc
    said = {"act": "read", "by": "tax-0007", "department": "tax"}
    sealing = Sealing(until=at("2026-12-20").date(), order="榕示查〔2026〕1号", by="zhang", approved_by="li")
    with transaction.atomic():
        log_many(Kind.ACCESS, [Event(Subject(Of.FIRM, paper), said, sealing), Event(Subject(Of.FIRM, tea), said)])
        log_many(Kind.ACCESS, [Event(Subject(Of.FIRM, "91990000MA0000099X"), said)])
    incident = offices.register(FOUND)
    asked = search(incident, offices.first, username="tax-0007", since=at("2026-11-27"), until=at("2026-11-28"))
    search_ledger.call_now(asked.pk)
    asked.refresh_from_db()
    assert (asked.found, asked.unknown, asked.hidden) == (1, 1, 1)
    assert Affected.objects.get().uscc == tea


def test_a_search_names_whose_looks_and_which_time(offices: Offices) -> None:
    incident = offices.register(FOUND)
    with pytest.raises(NotKept):
        search(incident, offices.first, since=FOUND, until=FOUND + timedelta(hours=1))
    with pytest.raises(NotKept):
        search(incident, offices.first, username="tax-0007", since=FOUND, until=FOUND)


def test_whose_looks_were_searched_is_forgotten_with_the_end(offices: Offices) -> None:
    incident = offices.register(FOUND)
    search(incident, offices.first, username="tax-0007", since=FOUND, until=FOUND + timedelta(hours=1))
    offices.take(incident, "doubt")
    offices.take(incident, "dismiss", by=offices.second)
    assert Search.objects.get().username == ""


# ── telling ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def told_firms(offices: Offices, number: int) -> Incident:
    """An incident that is being told to so many firms."""
    incident = offices.register(FOUND, data=[Data.WITHHELD, Data.LOGS])
    codes = [a_subject(f"福州示例第{each}有限公司").uscc for each in range(number)]
    name_firms(incident, codes, offices.first)
    offices.take(incident, "assess", grade="minor")
    offices.take(incident, "tell", reason="有人违规查看了你单位未公示的记录，账号已停用。")
    return incident


def test_each_firm_is_told_once_although_the_process_dies_between(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "PART", 2)
    incident = told_firms(offices, 5)
    parts = iter(range(9))
    with monkeypatch.context() as broken:
        whole = telling.log_many
        broken.setattr(telling, "log_many", lambda *given: whole(*given) if next(parts) < 1 else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tell_affected.call_now(incident.case.number)
    assert Notice.objects.filter(name="incident_told").count() == 2
    assert state(incident) == "telling"
    assert keep_incident_hours.call_now() == 3
    assert tell_affected.call_now(incident.case.number) == 0
    told = Notice.objects.filter(name="incident_told")
    assert (told.count(), told.values("uscc").distinct().count(), state(incident)) == (5, 5, "told")
    for words in ("违规使用信用信息", "依法不公示的记录、查询和操作日志", "账号已停用", "鼓楼区示例信用信息牵头办公室"):
        assert words in told[0].body_zh
    logged = Pending.objects.filter(kind=Kind.SECURITY, of="firm")
    assert logged.count() == 5
    assert '"act":"incident.told"' in logged[0].payload


def test_firms_found_later_are_told_and_the_others_not_again(offices: Offices) -> None:
    incident = told_firms(offices, 2)
    tell_affected.call_now(incident.case.number)
    with pytest.raises(NotKept):
        name_firms(incident, [a_subject("福州示例纸业有限公司").uscc], offices.first)
    offices.take(incident, "reopen")
    name_firms(incident, [a_subject("福州示例石材有限公司").uscc], offices.first)
    offices.take(incident, "tell", reason="又查明三家企业的记录被查看。")
    tell_affected.call_now(incident.case.number)
    assert Notice.objects.filter(name="incident_told").count() == 3


def test_the_words_to_firms_tell_of_no_person(offices: Offices) -> None:
    incident = offices.register(FOUND)
    name_firms(incident, [a_subject().uscc], offices.first)
    offices.take(incident, "assess", grade="minor")
    with pytest.raises(NotPossible):
        offices.take(incident, "tell", reason="经办人张建国违规查看。")
    offices.take(incident, "tell", reason="经办人张建国违规查看。", names_nobody="yes")
