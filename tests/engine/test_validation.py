"""Bad input of every kind, and what the clerk is told about it."""

import io
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from rongxin.engine.validation import PROBLEMS_SCHEMA
from rongxin.policy.words import StepSeverity
from tests.engine.made_up import (
    LADDER,
    as_csv,
    check,
    checked,
    code,
    codes_of,
    kind_named,
    penalty,
    read,
    small_kind,
)
from tests.engine.test_differential import dirty_rows

PENALTY = kind_named("administrative_penalty")


def problems(folder: Path, **changes: str) -> list[tuple[str | None, str]]:
    return codes_of(check([penalty(**changes)], folder, PENALTY).problems)


def value(folder: Path, field: str, filed: str) -> object:
    return check([penalty(**{field: filed})], folder, PENALTY).rows[field][0]


def test_a_row_that_is_right_is_accepted_with_typed_values(tmp_path: Path) -> None:
    judged = check([penalty()], tmp_path, PENALTY)

    row = judged.rows.row(0, named=True)
    assert judged.problems.is_empty()
    assert judged.problems.schema == PROBLEMS_SCHEMA
    assert (row["row"], row["verdict"], row["uscc_usable"]) == (2, "accepted", True)
    assert row["penalty_decision_date"] == date(2026, 10, 12)
    assert row["fine_amount_10k"] == 800_000
    assert row["penalty_category"] == "罚款、没收违法所得、没收非法财物"
    assert row["party_name_normalised"] == "示例贸易1有限公司"
    assert row["revoked_license"] is None


@pytest.mark.parametrize("empty", ["", "— —", "——", "/", "无", " 暂无 ", "\u3000", "N/A", "（空）"])
def test_a_word_for_nothing_is_an_empty_cell(tmp_path: Path, empty: str) -> None:
    assert value(tmp_path, "remark", empty) is None
    assert problems(tmp_path, penalty_basis=empty) == [("penalty_basis", "required_missing")]


@pytest.mark.parametrize("open_end", ["2099-12-31", "2099/12/31", "长期", "永久有效"])
def test_a_term_without_end_has_no_last_day_and_is_no_problem(tmp_path: Path, open_end: str) -> None:
    judged = check([penalty(penalty_valid_to=open_end)], tmp_path, PENALTY)

    assert judged.rows["penalty_valid_to"].to_list() == [None]
    assert judged.problems.is_empty()


def test_a_decision_cannot_be_without_date(tmp_path: Path) -> None:
    assert problems(tmp_path, penalty_decision_date="长期", penalty_valid_to="长期") == [
        ("penalty_decision_date", "date_in_future")
    ]


@pytest.mark.parametrize(
    ("field", "filed", "code_"),
    [
        ("penalty_decision_date", "2026-02-31", "date_impossible"),
        ("penalty_decision_date", "上周", "date_unreadable"),
        ("penalty_decision_date", "2026-11-23", "date_in_future"),
        ("penalty_valid_to", "2026-10-11", "date_before_other"),
        ("fine_amount_10k", "8000", "unit_confusion"),
        ("fine_amount_10k", "8000美元", "amount_unreadable"),
        ("fine_amount_10k", "-0.8", "amount_negative"),
        ("fine_amount_10k", "0.0000008", "amount_too_fine"),
        ("party_uscc", "1.23457E+17", "code_lost_digits"),
        ("party_uscc", "913501047000000000", "code_lost_digits"),
        ("party_uscc", "00000000000000000X", "uscc_placeholder"),
        ("party_uscc", "123456789012345678", "uscc_placeholder"),
        ("party_uscc", code(1)[:-1], "uscc_length"),
        ("party_uscc", "9199000I00000001XX", "uscc_alphabet"),
        ("party_uscc", "99990000000000010X", "uscc_category"),
        ("party_category", "公司", "enum_unknown"),
        ("penalty_document_no", "示" * 129, "length_exceeded"),
        ("party_reg_no", "110000006000375", "registration_number_invalid"),
        ("party_org_code", "59467239-8", "organisation_code_invalid"),
    ],
)
def test_every_wrong_cell_is_told(tmp_path: Path, field: str, filed: str, code_: str) -> None:
    (told,) = check([penalty(**{field: filed})], tmp_path, PENALTY).problems.rows(named=True)

    assert (told["row"], told["field"], told["code"], told["value"]) == (2, field, code_, filed)
    assert told["column"] == list(PENALTY.fields).index(field)
    assert isinstance(json.loads(told["params"]), dict)


def test_all_problems_of_a_row_are_told_in_order(tmp_path: Path) -> None:
    changes = {"party_uscc": "91", "party_category": "公司", "penalty_decision_date": "昨天", "penalty_basis": ""}

    judged = check([penalty(2, penalty_valid_to="x"), penalty(**changes)], tmp_path, PENALTY)

    assert judged.problems.select("row", "field").rows() == [
        (2, "penalty_valid_to"),
        (3, "party_category"),
        (3, "party_uscc"),
        (3, "penalty_basis"),
        (3, "penalty_decision_date"),
    ]
    assert judged.rows["verdict"].to_list() == ["rejected", "rejected"]


@pytest.mark.parametrize(
    ("step", "verdict", "told"),
    [
        (StepSeverity.IGNORE, "accepted", []),
        (StepSeverity.WARN, "accepted", ["warn"]),
        (StepSeverity.REVIEW, "review", ["review"]),
        (StepSeverity.REFUSE, "rejected", ["refuse"]),
    ],
)
def test_the_ladder_says_what_a_step_does(tmp_path: Path, step: StepSeverity, verdict: str, told: list[str]) -> None:
    wrong = code(1)[:17] + ("0" if code(1)[17] != "0" else "1")
    sheet = read(as_csv([penalty(party_uscc=wrong)], PENALTY), tmp_path, PENALTY)

    judged = checked(sheet, PENALTY, LADDER | {"check_character": step})

    assert judged.rows["verdict"].to_list() == [verdict]
    assert judged.problems["severity"].to_list() == told
    assert judged.rows["uscc_usable"].to_list() == [True]


def test_several_values_of_a_list_are_kept_in_the_order_of_the_list(tmp_path: Path) -> None:
    fines, warnings = "罚款、没收违法所得、没收非法财物", "警告、通报批评"

    assert value(tmp_path, "penalty_category", "没收违法所得；警告; 罚款") == f"{warnings}；{fines}"


def test_a_name_as_filed_is_kept_and_compared_in_its_normal_form(tmp_path: Path) -> None:
    (row,) = check([penalty(party_name=" 示例（福州）貿易 有限公司")], tmp_path, PENALTY).rows.rows(named=True)

    assert row["party_name"] == "示例（福州）貿易 有限公司"
    assert row["party_name_normalised"] == "示例(福州)贸易有限公司"


def test_what_reading_found_is_a_problem_of_the_row(tmp_path: Path) -> None:
    content = as_csv([penalty(1), penalty(2)], PENALTY).replace("示例贸易2".encode(), "示\0例贸易2".encode()) + b"x,y\n"

    judged = checked(read(content, tmp_path, PENALTY), PENALTY)

    told = judged.problems.filter(pl.col("field").is_null()).select("row", "code", "severity").rows()
    assert (3, "nul_byte", "warn") in told
    assert judged.rows["verdict"].to_list()[:2] == ["accepted", "accepted"]


def test_a_refused_person_row_that_was_ragged_leaves_no_problem(tmp_path: Path) -> None:
    content = as_csv([penalty(1)], PENALTY) + "张示例,自然人\n".encode()

    judged = checked(read(content, tmp_path, PENALTY), PENALTY)

    assert judged.persons.rows() == [(3, "category_person")]
    assert judged.problems.is_empty()


def test_a_code_that_a_workbook_kept_as_a_number_has_lost_its_digits(tmp_path: Path) -> None:
    """Even where the digits that are left do not end in 000."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet()
        for place, field in enumerate(PENALTY.table.fields):
            page.write(0, place, field.title)
            page.write(1, place, penalty().get(field.name, ""))
        page.write_number(1, list(PENALTY.fields).index("party_uscc"), 919900001234567890)
        page.write_number(1, list(PENALTY.fields).index("fine_amount_10k"), 0.8)

    judged = checked(read(content.getvalue(), tmp_path, PENALTY, name="t.xlsx"), PENALTY)

    assert codes_of(judged.problems) == [("party_uscc", "code_lost_digits")]
    assert judged.rows["fine_amount_10k"].to_list() == [800_000]


def test_a_formula_is_text(tmp_path: Path) -> None:
    assert value(tmp_path, "remark", '=HYPERLINK("http://example")') == '=HYPERLINK("http://example")'


def test_a_row_alone_is_judged_as_in_a_table(tmp_path: Path) -> None:
    """A form entry is a batch of one."""
    rows = dirty_rows(5)[:60]
    together = check(rows, tmp_path, PENALTY)

    for number, row in enumerate(rows, start=2):
        alone = check([row], tmp_path, PENALTY)
        expected = [found for found in codes_of(together.problems, number) if found[1] != "act_twice_in_file"]
        assert codes_of(alone.problems) == expected
        assert alone.persons["reason"].to_list() == together.persons.filter(pl.col("row") == number)["reason"].to_list()


def test_a_table_without_optional_columns_has_them_empty(tmp_path: Path) -> None:
    kind = small_kind(
        {"name": "until", "title": "截止", "type": "date"}, {"name": "sum", "title": "金额", "type": "amount"}
    )
    content = "名称,代码,机关,文号,决定日期\n示例有限公司,,示例局,1,2026-01-05\n".encode()

    rows = checked(read(content, tmp_path, kind), kind).rows

    assert (rows.schema["until"], rows.schema["sum"]) == (pl.Date, pl.Int64)
    assert rows.select("until", "sum").row(0) == (None, None)


def test_the_codes_and_names_to_look_up_are_those_that_may_lead_to_a_subject(tmp_path: Path) -> None:
    rows = [penalty(1), penalty(2, party_uscc="91"), penalty(3, party_uscc="", party_reg_no="110000006000374")]

    judged = check(rows, tmp_path, PENALTY)

    assert set(judged.codes()) == {code(10_000_001), "110000006000374"}
    assert set(judged.names()) == {f"示例贸易{number}有限公司" for number in (1, 2, 3)}
