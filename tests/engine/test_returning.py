import csv
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from rongxin.engine import returning
from rongxin.engine.heads import known_heads, require_heads
from rongxin.engine.marks import Marks
from rongxin.engine.reading import read_table
from rongxin.engine.resolution import Resolved
from rongxin.engine.returning import Returned, places, write_redacted_copy, write_return_workbook
from rongxin.engine.sheets import SHEET_ROWS, Sheet, column_name, row_label
from tests.engine.made_up import as_csv, checked, code, kind_named, penalty, read, register, resolved
from tests.examples import slow

PENALTY = kind_named("administrative_penalty")
IDENTITY_NUMBER = "11010519491231002X"
KNOWN = register(*((number, code(10_000_000 + number), f"示例贸易{number}有限公司") for number in range(1, 9)))


def returned(sheet: Sheet, folder: Path) -> tuple[Path, Resolved]:
    outcome = resolved(checked(sheet, PENALTY), KNOWN)
    path = folder / "returned.xlsx"
    write_return_workbook(path, sheet, require_heads(sheet.heads, PENALTY), outcome.problems, outcome.persons, PENALTY)
    return path, outcome


def read_back(path: Path) -> Sheet:
    return read_table(path, row_limit=1000, known_heads=known_heads([PENALTY]))


def cell(sheet: Sheet, field: str) -> list[str | None]:
    return sheet.frame[column_name(list(PENALTY.fields).index(field))].to_list()


def test_the_failing_rows_come_back_under_the_clerks_own_heads_with_every_reason(tmp_path: Path) -> None:
    rows = [
        penalty(1),
        penalty(2, penalty_decision_date="2026-02-31", party_category="公司"),
        penalty(3, party_uscc=""),
    ]

    path, _ = returned(read(as_csv(rows, PENALTY), tmp_path, PENALTY), tmp_path)

    book = load_workbook(path)
    page = book.worksheets[0]
    assert book.sheetnames == ["行政处罚", "更正说明"]
    assert [cell.value for cell in page[1]] == [
        *(field.title for field in PENALTY.table.fields),
        "退回原因",
        "原文件行号",
    ]
    assert page.max_row == 3
    reason = str(page.cell(2, 31).value)
    assert reason.startswith("原第 3 行。")
    assert "行政相对人类别：“公司”不在可填的值之内。从这些值中选择：法人及非法人组织；自然人；个体工商户。" in reason
    assert "处罚决定日期：日历上没有这一天。核对决定书，写成 2026-12-05 这样的日期。" in reason
    assert "示例贸易3有限公司" in str(page.cell(3, 31).value)


def test_rows_that_are_written_in_several_slices_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ({"penalty_basis": ""}, {"party_category": "公司"}, {}, {"party_uscc": ""}, {"penalty_decision_date": "?"})
    rows = [penalty(number, **wrong[number % 5]) for number in range(1, 18)]
    sheet = read(as_csv(rows, PENALTY), tmp_path, PENALTY)

    def written() -> list[list[tuple[object, object]]]:
        page = load_workbook(returned(sheet, tmp_path)[0]).worksheets[0]
        return [[(cell.value, cell.fill.patternType) for cell in row] for row in page.iter_rows()]

    whole = written()
    monkeypatch.setattr("rongxin.engine.returning._SLICE", 3)

    assert len(whole) > 3
    assert written() == whole


def test_failing_cells_are_marked_and_others_not(tmp_path: Path) -> None:
    rows = [penalty(2, penalty_decision_date="2026-02-31", penalty_basis="")]

    path, _ = returned(read(as_csv(rows, PENALTY), tmp_path, PENALTY), tmp_path)

    fields = list(PENALTY.fields)
    marked = {
        fields[cell.column - 1] for cell in load_workbook(path).worksheets[0][2] if cell.fill.patternType == "solid"
    }
    assert marked == {"penalty_decision_date", "penalty_basis"}


def test_every_cell_is_text_so_that_codes_stay_whole_and_formulas_do_nothing(tmp_path: Path) -> None:
    rows = [
        penalty(
            2, penalty_basis="", remark='=HYPERLINK("http://example","x")', fine_amount_10k="0.80", party_tax_no="+1"
        )
    ]

    path, _ = returned(read(as_csv(rows, PENALTY), tmp_path, PENALTY), tmp_path)

    page = load_workbook(path).worksheets[0]
    assert {cell.data_type for cell in page[2] if cell.value is not None} == {"s"}
    assert {cell.number_format for cell in page[2] if cell.value is not None and cell.column < 31} == {"@"}
    again = read_back(path)
    assert cell(again, "remark") == ['=HYPERLINK("http://example","x")']
    assert cell(again, "party_uscc") == [code(10_000_002)]
    assert cell(again, "fine_amount_10k") == ["0.80"]


def test_person_rows_stand_apart_with_number_and_reason_only(tmp_path: Path) -> None:
    rows = [penalty(1), penalty(2, party_name="张示例", party_uscc=IDENTITY_NUMBER, remark="秘密")]

    path, _ = returned(read(as_csv(rows, PENALTY), tmp_path, PENALTY), tmp_path)

    book = load_workbook(path)
    assert [cell.value for cell in book["拒收行"][2]][:2] == ["3", "代码是居民身份证号码，已拒收"]
    assert book.worksheets[0].max_row == 1
    text = "".join(str(cell.value) for page in book.worksheets for row in page.iter_rows() for cell in row)
    assert not any(secret in text for secret in ("张示例", "秘密", IDENTITY_NUMBER))


def test_what_is_not_kept_does_not_go_back_either(tmp_path: Path) -> None:
    row = penalty(
        2,
        penalty_basis="",
        legal_rep_id_no=IDENTITY_NUMBER,
        legal_representative="林示例",
        violation_facts="电话13800138000",
    )

    path, _ = returned(read(as_csv([row], PENALTY), tmp_path, PENALTY), tmp_path)

    again = read_back(path)
    assert cell(again, "legal_rep_id_no") == ["〔已隐去〕"]
    assert cell(again, "legal_representative") == ["林**"]
    assert cell(again, "violation_facts") == ["电话〔已隐去〕"]


def test_a_corrected_workbook_is_accepted_and_its_reasons_are_passed_over(tmp_path: Path) -> None:
    path, _ = returned(read(as_csv([penalty(2, penalty_basis="")], PENALTY), tmp_path, PENALTY), tmp_path)
    book = load_workbook(path)
    book.worksheets[0].cell(2, 1 + list(PENALTY.fields).index("penalty_basis")).value = "示例法第二条"
    book.save(tmp_path / "corrected.xlsx")

    sheet = read_back(tmp_path / "corrected.xlsx")

    assert require_heads(sheet.heads, PENALTY).findings == ()
    assert resolved(checked(sheet, PENALTY), KNOWN).rows["verdict"].to_list() == ["accepted"]
    _, outcome = returned(sheet, tmp_path)
    assert outcome.problems.is_empty()


def test_a_workbook_that_fails_again_has_one_column_of_reasons(tmp_path: Path) -> None:
    first, _ = returned(read(as_csv([penalty(2, penalty_basis="")], PENALTY), tmp_path, PENALTY), tmp_path)

    second, _ = returned(read_back(first), tmp_path)

    assert read_back(second).heads.count("退回原因") == 1


cells = st.text(st.sampled_from("ab1 =+-@甲乙\"',\n"), max_size=5).map(str.strip)


@settings(max_examples=slow(), deadline=None)
@given(rows=st.lists(st.tuples(cells, cells, st.booleans()), min_size=1, max_size=6))
def test_reading_the_workbook_back_gives_exactly_the_failing_rows(
    rows: list[tuple[str, str, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("returned")
    filed = [
        penalty(number, remark=remark, violation_type=kind or "违法", penalty_basis="" if fails else "示例法")
        for number, (remark, kind, fails) in enumerate(rows, start=1)
    ]
    sheet = read(as_csv(filed, PENALTY), folder, PENALTY)

    path, outcome = returned(sheet, folder)

    bad = outcome.problems.filter(pl.col("severity").is_in(["refuse", "review"]))["row"].unique()
    masked = pl.col("c8").str.replace("林示例", "林**", literal=True)
    expected = sheet.frame.filter(pl.col("row").is_in(bad.implode())).with_columns(masked).drop("row")
    if expected.is_empty():
        assert load_workbook(path).worksheets[0].max_row == 1
        return
    again = read_back(path).frame.select(expected.columns)
    assert again.fill_null("").rows() == expected.fill_null("").rows()


def test_the_copy_that_is_kept_has_the_rows_of_the_file_without_persons(tmp_path: Path) -> None:
    rows = [
        penalty(1, legal_rep_id_no=IDENTITY_NUMBER, violation_facts="电话13800138000"),
        penalty(2, party_name="张示例", party_uscc=""),
        penalty(3),
    ]
    content = "示例市汇总表\n".encode() + as_csv(rows, PENALTY).replace("示例贸易3".encode(), '"示例\n贸易3"'.encode())
    sheet = read(content, tmp_path, PENALTY)
    judged = checked(sheet, PENALTY)

    write_redacted_copy(tmp_path / "copy.csv", sheet, require_heads(sheet.heads, PENALTY), judged.persons, PENALTY)

    text = (tmp_path / "copy.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(text.decode("utf-8-sig").splitlines(keepends=True)))
    assert table[1] == [field.title for field in PENALTY.table.fields]
    assert table[2][0] == "示例贸易1有限公司"
    assert not any(table[3])
    assert table[4][0] == "示例\n贸易3有限公司"
    assert not any(secret in text.decode() for secret in (IDENTITY_NUMBER, "13800138000", "张示例", "林示例"))


def full(sheet: Sheet, folder: Path, **more: object) -> tuple[Workbook, Resolved]:
    """The return workbook with its marks."""
    outcome = resolved(checked(sheet, PENALTY), KNOWN)
    path = folder / "returned.xlsx"
    heads = require_heads(sheet.heads, PENALTY)
    marks = Marks(kind=PENALTY.name, template_version="2018.1-01234567", batch="B-示例-1", round=1)
    write_return_workbook(path, sheet, heads, outcome.problems, outcome.persons, PENALTY, Returned(marks, **more))  # type: ignore[arg-type]
    return load_workbook(path), outcome


def test_the_workbook_says_which_batch_it_continues_where_nobody_changes_it(tmp_path: Path) -> None:
    book, _ = full(read(as_csv([penalty(2, penalty_basis="")], PENALTY), tmp_path, PENALTY), tmp_path)

    assert book["_rongxin"].sheet_state == "veryHidden"
    marks = Marks.of(read_back(tmp_path / "returned.xlsx").marks)
    assert marks == Marks(kind=PENALTY.name, template_version="2018.1-01234567", batch="B-示例-1", round=1)
    assert any("原样再传一次" in str(cell.value) for row in book["更正说明"].iter_rows() for cell in row)


def test_each_row_says_where_it_stood_in_the_first_file(tmp_path: Path) -> None:
    rows = [penalty(1), penalty(2, penalty_basis=""), penalty(3, penalty_basis="")]
    sheet = read(as_csv(rows, PENALTY), tmp_path, PENALTY)

    first, _ = full(sheet, tmp_path)
    again, _ = full(sheet, tmp_path, origins={3: "17", 4: "〈二季度〉第 5 行"})

    assert [row[-1].value for row in first.worksheets[0].iter_rows(min_row=2)] == ["3", "4"]
    assert [row[-1].value for row in again.worksheets[0].iter_rows(min_row=2)] == ["17", "〈二季度〉第 5 行"]
    assert str(again.worksheets[0].cell(2, 31).value).startswith("原第 17 行。")
    assert str(again.worksheets[0].cell(3, 31).value).startswith("原〈二季度〉第 5 行。")


def test_places_are_read_back_as_the_rows_they_name() -> None:
    sheets = ("一季度", "二季度")
    cells = pl.Series(["3", " 4 ", "〈二季度〉第 5 行", "〈三季度〉第 5 行", "张示例", None])

    assert places(cells, sheets).to_list() == [3, 4, SHEET_ROWS + 5, None, None, None]
    for row in (7, SHEET_ROWS + 7):
        assert places(pl.Series([row_label(row, sheets)]), sheets).to_list() == [row]
    assert places(pl.Series(["x"]), ()).to_list() == [None]


def test_a_suggested_value_stands_at_its_cell_and_in_the_reason(tmp_path: Path) -> None:
    rows = [penalty(1, party_uscc="", party_name="示例贸易2有限公司")]
    sheet = read(as_csv(rows, PENALTY), tmp_path, PENALTY)
    outcome = resolved(checked(sheet, PENALTY), KNOWN)
    column = list(PENALTY.fields).index("party_uscc")
    problems = outcome.problems.with_columns(
        pl.when(pl.col("code") == "code_missing_name_known").then(pl.lit(code(10_000_002))).alias("suggestion"),
        pl.lit(column, pl.Int32).alias("column"),
    )
    path = tmp_path / "returned.xlsx"
    write_return_workbook(path, sheet, require_heads(sheet.heads, PENALTY), problems, outcome.persons, PENALTY)

    page = load_workbook(path).worksheets[0]
    comment = page.cell(2, column + 1).comment
    assert comment is not None
    assert code(10_000_002) in comment.text
    assert f"建议：{code(10_000_002)}" in str(page.cell(2, 31).value)


def test_a_column_with_a_list_of_values_offers_it(tmp_path: Path) -> None:
    rows = [penalty(2, party_category="公司")]
    path, _ = returned(read(as_csv(rows, PENALTY), tmp_path, PENALTY), tmp_path)

    rules = load_workbook(path).worksheets[0].data_validations.dataValidation
    assert [(str(rule.sqref), rule.formula1) for rule in rules] == [("B2", '"法人及非法人组织,自然人,个体工商户"')]


def test_a_field_that_is_missing_gets_a_column_to_fill_in(tmp_path: Path) -> None:
    from tests.engine.test_layouts import PENALTY_2016, converted, judged, table

    filed = PENALTY_2016 | {"行政相对人代码_1(统一社会信用代码)": "", "行政相对人代码_3(工商登记码)": "350100100000017"}
    made = converted([filed], PENALTY, tmp_path)
    outcome = judged(made, PENALTY)
    sheet = read(table([filed]), tmp_path, PENALTY)
    path = tmp_path / "returned.xlsx"
    heads = require_heads(sheet.heads, PENALTY)
    write_return_workbook(path, sheet, heads, made.at_source(outcome.problems), outcome.persons, PENALTY)

    page = load_workbook(path).worksheets[0]
    written = [str(cell.value) for cell in page[1]]
    assert written[: len(PENALTY_2016)] == list(PENALTY_2016)
    assert written[len(PENALTY_2016) :] == ["行政相对人类别", "退回原因", "原文件行号"]
    assert page.cell(2, len(PENALTY_2016) + 1).fill.patternType == "solid"
    assert "11010519491231002X" not in str([cell.value for cell in page[2]])


def test_several_sheets_are_kept_one_after_another_with_the_place_of_each_row(tmp_path: Path) -> None:
    one = read(as_csv([penalty(1), penalty(2)], PENALTY), tmp_path, PENALTY)
    frame = one.frame.with_columns(pl.Series("row", [2, SHEET_ROWS + 2], dtype=pl.UInt32))
    sheet = replace(one, frame=frame, sheets=("一季度", "二季度"))
    judged = checked(sheet, PENALTY)

    write_redacted_copy(tmp_path / "copy.csv", sheet, require_heads(sheet.heads, PENALTY), judged.persons, PENALTY)

    kept = list(csv.reader((tmp_path / "copy.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [line[0] for line in kept] == ["行", "〈一季度〉第 2 行", "〈二季度〉第 2 行"]


def test_of_very_many_rows_the_first_are_listed_and_the_notes_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returning, "MOST_ROWS", 3)
    rows = [penalty(number, penalty_basis="") for number in range(1, 6)]

    path, _ = returned(read(as_csv(rows, PENALTY), tmp_path, PENALTY), tmp_path)

    assert cell(read_back(path), "penalty_document_no") == [row["penalty_document_no"] for row in rows[:3]]
    assert "多于" in str(load_workbook(path)["更正说明"]["A1"].value)


@pytest.mark.parametrize("blank", [(), (3,), (2, 3, 5)])
def test_a_copy_made_in_parts_is_the_copy_made_at_once(
    blank: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [dict.fromkeys(PENALTY.fields, "") if number in blank else penalty(number) for number in range(1, 8)]
    sheet = read(as_csv(rows, PENALTY), tmp_path, PENALTY)
    made = []
    for size in (1_000, 2):
        monkeypatch.setattr(returning, "_COPIED_AT_ONCE", size)
        path = tmp_path / f"{size}.csv"
        write_redacted_copy(path, sheet, require_heads(sheet.heads, PENALTY), checked(sheet, PENALTY).persons, PENALTY)
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert made[0].count(b"\n") == 8
