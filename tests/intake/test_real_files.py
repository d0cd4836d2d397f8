"""Real decisions printed by the city's bureaux, put under the standard's heads as a clerk would: what becomes of every row.

They lack what a news text does not print (basis, category, codes of the authority), so most come back, each with its reasons.
"""

import csv
from pathlib import Path

import pytest
from django.utils import timezone

from rongxin.intake.checking import check_file
from rongxin.policy.pack import Policy
from tests.intake.conftest import Office
from tests.intake.tables import CODE, DOCUMENT, NAME, as_csv
from tests.shared import shared

pytestmark = pytest.mark.django_db


def real(name: str) -> list[dict[str, str]]:
    with shared(f"data/records/{name}").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def reasons(office: Office, policy: Policy, table: bytes, kind: str, tmp_path: Path) -> dict[int, set[str]]:
    path = tmp_path / "real.csv"
    path.write_bytes(table)
    checked = check_file(path, policy.kinds[kind], policy, timezone.localdate())
    found: dict[int, set[str]] = {row: set() for row in checked.sheet.frame["row"]}
    for row, code in checked.problems.filter(checked.problems["severity"] != "warn").select("row", "code").iter_rows():
        found[row].add(code)
    for row in checked.persons["row"]:
        found[row].add("refused_person")
    return found


def test_the_penalties_as_printed(office: Office, policy: Policy, tmp_path: Path) -> None:
    rows = [
        {
            NAME: row["enterprise_name"],
            "行政相对人类别": "法人及非法人组织",
            CODE: row["uscc"],
            DOCUMENT: row["document_no"],
            "违法行为类型": row["matter"],
            "违法事实": row["matter"],
            "处罚依据": "",
            "处罚类别": "",
            "处罚内容": row["result"],
            "罚款金额（万元）": f"{row['amount_yuan']}元" if row["amount_yuan"] else "",
            "处罚决定日期": row["date"],
            "处罚有效期": "",
            "处罚机关": row["authority"],
            "处罚机关统一社会信用代码": "",
            "数据来源单位": row["authority"],
            "数据来源单位统一社会信用代码": "",
        }
        for row in real("penalties_fuzhou_sample.csv")
    ]
    found = reasons(office, policy, as_csv(rows), "administrative_penalty", tmp_path)

    assert all("required_missing" in codes for codes in found.values())
    assert "code_unknown_to_register" in found[2]
    assert found[4] & {"subject_unknown", "code_missing"}
    assert len(found) == 5


def test_the_approvals_as_printed_name_projects_and_not_companies(
    office: Office, policy: Policy, tmp_path: Path
) -> None:
    rows = [
        {
            NAME: row["project_name"],
            "行政相对人类别": "法人及非法人组织",
            "行政许可决定文书名称": "环境影响评价文件批复",
            "行政许可决定文书号": row["document_no"],
            "许可类别": "核准",
            "许可内容": f"{row['project_name']}环境影响评价文件",
            "许可决定日期": row["issued_raw"],
            "有效期自": row["issued_raw"],
            "有效期至": "2099-12-31",
            "许可机关": row["authority"],
            "许可机关统一社会信用代码": "",
            "当前状态": "1",
            "数据来源单位": row["authority"],
            "数据来源单位统一社会信用代码": "",
        }
        for row in real("eia_approvals_fuzhou_sample.csv")
    ]
    found = reasons(office, policy, as_csv(rows), "administrative_licence", tmp_path)

    assert len(found) == 10
    assert all(codes for codes in found.values())
