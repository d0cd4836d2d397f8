"""A stranger adds a record kind by one YAML file and sends rows of it. No line of Python."""

import shutil
from pathlib import Path

import pytest

from config.environment import environment
from rongxin.policy.loader import load_pack
from rongxin.records.display import Moment, displayed
from rongxin.rulebook import actions, queries
from tests.intake.conftest import Office
from tests.intake.tables import TEA, TEA_NAME, as_csv

pytestmark = pytest.mark.django_db

HONOUR = """
name: honour
title: {zh: 荣誉表彰, en: Honour}
description: 政府部门授予企业的荣誉。没有字段标准，按常用公示表设定（U）。
schema:
  fields:
    - {name: party_name, title: 企业名称, type: string, constraints: {required: true, maxLength: 200}}
    - {name: party_uscc, title: 统一社会信用代码, type: uscc, constraints: {required: true}}
    - {name: award, title: 荣誉名称, type: string, constraints: {required: true, maxLength: 200}}
    - {name: document_no, title: 表彰文号, type: string, constraints: {required: true, maxLength: 64}}
    - {name: decided_on, title: 表彰日期, type: date, constraints: {required: true}}
    - {name: authority, title: 表彰单位, type: string, constraints: {required: true, maxLength: 200}}
x-credit:
  version: "1"
  polarity: positive
  provider: {zh: 作出表彰的单位, en: The authority that gives the honour}
  icon: award
  party: {name: party_name, uscc: party_uscc}
  envelope: {authority: authority, document_number: document_no, decided_on: decided_on}
  headline: [award]
  display:
    - {severity: none, display: public, basis: {document: fujian-credit-2019-7, item: 十三, reading: C}}
  rules:
    - {rule: not_after_today, field: decided_on}
"""


def test_one_file_is_enough(office: Office, tmp_path: Path) -> None:
    packs = tmp_path / "policies"
    shutil.copytree(environment.policies, packs)
    (packs / "fuzhou" / "kinds").mkdir(exist_ok=True)
    (packs / "fuzhou" / "kinds" / "honour.yaml").write_text(HONOUR, encoding="utf-8")
    extended = load_pack(packs, "fuzhou")
    actions.release(extended, {}, asked_by="zhang", approved_by="li", note="增加荣誉表彰")
    queries.forget()

    row = {
        "企业名称": TEA_NAME,
        "统一社会信用代码": TEA,
        "荣誉名称": "示例守合同重信用企业",
        "表彰文号": "榕示表〔2026〕3号",
        "表彰日期": "2026年11月5日",
        "表彰单位": "福州市示例市场监督管理局",
    }
    batch = office.send(as_csv([row, row | {"表彰文号": "榕示表〔2026〕4号", "表彰日期": "2099-01-01"}]), kind="honour")

    assert (batch.accepted, batch.rejected) == (1, 1)
    office.release(batch)
    record = displayed(extended, Moment.now()).get()
    assert (record.kind, record.polarity, record.severity) == ("honour", "positive", "none")
