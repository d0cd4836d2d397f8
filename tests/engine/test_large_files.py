"""The promise of performance.md: a file of a million rows and thirty columns within two gigabytes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from rongxin.engine.reading import read_table
from tests.engine import large

ROWS = 1_000_000
PEAK_MB = 2_000


@pytest.mark.soak
def test_a_million_rows_are_read_and_judged_within_two_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    large.write(path, ROWS)

    done = subprocess.run([sys.executable, "-m", large.__name__, str(path)], capture_output=True, check=True)

    told = json.loads(done.stdout)
    assert path.stat().st_size > 700 * ROWS
    assert (told["rows"], told["problems"]) == (ROWS, 0)
    assert told["peak_mb"] <= PEAK_MB


@pytest.mark.soak
def test_one_ragged_row_among_many_is_found(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    large.write(path, 200_000)
    with path.open("a", encoding="utf-8") as file:
        file.write("示例商行,乙\n")

    done = subprocess.run([sys.executable, "-m", large.__name__, str(path)], capture_output=True, check=True)

    assert json.loads(done.stdout)["problems"] > 0


@pytest.mark.soak
def test_a_workbook_of_a_million_rows_is_read_with_what_it_hides(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    heads = ("名称", "代码", "金额", "日期")
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, heads)
        for row in range(1, ROWS + 1):
            if row == 700_000:
                page.set_row(row, None, None, {"hidden": True})
            page.write_row(row, 0, (f"示例{row}公司", "1", row, "2026-01-05"))

    sheet = read_table(path, row_limit=ROWS, known_heads=frozenset(heads))

    assert sheet.frame.height == ROWS
    assert sheet.frame.row(-1) == (ROWS + 1, f"示例{ROWS}公司", "1", str(ROWS), "2026-01-05")
    assert [(told.code, told.params["rows"]) for told in sheet.findings] == [("hidden_rows", "700001")]
