"""The public addresses: what they answer, to whom, how often they ask the database, and what they never say."""

import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.policy.pack import Policy
from rongxin.records.models import Effect, Record
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from tests.factories import (
    LICENCE,
    PENALTY,
    a_code,
    a_department,
    a_record,
    a_sole_trader,
    a_subject,
    at,
    note,
    some_records,
)
from tests.strict import assert_strict

pytestmark = pytest.mark.django_db

NOW = "2026-11-22"
DECIDED = date(2026, 11, 10)
RECORDED = at("2026-11-13")
IDENTITY_NUMBER = "990000199003070013"
UNKNOWN_NUMBER = "350100-01KAP7X9V1QZJ8M4T2C6D0N5RB"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(at(NOW), tick=False):
        yield


@pytest.fixture
def subject(policy: Policy) -> Subject:
    return a_subject("福州示例榕海茶业有限公司", address="福州市示例区示例路18号", region="990000")


@pytest.fixture
def penalty(subject: Subject) -> Record:
    return a_record(subject, decided_on=DECIDED, recorded_at=RECORDED, penalty_document_no="榕示市监罚〔2026〕118号")


def text(client: Client, address: str, status: int = 200, headers: dict[str, str] | None = None) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == status, (address, response.status_code)
    assert_strict(response)
    return unescape(response.content.decode())


def all_pages(record: Record, subject: Subject) -> list[str]:
    return [
        "/",
        "/search",
        "/search?q=榕海",
        "/search?q=榕示市监罚〔2026〕118号",
        f"/s/{subject.uscc}",
        f"/s/{subject.uscc}?as_of=2026-11-14",
        f"/r/{record.number}",
        f"/r/{record.number}?format=json",
        "/newest",
        "/rules",
        f"/rules/{PENALTY}",
        f"/rules/{LICENCE}",
        "/rules/registration",
    ]


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_addresses_are_stable() -> None:
    uscc = a_code()
    assert reverse("portal:home") == "/"
    assert reverse("portal:search") == "/search"
    assert reverse("portal:subject", args=[uscc]) == f"/s/{uscc}"
    assert reverse("portal:record", args=[UNKNOWN_NUMBER]) == f"/r/{UNKNOWN_NUMBER}"
    assert reverse("portal:newest") == "/newest"
    assert reverse("portal:rules") == "/rules"
    assert reverse("portal:rules_kind", args=[PENALTY]) == f"/rules/{PENALTY}"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_answers_in_both_languages(client: Client, penalty: Record, subject: Subject, language: str) -> None:
    client.cookies["django_language"] = language
    for address in all_pages(penalty, subject):
        page = text(client, address)
        if not address.endswith("json"):
            assert f'<html lang="{"en" if language == "en" else "zh-CN"}"' in page, address


def test_pages_answer_on_an_empty_platform(client: Client, policy: Policy) -> None:
    for address in ("/", "/search?q=榕海", "/newest", "/rules"):
        assert text(client, address)


def test_pages_only_read(client: Client, penalty: Record, subject: Subject) -> None:
    for address in all_pages(penalty, subject):
        assert client.head(address).status_code == 200
        for method in (client.post, client.put, client.patch, client.delete):
            assert method(address).status_code == 405


# ── home ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_home_says_what_the_platform_holds(client: Client, penalty: Record, subject: Subject) -> None:
    a_record(subject, kind=LICENCE, decided_on=DECIDED, recorded_at=RECORDED)

    page = text(client, "/")

    assert "行政处罚 1" in page
    assert "行政许可 1" in page
    assert subject.name in page
    assert "100.0%" in page


def test_home_leaves_the_name_of_a_sole_trader_out(client: Client, policy: Policy) -> None:
    trader = a_sole_trader("示例陈三小吃店")
    record = a_record(trader, decided_on=DECIDED, recorded_at=RECORDED)

    for address in ("/", "/newest"):
        page = text(client, address)
        assert record.number in page
        assert "陈三" not in page
        assert trader.uscc not in page


# ── search ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_search_finds_by_name_and_marks_the_words(client: Client, subject: Subject) -> None:
    assert "<mark>榕海</mark>" in text(client, "/search?q=榕海")


def test_a_question_is_kept_by_nobody(client: Client, subject: Subject, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        response = client.get("/search", {"q": "榕海茶业"})
        client.get("/search", {"q": "榕海" * 60})

    assert response.headers["Cache-Control"] == "private, no-store"
    assert not [
        record for record in caplog.records if "榕海" in record.getMessage() and record.name != "django.db.backends"
    ]
    assert "noindex" in response.content.decode()


@pytest.mark.parametrize("query", [IDENTITY_NUMBER, f"查 {IDENTITY_NUMBER}", "13805910000"])
def test_an_identity_number_is_led_away_from_the_address_and_never_said_again(
    client: Client, policy: Policy, query: str
) -> None:
    answer = client.get("/search", {"q": query})
    assert (answer.status_code, answer["Location"]) == (302, "/search?personal")

    page = text(client, answer["Location"])
    assert "平台不收录自然人" in page
    assert not any(part in page for part in query.split() if part.isalnum() and len(part) > 5)


def test_nothing_found_does_not_mean_nothing_there(client: Client, policy: Policy) -> None:
    page = text(client, "/search?q=福州示例闽江科技有限公司")

    assert "没有找到“福州示例闽江科技有限公司”" in page
    assert "没有结果不等于没有登记" in page
    assert reverse("portal:search") + "?q=" in page


def test_one_character_is_too_short(client: Client, policy: Policy) -> None:
    assert "请至少写两个字" in text(client, "/search?q=榕")


def test_control_characters_are_blanks(client: Client, subject: Subject) -> None:
    assert subject.name in unescape(client.get("/search", {"q": "榕海\x00茶业"}).content.decode()).replace(
        "<mark>", ""
    ).replace("</mark>", "")


# ── a subject ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_subject_with_its_records(client: Client, penalty: Record, subject: Subject) -> None:
    page = text(client, f"/s/{subject.uscc}")

    for words in (subject.name, "福州市示例区示例路18号", "榕示市监罚〔2026〕118号", "2027-11-10", "2027-02-11"):
        assert words in page
    assert f"http://testserver/s/{subject.uscc}" in page


def test_small_letters_lead_to_the_one_address(client: Client, subject: Subject) -> None:
    answer = client.get(f"/s/{subject.uscc.lower()}")

    assert (answer.status_code, answer["Location"]) == (301, f"/s/{subject.uscc}")


def test_an_unknown_code_is_not_found(client: Client, policy: Policy) -> None:
    assert "没有查到这个代码" in text(client, f"/s/{a_code()}", 404)


@pytest.mark.parametrize("address", ["/s/12345", "/s/%00" + "1" * 17, "/r/350100", "/r/" + UNKNOWN_NUMBER.lower()])
def test_what_is_no_code_and_no_number_is_no_address(client: Client, policy: Policy, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_sole_trader_has_a_page_that_search_engines_do_not_list(client: Client, policy: Policy) -> None:
    trader = a_sole_trader("示例陈三小吃店", address="福州市示例区示例巷3号")
    record = a_record(trader, decided_on=DECIDED, recorded_at=RECORDED)

    for address in (f"/s/{trader.uscc}", f"/r/{record.number}", f"/r/{record.number}?format=json"):
        answer = client.get(address)
        assert "示例陈三小吃店" in unescape(answer.content.decode())
        assert answer["X-Robots-Tag"] == "noindex"
        assert "示例巷3号" not in unescape(answer.content.decode())


def test_records_come_in_parts(client: Client, subject: Subject) -> None:
    for year, number in ((2026, 15), (2025, 15)):
        some_records(number, subject, kind=LICENCE, decided_on=date(year, 11, 10), recorded_at=RECORDED)

    first = text(client, f"/s/{subject.uscc}?kind={LICENCE}")
    assert first.count('class="ev"') == 20
    assert "再显示 10 条" in first
    more = f"/s/{subject.uscc}?kind={LICENCE}&offset=20"
    assert more.replace("&", "&amp;") in client.get(f"/s/{subject.uscc}?kind={LICENCE}").content.decode()

    part = text(client, more, headers={"HX-Request": "true"})
    assert part.count('class="ev"') == 10
    assert "<html" not in part
    # The year goes on from the part before, so it is not said again.
    assert "2025 年" not in part
    whole = text(client, more)
    assert "<html" in whole
    assert "2025 年" in whole


def test_a_past_day_says_so_and_keeps_the_day(client: Client, penalty: Record, subject: Subject) -> None:
    a_record(subject, kind=LICENCE, decided_on=date(2026, 11, 18), recorded_at=at("2026-11-20"))

    page = text(client, f"/s/{subject.uscc}?as_of=2026-11-19")

    assert "2026-11-19" in page
    assert "不是今天的" in page
    assert "榕示市监罚〔2026〕118号" in page
    assert "食品经营许可决定书" not in page
    assert f"/r/{penalty.number}?as_of=2026-11-19" in page


@pytest.mark.parametrize("asked", ["2026-11-23", "2026-11-12", "1900-01-01"])
def test_days_the_platform_knows_nothing_of_are_refused_kindly(
    client: Client, penalty: Record, subject: Subject, asked: str
) -> None:
    page = text(client, f"/s/{subject.uscc}?as_of={asked}", 400)

    assert "可以查 2026-11-13 到 2026-11-22 的任何一天" in page


@pytest.mark.parametrize(
    "query",
    [
        "as_of=22.11.2026",
        "as_of=2026-02-30",
        "as_of=２０２６-11-20",
        "kind=nothing",
        "kind=registration",
        "offset=-1",
        "offset=x",
        "offset=9999999",
    ],
)
def test_parameters_that_cannot_be_used_are_refused_in_words(
    client: Client, penalty: Record, subject: Subject, query: str
) -> None:
    assert "这样查不了" in text(client, f"/s/{subject.uscc}?{query}", 400)


@pytest.mark.parametrize(
    "address",
    ["/newest?on=2026-11-23", "/newest?kind=nothing", "/newest?page=x", "/newest?page=101", "/search?q=" + "榕" * 101],
)
def test_other_pages_refuse_likewise(client: Client, penalty: Record, address: str) -> None:
    assert "这样查不了" in text(client, address, 400)


# ── a record ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_record_with_its_ground(client: Client, penalty: Record, subject: Subject, policy: Policy) -> None:
    page = text(client, f"/r/{penalty.number}")

    for words in (
        "标签标注不符合规定",
        "榕示市监罚〔2026〕118号",
        "《中华人民共和国食品安全法》第一百二十五条",
        "8,000 元",
        "第 3 个工作日公示",
        "可能含个人信息，核对后公开",
        "最短公示 3 个月，最长 12 个月",
        "转引，未读到原文",
        "2027-02-11",
        "第 2 行",
        policy.digest,
        f"http://testserver/r/{penalty.number}",
    ):
        assert words in page, words
    for hidden in ("张某某", "林**", "内部备注示例", "示例审核员"):
        assert hidden not in page, hidden


def test_a_record_as_json(client: Client, penalty: Record) -> None:
    answer = client.get(f"/r/{penalty.number}?format=json")

    assert answer["Content-Type"] == "application/json"
    told = answer.json()
    canonical = json.dumps(told["record"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert told["public_hash"] == hashlib.sha256(canonical.encode()).hexdigest()
    assert told["public_hash"] in text(client, f"/r/{penalty.number}")
    assert "林" not in answer.content.decode()


def test_other_formats_do_not_exist(client: Client, penalty: Record) -> None:
    assert "format=json" in text(client, f"/r/{penalty.number}?format=xml", 400)


def test_an_unknown_number_is_not_found(client: Client, policy: Policy) -> None:
    assert "没有这条记录" in text(client, f"/r/{UNKNOWN_NUMBER}", 404)
    assert client.get(f"/r/{UNKNOWN_NUMBER}?format=json").json() == {"number": UNKNOWN_NUMBER, "state": "unknown"}


@pytest.mark.parametrize(
    ("effect", "state"),
    [(Effect.REPAIRED, "not_public"), (Effect.SUSPENDED, "not_public"), (Effect.SEALED, "not_public")],
)
def test_a_record_that_is_not_displayed_says_only_that(
    client: Client, penalty: Record, subject: Subject, effect: Effect, state: str
) -> None:
    note(penalty, effect)

    page = text(client, f"/r/{penalty.number}", 410)

    assert penalty.number in page
    for hidden in (subject.name, subject.uscc, penalty.document_number, "标签标注", "行政处罚", penalty.authority):
        assert hidden not in page, hidden
    answer = client.get(f"/r/{penalty.number}?format=json")
    assert (answer.status_code, answer.json()) == (410, {"number": penalty.number, "state": state})
    assert "no-store" in answer["Cache-Control"]
    assert text(client, f"/r/{penalty.number}?as_of=2026-11-14", 410)


def test_a_record_on_a_day_before_it_was_displayed(client: Client, penalty: Record, subject: Subject) -> None:
    later = a_record(subject, kind=LICENCE, decided_on=date(2026, 11, 18), recorded_at=at("2026-11-20"))

    assert "那一天没有公示" in text(client, f"/r/{later.number}?as_of=2026-11-14", 404)
    assert "不是今天的" in text(client, f"/r/{penalty.number}?as_of=2026-11-14")


# ── newest and rules ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_newest_by_day_and_kind(client: Client, penalty: Record, subject: Subject) -> None:
    licence = a_record(subject, kind=LICENCE, decided_on=date(2026, 11, 18), recorded_at=at("2026-11-20"))

    whole = text(client, "/newest")
    assert whole.index(licence.number) < whole.index(penalty.number)
    of_day = text(client, "/newest?on=2026-11-13")
    assert penalty.number in of_day
    assert licence.number not in of_day
    assert penalty.number not in text(client, f"/newest?kind={LICENCE}")


def test_newest_has_pages(client: Client, subject: Subject) -> None:
    some_records(61, subject, kind=LICENCE, decided_on=DECIDED, recorded_at=RECORDED)

    first, second, third = (text(client, f"/newest?page={number}") for number in (1, 2, 3))

    assert [page.count('class="rx-new"') for page in (first, second, third)] == [30, 30, 1]
    assert "更早的" in first
    assert "更新的" not in first
    assert "更早的" not in third


def test_the_rules_say_how_they_were_read(client: Client, policy: Policy) -> None:
    page = text(client, "/rules")

    for words in (
        "一般失信最长公示期",
        "已读原文",
        "转引，未读到原文",
        "未核实",
        "本地设定",
        "国庆节",
        "第 18 位校验码",
        policy.digest,
    ):
        assert words in page, words
    page = text(client, f"/rules/{PENALTY}")
    for words in ("CF_WSH", "不公开，依法共享", "只用来核对，不保存", "轻微失信信息依法不予公示"):
        assert words in page, words
    assert text(client, "/rules/nothing", 404)


# ── safety ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_names_and_texts_never_become_markup(client: Client, policy: Policy) -> None:
    nasty = "<script>alert(1)</script>示例\"'&有限公司"
    subject = a_subject(nasty, address='"><img src=x onerror=alert(2)>')
    record = a_record(
        subject,
        decided_on=DECIDED,
        recorded_at=RECORDED,
        violation_type="<b onclick=alert(3)>标签</b>",
        penalty_document_no="<i>罚〔2026〕1号</i>",
    )
    department = a_department("nasty", "<u>示例局</u>")
    a_record(subject, department=department, decided_on=DECIDED, recorded_at=RECORDED)

    searches = [f"/search?q={words}" for words in ("<script>", "script", "alert", "有限公司", '"><img')]
    assert "有限公司</mark>" in client.get("/search?q=有限公司").content.decode()
    for address in (*all_pages(record, subject), *searches):
        if address.endswith("json"):
            continue
        page = client.get(address).content.decode()
        for markup in ("<script>", "<img src=x", "<b onclick", "<i>罚", "<u>示例局"):
            assert markup not in page, address
    assert escape(nasty) in client.get(f"/s/{subject.uscc}").content.decode()


def test_a_name_of_thirty_one_characters_is_shown_whole(client: Client, policy: Policy) -> None:
    name = "福建示例榕海国际贸易与供应链数字化综合服务（集团）股份有限公司"
    assert len(name) == 31
    subject = a_subject(name)
    record = a_record(subject, decided_on=DECIDED, recorded_at=RECORDED)

    for address in (f"/s/{subject.uscc}", f"/r/{record.number}", "/newest"):
        assert name in text(client, address)


# ── caches and cookies ───────────────────────────────────────────────────────────────────────────────────────────────
def test_readers_get_no_cookie(client: Client, penalty: Record, subject: Subject) -> None:
    for address in (*all_pages(penalty, subject), f"/r/{UNKNOWN_NUMBER}", "/search?personal"):
        assert not client.get(address).cookies, address


def test_pages_may_be_kept_for_a_minute_and_are_not_sent_twice(
    client: Client, penalty: Record, subject: Subject
) -> None:
    for address in all_pages(penalty, subject):
        if address.startswith("/search"):
            continue
        first = client.get(address)
        assert first["Cache-Control"] == "public, max-age=60", address
        assert set(first["Vary"].split(", ")) == {"Cookie", "HX-Request"}
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), address
        in_english = Client(headers={"Cookie": "django_language=en"}).get(address)
        assert (in_english["ETag"] == first["ETag"]) == address.endswith("json"), address


def test_pages_of_a_logged_in_officer_are_kept_by_no_cache(client: Client, penalty: Record) -> None:
    officer = Account.objects.create(
        username="demo-officer", display_name="示例经办人", department=a_department(), role=Role.CLERK
    )
    client.force_login(officer)

    assert client.get("/")["Cache-Control"] == "private, no-cache"


def test_the_choice_of_language_and_appearance_makes_no_session(client: Client, subject: Subject) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.post("/language", {"language": "en", "next": "/rules"})
    strict.post("/display", {"text": "large", "next": "/rules"})

    assert set(strict.cookies) == {"django_language", "display"}
    assert 'lang="en"' in strict.get("/rules").content.decode()
    assert 'data-text="large"' in strict.get("/rules").content.decode()


# ── how often the database is asked ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("number", [2, 60])
def test_queries_do_not_grow_with_the_records(
    client: Client, subject: Subject, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    records = some_records(number, subject, decided_on=DECIDED, recorded_at=RECORDED)
    for n in range(number // 2):
        other = a_subject(f"福州示例榕海第{n}有限公司", former_name=f"福州示例旧榕海第{n}有限公司")
        a_record(other, department=a_department(f"demo-{n}", f"示例第{n}局"), kind=LICENCE, decided_on=DECIDED)
    a_record(
        subject,
        decided_on=DECIDED,
        recorded_at=at("2026-11-20"),
        penalty_document_no=records[0].document_number,
        violation_type="更正后的类型",
    )
    rulebook.current()

    for address, most in (
        ("/", 9),
        ("/search?q=榕海", 6),
        (f"/search?q={records[0].document_number}", 6),
        (f"/search?q={subject.uscc}", 6),
        (f"/s/{subject.uscc}", 9),
        (f"/s/{subject.uscc}?as_of=2026-11-14", 8),
        (f"/r/{records[0].number}", 11),
        (f"/r/{records[0].number}?as_of=2026-11-14", 11),
        ("/newest", 5),
        ("/rules", 2),
        (f"/rules/{PENALTY}", 2),
    ):
        cache.clear()
        rulebook.current()  # looked up here, not among what is counted
        with django_assert_max_num_queries(most, info=address):
            assert client.get(address).status_code == 200
