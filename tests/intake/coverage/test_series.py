"""Numbers missing in a series of documents."""

import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.engine.cells import document_key
from rongxin.intake.coverage.series import Series, series_of, series_of_provider
from rongxin.policy.pack import Policy
from tests.factories import LICENCE, PENALTY, a_department, a_record, a_subject, at
from tests.shared import shared


def series(numbers: list[str], **more: object) -> list[Series]:
    return series_of(map(document_key, numbers), **more)  # type: ignore[arg-type]


def test_the_number_missing_in_real_approvals_is_found() -> None:
    with shared("data/records/eia_approvals_fuzhou_sample.csv").open(encoding="utf-8-sig") as file:
        found = series([row["document_no"] for row in csv.DictReader(file)])

    assert [(each.title, each.gaps) for each in found] == [("榕环评〔2025〕", ((46, 46),)), ("榕樟环评〔2022〕", ())]


def test_brackets_blanks_and_widths_make_no_other_series() -> None:
    [found] = series(["榕示罚[2026]3号", "榕示罚（2026）第5号", "榕示罚〔２０２６〕 ９ 号", "榕示罚(2026年) 04号"])

    assert (found.title, found.seen, found.lowest, found.highest) == ("榕示罚〔2026〕", 4, 3, 9)
    assert (found.gaps, found.missing, found.unseen_start) == (((6, 8),), 3, 2)


def test_years_and_words_are_series_of_their_own() -> None:
    found = series(["榕示罚〔2025〕1号", "榕示罚〔2026〕3号", "榕示许〔2026〕5号", "（2026）榕示罚字第7号"])

    assert sorted(each.title for each in found) == [
        "〔2026〕榕示罚字",
        "榕示罚〔2025〕",
        "榕示罚〔2026〕",
        "榕示许〔2026〕",
    ]
    assert not any(each.gaps for each in found)


def test_a_court_mark_between_year_and_number_may_hold_digits() -> None:
    [found] = series(["（2026）闽9901示执118号", "（2026）闽9901示执120号"])

    assert (found.title, found.gaps) == ("〔2026〕闽9901示执", ((119, 119),))


def test_a_series_begins_with_one_where_the_platform_saw_the_whole_year() -> None:
    numbers = ["榕示罚〔2025〕3号", "榕示罚〔2026〕3号"]

    assert {each.year: each.gaps for each in series(numbers, whole_years_from=2026)} == {2026: ((1, 2),), 2025: ()}


def test_what_waits_for_release_is_told_apart() -> None:
    waiting = map(document_key, ["榕示罚〔2026〕2号", "榕示罚〔2026〕9号", "榕示许〔2026〕2号"])

    [found] = series(["榕示罚〔2026〕1号", "榕示罚〔2026〕4号"], waiting=waiting)

    assert (found.gaps, found.waiting, found.missing) == (((2, 3),), 1, 1)


@pytest.mark.parametrize(
    "number", ["", "118号", "2026-118", "榕示罚2026第118号", "榕示罚〔2026〕号", "榕示罚〔26〕1号"]
)
def test_what_is_no_number_of_a_series_is_left_alone(number: str) -> None:
    assert series([number]) == []


def test_a_number_far_above_all_others_leaves_no_endless_gap() -> None:
    [found] = series(["榕示罚〔2026〕1号", "榕示罚〔2026〕3号", "榕示罚〔2026〕20261118号"])

    assert found.gaps == ((2, 2),)


@given(st.sets(st.integers(min_value=1, max_value=500), min_size=1), st.booleans())
def test_gaps_are_just_what_was_not_seen(numbers: set[int], from_one: bool) -> None:
    [found] = series([f"榕示罚〔2026〕{n}号" for n in numbers], whole_years_from=2026 if from_one else None)

    missing = {n for first, last in found.gaps for n in range(first, last + 1)}
    assert missing == set(range(1 if from_one else min(numbers), max(numbers))) - numbers
    assert found.missing == len(missing)
    assert all(last + 1 < first for (_, last), (first, _) in zip(found.gaps, found.gaps[1:], strict=False))


@pytest.mark.django_db
def test_the_series_of_a_department(policy: Policy) -> None:
    subject, unit = a_subject(), a_department("unit", "示例局")
    for number in (1, 2, 5):
        a_record(
            subject,
            department=unit,
            decided_on=date(2026, 10, number),
            recorded_at=at("2026-10-13"),
            penalty_document_no=f"榕示罚〔2026〕{number}号",
        )
    # Decided in January under the old year's number.
    a_record(
        subject,
        department=unit,
        decided_on=date(2026, 1, 6),
        recorded_at=at("2026-01-08"),
        penalty_document_no="榕示罚〔2025〕77号",
    )
    a_record(
        subject, decided_on=date(2026, 10, 3), recorded_at=at("2026-10-13"), penalty_document_no="榕示罚〔2026〕3号"
    )

    assert [(each.title, each.gaps) for each in series_of_provider(unit, 2026)] == [("榕示罚〔2026〕", ((3, 4),))]
    assert [each.title for each in series_of_provider(unit, 2025)] == ["榕示罚〔2025〕"]
    assert series_of_provider(unit, 2026, kind=LICENCE) == []
    assert len(series_of_provider(unit, 2026, kind=PENALTY)) == 1
