"""When each recipient dropped what is displayed no longer, and the figures of the scoreboard."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rongxin.exchange.recipients.queries import Arrivals, arrivals, scoreboard
from rongxin.records.models import Effect, Record
from rongxin.rulebook import queries as rulebook
from tests.exchange.conftest import CityOffice
from tests.factories import a_department, a_record, a_sole_trader, a_subject, note, some_records

pytestmark = pytest.mark.django_db
Clock = Callable[[str, str], None]


def told_of(record: Record) -> Arrivals:
    found = arrivals(record.number)
    assert found is not None
    return found


def test_who_dropped_it_and_when(city: CityOffice, clock: Clock) -> None:
    record = a_record(department=a_department())
    prompt, silent = city.a_recipient(), city.a_recipient("示例乙信息平台")
    assert arrivals(record.number) is None
    clock("2026-11-21", "10:00")
    event = note(record, Effect.WITHDRAWN)
    clock("2026-11-21", "10:30")
    prompt.keep_up()
    clock("2026-11-21", "16:00")
    told = told_of(record)
    assert (told.position, told.ended_at, told.acknowledged, told.open) == (event.position, event.recorded_at, 1, 1)
    first, second = told.lines
    assert (first.name, first.hours, first.served_at) == (prompt.recipient.name, 0.5, first.acknowledged_at)
    assert (second.recipient, second.acknowledged_at, second.served_at) == (silent.recipient.pk, None, None)
    assert second.hours == 6


def test_a_page_that_was_taken_is_not_yet_carried_out(city: CityOffice, clock: Clock) -> None:
    record = a_record(department=a_department())
    one = city.a_recipient()
    clock("2026-11-21", "10:00")
    note(record, Effect.REPAIRED)
    clock("2026-11-21", "10:30")
    one.take()
    [line] = told_of(record).lines
    assert line.served_at is not None
    assert line.acknowledged_at is None


def test_it_ends_comes_back_and_ends_again(city: CityOffice, clock: Clock) -> None:
    record = a_record(department=a_department())
    one = city.a_recipient()
    clock("2026-11-21", "10:00")
    note(record, Effect.REPAIRED)
    one.keep_up()
    clock("2026-11-22", "10:00")
    note(record, Effect.REPAIR_REVOKED)
    assert arrivals(record.number) is None
    one.keep_up()
    clock("2026-11-23", "10:00")
    again = note(record, Effect.WITHDRAWN)
    [line] = told_of(record).lines
    assert (told_of(record).position, line.acknowledged_at) == (again.position, None)
    clock("2026-11-23", "12:00")
    one.keep_up()
    assert told_of(record).lines[0].hours == 2


def test_a_second_end_does_not_set_back_the_first(city: CityOffice, clock: Clock) -> None:
    record = a_record(department=a_department())
    one = city.a_recipient()
    clock("2026-11-21", "10:00")
    note(record, Effect.SUSPENDED)
    clock("2026-11-21", "11:00")
    one.keep_up()
    clock("2026-11-22", "10:00")
    note(record, Effect.WITHDRAWN)
    note(record, Effect.RESUMED)
    told = told_of(record)
    assert (told.lines[0].hours, told.ended_at.astimezone().day) == (1, 21)


def test_a_page_from_which_the_act_had_moved_on_proves_nothing(city: CityOffice, clock: Clock) -> None:
    department = a_department()
    record = a_record(department=department)
    one = city.a_recipient()
    clock("2026-11-21", "10:00")
    note(record, Effect.SUSPENDED)
    some_records(2, a_subject(), department=department)
    clock("2026-11-21", "11:00")
    note(record, Effect.REPAIRED)
    page = one.take(limit=2)
    assert record.number not in {item["number"] for item in page["items"]}
    one.say(page["cursor"])
    assert told_of(record).lines[0].acknowledged_at is None
    one.keep_up(page["cursor"])
    assert told_of(record).lines[0].hours == 1


def test_whoever_came_later_was_never_given_it(city: CityOffice, clock: Clock) -> None:
    record = a_record(department=a_department())
    clock("2026-11-21", "10:00")
    note(record, Effect.WITHDRAWN)
    clock("2026-11-22", "10:00")
    city.a_recipient()
    assert told_of(record).lines == ()


def test_the_scoreboard_counts_what_recipients_owe(city: CityOffice, clock: Clock) -> None:
    department = a_department()
    records = some_records(4, a_subject(), department=department)
    trader = a_record(a_sole_trader(), department=department)
    prompt, silent = city.a_recipient(), city.a_recipient("示例乙信息平台")
    for day, record in enumerate(records[:3], 21):
        clock(f"2026-11-{day}", "10:00")
        note(record, Effect.WITHDRAWN)
        clock(f"2026-11-{day}", f"{10 + day - 20}:00")
        prompt.keep_up()
    note(trader, Effect.WITHDRAWN)
    clock("2026-11-24", "10:00")
    note(records[3], Effect.WITHDRAWN)
    clock("2026-11-24", "12:00")
    board = scoreboard(rulebook.current(), timezone.now())
    assert board.withdrawals == 4
    lines = {line.recipient.pk: line for line in board.lines}
    one, other = lines[prompt.recipient.pk], lines[silent.recipient.pk]
    assert (one.withdrawals, one.answered, one.open, one.late, one.median, one.p95) == (4, 3, 1, 0, 2.0, 3.0)
    assert (other.withdrawals, other.answered, other.open, other.late, other.median) == (4, 0, 4, 3, None)
    assert other.never_answered
    assert not one.never_answered


def test_an_old_debt_stays_on_the_scoreboard(city: CityOffice, clock: Clock) -> None:
    record = a_record(department=a_department())
    city.a_recipient()
    note(record, Effect.WITHDRAWN)
    board = scoreboard(rulebook.current(), timezone.now() + timedelta(days=60))
    assert [(line.withdrawals, line.open, line.late) for line in board.lines] == [(0, 1, 1)]


def test_what_was_shown_again_is_owed_no_longer(city: CityOffice, clock: Clock) -> None:
    record = a_record(department=a_department())
    city.a_recipient()
    clock("2026-11-21", "10:00")
    note(record, Effect.REPAIRED)
    note(record, Effect.REPAIR_REVOKED)
    clock("2026-11-25", "10:00")
    assert [line.late for line in scoreboard(rulebook.current(), timezone.now()).lines] == [0]


def test_the_scoreboard_asks_as_often_whatever_there_is(city: CityOffice, clock: Clock) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            scoreboard(rulebook.current(), timezone.now())
        return len(asked)

    records = some_records(6, a_subject(), department=a_department())
    one = city.a_recipient()
    note(records[0], Effect.WITHDRAWN)
    one.keep_up()
    few = statements()
    for record in records[1:]:
        note(record, Effect.WITHDRAWN)
    one.keep_up()
    assert statements() == few
