"""Sources that do not send our tables are recognised, read, and go through the same checks as every file."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rongxin.intake.adapters import ADAPTERS, read_source
from rongxin.intake.models import Batch, RowProblem
from rongxin.policy.pack import Policy
from rongxin.records import queries as records
from rongxin.subjects.registration import register
from tests.intake.conftest import Office
from tests.intake.tables import TEA, TEA_NAME
from tests.shared import shared

DEBTOR = "judgment_debtor"
GRADE = "environmental_grade"
GRADES = "evaluated_year,grade,enterprise_name,county,publisher,published,source\n"


def debtor(**changes: Any) -> dict[str, Any]:
    """An entry as published, of the one registered company."""
    return {
        "失信被执行人名称": TEA_NAME,
        "组织机构代码": TEA[8:17],
        "法定代表人或者负责人姓名": "林示例",
        "执行法院": "福州市示例区人民法院",
        "省份": "福建",
        "执行依据文号": "（2026）闽示民初118号",
        "立案时间": "2026年09月03日",
        "案号": "（2026）闽示执118号",
        "做出执行依据单位": "福州市示例区人民法院",
        "生效法律文书确定的义务": "支付货款120000元",
        "被执行人的履行情况": "全部未履行",
        "失信被执行人行为具体情形": "有履行能力而拒不履行生效法律文书确定义务",
        "发布时间": "2026年11月16日",
        "数据来源": "福州市示例区人民法院",
    } | changes


def sent(office: Office, *entries: dict[str, Any], lines: bool = False) -> Batch:
    text = "\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    body = text if lines else json.dumps(entries, ensure_ascii=False)
    return office.send(body.encode(), kind=DEBTOR, name="失信名单.json")


def codes(batch: Batch) -> list[str]:
    return [finding["code"] for finding in batch.findings]


@pytest.mark.parametrize("lines", [False, True])
def test_the_courts_list_is_recorded_for_the_company_that_bears_the_code(office: Office, lines: bool) -> None:
    batch = sent(office, debtor(), lines=lines)
    assert (batch.state, batch.accepted, codes(batch)[0]) == ("checked", 1, "source_recognised")
    office.release(batch)
    assert len(records.numbers_in_batch(batch.number, limit=5)) == 1


def test_persons_in_the_list_leave_their_number_and_nothing_else(office: Office) -> None:
    person = debtor(失信被执行人名称="王示例", 年龄=44, 性别="男", 组织机构代码="3501****1234")
    batch = sent(office, debtor(), person)
    assert (batch.accepted, batch.refused_person) == (1, 1)
    assert RowProblem.objects.get(batch=batch, severity="person").row == 3
    assert not RowProblem.objects.filter(batch=batch, value__contains="王示例").exists()


def test_other_provinces_are_left_out_and_counted(office: Office) -> None:
    batch = sent(office, debtor(), debtor(省份="浙江", 案号="（2026）浙示执1号"))
    assert batch.rows == 1
    assert {"code": "other_provinces_left_out", "params": {"province": "福建省", "rows": "1"}} in batch.findings


@pytest.mark.parametrize("body", [b"[]", b"[1, 2]", b'{"a": 1}', b"[{", b'[{"name": "x"}]', b"[" * 100_000])
def test_other_json_is_no_list_of_debtors(office: Office, body: bytes) -> None:
    batch = office.send(body, kind=DEBTOR, name="list.json")
    assert (batch.state, batch.rows) == ("unreadable", 0)
    assert codes(batch)[0] in ("not_a_table", "head_only")


def test_grades_without_codes_find_their_company_by_name_and_bad_ones_wait_for_a_person(office: Office) -> None:
    table = (
        GRADES
        + f"2025,环保诚信企业,{TEA_NAME},鼓楼区,福州市示例生态环境局,2026-11-16,example\n"
        + f"2025批次2,环保不良企业,{TEA_NAME},鼓楼区,福州市示例生态环境局,2026-11-16,example\n"
    )
    batch = office.send(table.encode(), kind=GRADE, name="grades.csv")
    assert (batch.accepted, batch.in_review, codes(batch)[0]) == (1, 1, "source_recognised")


def test_a_table_under_the_kinds_own_heads_is_read_as_ever(policy: Policy, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("单位名称,评价年度,评价等级\n福州示例有限公司,2025,诚信\n", encoding="utf-8")
    sheet = read_source(path, policy.kinds[GRADE], row_limit=10, known_heads=frozenset())
    assert (sheet.heads, sheet.findings) == (("单位名称", "评价年度", "评价等级"), ())


def test_every_adapter_belongs_to_a_kind(policy: Policy) -> None:
    assert {adapter.kind for adapter in ADAPTERS} <= policy.kinds.keys()
    assert len({adapter.name for adapter in ADAPTERS}) == len(ADAPTERS)


def test_the_real_list_of_2018_finds_those_who_bear_exactly_the_name(office: Office) -> None:
    path = shared("data/records/env_credit_fuzhou_2018.csv")
    found = pl.read_csv(shared("data/registry/fuzhou_enterprises_1978_2010.csv.gz"))
    listed = pl.read_csv(path)["enterprise_name"]
    company = found.filter(pl.col("企业名称").is_in(listed.implode())).head(1)
    columns = {"uscc": company["统一社会信用代码"], "name": company["企业名称"]}
    register(pl.DataFrame(columns), source="示例", on=date(2026, 1, 5))
    batch = office.send(path.read_bytes(), kind=GRADE, name="grades.csv")
    assert batch.rows == listed.len()
    assert batch.accepted + batch.in_review + batch.rejected + batch.refused_person == batch.rows
