"""Unified social credit codes: check characters, the ladder of findings, placeholders, numbers out of spreadsheets."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from rongxin.primitives import organisation_code, uscc
from rongxin.primitives.characters import BLANKS, HYPHENS
from rongxin.primitives.divisions import Division, Divisions
from tests.primitives.tables import REGISTER, rows

VALID = [
    "91110000600037341L",
    "91320100748204660Q",
    "91320281142232229Q",
    "11320100MB1886843H",
    "A1110000600037341K",
    "N2350121MF1234567K",
    "Y1350100MB7654322Q",
    "92350102MA2ABC125P",
]

lawful_heads = st.sampled_from(
    [d + c for d, department in uscc.DEPARTMENTS.items() for c in department.categories],
)
lawful_first8 = st.text(alphabet=uscc.ALPHABET, min_size=8, max_size=8).filter(lambda text: text != "00000000")


def codes_found(code: str) -> list[str]:
    return [finding.code for finding in uscc.inspect(code)]


@pytest.mark.parametrize("code", VALID)
def test_a_right_code_has_no_findings(code: str) -> None:
    assert uscc.inspect(code) == ()
    assert uscc.is_valid(code)


@pytest.mark.parametrize("code", [c for c in VALID if c[:8].isdigit()])
def test_where_eight_digits_lead_the_library_agrees(code: str) -> None:
    assert stdnum_uscc.is_valid(code)
    assert uscc.check_character(code[:17]) == stdnum_uscc.calc_check_digit(code[:17])


@pytest.mark.parametrize("code", [c for c in VALID if not c[:8].isdigit()])
def test_codes_that_begin_with_a_letter_are_right_although_the_library_refuses_them(code: str) -> None:
    assert not stdnum_uscc.is_valid(code)
    assert uscc.is_valid(code)


@given(st.text(alphabet="0123456789", min_size=8, max_size=8), st.text(alphabet=uscc.ALPHABET, min_size=9, max_size=9))
def test_check_characters_equal_those_of_the_library(digits: str, rest: str) -> None:
    assert uscc.check_character(digits + rest) == stdnum_uscc.calc_check_digit(digits + rest)


def test_the_weights_are_powers_of_three_modulo_31() -> None:
    assert tuple(pow(3, position, 31) for position in range(17)) == uscc.WEIGHTS
    assert len(uscc.ALPHABET) == 31
    assert not set("IOSVZ") & set(uscc.ALPHABET)


@given(lawful_heads, lawful_first8)
def test_a_code_that_was_made_passes_every_step(head: str, first8: str) -> None:
    code = uscc.make(head[0], head[1], "990000", first8)

    assert uscc.inspect(code) == ()
    assert uscc.complete(code[:17]) == code
    taken_apart = uscc.parts(code)
    assert (taken_apart.department, taken_apart.category) == (head[0], head[1])
    assert taken_apart.division == "990000"
    assert organisation_code.is_valid(taken_apart.organisation_code)


@given(lawful_heads, lawful_first8, st.integers(8, 17), st.sampled_from(uscc.ALPHABET))
def test_one_wrong_character_is_always_found(head: str, first8: str, position: int, wrong: str) -> None:
    code = uscc.make(head[0], head[1], "990000", first8)
    broken = code[:position] + wrong + code[position + 1 :]

    assert uscc.is_valid(broken) == (broken == code)


@given(st.text(max_size=24))
def test_inspecting_any_text_gives_findings_and_no_error(text: str) -> None:
    code = uscc.normalise_code(text)
    findings = uscc.inspect(code)

    assert uscc.is_valid(code) == all(finding.step == "division" for finding in findings)


@pytest.mark.parametrize(
    "args",
    [
        ("5", "7", "990000", "12345678"),
        ("Z", "1", "990000", "12345678"),
        ("9", "1", "9900", "12345678"),
        ("9", "1", "990000", "1234567"),
        ("9", "1", "990000", "ISOVZ123"),
    ],
)
def test_no_code_is_made_of_unlawful_parts(args: tuple[str, str, str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        uscc.make(*args)


@pytest.mark.parametrize("first17", ["", "9111000060003734", "9111000060003734I", "911100006000373411"])
def test_a_check_character_needs_17_characters_of_the_alphabet(first17: str) -> None:
    with pytest.raises(ValueError, match="17 characters"):
        uscc.check_character(first17)


def test_parts_need_18_characters() -> None:
    with pytest.raises(ValueError, match="18 characters"):
        uscc.parts("9111000060003734")


# --- the ladder -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        ("9111000060003734", uscc.CodeFinding("format", "uscc_length", {"length": "16"})),
        ("", uscc.CodeFinding("format", "uscc_length", {"length": "0"})),
        ("00000000000000000X", uscc.CodeFinding("format", "uscc_placeholder")),
        ("9.1990000E+17", uscc.CodeFinding("format", "code_lost_digits")),
        ("911100006000373000", uscc.CodeFinding("format", "code_lost_digits")),
        ("91110000600037341I", uscc.CodeFinding("alphabet", "uscc_alphabet", {"characters": "I", "positions": "18"})),
        ("9111O00O600037341L", uscc.CodeFinding("alphabet", "uscc_alphabet", {"characters": "O", "positions": "5,8"})),
        ("9135A0B0600037341L", uscc.CodeFinding("alphabet", "uscc_alphabet", {"characters": "AB", "positions": "5,7"})),
        ("94110000600037341L", uscc.CodeFinding("alphabet", "uscc_category", {"department": "9", "category": "4"})),
        ("B1110000600037341L", uscc.CodeFinding("alphabet", "uscc_category", {"department": "B", "category": "1"})),
    ],
)
def test_a_wrong_form_or_alphabet_ends_the_ladder(code: str, finding: uscc.CodeFinding) -> None:
    assert uscc.inspect(code) == (finding,)


def test_the_vector_with_a_wrong_check_character() -> None:
    (finding,) = uscc.inspect("A1110000600037341L")
    assert finding == uscc.CodeFinding("check_character", "uscc_check_character", {"expected": "K", "found": "L"})


def test_a_genuine_code_of_xiamen_that_fails_the_check_is_told_what_was_expected() -> None:
    findings = uscc.inspect("91350203M0001QKT19")
    assert findings[0].params == {"expected": "F", "found": "9"}


def test_the_organisation_code_inside_is_checked_too() -> None:
    code = uscc.complete("91110000600037342")

    assert stdnum_uscc.is_valid(code)
    (finding,) = uscc.inspect(code)
    assert finding == uscc.CodeFinding("organisation_code", "uscc_organisation_code", {"expected": "1", "found": "2"})


def test_the_later_steps_all_run() -> None:
    assert codes_found("910000006000373421") == [
        "uscc_check_character",
        "uscc_organisation_code",
        "uscc_division_unknown",
    ]


CHANGLE = Divisions(
    [
        Division("350182", "长乐市", "county", "350100", 1994, 2017, "350112"),
        Division("350112", "长乐区", "county", "350100", 2017),
    ]
)


def test_an_abolished_division_is_named_with_its_successor() -> None:
    (finding,) = uscc.inspect(uscc.make("9", "1", "350182", "MA000001"), divisions=CHANGLE)

    assert (finding.step, finding.code) == ("division", "uscc_division_abolished")
    assert finding.params == {"division": "350182", "name": "长乐市", "successor": "350112"}


def test_a_division_that_ended_after_the_code_was_given_is_no_finding() -> None:
    code = uscc.make("9", "1", "350182", "MA000001")

    assert uscc.inspect(code, divisions=CHANGLE, on=date(2016, 5, 4)) == ()
    assert uscc.inspect(code, divisions=CHANGLE, on=date(2018, 1, 1)) != ()


def test_the_table_of_departments_is_that_of_the_standard() -> None:
    columns = ("dept_code", "dept_zh", "category_code", "category_zh", "market_entity")
    expected = {tuple(row[column] for column in columns) for row in rows("domain/uscc_categories.csv")}
    ours = {
        (d, department.name, c, category.name, "yes" if category.market_entity else "no")
        for d, department in uscc.DEPARTMENTS.items()
        for c, category in department.categories.items()
    }

    assert ours == expected


def test_real_registered_codes_pass_but_for_the_county_that_became_a_district() -> None:
    codes = [row["统一社会信用代码"] for row in rows(REGISTER)]

    withdrawn = [code for code in codes if code[2:8] == "350182"]
    assert len(codes) == 17_299
    assert len(withdrawn) == 983
    assert all(codes_found(code) == ["uscc_division_abolished"] for code in withdrawn)
    assert all(codes_found(code) == [] for code in codes if code[2:8] != "350182")


# --- what feeds really contain ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        " 91110000600037341L\n",
        "91110000600037341l",
        "９１１１００００６０００３７３４１Ｌ",
        "9111 0000 6000 3734 1L",
        "911100-00600037341-L",
        "\ufeff91110000600037341L",
        "9111\u200b0000\u3000600037341L\u00a0",
        "911100006–00037341—L",
    ],
)
def test_dirt_around_and_inside_a_code_is_taken_off(text: str) -> None:
    assert uscc.normalise_code(text) == "91110000600037341L"


@given(
    st.text(alphabet=[*map(chr, range(0x20, 0x7F)), *map(chr, range(0xFF01, 0xFF5F)), *BLANKS, *HYPHENS, "无", "代"])
)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = uscc.normalise_code(text)
    assert uscc.normalise_code(once) == once


@pytest.mark.parametrize(
    "code",
    [
        "00000000000000000X",
        "000000000000000000",
        "999999999999999999",
        "111111111111111111",
        "XXXXXXXXXXXXXXXXXX",
        "123456789012345678",
        "12345678901234567X",
        "123456789123456789",
        "012345678901234567",
        "123456789",
        "910000000000000000",
        "91350100000000000X",
    ],
)
def test_placeholders(code: str) -> None:
    assert uscc.is_placeholder(code)


@pytest.mark.parametrize("code", [*VALID, "", "0", "X", "91350203M0001QKT19"])
def test_not_placeholders(code: str) -> None:
    assert not uscc.is_placeholder(code)


@pytest.mark.parametrize(
    "text",
    [
        "1.23457E+17",
        "9.1990000E+17",
        "9.135E+17",
        "９．１Ｅ＋１７",
        "1.1e+14",
        "911100006000373000",
        "91110000600037341.0",
    ],
)
def test_codes_that_a_spreadsheet_made_into_a_number(text: str) -> None:
    assert uscc.lost_digits(text)


def test_a_code_that_rightly_ends_in_000_has_lost_nothing() -> None:
    ends_in_000 = [
        code for serial in range(100_000) if (code := uscc.complete(f"9199000010{serial:05d}00")).endswith("000")
    ]

    assert ends_in_000
    assert not any(uscc.lost_digits(code) for code in ends_in_000)


@pytest.mark.parametrize("text", [*VALID, "", "350102", "110000006000374"])
def test_codes_that_lost_nothing(text: str) -> None:
    assert not uscc.lost_digits(text)
