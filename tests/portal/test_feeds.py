"""The feeds: what they hold, what they never hold, and that a reader who follows them ends with what is displayed."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from rongxin.policy.pack import Policy
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Effect, Record
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from tests.factories import LICENCE, a_record, a_sole_trader, a_subject, at, note, some_records

pytestmark = pytest.mark.django_db

NOW = "2026-11-22"
RECORDED = at("2026-11-13")
DECIDED = date(2026, 11, 10)
ATOM = "{http://www.w3.org/2005/Atom}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(at(NOW), tick=False):
        yield


@pytest.fixture
def subject(policy: Policy) -> Subject:
    return a_subject("福州示例榕海茶业有限公司")


def penalty(subject: Subject, **fields: Any) -> Record:
    return a_record(subject, **{"decided_on": DECIDED, "recorded_at": RECORDED} | fields)


def as_json(client: Client, query: str = "") -> dict[str, Any]:
    response = client.get(f"/feed.json{query}")
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def as_atom(client: Client, query: str = "") -> ElementTree.Element:
    response = client.get(f"/feed.atom{query}")
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)


def changes(feed: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["_rongxin"]["change"], item["_rongxin"]["number"]) for item in feed["items"]]


# ── what it holds ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_empty_platform_has_an_empty_feed(client: Client, policy: Policy) -> None:
    assert as_json(client)["items"] == []
    assert as_json(client)["_rongxin"]["cursor"] == 0
    assert as_atom(client).findall(f"{ATOM}entry") == []


def test_the_newest_stands_first_in_both_forms(client: Client, subject: Subject) -> None:
    first, second = penalty(subject), penalty(subject, recorded_at=at("2026-11-16"))

    assert changes(as_json(client)) == [("ADD", second.number), ("ADD", first.number)]
    atom = as_atom(client)
    links = [entry.find(f"{ATOM}link").get("href") for entry in atom.findall(f"{ATOM}entry")]  # type: ignore[union-attr]
    assert links == [f"http://testserver/r/{record.number}" for record in (second, first)]
    ids = [entry.findtext(f"{ATOM}id") for entry in atom.findall(f"{ATOM}entry")]
    assert ids == [item["id"] for item in as_json(client)["items"]]


def test_an_entry_says_who_what_and_until_when(client: Client, subject: Subject) -> None:
    record = penalty(subject, penalty_document_no="榕示市监罚〔2026〕118号")
    (item,) = as_json(client)["items"]

    assert item["title"].startswith("标签标注不符合规定")
    assert item["url"] == f"http://testserver/r/{record.number}"
    assert item["_rongxin"]["subject"] == {"name": subject.name, "uscc": subject.uscc}
    assert item["_rongxin"]["shown_until"] == "2027-11-10"
    assert item["_rongxin"]["document_number"] == "榕示市监罚〔2026〕118号"


def test_one_kind_alone(client: Client, subject: Subject) -> None:
    penalty(subject)
    licence = a_record(subject, kind=LICENCE, recorded_at=RECORDED, decided_on=DECIDED)

    assert changes(as_json(client, f"?kind={LICENCE}")) == [("ADD", licence.number)]
    assert len(as_atom(client, f"?kind={LICENCE}").findall(f"{ATOM}entry")) == 1
    assert client.get("/feed.atom?kind=nonsense").status_code == 400


def test_a_correction_replaces_and_an_objection_marks(client: Client, subject: Subject) -> None:
    record = penalty(subject, penalty_document_no="榕示市监罚〔2026〕118号")
    penalty(
        subject, penalty_document_no="榕示市监罚〔2026〕118号", violation_type="更正后", recorded_at=at("2026-11-17")
    )

    (item,) = as_json(client)["items"]
    assert (item["_rongxin"]["change"], item["_rongxin"]["version"]) == ("MOD", 2)
    note(record, Effect.DISPUTED, at=at("2026-11-18"))
    (item,) = as_json(client)["items"]
    assert item["_rongxin"]["disputed"]


# ── what goes ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_withdrawal_is_a_deletion_with_its_reason_and_nothing_else(client: Client, subject: Subject) -> None:
    record = penalty(subject)
    identifier = as_json(client)["items"][0]["id"]
    note(record, Effect.WITHDRAWN, at=at("2026-11-20"), reason="原决定被依法变更（2026-11-18）。")

    (item,) = as_json(client)["items"]
    assert item["id"] == identifier
    assert "title" not in item
    assert item["_rongxin"] | {"position": 0} == {
        "credentialStatus": None,
        "change": "DEL",
        "position": 0,
        "number": record.number,
        "kind": record.kind,
        "why": "withdrawn",
        "reason": "原决定被依法变更（2026-11-18）。",
    }
    atom = as_atom(client)
    (deleted,) = atom.findall(DELETED)
    assert deleted.get("ref") == identifier
    assert subject.name not in ElementTree.tostring(atom, encoding="unicode")


@pytest.mark.parametrize("effect", [Effect.REPAIRED, Effect.SUSPENDED, Effect.SEALED, Effect.ERASED])
def test_what_ended_otherwise_says_no_more_than_its_page(client: Client, subject: Subject, effect: Effect) -> None:
    note(penalty(subject), effect, at=at("2026-11-20"), reason="不应出现")
    (item,) = as_json(client)["items"]
    assert (item["_rongxin"]["why"], item["_rongxin"]["reason"]) == ("not_public", "")


def test_what_comes_back_is_told_again(client: Client, subject: Subject) -> None:
    record = penalty(subject)
    note(record, Effect.SUSPENDED, at=at("2026-11-17"))
    note(record, Effect.RESUMED, at=at("2026-11-18"))
    assert changes(as_json(client)) == [("MOD", record.number)]


def test_a_term_that_is_over_is_a_deletion_without_an_event(client: Client, subject: Subject) -> None:
    record = penalty(subject)
    with time_machine.travel(at("2027-12-01"), tick=False):
        assert changes(as_json(client)) == [("DEL", record.number)]


def test_an_act_corrected_to_one_that_is_not_public_is_deleted(client: Client, subject: Subject) -> None:
    number = "榕示市监罚〔2026〕118号"
    record = penalty(subject, penalty_document_no=number)
    penalty(subject, penalty_document_no=number, severity="minor", violation_type="轻微", recorded_at=at("2026-11-17"))
    assert changes(as_json(client)) == [("DEL", record.number)]


# ── what it never holds ──────────────────────────────────────────────────────────────────────────────────────────────
def test_what_was_never_public_is_not_in_it(client: Client, subject: Subject) -> None:
    record = penalty(subject, severity="minor")
    note(record, Effect.WITHDRAWN, at=at("2026-11-20"), reason="不应出现")
    assert as_json(client)["items"] == []


def test_a_sole_trader_is_not_in_it_neither_coming_nor_going(client: Client, policy: Policy) -> None:
    record = penalty(a_sole_trader("示例陈三小吃店"))
    assert as_json(client)["items"] == []
    note(record, Effect.WITHDRAWN, at=at("2026-11-20"))
    assert as_json(client)["items"] == []
    assert "陈三" not in client.get("/feed.atom").content.decode()


def test_no_text_of_a_decision_is_in_it(client: Client, subject: Subject) -> None:
    penalty(subject, violation_facts="经办人张某某在场", remark="内部备注示例")
    for address in ("/feed.json", "/feed.atom"):
        page = client.get(address).content.decode()
        assert "张某某" not in page
        assert "内部备注" not in page
        assert "示例审核员" not in page


# ── following ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_who_follows_it_to_the_end_holds_what_is_displayed(client: Client, policy: Policy, subject: Subject) -> None:
    records = some_records(230, subject, recorded_at=RECORDED, decided_on=DECIDED)
    for record in records[::7]:
        note(record, Effect.WITHDRAWN, at=at("2026-11-20"), reason="重复。")
    held: dict[str, str] = {}

    def follow(address: str) -> int:
        while address:
            answer = as_json(client, address)
            for item in answer["items"]:
                if item["_rongxin"]["change"] == "DEL":
                    held.pop(item["_rongxin"]["number"], None)
                else:
                    held[item["_rongxin"]["number"]] = item["id"]
            address = answer.get("next_url", "").removeprefix("http://testserver/feed.json")
        cursor: int = answer["_rongxin"]["cursor"]
        return cursor

    def on_display() -> set[str]:
        return set(displayed(policy, Moment.now()).values_list("number", flat=True))

    cursor = follow("?after=0")
    assert set(held) == on_display()
    note(records[1], Effect.REPAIRED, at=at("2026-11-21"))
    penalty(subject, recorded_at=at("2026-11-21"))
    assert len(as_json(client, f"?after={cursor}")["items"]) == 2
    follow(f"?after={cursor}")
    assert set(held) == on_display()


def test_pages_of_the_newest_leave_nothing_out_and_say_nothing_twice(client: Client, subject: Subject) -> None:
    some_records(230, subject, recorded_at=RECORDED, decided_on=DECIDED)
    seen, address = [], "/feed.atom"
    for expected in (100, 100, 30):
        feed = as_atom(client, address.removeprefix("/feed.atom"))
        ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
        assert len(ids) == expected
        seen += ids
        following = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "next"]
        address = (following or [""])[0].removeprefix("http://testserver")  # type: ignore[union-attr]
    assert address == ""
    assert len(set(seen)) == 230


def test_a_cursor_that_is_none_is_refused_with_a_sentence(client: Client, policy: Policy) -> None:
    for query in ("?after=x", "?before=-1", "?after=1&before=2", "?after=" + "9" * 30):
        assert client.get(f"/feed.json{query}").status_code == 400


# ── caches ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_has_not_changed_is_not_sent_again(client: Client, subject: Subject) -> None:
    record = penalty(subject)
    first = client.get("/feed.atom")
    assert first["Content-Type"].startswith("application/atom+xml")
    assert "max-age=60" in first["Cache-Control"]

    again = client.get("/feed.atom", headers={"If-None-Match": first["ETag"]})
    since = client.get("/feed.atom", headers={"If-Modified-Since": first["Last-Modified"]})
    assert (again.status_code, since.status_code, again.content) == (304, 304, b"")

    with time_machine.travel(at(NOW, "11:00"), tick=False):
        note(record, Effect.WITHDRAWN)
        for header in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
            assert client.get("/feed.atom", headers=header).status_code == 200


def test_the_end_of_a_term_is_news_for_who_asks_by_date(client: Client, subject: Subject) -> None:
    penalty(subject)
    with time_machine.travel(at("2027-11-10"), tick=False):
        first = client.get("/feed.json")
    with time_machine.travel(at("2027-11-11", "00:01"), tick=False):
        assert client.get("/feed.json", headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 200


@pytest.mark.parametrize("address", ["/feed.json", "/feed.atom", "/feed.json?after=0"])
def test_a_full_feed_asks_as_often_as_a_short_one(
    client: Client, subject: Subject, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for record in some_records(110, subject, recorded_at=RECORDED, decided_on=DECIDED)[:20]:
        note(record, Effect.WITHDRAWN, at=at("2026-11-20"))
    rulebook.current()
    with django_assert_max_num_queries(10):
        client.get(address)


def test_every_public_page_names_the_feeds(client: Client, subject: Subject) -> None:
    for address in ("/", "/newest", f"/s/{subject.uscc}"):
        page = client.get(address).content.decode()
        assert 'type="application/atom+xml"' in page
        assert 'href="/feed.atom"' in page
        assert 'href="/feed.json"' in page
