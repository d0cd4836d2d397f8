"""The demonstration comes onto a platform by the doors of real data, once, and looks like months of work."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.db.models import Max, Q
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.classification.measuring import newest_report
from rongxin.classification.models import Use
from rongxin.cli.demonstration import PASSWORD, prepare
from rongxin.demonstration.acts import PENALTY
from rongxin.demonstration.authorities import AUTHORITIES, SHOWN
from rongxin.demonstration.famous import DOCUMENT_NUMBER
from rongxin.demonstration.staff import logins
from rongxin.departments.models import Department
from rongxin.engine.cells import document_key
from rongxin.engine.risk.hits import HitRates
from rongxin.intake import queries as intake
from rongxin.intake.models import Batch, BatchState, RowProblem
from rongxin.jobs.models import Run, State
from rongxin.records import clearing
from rongxin.records import queries as records
from rongxin.records.counting import first_days
from rongxin.records.display import Moment
from rongxin.records.models import Clearing, Effect, Record, RecordContent, RecordEvent, Sighting
from rongxin.rulebook import queries as rulebook
from rongxin.rulebook.models import SEED, Release
from rongxin.subjects import queries as subjects
from rongxin.subjects.mandates import queries as mandates
from rongxin.subjects.mandates.models import Claim
from rongxin.subjects.models import Subject, SubjectName
from tests.demonstration.conftest import A_MONDAY, SUBJECTS, make_demo_platform
from tests.ledger.told import demand_all_told
from tests.standing import standing  # noqa: F401

COUNTED = (Release, Department, Account, Subject, SubjectName, Batch, RowProblem, Record, RecordEvent, Sighting, Run)


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in COUNTED}


@pytest.fixture(scope="module")
def db(standing: None) -> Iterator[None]:  # noqa: F811
    """The demonstration as ``prepare`` loads it, once for all tests here and taken back afterwards."""
    with time_machine.travel(A_MONDAY, tick=True), pytest.MonkeyPatch.context() as patch:
        assert set(counts().values()) == {0}
        make_demo_platform(patch)
        prepare(SUBJECTS)
        yield


def test_preparing_again_changes_nothing(db: None) -> None:
    before = counts()
    assert prepare(SUBJECTS) == logins()
    assert counts() == before
    assert before["Subject"] == SUBJECTS
    assert before["Record"] > 500


def test_everything_happened_in_the_past_and_in_the_order_of_its_events(db: None) -> None:
    now = timezone.now()
    assert Record.objects.aggregate(last=Max("recorded_at"))["last"] < now
    assert Batch.objects.filter(Q(received_at__gt=now) | Q(finished_at__gt=now)).count() == 0
    instants = list(RecordEvent.objects.order_by("position").values_list("recorded_at", flat=True))
    assert instants == sorted(instants)
    assert instants[0] < now - timedelta(weeks=5)
    # The messages of the last steps are written when a worker comes.
    assert set(Run.objects.exclude(state=State.SUCCEEDED).values_list("job", flat=True)) <= {
        "notices.make_notices",
        "remedies.unwinding.follow_records",
    }


def test_the_rules_were_in_force_before_the_first_record(db: None) -> None:
    first = records.first_recorded_at()
    assert first is not None
    assert rulebook.in_force_at(first) == rulebook.current()
    assert Release.objects.get().asked_by == SEED


def test_those_who_are_shown_log_in_with_the_password_and_nobody_else_at_all(db: None) -> None:
    shown = Account.objects.filter(username__in=[username for username, _ in logins()])
    assert {account.username for account in shown} == {
        "demo-clerk",
        "demo-reviewer",
        "demo-window",
        "demo-auditor",
        "demo-lead",
        "demo-lead-second",
        "demo-security",
        "demo-audit",
        "demo-system",
        "demo-firm",
        "demo-proxy",
    }
    for account in shown:
        assert account.check_password(PASSWORD)
        validate_password(PASSWORD)
    others = Account.objects.exclude(pk__in=shown)
    # A clerk and a reviewer each, and whose firm others claim.
    assert others.count() == 2 * (len(AUTHORITIES) - 1) + 1
    assert not any(account.has_usable_password() for account in others)


def test_firms_and_claims_wait_for_whoever_tries(db: None) -> None:
    firm, proxy = Account.objects.get(username="demo-firm"), Account.objects.get(username="demo-proxy")
    assert [mandate.is_holder for mandate in mandates.mandates_of(firm)] == [True, True]
    assert [mandate.is_holder for mandate in mandates.mandates_of(proxy)] == [False]
    assert len(mandates.claims_against(firm)) == 1
    states = Claim.objects.values_list("case__state", flat=True)
    assert sorted(states) == ["confirmed", "confirmed", "entered", "objecting", "to_send", "visit"]


def test_one_batch_waits_for_the_reviewer_and_rows_came_back_to_the_clerk(db: None) -> None:
    clerk, reviewer = Account.objects.get(username="demo-clerk"), Account.objects.get(username="demo-reviewer")
    assert intake.to_release(reviewer).count() == 1
    assert intake.with_returned_rows(clerk).count() >= 1
    returned = Batch.objects.get(state=BatchState.RETURNED)
    assert (returned.provider.code, returned.decided_by) == (SHOWN.code, reviewer)
    assert Batch.objects.exclude(state__in=(BatchState.RECORDED, BatchState.RETURNED)).count() == 1


def test_wrong_rows_stand_only_with_the_department_that_is_shown(db: None) -> None:
    trouble = Q(rejected__gt=0) | Q(in_review__gt=0) | Q(refused_person__gt=0)
    assert Batch.objects.filter(trouble).exclude(provider__code=SHOWN.code).count() == 0
    assert RowProblem.objects.exclude(batch__provider__code=SHOWN.code).count() == 0
    shown = Batch.objects.filter(provider__code=SHOWN.code)
    assert shown.filter(rejected__gt=0).exists()
    assert shown.filter(in_review__gt=0).exists()
    assert shown.filter(refused_person=1).count() == 1


def test_an_act_was_corrected_and_one_was_seen_twice(db: None) -> None:
    assert RecordEvent.objects.filter(effect=Effect.CORRECTED).count() == 1
    assert Record.objects.filter(version=2).count() == 1
    assert Sighting.objects.count() > Record.objects.count()


def test_the_searches_worth_trying_find_what_they_should(db: None) -> None:
    found = [hit.subject.name for hit in subjects.search("榕海贸易")]
    assert found.count("福州示例榕海贸易有限公司") == 2
    assert {"福清示例榕海贸易有限公司", "福州示例榕海茶业有限公司"} <= set(found)
    (first,) = subjects.search("91990000MA0000015Q")
    former = [name for name in subjects.names_of(first.subject) if name.valid_to]
    assert [(name.text, str(name.valid_to)) for name in former] == [("福州示例榕海贸易有限公司", "2018-03-20")]
    (shown,) = records.by_document(document_key(DOCUMENT_NUMBER), rulebook.current(), Moment.now(), limit=5)
    assert shown.record.party_name == "福州示例榕海茶业有限公司"


def test_most_were_displayed_in_time_and_some_late(db: None) -> None:
    calendar = rulebook.current().calendar
    end = timezone.localdate() - timedelta(days=14)
    acts = first_days(end - timedelta(days=21), end)
    days = acts.select("decided_on", "recorded_on").iter_rows()
    late = sum(calendar.between(decided_on, recorded_on).days > 7 for decided_on, recorded_on in days)
    assert 0 < late < 0.1 * acts.height
    deciding = [each.code for each in AUTHORITIES if each.penalties or each.licences]
    assert set(acts["provider"]) >= set(Department.objects.filter(code__in=deciding).values_list("pk", flat=True))


def test_every_kind_has_something_to_show(db: None) -> None:
    kinds = {name for name, kind in rulebook.current().kinds.items() if not kind.credit.registers_subjects}
    assert set(Record.objects.values_list("kind", flat=True)) == kinds


def test_texts_of_earlier_weeks_were_read_and_those_in_which_persons_may_stand_wait(db: None) -> None:
    lead_officer = Account.objects.get(username="demo-lead")
    waiting = clearing.queue(lead_officer, rulebook.current())
    suspected = [text for text in waiting if text.suspected]
    assert suspected
    assert Clearing.objects.count() > len(waiting)
    assert all(
        text.record.recorded_at > timezone.now() - timedelta(weeks=2) for text in waiting if text not in suspected
    )


def test_minor_penalties_are_withheld_and_all_texts_are_marked(db: None) -> None:
    adverse = Record.objects.filter(kind=PENALTY)
    assert set(adverse.values_list("severity", "display").distinct()) == {
        ("minor", "withheld"),
        ("general", "public"),
        ("serious", "public"),
    }
    assert not Record.objects.exclude(party_name__contains="示例").exists()
    # Numbers of the platform's own making tell the made-up division instead.
    marked = Q(document_number__contains="示") | Q(document_number__startswith="990000") | Q(document_number="")
    assert not Record.objects.exclude(marked).exists()
    assert not RecordContent.objects.filter(title="").exists()


def test_inspections_are_held_against_the_class_before_them(db: None) -> None:
    report = newest_report()
    assert report
    counted = HitRates.of_json(report.report).counted
    assert counted.classed > counted.before_first_run > 0
    assert (counted.without_run, counted.without_class, counted.without_result) == (0, 0, 0)
    assert [use.since is not None for use in Use.objects.order_by("pk")] == [True, False]


def test_the_ledger_was_told_of_all_of_it(db: None) -> None:
    demand_all_told()
