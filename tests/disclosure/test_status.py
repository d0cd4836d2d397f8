"""The signed status lists: which bits they hold, when they are signed anew, and that a fault is an alarm and mends itself."""

import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from rongxin.disclosure import status_jobs, status_lists
from rongxin.disclosure.models import StatusCheck, StatusList
from rongxin.disclosure.status import entries_of, standing, state_of
from rongxin.disclosure.status_jobs import Cycle, StatusListsWrong, due_lists, keep_status_lists
from rongxin.disclosure.status_lists import SIZE, VALID, decoded, draw_up_to, encoded, indices_of, shown_by, sign
from rongxin.ledger import tokens
from rongxin.policy.pack import Policy
from rongxin.records.copies import last_first_version, shown_acts, shown_acts_within, touched
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Effect, Record
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from tests.factories import a_record, a_sole_trader, a_subject, at, note, some_records

pytestmark = pytest.mark.django_db

NOW = "2026-11-22"
RECORDED = at("2026-11-13")
DECIDED = date(2026, 11, 10)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(NOW), tick=False) as clock:
        yield clock


@pytest.fixture
def subject(policy: Policy) -> Subject:
    return a_subject("福州示例榕海茶业有限公司")


@pytest.fixture
def small_lists(monkeypatch: pytest.MonkeyPatch) -> int:
    """Lists of a few entries, so that a few records stand in many of them."""
    size = 16
    for module in (status_lists, status_jobs):
        monkeypatch.setattr(module, "SIZE", size)
    monkeypatch.setattr("rongxin.disclosure.status.SIZE", size)
    monkeypatch.setattr(status_lists, "BLOCK", 8)
    return size


def penalty(subject: Subject, **fields: Any) -> Record:
    return a_record(subject, **{"decided_on": DECIDED, "recorded_at": RECORDED} | fields)


def is_shown(record: Record) -> bool:
    state = state_of(record.number)
    assert state is not None
    return state.is_shown_in_signed_list


def on_display() -> set[int]:
    """The first versions of what is displayed, record by record: the other way to the same answer."""
    shown = displayed(rulebook.current(), Moment.now()).values_list("act_key", flat=True)
    return set(Record.objects.filter(act_key__in=list(shown), version=1).values_list("pk", flat=True))


def all_bits() -> set[int]:
    return {int(act) for number in StatusList.objects.values_list("number", flat=True) for act in shown_by(number)}


# ── which bits ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("clock")
def test_what_is_displayed_has_a_bit_and_nothing_else(subject: Subject) -> None:
    shown, repaired, minor = penalty(subject), penalty(subject), penalty(subject, severity="minor")
    sole = penalty(a_sole_trader())
    note(repaired, Effect.REPAIRED, at=at("2026-11-20"))
    keep_status_lists.call_now()

    assert (is_shown(shown), is_shown(repaired), is_shown(minor)) == (True, False, False)
    assert state_of(sole.number) is None, "a sole trader's act has no entry that anybody is told"
    assert all_bits() == on_display() - {sole.pk}
    assert StatusCheck.objects.get().faults == []


@pytest.mark.usefixtures("clock")
def test_a_correction_keeps_its_entry_and_its_bit(subject: Subject) -> None:
    record = penalty(subject, penalty_document_no="榕示市监罚〔2026〕118号")
    penalty(subject)
    keep_status_lists.call_now()
    before = entries_of([record.number])
    corrected = penalty(
        subject, penalty_document_no="榕示市监罚〔2026〕118号", violation_type="更正后", recorded_at=at("2026-11-17")
    )
    keep_status_lists.call_now()
    assert corrected.pk != record.pk
    assert entries_of([corrected.number]) == before
    assert is_shown(record)
    assert all_bits() == on_display()


@pytest.mark.usefixtures("clock")
def test_an_unknown_number_and_a_new_list_have_no_entry(subject: Subject) -> None:
    record = penalty(subject)
    assert entries_of([record.number, "350100-00000000000000000000000000"]) == {}
    keep_status_lists.call_now()
    assert set(entries_of([record.number, "350100-00000000000000000000000000"])) == {record.number}
    assert state_of("350100-00000000000000000000000000") is None


@pytest.mark.usefixtures("clock", "policy")
def test_a_list_is_a_permutation_drawn_anew_for_each(policy: Policy) -> None:
    draw_up_to(0)
    orders = [indices_of(number) for number in range(2)]
    for order in orders:
        assert np.array_equal(np.sort(order), np.arange(SIZE))
    assert not np.array_equal(*orders)
    assert 0.4 < np.mean(np.diff(orders[0].astype(np.int64)) > 0) < 0.6, "neighbours stand in no order"


def test_bits_are_packed_from_the_left_as_the_recommendation_says() -> None:
    bits = np.zeros(SIZE, dtype=np.bool_)
    bits[[0, 9]] = True
    packed = np.packbits(bits).tobytes()
    assert packed[:2] == bytes([0b1000_0000, 0b0100_0000])
    assert decoded(encoded(packed)) == packed
    assert encoded(packed).startswith("u")


@pytest.mark.usefixtures("clock")
def test_several_lists_each_record_in_its_own(subject: Subject, small_lists: int) -> None:
    records = some_records(150, subject, recorded_at=RECORDED, decided_on=DECIDED)
    for record in records[::7]:
        note(record, Effect.WITHDRAWN, at=at("2026-11-20"))
    keep_status_lists.call_now()
    assert StatusList.objects.count() > 9
    assert all_bits() == on_display()
    entries = entries_of([record.number for record in records])
    assert len(set(entries.values())) == 150
    assert all(entries[record.number].list_number == record.pk // small_lists for record in records)


@pytest.mark.usefixtures("clock")
def test_one_list_and_all_lists_are_computed_alike(policy: Policy, subject: Subject, small_lists: int) -> None:
    records = some_records(60, subject, recorded_at=RECORDED, decided_on=DECIDED)
    number = "榕示市监罚〔2026〕118号"
    penalty(subject, penalty_document_no=number)
    penalty(a_sole_trader())
    penalty(subject, penalty_document_no=number, violation_type="更正后", recorded_at=at("2026-11-17"))
    note(records[3], Effect.SEALED, at=at("2026-11-20"))
    moment = Moment.now()
    whole = shown_acts(policy, moment)
    parts = [shown_acts_within(policy, moment, range(start, start + 16)) for start in range(0, whole.max() + 1, 16)]
    assert np.concatenate(parts).tolist() == whole.tolist()
    assert len(whole) == 60


@pytest.mark.usefixtures("clock")
def test_entries_of_a_page_cost_two_queries(
    subject: Subject, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    numbers = [each.number for each in some_records(100, subject, recorded_at=RECORDED, decided_on=DECIDED)]
    keep_status_lists.call_now()
    with django_assert_num_queries(2):
        assert len(entries_of(numbers)) == 100


# ── when they are signed ─────────────────────────────────────────────────────────────────────────────────────────────
def test_only_what_an_event_touched_is_signed_anew(
    clock: time_machine.Traveller, subject: Subject, small_lists: int
) -> None:
    records = some_records(100, subject, recorded_at=RECORDED, decided_on=DECIDED)
    assert keep_status_lists.call_now() == StatusList.objects.count()
    clock.shift(timedelta(minutes=1))
    assert keep_status_lists.call_now() == 0

    note(records[40], Effect.WITHDRAWN)
    assert keep_status_lists.call_now() == 1
    assert not is_shown(records[40])
    touched_list = StatusList.objects.get(number=records[40].pk // small_lists)
    assert touched_list.signed_at == timezone.now()
    assert StatusList.objects.filter(signed_at=timezone.now()).count() == 1


def test_every_list_is_signed_anew_within_half_an_hour(clock: time_machine.Traveller, subject: Subject) -> None:
    penalty(subject)
    keep_status_lists.call_now()
    for _ in range(120):
        clock.shift(timedelta(minutes=1))
        keep_status_lists.call_now()
        oldest = standing().oldest_at
        assert oldest is not None
        assert timezone.now() - oldest < timedelta(minutes=30)


def test_midnight_ends_terms_without_an_event(clock: time_machine.Traveller, subject: Subject) -> None:
    record = penalty(subject)
    clock.move_to(at("2027-11-10", "23:59"))
    keep_status_lists.call_now()
    assert is_shown(record), "the last day is included"
    clock.move_to(at("2027-11-11", "00:00"))
    keep_status_lists.call_now()
    assert not is_shown(record)


def test_with_the_job_stopped_over_midnight_the_list_says_until_when_it_held(
    clock: time_machine.Traveller, policy: Policy, subject: Subject
) -> None:
    record = penalty(subject)
    clock.move_to(at("2027-11-10", "23:30"))
    keep_status_lists.call_now()
    clock.move_to(at("2027-11-11", "00:31"))
    assert not displayed(policy, Moment.now()).filter(pk=record.pk).exists(), "display is computed when read"
    state = state_of(record.number)
    assert state is not None
    assert state.valid_until < timezone.now()
    assert standing().is_expired
    assert standing().is_alarming


def test_other_rules_sign_all_anew(clock: time_machine.Traveller, subject: Subject) -> None:
    penalty(subject)
    keep_status_lists.call_now()
    StatusList.objects.update(policy_digest="of the rules before")
    clock.shift(timedelta(minutes=1))
    assert keep_status_lists.call_now() == StatusList.objects.count()


def test_a_list_that_nobody_renews_is_an_alarm_at_half_of_its_validity(
    clock: time_machine.Traveller, subject: Subject
) -> None:
    assert not standing().is_alarming, "an empty platform has nothing to sign"
    penalty(subject)
    assert standing().is_alarming
    keep_status_lists.call_now()
    assert not standing().is_alarming
    clock.shift(VALID / 2 + timedelta(seconds=1))
    assert (standing().is_late, standing().is_expired) == (True, False)
    clock.shift(VALID / 2)
    assert standing().is_expired
    keep_status_lists.call_now()
    assert not standing().is_alarming


# ── bad days ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_crash_between_two_lists_leaves_each_whole_and_the_rest_for_the_next(
    clock: time_machine.Traveller, subject: Subject, small_lists: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = some_records(100, subject, recorded_at=RECORDED, decided_on=DECIDED)
    keep_status_lists.call_now()
    clock.shift(timedelta(minutes=1))
    ended = [records[10], records[40], records[70]]
    for record in ended:
        note(record, Effect.WITHDRAWN)
    signed = 0

    def dying(number: int, *arguments: Any, **more: Any) -> bool:
        nonlocal signed
        if signed:
            raise KeyboardInterrupt
        signed += 1
        return sign(number, *arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(status_jobs, "sign", dying)
        with pytest.raises(KeyboardInterrupt):
            keep_status_lists.call_now()
    assert [is_shown(record) for record in ended] == [False, True, True]
    for each in StatusList.objects.all():
        assert decoded(tokens.opened(each.token)["credentialSubject"]["encodedList"]) == bytes(each.bits or b"")
    assert keep_status_lists.call_now() == 3
    assert [is_shown(record) for record in ended] == [False, False, False]


def test_of_two_workers_at_once_the_one_that_knows_more_stays(clock: time_machine.Traveller, subject: Subject) -> None:
    record = penalty(subject)
    keep_status_lists.call_now()
    slow = Cycle.now()
    slow_bits = np.unpackbits(np.frombuffer(bytes(StatusList.objects.get(number=0).bits or b""), np.uint8)).astype(bool)
    clock.shift(timedelta(seconds=30))
    note(record, Effect.WITHDRAWN)
    keep_status_lists.call_now()
    assert not is_shown(record)
    told = {"day": slow.moment.day, "position": slow.position, "policy_digest": slow.policy.digest}
    later = timezone.now() + timedelta(seconds=1)
    assert not sign(0, slow_bits, at=later, **told)
    assert not is_shown(record)


def test_what_commits_while_lists_are_computed_is_in_the_next(
    clock: time_machine.Traveller, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = penalty(subject)
    keep_status_lists.call_now()
    other = penalty(subject)
    clock.shift(timedelta(seconds=30))
    real = status_jobs.shown_acts_within

    def slow(*arguments: Any) -> Any:
        found = real(*arguments)
        note(record, Effect.WITHDRAWN)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(status_jobs, "shown_acts_within", slow)
        keep_status_lists.call_now()
    assert (is_shown(record), is_shown(other)) == (True, True)
    clock.shift(timedelta(seconds=30))
    keep_status_lists.call_now()
    assert (is_shown(record), is_shown(other)) == (False, True)


def test_a_bit_that_is_wrong_is_found_told_and_mended_by_the_next_cycle(
    clock: time_machine.Traveller, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = penalty(subject)
    keep_status_lists.call_now()
    clock.shift(timedelta(minutes=21))

    def wrong(number: int, bits: Any, **more: Any) -> bool:
        return sign(number, ~bits, **more)

    with monkeypatch.context() as patched:
        patched.setattr(status_jobs, "sign", wrong)
        with pytest.raises(StatusListsWrong, match="on display without bit"):
            keep_status_lists.call_now()
    assert standing().is_alarming
    clock.shift(timedelta(minutes=1))
    assert len(due_lists(Cycle.now(), StatusCheck.objects.get())) == StatusList.objects.count()
    keep_status_lists.call_now()
    assert is_shown(record)
    assert not standing().is_alarming


@pytest.mark.usefixtures("clock")
def test_two_acts_on_one_bit_are_found(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    penalty(subject)
    doubled = np.arange(SIZE, dtype=np.uint32)
    doubled[0] = 1
    monkeypatch.setattr(status_jobs, "indices_of", lambda number: doubled)
    with pytest.raises(StatusListsWrong, match="share a bit"):
        keep_status_lists.call_now()


def test_an_act_that_no_list_counts_is_found(
    clock: time_machine.Traveller, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_records(3, subject, recorded_at=RECORDED, decided_on=DECIDED)
    with monkeypatch.context() as patched:
        patched.setattr(status_jobs, "shown_acts_within", lambda *_: np.array([], dtype=np.int64))
        with pytest.raises(StatusListsWrong, match="3 acts are on display, 0 bits are set"):
            keep_status_lists.call_now()


@pytest.mark.usefixtures("clock")
def test_of_many_lists_one_is_computed_by_the_other_way_too(
    subject: Subject, small_lists: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_records(150, subject, recorded_at=RECORDED, decided_on=DECIDED)
    asked: list[range] = []
    real = status_jobs.shown_acts_within

    def other_way(policy: Policy, moment: Moment, within: range) -> Any:
        asked.append(within)
        return real(policy, moment, within)

    monkeypatch.setattr(status_jobs, "shown_acts_within", other_way)
    # The list of the last act: PostgreSQL never gives a key again, so the first lists may hold none.
    last = last_first_version() // small_lists
    monkeypatch.setattr(status_jobs.secrets, "choice", lambda due: due[due.index(last)])
    keep_status_lists.call_now()
    assert asked == [range(last * small_lists, (last + 1) * small_lists)]
    monkeypatch.setattr(status_jobs, "shown_acts_within", lambda *_: np.array([], dtype=np.int64))
    StatusList.objects.update(policy_digest="")
    with pytest.raises(StatusListsWrong, match="acts are on display"):
        keep_status_lists.call_now()


@pytest.mark.usefixtures("clock")
def test_old_numbers_never_vanish_and_entries_never_move(subject: Subject, small_lists: int) -> None:
    records = some_records(40, subject, recorded_at=RECORDED, decided_on=DECIDED)
    keep_status_lists.call_now()
    before = entries_of([record.number for record in records])
    numbers = set(StatusList.objects.values_list("number", flat=True))
    for record in records:
        note(record, Effect.WITHDRAWN)
    some_records(40, subject, recorded_at=RECORDED, decided_on=DECIDED)
    keep_status_lists.call_now()
    assert numbers <= set(StatusList.objects.exclude(token="").values_list("number", flat=True))
    assert entries_of([record.number for record in records]) == before


@pytest.mark.usefixtures("clock")
def test_events_lead_to_the_lists_of_their_acts(subject: Subject) -> None:
    number = "榕示市监罚〔2026〕118号"
    first = penalty(subject, penalty_document_no=number)
    others = some_records(30, subject, recorded_at=RECORDED, decided_on=DECIDED)
    position = Cycle.now().position
    second = penalty(subject, penalty_document_no=number, violation_type="更正后", recorded_at=at("2026-11-17"))
    note(others[5], Effect.DISPUTED)
    assert touched(position, Cycle.now().position, 1) == {first.pk, others[5].pk}
    assert touched(0, position, 1) == {first.pk, *(other.pk for other in others)}
    assert second.pk not in touched(0, Cycle.now().position, 1)


# ── differential: many histories, both databases ─────────────────────────────────────────────────────────────────────
def test_after_any_history_the_bits_are_what_is_displayed(
    clock: time_machine.Traveller, subject: Subject, small_lists: int
) -> None:
    chance = np.random.default_rng(20261122)
    records = some_records(80, subject, recorded_at=RECORDED, decided_on=DECIDED)
    ends = [Effect.SUSPENDED, Effect.RESUMED, Effect.REPAIRED, Effect.REPAIR_REVOKED, Effect.SEALED, Effect.UNSEALED]
    effects = [*ends, Effect.WITHDRAWN, Effect.DISPUTED]
    for _ in range(12):
        clock.shift(timedelta(seconds=int(chance.integers(20, 600))))
        for place in chance.choice(80, size=9, replace=False):
            note(records[int(place)], effects[int(chance.integers(len(effects)))])
        keep_status_lists.call_now()
        assert all_bits() == on_display()


def test_the_draw_uses_the_randomness_of_the_system(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = secrets.token_bytes

    def counted(number: int) -> bytes:
        asked.append(number)
        return real(number)

    monkeypatch.setattr(secrets, "token_bytes", counted)
    draw_up_to(0)
    assert asked == [8 * SIZE] * StatusList.objects.count()
