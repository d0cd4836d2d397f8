"""Search by readers: what is found, what is never found, what is not even searched."""

from datetime import date

import polars as pl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from rongxin.disclosure.finding import find, shorter
from rongxin.disclosure.views import SearchResult
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment
from rongxin.records.models import Effect
from rongxin.subjects.registration import register
from tests.factories import LICENCE, a_code, a_record, a_sole_trader, a_subject, at, note

pytestmark = pytest.mark.django_db

# Made up: there is no place 990000; birth date and check character are right.
IDENTITY_NUMBER = "990000199003070013"


def search(query: str, policy: Policy) -> SearchResult:
    with time_machine.travel(at("2026-03-20"), tick=False):
        return find(query, policy, Moment.now())


def names(result: SearchResult) -> list[str]:
    return [hit.name for hit in result.hits]


def test_an_exact_code_wins(policy: Policy) -> None:
    wanted = a_subject("福州示例榕海茶业有限公司")
    a_subject(f"福州示例{wanted.uscc}科技有限公司")

    assert names(search(wanted.uscc, policy)) == ["福州示例榕海茶业有限公司"]


@pytest.mark.parametrize("written", ["{}", "{} ", "  {}", "-{}"])
def test_a_code_is_found_however_it_is_typed(policy: Policy, written: str) -> None:
    wanted = a_subject()

    assert names(search(written.format(wanted.uscc.lower()), policy)) == [wanted.name]


def test_an_old_registration_number_says_why_it_is_here(policy: Policy) -> None:
    a_subject(registration_number="990100999000017")

    (hit,) = search("990100999000017", policy).hits
    assert hit.why == "旧代码相符"


def test_a_former_name_finds_the_subject_and_says_so(policy: Policy) -> None:
    subject = a_subject("福州示例榕海贸易有限公司", established_on=date(2009, 5, 12))
    a_subject("福州示例榕海茶业有限公司", subject.uscc, on=date(2026, 3, 1))

    (hit,) = search("榕海贸易", policy).hits

    assert (hit.name, hit.matched_name, hit.why) == (
        "福州示例榕海茶业有限公司",
        "福州示例榕海贸易有限公司",
        "曾用名相符",
    )
    assert (hit.former_from, hit.former_to) == (date(2009, 5, 12), date(2026, 3, 1))


def test_homonyms_are_marked(policy: Policy) -> None:
    a_subject("福州示例榕海贸易有限公司")
    a_subject("福州示例榕海贸易有限公司")
    a_subject("福清示例榕海贸易有限公司")

    result = search("榕海贸易", policy)

    assert [hit.is_homonym for hit in result.hits].count(True) == 2
    assert result.homonyms == 2


@pytest.mark.parametrize(
    "typed",
    [
        "榕示市监罚〔2026〕118号",
        "榕示市监罚[2026]118号",
        "榕示市监罚（2026）118号",
        "榕示市监罚【2026】 118 号",
        "榕示市监罚〔２０２６〕118号",
    ],
)
def test_a_document_number_is_found_with_any_brackets_and_blanks(policy: Policy, typed: str) -> None:
    subject = a_subject()
    a_record(subject, recorded_at=at("2026-03-12"), penalty_document_no="榕示市监罚〔2026〕118号")

    result = search(typed, policy)

    assert [line.document_number for line in result.document_hits] == ["榕示市监罚〔2026〕118号"]
    assert [(line.subject_name, line.subject_uscc) for line in result.document_hits] == [(subject.name, subject.uscc)]


def test_a_document_of_a_record_that_is_not_displayed_is_not_found(policy: Policy) -> None:
    record = a_record(recorded_at=at("2026-03-12"), penalty_document_no="榕示市监罚〔2026〕118号")
    note(record, Effect.REPAIRED, at=at("2026-03-15"))

    assert search("榕示市监罚〔2026〕118号", policy).total_shown == 0


def test_a_sole_trader_is_not_found_by_name(policy: Policy) -> None:
    a_sole_trader("示例陈三小吃店")

    assert search("陈三小吃", policy).total_shown == 0


def test_a_sole_trader_is_found_by_full_code_and_by_document_number(policy: Policy) -> None:
    trader = a_sole_trader("示例陈三小吃店", registration_number="990100999000025")
    a_record(trader, recorded_at=at("2026-03-12"), penalty_document_no="榕示市监罚〔2026〕119号")

    assert names(search(trader.uscc, policy)) == ["示例陈三小吃店"]
    assert search("榕示市监罚〔2026〕119号", policy).document_hits[0].subject_name == "示例陈三小吃店"
    assert search("990100999000025", policy).total_shown == 0
    assert search(trader.uscc[:17], policy).total_shown == 0


@pytest.mark.parametrize(
    "query",
    [
        IDENTITY_NUMBER,
        "９９００００１９９００３０７００１３",
        "990000 19900307 0013",
        f"榕海茶业 {IDENTITY_NUMBER}",
        "350102900307001",
        "13805910000",
    ],
)
def test_an_identity_or_telephone_number_is_never_searched(policy: Policy, query: str) -> None:
    a_subject()
    with CaptureQueriesContext(connection) as asked:
        result = search(query, policy)

    assert result == SearchResult(is_personal=True)
    assert list(asked) == []


@pytest.mark.parametrize("query", ["", " ", "榕", " 榕 ", "（"])
def test_one_character_is_not_enough(policy: Policy, query: str) -> None:
    assert search(query, policy).too_short


def test_beyond_a_hundred_hits_the_question_must_be_narrower(policy: Policy) -> None:
    codes = [a_code() for _ in range(101)]
    frame = pl.DataFrame({"uscc": codes, "name": [f"福州示例榕城{n:03}有限公司" for n in range(101)]})
    register(frame, source="示例", on=date(2026, 1, 5))

    result = search("榕城", policy)

    assert (len(result.hits), result.more) == (100, True)
    assert search("榕城007", policy).more is False


def test_hits_tell_how_many_records_are_displayed(policy: Policy) -> None:
    subject = a_subject("福州示例榕海茶业有限公司")
    a_record(subject, recorded_at=at("2026-03-12"))
    a_record(subject, recorded_at=at("2026-03-12"), severity="minor")
    a_record(subject, kind=LICENCE, recorded_at=at("2026-03-12"))

    (hit,) = search("榕海茶业", policy).hits

    assert [(count.label.zh, count.number) for count in hit.counts] == [("行政许可", 1), ("行政处罚", 1)]


@pytest.mark.parametrize("number", [1, 40])
def test_the_number_of_queries_does_not_depend_on_the_number_of_hits(
    policy: Policy, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(number):
        subject = a_subject(f"福州示例榕城{n:03}有限公司")
        a_record(subject, recorded_at=at("2026-03-12"))

    with django_assert_max_num_queries(6):
        assert len(search("榕城", policy).hits) == number


@pytest.mark.parametrize(
    "query", ["榕海' OR '1'='1", '榕海" OR name MATCH "*', "榕海%_\\", "榕海 AND NOT 茶业", "NEAR(榕 海)"]
)
def test_signs_of_query_languages_are_only_characters(policy: Policy, query: str) -> None:
    a_subject("福州示例榕海茶业有限公司")

    assert search(query, policy).hits == ()


def test_a_shorter_question_is_offered_without_region_and_legal_form() -> None:
    assert shorter("福建省福州市示例榕海科技有限公司") == "示例榕海"
    assert shorter("榕海") == ""
