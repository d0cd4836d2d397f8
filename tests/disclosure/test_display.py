"""What is displayed of a subject and a record, and when display ends."""

from datetime import date
from itertools import product
from typing import Any

import pytest
import time_machine

from rongxin.disclosure.records import record_view
from rongxin.disclosure.subjects import subject_view
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment, all_displayed, displayed
from rongxin.records.models import ENDS_DISPLAY, UNDONE_BY, Effect, Record
from rongxin.records.queries import Hidden, why_hidden
from rongxin.subjects.models import Subject
from tests.factories import LICENCE, a_record, a_subject, at, note

pytestmark = pytest.mark.django_db

BEGAN = date(2026, 1, 5)
TITLE = "标签标注不符合规定"


@pytest.fixture
def subject(policy: Policy) -> Subject:
    return a_subject()


def shown(subject: Subject, policy: Policy, on: str) -> list[str]:
    """What a page shows of the subject, looked at on the day ``on``: the first words of each title."""
    with time_machine.travel(at(on), tick=False):
        return looked_back(subject, policy, date.fromisoformat(on))


def looked_back(subject: Subject, policy: Policy, day: date) -> list[str]:
    view = subject_view(subject.uscc, policy, Moment.of(day), began_on=BEGAN)
    assert view is not None
    titles = [line.title.split("，")[0] for year in view.part.years for line in year.records]
    assert view.total == len(titles)
    return titles


def hidden(record: Record, policy: Policy, on: str) -> Hidden | None:
    with time_machine.travel(at(on), tick=False):
        assert record_view(record.number, policy, Moment.now(), began_on=BEGAN) is None
        return why_hidden(record.number, policy, Moment.now())


# ── the term ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_general_penalty_ends_display_one_year_after_the_decision_by_itself(policy: Policy, subject: Subject) -> None:
    record = a_record(subject, decided_on=date(2026, 3, 10), recorded_at=at("2026-03-12"))

    assert shown(subject, policy, "2027-03-10") == [TITLE]
    assert shown(subject, policy, "2027-03-11") == []
    assert hidden(record, policy, "2027-03-11") == Hidden.ENDED


def test_a_serious_penalty_whose_clause_was_not_read_is_displayed_no_longer_than_a_general_one(
    policy: Policy, subject: Subject
) -> None:
    a_record(subject, severity="serious", decided_on=date(2026, 3, 10), recorded_at=at("2026-03-12"))

    assert shown(subject, policy, "2027-03-10") == [TITLE]
    assert shown(subject, policy, "2027-03-11") == []


def test_a_licence_has_no_term(policy: Policy, subject: Subject) -> None:
    a_record(subject, kind=LICENCE, decided_on=date(2026, 3, 10), recorded_at=at("2026-03-12"))

    assert len(shown(subject, policy, "2036-03-10")) == 1


@pytest.mark.parametrize("severity", ["minor", "unknown"])
def test_minor_and_unknown_severity_are_never_displayed_nor_said_to_be(
    policy: Policy, subject: Subject, severity: str
) -> None:
    record = a_record(subject, severity=severity, decided_on=date(2026, 3, 10), recorded_at=at("2026-03-12"))

    assert shown(subject, policy, "2026-03-12") == []
    assert hidden(record, policy, "2026-03-12") == Hidden.NOT_PUBLIC


@pytest.mark.parametrize("field", ["penalty_document_no", "penalty_authority", "penalty_basis"])
def test_an_incomplete_adverse_record_is_not_displayed(policy: Policy, subject: Subject, field: str) -> None:
    empty: dict[str, Any] = {field: ""}
    record = a_record(subject, recorded_at=at("2026-03-12"), **empty)

    assert shown(subject, policy, "2026-03-12") == []
    assert hidden(record, policy, "2026-03-12") == Hidden.NOT_PUBLIC


# ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_repaired_record_leaves_no_line(policy: Policy, subject: Subject) -> None:
    record = a_record(subject, recorded_at=at("2026-03-12"))
    note(record, Effect.REPAIRED, at=at("2026-07-01"))

    assert shown(subject, policy, "2026-07-01") == []
    assert hidden(record, policy, "2026-07-01") == Hidden.NOT_PUBLIC


def test_a_revoked_repair_brings_the_record_back_for_the_rest_of_its_term(policy: Policy, subject: Subject) -> None:
    record = a_record(subject, decided_on=date(2026, 3, 10), recorded_at=at("2026-03-12"))
    note(record, Effect.REPAIRED, at=at("2026-07-01"))
    note(record, Effect.REPAIR_REVOKED, at=at("2026-08-01"))

    assert shown(subject, policy, "2026-08-01") == [TITLE]
    assert shown(subject, policy, "2027-03-11") == []


def test_a_suspension_that_ends_does_not_bring_back_what_was_repaired_meanwhile(
    policy: Policy, subject: Subject
) -> None:
    record = a_record(subject, recorded_at=at("2026-03-12"))
    note(record, Effect.SUSPENDED, at=at("2026-05-01"))
    note(record, Effect.REPAIRED, at=at("2026-06-01"))
    note(record, Effect.RESUMED, at=at("2026-07-01"))

    assert shown(subject, policy, "2026-07-02") == []


@pytest.mark.parametrize(("end", "undone"), [(Effect.SUSPENDED, Effect.RESUMED), (Effect.SEALED, Effect.UNSEALED)])
def test_a_suspended_or_sealed_record_is_gone_until_it_is_resumed(
    policy: Policy, subject: Subject, end: Effect, undone: Effect
) -> None:
    record = a_record(subject, recorded_at=at("2026-03-12"))
    note(record, end, at=at("2026-05-01"))
    assert shown(subject, policy, "2026-05-02") == []
    assert hidden(record, policy, "2026-05-02") == Hidden.NOT_PUBLIC

    note(record, undone, at=at("2026-06-01"))
    assert shown(subject, policy, "2026-06-02") == [TITLE]
    with time_machine.travel(at("2026-06-02"), tick=False):
        view = record_view(record.number, policy, Moment.now(), began_on=BEGAN)
    assert view is not None
    # A seal is not told from a suspension.
    assert [line.event for line in view.history] == ["resumed", "suspended", "recorded", "decided"]


def test_a_record_suspended_again_is_gone_again(policy: Policy, subject: Subject) -> None:
    record = a_record(subject, recorded_at=at("2026-03-12"))
    for day, effect in (("01", Effect.SUSPENDED), ("02", Effect.RESUMED), ("03", Effect.SUSPENDED)):
        note(record, effect, at=at(f"2026-05-{day}"))

    assert shown(subject, policy, "2026-05-02") == [TITLE]
    assert shown(subject, policy, "2026-05-03") == []


@pytest.mark.parametrize("end", [Effect.WITHDRAWN, Effect.ANNULLED])
def test_a_withdrawn_or_annulled_record_stays_gone(policy: Policy, subject: Subject, end: Effect) -> None:
    record = a_record(subject, recorded_at=at("2026-03-12"))
    note(record, end, at=at("2026-05-01"))
    note(record, Effect.RESUMED, at=at("2026-06-01"))

    assert shown(subject, policy, "2026-06-02") == []
    assert hidden(record, policy, "2026-06-02") == Hidden.WITHDRAWN


def test_an_end_counts_from_when_it_is_known_and_none_is_put_off(policy: Policy, subject: Subject) -> None:
    record = a_record(subject, recorded_at=at("2026-03-12"))
    with pytest.raises(ValueError, match="takes effect when it is noted"):
        note(record, Effect.REPAIRED, at=at("2026-05-01"), effective_at=at("2026-05-10"))
    note(record, Effect.REPAIRED, at=at("2026-05-10"), effective_at=at("2026-05-01"))

    assert shown(subject, policy, "2026-05-09") == [TITLE]
    assert shown(subject, policy, "2026-05-10") == []


def test_a_disputed_record_stays_displayed_with_a_mark(policy: Policy, subject: Subject) -> None:
    record = a_record(subject, recorded_at=at("2026-03-12"))
    note(record, Effect.DISPUTED, at=at("2026-04-01"))

    with time_machine.travel(at("2026-04-02"), tick=False):
        view = record_view(record.number, policy, Moment.now(), began_on=BEGAN)
        assert view is not None
        assert view.disputed_on == date(2026, 4, 1)

    note(record, Effect.DISPUTE_ENDED, at=at("2026-04-09"))
    with time_machine.travel(at("2026-04-10"), tick=False):
        view = record_view(record.number, policy, Moment.now(), began_on=BEGAN)
        assert view is not None
        assert view.disputed_on is None


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_later_version_replaces_the_earlier_under_the_same_address(policy: Policy, subject: Subject) -> None:
    document = "榕示市监罚〔2026〕118号"
    first = a_record(subject, recorded_at=at("2026-03-12"), penalty_document_no=document)
    second = a_record(subject, recorded_at=at("2026-04-01"), penalty_document_no=document, violation_type="未明码标价")

    assert second.number == first.number
    with time_machine.travel(at("2026-04-02"), tick=False):
        view = record_view(first.number, policy, Moment.now(), began_on=BEGAN)
        assert view is not None
        assert (view.version, view.title.split("，")[0]) == (2, "未明码标价")
        assert [older.version for older in view.older_versions] == [1]
        assert [line.text for line in view.history] == ["更正后公示", "公示", "作出决定"]
        assert view.timeliness is not None
        assert view.timeliness.done == date(2026, 3, 12)


def test_a_later_version_that_is_not_public_hides_the_act(policy: Policy, subject: Subject) -> None:
    document = "榕示市监罚〔2026〕118号"
    a_record(subject, recorded_at=at("2026-03-12"), penalty_document_no=document)
    a_record(subject, recorded_at=at("2026-04-01"), penalty_document_no=document, severity="minor", remark="更正")

    assert shown(subject, policy, "2026-04-02") == []


# ── looking back ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_did_the_platform_show_on_day_x(policy: Policy, subject: Subject) -> None:
    document = "榕示市监罚〔2026〕118号"
    decided = date(2026, 3, 10)
    a_record(subject, decided_on=decided, recorded_at=at("2026-03-12"), penalty_document_no=document)
    a_record(
        subject,
        decided_on=decided,
        recorded_at=at("2026-04-01"),
        penalty_document_no=document,
        violation_type="未明码标价",
    )
    a_record(subject, kind=LICENCE, decided_on=date(2026, 5, 6), recorded_at=at("2026-05-08"))

    with time_machine.travel(at("2026-06-01"), tick=False):
        before, first, corrected, today = (
            looked_back(subject, policy, date.fromisoformat(day))
            for day in ("2026-03-11", "2026-03-12", "2026-04-01", "2026-06-01")
        )
    assert before == []
    assert first == [TITLE]
    assert corrected == ["未明码标价"]
    assert len(today) == 2


def test_looking_back_does_not_bring_back_what_ended_since(policy: Policy, subject: Subject) -> None:
    repaired = a_record(subject, decided_on=date(2026, 3, 10), recorded_at=at("2026-03-12"))
    expired = a_record(subject, decided_on=date(2026, 1, 6), recorded_at=at("2026-01-07"))
    note(repaired, Effect.REPAIRED, at=at("2026-07-01"))

    with time_machine.travel(at("2027-01-10"), tick=False):
        assert looked_back(subject, policy, date(2026, 4, 1)) == []
        for record in (repaired, expired):
            assert record_view(record.number, policy, Moment.of(date(2026, 4, 1)), began_on=BEGAN) is None
    with time_machine.travel(at("2026-06-30"), tick=False):
        assert len(looked_back(subject, policy, date(2026, 4, 1))) == 2


def test_a_dispute_raised_later_is_not_on_the_page_of_an_earlier_day(policy: Policy, subject: Subject) -> None:
    record = a_record(subject, recorded_at=at("2026-03-12"))
    note(record, Effect.DISPUTED, at=at("2026-05-01"))

    with time_machine.travel(at("2026-05-02"), tick=False):
        then = record_view(record.number, policy, Moment.of(date(2026, 4, 1)), began_on=BEGAN)
        now = record_view(record.number, policy, Moment.now(), began_on=BEGAN)
    assert then is not None
    assert now is not None
    assert (then.disputed_on, now.disputed_on) == (None, date(2026, 5, 1))
    assert [line.text for line in then.history] == ["公示", "作出决定"]


def test_counting_all_and_asking_one_by_one_give_the_same_records(policy: Policy, subject: Subject) -> None:
    """Two questions, one meaning: every short history of versions and events, seen on several days."""
    events = [*ENDS_DISPLAY, *UNDONE_BY.values(), Effect.DISPUTED]
    histories = [(), *((event,) for event in events), *product(events, repeat=2)]
    documents = {f"榕示市监罚〔2026〕{number}号": history for number, history in enumerate(histories)}
    decided = date(2026, 3, 10)
    for number, (document, history) in enumerate(documents.items()):
        record = a_record(subject, decided_on=decided, recorded_at=at("2026-03-12"), penalty_document_no=document)
        for nth, effect in enumerate(history, start=1):
            note(record, effect, at=at(f"2026-04-0{nth}"))
        if number % 3 == 0:
            severity = "minor" if number % 2 else "general"
            a_record(
                subject,
                decided_on=decided,
                recorded_at=at("2026-04-03"),
                penalty_document_no=document,
                violation_type="未明码标价",
                severity=severity,
            )

    seen = set()
    with time_machine.travel(at("2027-03-11"), tick=False):
        for day in ("2026-03-11", "2026-03-12", "2026-04-01", "2026-04-02", "2026-04-03", "2027-03-10", "2027-03-11"):
            moment = Moment.of(date.fromisoformat(day))
            one_by_one = set(displayed(policy, moment).values_list("pk", flat=True))
            assert set(all_displayed(policy, moment).values_list("pk", flat=True)) == one_by_one
            seen.add(len(one_by_one))
    assert len(seen) > 3
