"""Recipients are registered and ended by two people; keys are shown once; evidence is kept, papers are numbered."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from rongxin.accounts.permissions import Role
from rongxin.documents.models import Document, DocumentFile
from rongxin.documents.verifying import check
from rongxin.exchange.recipients import own, papers, registry, spotting
from rongxin.exchange.recipients.models import Recipient, RecipientKey, Sort, SpotFile
from rongxin.exchange.recipients.queries import arrivals, scoreboard
from rongxin.exchange.recipients.registry import NotKept, Problem
from rongxin.exchange.recipients.spotting import Fault, NotSpotted
from rongxin.records.models import Effect, Record
from rongxin.rulebook import queries as rulebook
from tests.exchange.conftest import NOW, CityOffice
from tests.factories import a_code, a_department, a_record, a_subject, an_account, at, note

pytestmark = pytest.mark.django_db
Clock = Callable[[str, str], None]
PNG = b"\x89PNG\r\n\x1a\n example"


def proposal(**changes: Any) -> dict[str, Any]:
    return {"name": "示例甲", "uscc": a_code(), "sort": Sort.AGENCY, "office": "示例数据部"} | changes


def refused(problem: Problem, act: Callable[[], object]) -> None:
    with pytest.raises(NotKept) as told:
        act()
    assert told.value.problem == problem


def test_two_people_register_and_two_people_end(city: CityOffice) -> None:
    made = registry.propose(**proposal(), by=city.first)
    refused(Problem.NOT_NOW, lambda: registry.make_key(made.pk, city.first))
    refused(Problem.SAME_PERSON, lambda: registry.approve(made.pk, city.first))
    registry.approve(made.pk, city.second)
    key = registry.make_key(made.pk, city.first)
    assert registry.recipient_of(key) == made
    refused(Problem.NO_REASON, lambda: registry.propose_end(made.pk, " ", city.first))
    registry.propose_end(made.pk, "不再使用", city.first)
    assert registry.recipient_of(key) == made
    refused(Problem.SAME_PERSON, lambda: registry.end(made.pk, city.first))
    registry.keep_on(made.pk, city.second)
    refused(Problem.NOT_NOW, lambda: registry.end(made.pk, city.second))
    registry.propose_end(made.pk, "不再使用", city.second)
    registry.end(made.pk, city.first)
    assert registry.recipient_of(key) is None
    refused(Problem.NOT_NOW, lambda: registry.make_key(made.pk, city.first))


def test_the_database_wants_two_people_as_well(city: CityOffice) -> None:
    made = registry.propose(**proposal(), by=city.first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recipient.objects.filter(pk=made.pk).update(registered_by=city.first, registered_at=NOW)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": " "}, Problem.NO_NAME),
        ({"name": "长" * 101}, Problem.TOO_LONG),
        ({"uscc": "91350100MA00000000"}, Problem.WRONG_CODE),
        ({"office": ""}, Problem.NO_OFFICE),
        ({"office": "数据部张三 13800138000"}, Problem.PERSON),
    ],
)
def test_what_is_not_registered(changes: dict[str, Any], problem: Problem, city: CityOffice) -> None:
    refused(problem, lambda: registry.propose(**proposal(**changes), by=city.first))


def test_an_organisation_is_registered_once(city: CityOffice) -> None:
    code = a_code()
    made = registry.propose(**proposal(uscc=code), by=city.first)
    refused(Problem.KNOWN, lambda: registry.propose(**proposal(uscc=code), by=city.second))
    registry.drop(made.pk, city.second)
    registry.propose(**proposal(uscc=code), by=city.second)


def test_two_keys_at_most_and_only_their_digests(city: CityOffice) -> None:
    one = city.a_recipient()
    second = registry.make_key(one.recipient.pk, city.first)
    refused(Problem.TOO_MANY_KEYS, lambda: registry.make_key(one.recipient.pk, city.first))
    registry.end_key(one.recipient.pk, one.key.partition(".")[0], city.second)
    registry.end_key(one.recipient.pk, one.key.partition(".")[0], city.second)
    assert registry.recipient_of(one.key) is None
    assert registry.recipient_of(second) == one.recipient
    kept = str(list(RecipientKey.objects.values()))
    assert one.key not in kept
    assert second.partition(".")[2] not in kept
    for wrong in ("", ".", "rx", second[:-1], second.upper(), second.partition(".")[0] + "."):
        assert registry.recipient_of(wrong) is None


@pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER, Role.COUNTY_OFFICE, Role.AUDITOR])
def test_nobody_else_keeps_recipients(role: Role, city: CityOffice) -> None:
    other = an_account(role, city.department, "other")
    with pytest.raises(PermissionDenied):
        registry.propose(**proposal(), by=other)


# ── spot checks ──────────────────────────────────────────────────────────────────────────────────────────────────────
def an_ended_record(city: CityOffice, clock: Clock) -> tuple[Record, Recipient]:
    record = a_record(a_subject(), department=a_department())
    one = city.a_recipient()
    clock("2026-11-21", "10:00")
    note(record, Effect.WITHDRAWN)
    clock("2026-11-21", "11:00")
    one.keep_up()
    clock("2026-11-22", "10:00")
    return record, one.recipient


def spotted(record: Record, recipient: Recipient, city: CityOffice, **changes: Any) -> object:
    given = {"seen_at": at("2026-11-22", "09:00"), "url": "https://show.example/x?id=1", "content": PNG} | changes
    return spotting.spot(record.number, recipient.pk, by=city.first, **given)


def test_a_spot_check_is_kept_counted_and_taken_back(city: CityOffice, clock: Clock) -> None:
    record, recipient = an_ended_record(city, clock)
    kept = spotted(record, recipient, city)
    assert spotted(record, recipient, city) == kept
    assert bytes(SpotFile.objects.get().content) == PNG
    told = arrivals(record.number)
    assert told is not None
    assert told.lines[0].spots == 1
    assert scoreboard(rulebook.current(), at("2026-11-22")).lines[0].spots == 1
    spotting.retract(kept.pk, "截图是缓存页", city.second)  # type: ignore[attr-defined]
    told = arrivals(record.number)
    assert told is not None
    assert told.lines[0].spots == 0
    assert spotting.spots_of(record.number).count() == 1


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"seen_at": at("2026-11-21", "10:59")}, Fault.TOO_EARLY),
        ({"seen_at": at("2026-11-23")}, Fault.FUTURE),
        ({"url": "javascript:alert(1)"}, Fault.URL),
        ({"url": "https://show.example/13800138000"}, Fault.URL),
        ({"content": b""}, Fault.EMPTY),
        ({"content": PNG + b"x" * (5 << 20)}, Fault.TOO_LARGE),
        ({"content": b"<html>"}, Fault.UNKNOWN),
    ],
)
def test_a_spot_check_that_proves_nothing(
    changes: dict[str, Any], fault: Fault, city: CityOffice, clock: Clock
) -> None:
    record, recipient = an_ended_record(city, clock)
    with pytest.raises(NotSpotted) as told:
        spotted(record, recipient, city, **changes)
    assert told.value.fault == fault


def test_who_has_not_acknowledged_is_not_spotted(city: CityOffice, clock: Clock) -> None:
    record = a_record(a_subject(), department=a_department())
    one = city.a_recipient()
    for fault in (Fault.NOT_ENDED, Fault.NOT_ACKNOWLEDGED):
        with pytest.raises(NotSpotted) as told:
            spotted(record, one.recipient, city)
        assert told.value.fault == fault
        note(record, Effect.WITHDRAWN)


# ── papers ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def text_of(document: Document) -> str:
    content = bytes(DocumentFile.objects.get(document=document).content)
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


def test_the_papers_tell_who_and_when_and_nothing_of_the_content(city: CityOffice, clock: Clock) -> None:
    record, _recipient = an_ended_record(city, clock)
    city.a_recipient("示例丙")
    ended = own.of_record(record)
    assert ended is not None
    firm = own.firm(record)
    issued = papers.certificate(record, ended.told, firm=firm, firm_name="示例公司")
    said = text_of(issued)
    for part in (record.number, "示例甲信用服务机构", "2026年11月21日11时00分确认撤下", "截至2026年11月22日10时00分"):
        assert part in said
    again = papers.certificate(record, ended.told, firm=firm, firm_name="示例公司")
    assert again == issued
    shown = papers.notice(record, ended.told, firm=firm)
    said += text_of(shown)
    assert record.number in text_of(shown)
    for never in ("标签", "罚款", "撤回", "修复", "示例依据"):
        assert never not in said
    found = check(issued.code)
    assert found is not None
    assert (found.number, found.sha256, found.withdrawn_at) == (issued.number, issued.sha256, None)
    assert check("0" * 16) is None


def test_a_certificate_says_the_new_state_under_a_new_number(city: CityOffice, clock: Clock) -> None:
    record, _recipient = an_ended_record(city, clock)

    def number() -> str:
        ended = own.of_record(record)
        assert ended is not None
        return papers.certificate(record, ended.told, firm=own.firm(record), firm_name="示例公司").number

    first = number()
    clock("2026-11-22", "11:00")
    assert number() == first
    clock("2026-11-23", "11:00")
    assert number() != first
