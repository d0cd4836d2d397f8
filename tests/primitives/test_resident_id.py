"""Identity and telephone numbers are recognised to be refused or blanked; codes of organisations are left alone."""

import csv
import gzip
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric

from rongxin.primitives import registration_number, resident_id, uscc
from tests.primitives.made_up import DEMONSTRATION, identity_number, old_identity_number
from tests.shared import shared

HIDDEN = "〔已隐去〕"
births = st.dates(date(1900, 1, 1), date(2040, 12, 31))
numbers = st.builds(identity_number, born=births, order=st.integers(0, 999))
prose = st.text(alphabet="当事人福州示例有限公司的经营者,。:()（）、\n", max_size=12)


@given(births, st.integers(0, 999))
def test_the_check_character_is_that_of_the_library(born: date, order: int) -> None:
    number = identity_number(born=born, order=order)
    assert number[17] == ric.calc_check_digit(number)
    assert resident_id.looks_like(number)


@given(numbers, st.sampled_from("0123456789X"))
def test_another_check_character_is_no_identity_number(number: str, other: str) -> None:
    assert resident_id.looks_like(number[:17] + other) == (number[17] == other)


@pytest.mark.parametrize("gap", [" ", "-", "\u3000", "\ufeff"])
def test_width_blanks_and_case_do_not_hide_a_number(gap: str) -> None:
    number = next(n for n in (identity_number(order=order) for order in range(100)) if n.endswith("X"))
    wide = number.lower().translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789x"})

    assert resident_id.looks_like(gap + wide[:6] + gap + wide[6:] + gap)


@pytest.mark.parametrize("code", ["91110000600037341L", "11320100MB1886843H", "", "示例", "35000019900101001"])
def test_codes_and_other_texts_are_no_identity_numbers(code: str) -> None:
    assert not resident_id.looks_like(code)


def test_an_impossible_birth_date_is_no_identity_number() -> None:
    first17 = "35000019900231001"
    assert not any(resident_id.looks_like(first17 + check) for check in "0123456789X")


def test_old_numbers_have_a_place_a_date_and_are_no_registration_numbers() -> None:
    old = [old_identity_number(order=order) for order in range(1000)]

    assert all(resident_id.looks_like_old(n) != registration_number.is_valid(n) for n in old)
    assert sum(map(resident_id.looks_like_old, old)) == 900
    assert not resident_id.looks_like_old(old_identity_number(place="990000"))
    assert not resident_id.looks_like_old("350000601301001")


@pytest.mark.parametrize("number", ["110000006000374", "110108000000016"])
def test_registration_numbers_are_not_eaten(number: str) -> None:
    assert not resident_id.looks_like_old(number)
    assert resident_id.mask_numbers(f"注册号{number}") == f"注册号{number}"


@given(numbers, prose, prose)
def test_no_identity_number_survives_masking(number: str, before: str, after: str) -> None:
    masked = resident_id.mask_numbers(before + number + after)

    assert masked == before + HIDDEN + after
    assert resident_id.find_all(masked) == []


@given(numbers, st.sampled_from([" ", "-", "\u3000", "\u200b", " - "]), st.booleans(), st.booleans())
def test_divided_and_wide_numbers_are_found(number: str, gap: str, wide: bool, lower: bool) -> None:
    written = gap.join((number[:6], number[6:14], number[14:]))
    if lower:
        written = written.lower()
    if wide:
        written = written.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789Xx"})

    assert resident_id.mask_numbers(f"身份证号：{written}。") == f"身份证号：{HIDDEN}。"


@given(numbers, st.text(alphabet="0123456789", min_size=1, max_size=11), st.booleans())
def test_numbers_glued_to_other_digits_are_found(number: str, digits: str, leading: bool) -> None:
    glued = digits + number if leading else number + digits
    assert number not in resident_id.mask_numbers(f"编号{glued}号")


@given(st.lists(st.one_of(numbers, prose), max_size=6))
def test_masking_twice_changes_nothing(pieces: list[str]) -> None:
    once = resident_id.mask_numbers("".join(pieces))
    assert resident_id.mask_numbers(once) == once


def test_spans_are_those_of_the_text_as_given() -> None:
    number = identity_number()
    text = f"㈠法定代表人（{number}），经办人{identity_number(order=2)}"

    spans = resident_id.find_all(text)

    assert [text[start:end] for start, end in spans] == [number, identity_number(order=2)]


def test_demonstration_numbers_are_masked_where_they_stand_alone() -> None:
    number = identity_number(place=DEMONSTRATION)
    assert resident_id.mask_numbers(f"示例人员{number}") == f"示例人员{HIDDEN}"


def test_old_numbers_in_text_are_masked() -> None:
    assert resident_id.mask_numbers("原证号350000600101002。") == f"原证号{HIDDEN}。"
    assert resident_id.mask_numbers("原证号350000 600101 002。") == f"原证号{HIDDEN}。"
    assert resident_id.mask_numbers("文号A350000600101002") == "文号A350000600101002"


@given(st.text(alphabet=uscc.ALPHABET, min_size=8, max_size=8), st.sampled_from("123"))
def test_codes_of_market_entities_are_never_masked(first8: str, category: str) -> None:
    for division in ("350102", "350119", "990000"):
        code = uscc.make("9", category, division, first8)
        assume(not uscc.is_placeholder(code))
        assert resident_id.mask_numbers(f"代码{code}。") == f"代码{code}。"


def test_a_code_that_also_passes_as_an_identity_number_is_left_alone() -> None:
    # Division …19 and an organisation code that begins with 900101 read like a birth date of 1990.
    both = [
        code
        for serial in range(10_000)
        if resident_id.looks_like(
            code := uscc.make("9", "1", "990019", f"9001{serial % 12 + 1:02d}{serial // 12 % 100:02d}")
        )
    ]

    assert both
    assert all(resident_id.mask_numbers(f"代码{code}。") == f"代码{code}。" for code in both)


def test_real_registered_codes_and_texts_are_not_eaten() -> None:
    with gzip.open(shared("data/registry/fuzhou_enterprises_1978_2010.csv.gz"), "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for text in row.values():
                assert resident_id.mask_numbers(text) == text


# --- telephones -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["13800000000", "138 0000 0000", "138-0000-0000", "１３８００００００００", "19900000000"],
)
def test_mobile_numbers_are_masked(written: str) -> None:
    assert resident_id.mask_numbers(f"联系电话{written}，") == f"联系电话{HIDDEN}，"


@pytest.mark.parametrize("prefix", ["+86", "86", "+86 ", "0086-"])
def test_the_number_behind_a_country_prefix_is_masked(prefix: str) -> None:
    assert "13800000000" not in resident_id.mask_numbers(f"电话{prefix}13800000000")


@pytest.mark.parametrize(
    "text",
    [
        "12800000000",
        "1380000000",
        "138000000001",
        "罚款13800000000元",
        "注册资本13800000000.00元",
        "面积0.13800000000",
        "350186138001380",
        "2019-09-30至2019-10-15",
        "闽榕市监罚〔2021〕13号",
    ],
)
def test_sums_longer_numbers_and_dates_are_no_mobile_numbers(text: str) -> None:
    assert resident_id.find_phones(text) == []


def test_a_mobile_number_before_new_year_is_one() -> None:
    assert resident_id.mask_numbers("电话13800000000元旦休息") == f"电话{HIDDEN}元旦休息"
