"""Which rows below a head are no data, and that no row of data is ever taken for one."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine.body_rows import is_note, rows_text
from rongxin.engine.reading import Sheet, Unreadable, read_table
from rongxin.engine.sheets import SAMPLE_MARK

HEADS = ("名称", "代码", "金额", "日期", "机关")
FULL = ("示例甲有限公司", "1", "2", "2026-01-05", "示例局")


def read(folder: Path, *rows: Sequence[str]) -> Sheet:
    path = folder / "t.csv"
    path.write_text("\n".join(",".join([*row, *[""] * (len(HEADS) - len(row))]) for row in rows), encoding="utf-8")
    return read_table(path, row_limit=1000, known_heads=frozenset(HEADS))


def told(sheet: Sheet) -> dict[str, str]:
    return {finding.code: finding.params["rows"] for finding in sheet.findings}


NOTES = [
    "填报说明",
    "填报说明：请逐项填写",
    "注：金额以万元为单位",
    "注 1、金额以万元为单位",
    "*备注：取自月报表",
    "合计",
    "合 计：",
    "小计（元）",
    "总计",
    "填表人：示例",
    "审核人（签字）：",
    "联系电话: 000",
    "（盖章）",
    "第 1 页 共 3 页",
    "共 12 条",
    "打印时间：2026-01-05 10:00",
    "以下空白",
]


@pytest.mark.parametrize("note", NOTES)
def test_notes_below_are_passed_over_and_told(tmp_path: Path, note: str) -> None:
    sheet = read(tmp_path, HEADS, FULL, [note], FULL)

    assert sheet.frame["row"].to_list() == [2, 4]
    assert told(sheet) == {"notes_skipped": "3"}
    assert sheet.row_findings.is_empty()


@pytest.mark.parametrize(
    "cell",
    [
        "注塑机示例厂",
        "总计划示例公司",
        "合计算示例公司",
        "说明书示例印刷厂",
        "第一页示例书店",
        "共三家示例合作社",
        "备注示例",
        "1、示例公司",
        "负责人示例",
    ],
)
def test_a_name_that_begins_like_a_note_is_data(tmp_path: Path, cell: str) -> None:
    sheet = read(tmp_path, HEADS, FULL, [cell])

    assert sheet.frame["row"].to_list() == [2, 3]
    assert told(sheet) == {}


@pytest.mark.parametrize("note", NOTES)
def test_a_row_with_three_filled_cells_is_data_whatever_its_first_says(tmp_path: Path, note: str) -> None:
    sheet = read(tmp_path, HEADS, FULL, [note, "1", "2"])

    assert sheet.frame.height == 2
    assert told(sheet) == {}


def test_in_a_table_of_three_columns_no_row_is_a_note(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("名称,代码,金额\n示例,1,2\n合计,,2\n", encoding="utf-8")

    assert read_table(path, row_limit=10).frame.height == 2


def test_signatures_side_by_side_are_one_note(tmp_path: Path) -> None:
    sheet = read(tmp_path, HEADS, FULL, ["填表人：示例", "", "审核人：示例", "", "联系电话：000"])

    assert told(sheet) == {"notes_skipped": "3"}


def test_numbered_lines_count_only_where_they_follow_a_note(tmp_path: Path) -> None:
    lines = [["1、名称填全称"], [], ["2、代码填十八位"], FULL, ["3、示例公司"]]

    sheet = read(tmp_path, HEADS, FULL, ["填报说明："], *lines)

    assert told(sheet) == {"notes_skipped": "3–4、6"}
    assert sheet.frame["row"].to_list() == [2, 7, 8]


def test_titles_and_notes_above_the_head_are_told(tmp_path: Path) -> None:
    sheet = read(tmp_path, ["示例市汇总表"], [], ["填报单位：示例局", "", "", "2026年1月"], HEADS, FULL)

    assert (sheet.head_row, told(sheet)) == (4, {"notes_skipped": "1、3"})


def test_the_head_and_title_of_every_printed_page_are_passed_over(tmp_path: Path) -> None:
    page = [["示例市汇总表 第1页"], HEADS, FULL]
    again = [["示例市汇总表 第2页"], [HEADS[0], " 代码（必填）", *HEADS[2:]], FULL]

    sheet = read(tmp_path, *page, *again, *page)

    assert sheet.frame["row"].to_list() == [3, 6, 9]
    assert told(sheet)["heads_repeated"] == "4–5、7–8"


def test_a_row_that_numbers_the_columns_is_no_data(tmp_path: Path) -> None:
    sheet = read(tmp_path, HEADS, ["1", "2", "3", "4", "5"], FULL, ["1", "2", "3", "4", "5"])

    assert sheet.frame["row"].to_list() == [3, 4]
    assert told(sheet) == {"notes_skipped": "2"}


def test_sample_rows_are_passed_over_without_a_word(tmp_path: Path) -> None:
    samples = [[f"{SAMPLE_MARK}示例公司", *FULL[1:]], ["", f"{SAMPLE_MARK}1", "2"]]

    sheet = read(tmp_path, HEADS, *samples, FULL)

    assert (sheet.frame["row"].to_list(), sheet.findings) == ([4], ())


@pytest.mark.parametrize("rows", [[["注：无"]], [[SAMPLE_MARK]], [["合计"], ["填表人："]]])
def test_a_table_of_nothing_but_notes_has_only_a_head(tmp_path: Path, rows: list[list[str]]) -> None:
    with pytest.raises(Unreadable, match="head_only"):
        read(tmp_path, HEADS, *rows)


filled = st.lists(st.sampled_from(["", " ", "注：x", "合计", "示例", "1", *HEADS]), min_size=5, max_size=5)


@settings(deadline=None)
@given(rows=st.lists(filled, min_size=1, max_size=12))
def test_only_empty_rows_notes_and_heads_are_ever_left_out(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    sheet = read(tmp_path_factory.mktemp("csv"), HEADS, *rows, FULL)

    left = {number: row for number, row in enumerate(rows, start=2) if number not in set(sheet.frame["row"])}
    for row in left.values():
        cells = [cell for cell in row if cell.strip()]
        assert not cells or tuple(row) == HEADS or (len(cells) <= 2 and is_note(cells[0]))
    numbers = [number for number, row in left.items() if any(cell.strip() for cell in row)]
    assert len(numbers) == sum(int(finding.params["count"]) for finding in sheet.findings)


def test_row_numbers_are_told_in_runs() -> None:
    assert rows_text([9, 3, 4, 5]) == "3–5、9"
    assert rows_text(range(1, 100, 2)).endswith("37、39…")
