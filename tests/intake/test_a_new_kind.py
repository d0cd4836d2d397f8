"""A stranger adds the record kind of docs/policies.md and its item of the catalogue, and sends rows of it. No line of
Python.
"""

import re
import shutil
from pathlib import Path

import pytest

from config.environment import ROOT, environment
from rongxin.policy.loader import load_pack
from rongxin.records.display import Moment, displayed
from rongxin.rulebook import actions, queries
from tests.intake.conftest import Office
from tests.intake.tables import TEA, TEA_NAME, as_csv

pytestmark = pytest.mark.django_db

PAGE = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")


def written_on_the_page(first_line: str) -> str:
    """The example of the page that begins so."""
    found = re.search(rf"```yaml\n(# {re.escape(first_line)}\n.*?)```", PAGE, re.S)
    assert found, first_line
    return found.group(1)


def test_what_the_page_says_is_enough(office: Office, tmp_path: Path) -> None:
    packs = tmp_path / "policies"
    shutil.copytree(environment.policies, packs)
    (packs / "fuzhou" / "kinds").mkdir(exist_ok=True)
    kind = written_on_the_page("policies/fuzhou/kinds/brand_award.yaml")
    (packs / "fuzhou" / "kinds" / "brand_award.yaml").write_text(kind, encoding="utf-8")
    with (packs / "fuzhou" / "catalogue.yaml").open("a", encoding="utf-8") as catalogue:
        catalogue.write(written_on_the_page("policies/fuzhou/catalogue.yaml"))
    extended = load_pack(packs, "fuzhou")
    actions.release(extended, {}, asked_by="zhang", approved_by="li", note="增加品牌评定")
    queries.forget()

    row = {
        "获评单位名称": TEA_NAME,
        "统一社会信用代码": TEA,
        "品牌名称": "示例名牌茶叶",
        "级别": "市级",
        "评定文号": "榕示评〔2026〕3号",
        "评定日期": "2026年11月5日",
        "评定机关": "福州市示例市场监督管理局",
    }
    batch = office.send(
        as_csv([row, row | {"评定文号": "榕示评〔2026〕4号", "评定日期": "2099-01-01"}]), kind="brand_award"
    )

    assert (batch.accepted, batch.rejected) == (1, 1)
    office.release(batch)
    record = displayed(extended, Moment.now()).get()
    assert (record.kind, record.polarity, record.severity) == ("brand_award", "positive", "none")
