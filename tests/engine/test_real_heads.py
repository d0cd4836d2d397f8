"""The heads under which departments really publish and hold these records, from the shared reference tables."""

import csv

import pytest

from rongxin.engine.heads import match_heads
from rongxin.policy.kinds import RecordKind
from tests.engine.made_up import kind_named
from tests.shared import shared

PENALTY, LICENCE, REGISTRATION = map(kind_named, ("administrative_penalty", "administrative_licence", "registration"))

# Of the standard of 2016 or of the tax office: they say nothing that a field of today holds, or not surely.
NO_FIELD = {
    "行政处罚": {
        "处罚名称", "名称", "案件名称", "处罚生效期", "处罚生效期起", "公示期限", "当前状态", "地方编码",
        "数据更新时间戳", "数据更新时间", "处罚名称：", "处罚类别2：",
    },
    "行政许可": set(),
}  # fmt: skip


def field_of(head: str, kind: RecordKind) -> str:
    """The field that a head means by itself, with nothing else to tell the layout; empty for none."""
    return next(iter(match_heads([head], kind).columns), "")


@pytest.mark.parametrize("kind", [PENALTY, LICENCE], ids=lambda kind: kind.name)
def test_every_head_that_departments_published_is_found_or_known_to_mean_no_field(kind: RecordKind) -> None:
    with shared("data/templates/header_aliases.csv").open(encoding="utf-8-sig", newline="") as file:
        heads = {row["header_as_published"] for row in csv.DictReader(file) if row["table"] == kind.title.zh}

    unfound = {head for head in heads if not field_of(head, kind)}

    assert len(heads) > 5
    assert unfound == NO_FIELD[kind.title.zh]


@pytest.mark.parametrize(
    ("table", "kind", "expected"),
    [
        (
            "行政处罚公示信息",
            PENALTY,
            {
                "统一社会信用代码": "party_uscc",
                "纳税人名称": "party_name",
                "行政处罚文号": "penalty_document_no",
                "处罚原因": "violation_facts",
                "处罚时间": "penalty_decision_date",
                "处罚结果": "penalty_content",
                "法人姓名": "legal_representative",
                "法人身份证号": "legal_rep_id_no",
            },
        ),
        (
            "行政处罚决定信息",
            PENALTY,
            {
                "违法行为类型": "violation_type",
                "处罚类别": "penalty_category",
                "行政处罚决定书文号": "penalty_document_no",
                "处罚依据": "penalty_basis",
                "暂扣或吊销证照名称": "revoked_license",
                "处罚决定日期": "penalty_decision_date",
                "处罚有效期": "penalty_valid_to",
                "公示截止期": "publicity_deadline",
                "数据来源单位": "source_unit",
                "数据来源单位统一社会信用代码": "source_unit_uscc",
            },
        ),
        (
            "行政许可公示信息",
            LICENCE,
            {
                "统一社会信用代码": "party_uscc",
                "许可文件编号": "license_document_no",
                "许可文件名称": "license_document_name",
                "许可机关": "license_authority",
                "许可内容": "license_content",
                "状态": "record_status",
                "有效期自": "valid_from",
                "有效期至": "valid_to",
            },
        ),
        (
            "市场主体信息（含个体）",
            REGISTRATION,
            {
                "企业类型大类（中文）": "legal_form",
                "登记状态（中文）": "status",
                "统一社会信用代码": "uscc",
                "企业名称（字号名称）": "name",
                "注册资本(资金数额)": "registered_capital",
                "经营范围": "business_scope",
                "注册号": "registration_number",
                "成立日期": "established_on",
                "行业代码": "industry",
            },
        ),
        (
            "省回流-宁波市统一社会信用代码信息（国家下发数据）",
            REGISTRATION,
            {
                "企业名称": "name",
                "统一社会信用代码": "uscc",
                "工商登记码": "registration_number",
                "组织机构代码": "organisation_code",
            },
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_columns_of_a_departments_own_table_are_found(
    table: str, kind: RecordKind, expected: dict[str, str]
) -> None:
    with shared("data/templates/department_table_fields.csv").open(encoding="utf-8-sig", newline="") as file:
        heads = [row["field_name"] for row in csv.DictReader(file) if row["source_table"] == table]

    match = match_heads(heads, kind)

    assert {heads[index]: name for name, index in match.columns.items()} == expected
    # That table has the place of business beside the registered address: which one is meant, a person says.
    assert set(match.duplicate) <= {"address"}
