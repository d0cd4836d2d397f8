"""Pages are handed over by a cursor; acknowledgements go forward only, over what was handed over, and are kept for ever."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from config.environment import environment
from rongxin.exchange.recipients import acknowledging, registry
from rongxin.exchange.recipients.models import Acknowledgement, Page, Recipient
from rongxin.exchange.recipients.queries import arrivals
from rongxin.records.models import Effect
from tests.exchange.conftest import CityOffice
from tests.factories import a_department, a_record, a_subject, note, some_records

pytestmark = pytest.mark.django_db
Clock = Callable[[str, str], None]


def records(count: int) -> None:
    some_records(count, a_subject(), department=a_department())


def test_a_page_is_carried_out_and_acknowledged(city: CityOffice, clock: Clock) -> None:
    records(5)
    one = city.a_recipient()
    page = one.take(limit=3)
    assert (len(page["items"]), page["cursor"], page["more"]) == (3, 3, True)
    assert {item["change"] for item in page["items"]} == {"ADD"}
    status, said = one.say(3)
    assert (status, said["up_to"], said["newest"]) == (200, 3, 5)
    page = one.take(3)
    assert (page["cursor"], page["more"]) == (5, False)
    assert one.say(5)[0] == 200
    assert one.client.get("/api/v1/recipients/me").json() == {
        "name": one.recipient.name, "served": 5, "acknowledged": 5, "newest": 5, "behind": 0, "address": None
    }  # fmt: skip


def test_twice_is_the_same_answer(city: CityOffice, clock: Clock) -> None:
    records(3)
    one = city.a_recipient()
    one.take()
    first = one.say(3)
    clock("2026-11-21", "10:00")
    assert one.say(3) == first
    assert Acknowledgement.objects.count() == 1


def test_an_old_answer_that_was_kept_is_repeated_and_another_goes_back(city: CityOffice, clock: Clock) -> None:
    records(5)
    one = city.a_recipient()
    one.take()
    first = one.say(2)
    one.say(5)
    assert one.say(2) == first
    assert one.say(3)[1]["code"] == "goes_back"
    assert Recipient.objects.get().acknowledged == 5


@pytest.mark.parametrize(("up_to", "code"), [(6, "beyond_newest"), (3, "not_served"), (5, "not_served")])
def test_nothing_beyond_what_was_handed_over(up_to: int, code: str, city: CityOffice, clock: Clock) -> None:
    records(5)
    one = city.a_recipient()
    one.take(limit=2)
    assert one.say(up_to)[1]["code"] == code
    assert not Acknowledgement.objects.exists()


def test_a_page_that_was_skipped_is_missed(city: CityOffice, clock: Clock) -> None:
    records(6)
    one = city.a_recipient()
    one.take(limit=2)
    assert one.take(4)["cursor"] == 6
    status, said = one.say(6)
    assert (status, said["code"]) == (409, "not_served")
    assert "after=2" in said["message"]
    one.take(2)
    assert one.say(6)[0] == 200


def test_whoever_begins_with_a_copy_begins_there(city: CityOffice, clock: Clock) -> None:
    records(6)
    one = city.a_recipient()
    one.take(4)
    assert one.say(6)[0] == 200
    assert one.say(3)[1]["code"] == "goes_back"


def test_whoever_begins_with_an_empty_page_loses_nothing(city: CityOffice, clock: Clock) -> None:
    one = city.a_recipient()
    assert one.take()["items"] == []
    records(2)
    assert one.take(0)["cursor"] == 2
    assert one.say(2)[0] == 200


def test_a_crash_between_page_and_acknowledgement_takes_the_page_again(city: CityOffice, clock: Clock) -> None:
    records(3)
    one = city.a_recipient()
    assert one.take()["items"] == one.take()["items"]
    assert one.say(3)[0] == 200
    assert Page.objects.count() == 2


def test_without_a_key_or_with_an_ended_one(city: CityOffice, clock: Clock) -> None:
    one = city.a_recipient()
    assert Client().get("/api/v1/feed").status_code == 401
    registry.end_key(one.recipient.pk, one.key.partition(".")[0], city.second)
    assert one.client.get("/api/v1/feed").status_code == 401


def test_above_the_quota_it_is_told_when_to_come_back(
    city: CityOffice, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "api_requests_per_minute", 1)
    one = city.a_recipient()
    one.take()
    answer = one.client.get("/api/v1/feed")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0


def test_acknowledgements_only_grow(city: CityOffice, clock: Clock) -> None:
    records(1)
    city.a_recipient().keep_up()
    for change in (Acknowledgement.objects.all().delete, lambda: Acknowledgement.objects.update(up_to=0)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_recipient_that_ended_answers_no_more_and_its_debt_is_told(city: CityOffice, clock: Clock) -> None:
    record = a_record(department=a_department())
    one, two = city.a_recipient(), city.a_recipient("示例乙信息平台")
    clock("2026-11-21", "10:00")
    note(record, Effect.WITHDRAWN)
    one.keep_up()
    clock("2026-11-22", "10:00")
    registry.propose_end(two.recipient.pk, "不再使用", city.first)
    registry.end(two.recipient.pk, city.second)
    assert two.client.get("/api/v1/feed").status_code == 401
    told = arrivals(record.number)
    assert told is not None
    assert [(line.name, line.acknowledged_at is not None, line.ended_at is not None) for line in told.lines] == [
        ("示例甲信用服务机构", True, False),
        ("示例乙信息平台", False, True),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key(city: CityOffice) -> None:
    records(40)
    one = city.a_recipient()
    failed: list[BaseException] = []

    def work(step: int) -> None:
        try:
            after = 0
            while after < 40:
                page = acknowledging.hand_over(Recipient.objects.get(), rules, after=after, limit=step)
                with suppress(acknowledging.NotAcknowledged):
                    acknowledging.acknowledge(one.recipient, page.last)
                after = page.last
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    from rongxin.rulebook import queries as rulebook

    rules = rulebook.current()
    workers = [threading.Thread(target=work, args=(step,)) for step in (3, 7)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed
    assert Recipient.objects.get().acknowledged == 40
    kept = list(Acknowledgement.objects.order_by("pk").values_list("up_to", flat=True))
    assert kept == sorted(set(kept)), connection.vendor
