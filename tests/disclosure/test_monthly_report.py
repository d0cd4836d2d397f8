"""The monthly report of double publicity: the printed form, cell for cell, filled by the platform and the departments."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from typer.testing import CliRunner

from rongxin.cli.main import app
from rongxin.departments.models import Department
from rongxin.disclosure.monthly_report import heads, monthly_report
from rongxin.intake.coverage.filing import Filing, file_counts
from rongxin.intake.models import BatchState, Channel
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment
from tests.factories import LICENCE, PENALTY, a_department, a_record, a_subject, at, some_records
from tests.intake.coverage.batches import a_batch, an_officer
from tests.shared import shared

OCTOBER = date(2026, 10, 1)
# Positions of the printed form: row, column, rows, columns; the cell's words where they are the same everywhere.
FORM = {
    (1, 1, 1, 21): None,
    (3, 1, 1, 21): None,
    (4, 1, 2, 1): "单位名称",
    (4, 2, 2, 1): "本单位公示网址",
    (4, 3, 1, 7): "行政许可",
    (4, 10, 1, 7): "行政处罚",
    (4, 17, 2, 1): "报送方式",
    (4, 18, 2, 1): "报送存在问题情况",
    (5, 3, 1, 1): "产生数量",
    (5, 7, 1, 1): "未报送依据",
    (5, 8, 1, 1): "有效入库数",
    (5, 9, 1, 1): "市级网站公示数量",
    (5, 10, 1, 1): "产生数量",
    (5, 16, 1, 1): "市级网站公示数量",
    (6, 1, 1, 1): "合计数",
}


def test_the_heads_stand_where_the_form_has_them() -> None:
    cells = {(cell.row, cell.column, cell.rows, cell.columns): cell.text for cell in heads("福州市", OCTOBER)}

    assert FORM.keys() <= cells.keys()
    assert len(cells) == 9 + 14
    assert all(text is None or cells[place] == text for place, text in FORM.items())
    assert cells[1, 1, 1, 21] == "福州市双公示工作2026/10-2026/10数据统计表"


def test_the_heads_are_those_of_the_form_that_cities_use() -> None:
    with shared("data/templates/double_publicity_monthly_report_layout.csv").open(encoding="utf-8-sig") as file:
        printed = {
            tuple(int(row[name]) for name in ("row", "col", "rowspan", "colspan")): row["text"]
            for row in csv.DictReader(file)
        }
    ours = {(cell.row, cell.column, cell.rows, cell.columns): cell.text for cell in heads("苏州市", date(2017, 10, 1))}

    assert ours.keys() == printed.keys()
    # The note says where the numbers come from, and here the platform counts what was sent.
    assert [place for place in ours if ours[place] != printed[place]] == [(3, 1, 1, 21)]


@pytest.fixture
def unit(policy: Policy) -> Department:
    return a_department("unit", "福州市示例市场监督管理局", short_name="示例局")


def sheet(policy: Policy, *units: Department) -> Any:
    with time_machine.travel(at("2026-11-22"), tick=False):
        book = monthly_report(policy, OCTOBER, units, moment=Moment.now(), began_on=date(2018, 1, 1))
    return openpyxl.load_workbook(io.BytesIO(book)).active


def row(page: Any, number: int) -> list[Any]:
    return [cell.value for cell in page[number]][:18]


@pytest.mark.django_db
def test_cells_are_merged_as_printed(policy: Policy, unit: Department) -> None:
    page = sheet(policy, unit)

    merged = {
        (each.min_row, each.min_col, each.size["rows"], each.size["columns"]) for each in page.merged_cells.ranges
    }
    assert merged == {place for place in FORM if place[2:] != (1, 1)}
    assert [cell.value for cell in page[2] if cell.value] == []


@pytest.mark.django_db
def test_a_unit_fills_its_row_from_its_own_count_and_from_the_platform(policy: Policy, unit: Department) -> None:
    subject, idle = a_subject(), a_department("idle", "示例闲局")
    some_records(4, subject, department=unit, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    a_record(subject, department=unit, severity="minor", decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    a_record(subject, department=unit, kind=LICENCE, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-30"))
    for kind, channel, rejected in ((PENALTY, Channel.PAGE, 2), (LICENCE, Channel.API, 0)):
        a_batch(
            unit,
            kind=kind,
            channel=channel,
            state=BatchState.RECORDED,
            received_at=at("2026-10-13"),
            rows=9,
            rejected=rejected,
        )
    filing = Filing(kind=PENALTY, produced=10, own_published=6, unreported=1, unreported_basis="=涉密")
    file_counts(an_officer(unit), unit, OCTOBER, [filing], policy)

    page = sheet(policy, unit, idle)

    licences = [None, None, 1, None, None, 1, 1]
    penalties = [10, 6, 7, 1, "=涉密", 5, 4]
    assert row(page, 7) == [
        unit.name,
        None,
        *licences,
        *penalties,
        "接口、网页",
        "退回待改 2 行；逾期公示 1 条；无理由缺报 2 条",
    ]
    assert row(page, 8)[-1] == "未填报产生数量"
    assert page["N7"].data_type == "s"
    assert row(page, 6)[:5] == ["合计数", None, "=SUM(C7:C8)", "=SUM(D7:D8)", "=SUM(E7:E8)"]


@pytest.mark.django_db
def test_the_sums_are_there_before_anybody_recalculates(policy: Policy, unit: Department) -> None:
    other = a_department("other", "示例他局")
    for department, number in ((unit, 3), (other, 4)):
        some_records(
            number, a_subject(), department=department, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13")
        )
    with time_machine.travel(at("2026-11-22"), tick=False):
        book = monthly_report(policy, OCTOBER, (unit, other), moment=Moment.now(), began_on=date(2018, 1, 1))

    page = openpyxl.load_workbook(io.BytesIO(book), data_only=True).active
    assert (page["O6"].value, page["C6"].value) == (7, 0)


@pytest.mark.django_db
def test_the_command_writes_the_workbook(policy: Policy, unit: Department, tmp_path: Path) -> None:
    out = tmp_path / "report.xlsx"
    with time_machine.travel(at("2026-11-22"), tick=False):
        done = CliRunner().invoke(app, ["report", "monthly", "--month", "2026-10", "--out", str(out), "--json"])

    assert done.exit_code == 0, done.output
    assert '"units": 1' in done.output
    assert openpyxl.load_workbook(out).active["A7"].value == unit.name


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments", [["--month", "2026-13"], ["--month", "2999-01"], ["--month", "2026-10", "--department", "x"]]
)
def test_the_command_says_what_is_wrong(policy: Policy, tmp_path: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["report", "monthly", "--out", str(tmp_path / "r.xlsx"), *arguments])

    assert done.exit_code == 2
    assert not (tmp_path / "r.xlsx").exists()
