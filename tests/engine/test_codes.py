import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine.codes import inspect_codes, normalise_codes, wrong_organisation_codes, wrong_registration_numbers
from rongxin.engine.sheets import params_text
from rongxin.primitives import organisation_code, registration_number, uscc
from rongxin.primitives.divisions import Division, Divisions
from tests.engine.made_up import code

DIVISIONS = Divisions([Division("350182", "长乐市", "county", "350100", 1994, 2017, "350112")])

genuine = st.sampled_from(
    [
        *["91110000600037341L", "91320100748204660Q", "11320100MB1886843H", "A1110000600037341K", "N2350121MF1234567K"],
        *["Y1350100MB7654322Q", "92350102MA2ABC125P", "91350203M0001QKT19", "91350182MA2ABC125P", code(12_345_678)],
        *["000000000000000000", "00000000000000000X", "123456789012345678", "12345678901234567X", "913501047000000000"],
        *[
            "911111111111111111",
            "99999999999999999X",
            "11010519491231002X",
            "91350104000000001X",
            "9.135E+17",
            "91.00",
            "",
        ],
    ]
)


@st.composite
def changed(draw: st.DrawFn) -> str:
    """A genuine code with up to three characters replaced, left out or put in."""
    text = draw(genuine)
    for _ in range(draw(st.integers(0, 3))):
        position = draw(st.integers(0, max(len(text) - 1, 0)))
        piece = draw(st.text(st.sampled_from("0129AHQXYIOSVZ.E+-中é"), max_size=2))
        text = text[:position] + piece + text[position + draw(st.integers(0, 1)) :]
    return text


def scalar(codes: list[str]) -> list[tuple[int, str, str, str]]:
    return sorted(
        (at, finding.step, finding.code, params_text(finding.params))
        for at, text in enumerate(codes)
        for finding in uscc.inspect(text, divisions=DIVISIONS)
    )


@settings(max_examples=400, deadline=None)
@given(st.lists(changed(), max_size=30))
def test_a_column_of_codes_is_judged_like_one_code(codes: list[str]) -> None:
    assert sorted(inspect_codes(pl.Series(codes, dtype=pl.String), DIVISIONS).rows()) == scalar(codes)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.sampled_from(uscc.ALPHABET), min_size=18, max_size=18), max_size=20))
def test_so_are_codes_of_the_right_alphabet(codes: list[str]) -> None:
    assert sorted(inspect_codes(pl.Series(codes, dtype=pl.String), DIVISIONS).rows()) == scalar(codes)


def test_the_column_may_be_longer_than_one_slice() -> None:
    codes = [code(number) for number in range(1, 20_001)]
    codes[17_000] = codes[17_000][:17] + ("0" if codes[17_000][17] != "0" else "1")

    (found,) = inspect_codes(pl.Series(codes), DIVISIONS).rows()

    assert found[:3] == (17_000, "check_character", "uscc_check_character")


@settings(deadline=None)
@given(st.lists(st.none() | st.text(st.sampled_from("09AXx -－９Ｘ\u200b\u3000中"), max_size=8), max_size=8))
def test_codes_are_normalised_like_one_code(codes: list[str | None]) -> None:
    expected = [None if text is None else uscc.normalise_code(text) for text in codes]

    assert normalise_codes(pl.Series(codes, dtype=pl.String)).to_list() == expected


old_codes = st.lists(
    st.none()
    | st.from_regex("[0-9A-Z]{8}[0-9X]", fullmatch=True)
    | st.from_regex("[0-9]{15}", fullmatch=True)
    | st.from_regex("[0-9A-Z]{8}", fullmatch=True).map(lambda first: first + organisation_code.check_character(first))
    | st.from_regex("[0-9]{14}", fullmatch=True).map(lambda first: first + registration_number.check_digit(first))
    | st.text(max_size=16),
    max_size=12,
)


@settings(max_examples=200)
@given(old_codes)
def test_columns_of_old_codes_are_judged_like_one(texts: list[str | None]) -> None:
    codes = normalise_codes(pl.Series(texts, dtype=pl.String))
    different = set(codes.drop_nulls())

    assert wrong_organisation_codes(codes) == {each for each in different if not organisation_code.is_valid(each)}
    assert wrong_registration_numbers(codes) == {each for each in different if not registration_number.is_valid(each)}
