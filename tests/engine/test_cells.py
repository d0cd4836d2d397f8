"""Whole columns and single cells: the same result, for whatever stands in them."""

import sys
import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine import cells
from rongxin.primitives.characters import BLANKS
from rongxin.primitives.missing import MISSING, is_missing
from rongxin.primitives.names import has_organisation_word, normalise_name
from rongxin.primitives.resident_id import mask_numbers

anything = st.none() | st.text(max_size=12)
marks = st.sampled_from(
    [*sorted(MISSING), "（）", "〔2026〕", "ａｂ", "㈱", "e\u0301", "龍", "\u1112\u1161", "公司", "店", "张三", "½"]
)
names = st.none() | st.lists(marks | st.text(max_size=3), max_size=4).map("".join)
numbers = st.sampled_from(
    [
        *("11010519491231002X", "1101051949 1231-002ｘ", "１１０１０５１９４９１２３１００２Ｘ", "110105491231002"),
        *("13800138000", "138 0013-8000", "１３８００１３８０００", "①③⑧⓪⓪①③⑧⓪⓪⓪", "8613800138000", "86-138-0013-8000"),
        *("350102600101001", "91350102000000012X", "9135010219491231002X", "𝟏38²0138000"),
    ]
)
prose = st.lists(numbers | st.text("0１1-— 8元甲aX.", max_size=6), max_size=5).map("".join)


def column(values: list[str | None]) -> pl.Series:
    return pl.Series("cell", values, dtype=pl.String)


def scalar(values: list[str | None], function: object) -> list[object]:
    return [None if value is None else function(value) for value in values]  # type: ignore[operator]


@settings(max_examples=200, deadline=None)
@given(st.lists(anything | st.sampled_from([f"{blank}甲{blank}" for blank in BLANKS]), max_size=12))
def test_blanks_are_stripped(values: list[str | None]) -> None:
    assert cells.stripped(column(values)).to_list() == scalar(values, lambda text: text.strip(BLANKS))


@settings(max_examples=200, deadline=None)
@given(st.lists(names, max_size=12))
def test_missing_values_become_null(values: list[str | None]) -> None:
    stripped = [None if value is None else value.strip(BLANKS) for value in values]
    expected = [None if value is None or is_missing(value) or value == "待定" else value for value in stripped]

    assert cells.without_missing(column(stripped), frozenset({"待定"})).to_list() == expected


@settings(max_examples=200, deadline=None)
@given(st.lists(names, max_size=12))
def test_names_are_normalised(values: list[str | None]) -> None:
    assert cells.normalised_names(column(values)).to_list() == scalar(values, normalise_name)


@settings(max_examples=200, deadline=None)
@given(st.lists(names, max_size=12))
def test_document_numbers_are_normalised(values: list[str | None]) -> None:
    assert cells.normalised_documents(column(values)).to_list() == scalar(values, cells.document_key)


def test_a_document_number_is_the_same_in_all_brackets() -> None:
    written = (
        "榕市监罚〔2026〕1号",
        "榕市监罚[2026]1号",
        "榕市监罚（2026） 1号",
        "榕市监罚【2026】１号",
        "榕市监罚(2026)1号",
    )

    assert set(map(cells.document_key, written)) == {"榕市监罚〔2026〕1号"}


@settings(max_examples=200, deadline=None)
@given(st.lists(prose | st.none(), max_size=12))
def test_numbers_of_persons_are_blanked(values: list[str | None]) -> None:
    assert cells.without_numbers(column(values)).to_list() == scalar(values, mask_numbers)


def test_in_a_document_number_only_a_whole_identity_number_is_blanked() -> None:
    values: list[str | None] = ["示罚350102600101001号", "示罚13800138000号", "示罚11010519491231002X号"]

    blanked = cells.without_numbers(column(values), cells.blank_identity_numbers)

    assert blanked.to_list() == [*values[:2], "示罚〔已隐去〕号"]


@settings(max_examples=200, deadline=None)
@given(st.lists(names, max_size=12))
def test_organisation_words_are_seen(values: list[str | None]) -> None:
    normal = [None if value is None else normalise_name(value) for value in values]

    assert cells.organisation_words(column(normal)).to_list() == [
        value is not None and has_organisation_word(value) for value in normal
    ]


def test_no_character_beyond_those_looked_at_is_changed_by_folding() -> None:
    for point in range(cells._LAST_FOLDING, sys.maxunicode + 1):
        character = chr(point)
        assert unicodedata.normalize("NFKC", character) == character
        assert unicodedata.combining(character) == 0


@pytest.mark.parametrize("change", [cells.normalised_names, cells.without_numbers, cells.stripped])
def test_the_column_itself_stays_as_it_was(change: object) -> None:
    values = ["（示例） 13800138000", "张三"]
    filed = column(values)

    change(filed)  # type: ignore[operator]

    assert filed.to_list() == values


def test_a_long_column_with_few_values_is_known_as_such() -> None:
    assert cells.few_different(column(["甲", None] * 2_000)) is not None
    assert cells.few_different(column([str(number) for number in range(4_000)])) is None
    assert cells.few_different(column(["甲"] * 10)) is None
    # A sample that happens to be alike does not mislead.
    sampled = [str(number) if number % 4 else "甲" for number in range(4_000)]
    assert cells.few_different(column(sampled)) is None
