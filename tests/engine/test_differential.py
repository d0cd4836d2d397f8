"""Columns against a plain loop over the same dirty rows: the same problems, values and refused persons."""

import random
from pathlib import Path

import pytest

from rongxin.engine.acts import stored_fields
from rongxin.policy.kinds import RecordKind
from tests.engine import plain_loop
from tests.engine.made_up import as_csv, check, checked, code, kind_named, penalty, read, small_kind

ROWS = 2_000
DIRT: dict[str, tuple[str, ...]] = {
    "party_name": (
        "",
        "林示例",
        " 示例（福州）贸易有限公司 ",
        "示例贸易1有限公司",
        "欧阳示例",
        "无",
        "联系人13800138000示例店",
    ),
    "party_category": (
        "",
        "自然人",
        "法人",
        "企业",
        "个体户",
        "公司",
        "自然人（外籍）",
        " 法人及非法人组织　",
        "法人及非法人组织；个体工商户",
    ),
    "party_uscc": (
        *("", "— —", "000000000000000000", "00000000000000000X", "1.23457E+17", "913501047000000000", "9135010470"),
        *(
            "11010519491231002X",
            "110105 19491231 002x",
            "91350104MA2ABC125I",
            "91350203M0001QKT19",
            "99350104MA2ABC125P",
        ),
        *(code(1_234_567).lower(), code(7_654_321)[:17] + "*", code(1_234_567)[:16] + "00", "ｘ" * 18, "无"),
    ),
    "party_reg_no": (
        "",
        "110000006000374",
        "350102600101001",
        "11010519491231002X",
        "350104100012345.0",
        "1234",
        "3.5E+14",
    ),
    "party_org_code": ("", "59467239-9", "594672399", "594672390", "5.94672E+08", "11010519491231002X"),
    "legal_representative": ("", "林示例", "欧阳示例示例", "/", "林"),
    "legal_rep_id_no": ("", "11010519491231002X", "x" * 70),
    "penalty_document_no": ("", "示市监罚[2026]1号", "示市监罚(2026)1号", "示市监罚〔2026〕 1 号", "示" * 200, "暂无"),
    "violation_facts": (
        "",
        "当事人身份证１１０１０５１９４９１２３１００２Ｘ",
        "电话138-0013-8000",
        "—",
        "甲" * 5_001,
        '引号"和\\和\n换行',
    ),
    "penalty_category": (
        *(
            "",
            "罚款；没收违法所得",
            "警告",
            "警告;罚款",
            "罚款、警告",
            "行政拘留",
            "责令停产停业",
            "；",
            "其他",
            "罚 款",
            "罚款；",
        ),
    ),
    "penalty_content": (
        "",
        "罚款80000000元",
        "罚款人民币捌仟元整",
        "罚款8,000元，没收1.2万元",
        "罚款0.8元",
        "罚款8000元整",
        "处罚",
    ),
    "fine_amount_10k": (
        "",
        "8000",
        "0.8",
        "8000元",
        "-1",
        "0.0000001",
        "0.123456",
        "一万",
        "8000美元",
        "1e5",
        "无",
        ".8",
        "9" * 25,
    ),
    "penalty_decision_date": (
        "",
        "2026-02-31",
        "2026/1/5",
        "20260105",
        "长期",
        "2099-12-31",
        "昨天",
        "46027",
        "2026-11-23",
        "二〇二六年一月五日",
    ),
    "penalty_valid_to": ("", "2099-12-31", "长期", "2020-01-01", "2026-10-12", "2027年10月12日", "无", "13月"),
    "penalty_authority": ("", "示例市 市场监督管理局", "示例市市場監督管理局"),
    "remark": ("", "— —", "／", "备注", "Ｎ／Ａ", "x" * 513, "\u200b"),
}


def dirty_rows(seed: int) -> list[dict[str, str]]:
    """Rows with none to four dirty cells each; some acts stand twice, the same or changed."""
    chance = random.Random(seed)
    rows = []
    for number in range(ROWS):
        row = penalty(chance.choice((number, number, number % 50)))
        for name in chance.sample(sorted(DIRT), chance.choice((0, 0, 1, 1, 2, 4))):
            row[name] = chance.choice(DIRT[name])
        rows.append(row)
    return rows


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_columns_find_what_a_plain_loop_finds(tmp_path: Path, seed: int) -> None:
    kind = kind_named("administrative_penalty")
    rows = dirty_rows(seed)

    judged = check(rows, tmp_path, kind)

    expected = plain_loop.judge(rows, kind)
    found = judged.problems.select("row", "field", "code", "severity").rows()
    assert sorted(found, key=str) == sorted(((row.number, *each) for row in expected for each in row.problems), key=str)
    assert judged.persons.rows() == [(row.number, row.person) for row in expected if row.person]
    assert judged.suspects.to_list() == [row.number for row in expected if row.suspect and not row.person]
    kept = [row for row in expected if not row.person]
    assert judged.rows["uscc_usable"].to_list() == [row.usable for row in kept]
    for name in stored_fields(kind):
        assert judged.rows[name].to_list() == [row.values[name] for row in kept], name


def test_the_dirt_reaches_every_problem_of_a_cell(tmp_path: Path) -> None:
    """Else the comparison above would compare less than it says."""
    found = set(check(dirty_rows(1), tmp_path, kind_named("administrative_penalty")).problems["code"])

    assert found >= {
        *(
            "required_missing",
            "length_exceeded",
            "enum_unknown",
            "date_unreadable",
            "date_impossible",
            "date_in_future",
        ),
        *("date_before_other", "amount_unreadable", "amount_negative", "amount_too_fine", "unit_confusion"),
        *("code_lost_digits", "uscc_placeholder", "uscc_length", "uscc_alphabet", "uscc_category", "severity_unknown"),
        *("uscc_check_character", "uscc_organisation_code", "organisation_code_invalid", "act_twice_in_file"),
        *("registration_number_invalid",),
    }


def several_rules() -> RecordKind:
    return small_kind(
        {
            "name": "ground",
            "title": "事由",
            "type": "string",
            "x-credit": {"several": True},
            "constraints": {"enum": ["甲", "乙", "丙"]},
        },
        {"name": "number", "title": "编号", "type": "string", "constraints": {"pattern": "[A-Z]{2}[0-9]+"}},
        {"name": "note", "title": "说明", "type": "text"},
        rules=[
            {"rule": "required_when", "field": "number", "when": "ground", "has": ["甲", "丙"]},
            {"rule": "one_of_required", "fields": ["number", "note"]},
        ],
    )


def test_so_do_the_rules_that_the_national_kinds_do_not_use(tmp_path: Path) -> None:
    kind = several_rules()
    chance = random.Random(4)
    rows = [
        {
            "party_name": f"示例{number}有限公司",
            "party_uscc": code(number + 1),
            "authority": "示例局",
            "document_no": str(number),
            "decided_on": "2026-01-05",
            "ground": chance.choice(("甲", "乙；丙", "乙", "", "丁")),
            "number": chance.choice(("AB1", "AB1\n", "ab1", "", "— —", "XAB1")),
            "note": chance.choice(("", "说明")),
        }
        for number in range(300)
    ]

    judged = checked(read(as_csv(rows, kind), tmp_path, kind), kind)

    expected = plain_loop.judge(rows, kind)
    found = judged.problems.select("row", "field", "code", "severity").rows()
    assert sorted(found, key=str) == sorted(((row.number, *each) for row in expected for each in row.problems), key=str)
    assert {code_ for _, _, code_, _ in found} >= {
        "required_when_missing",
        "one_of_required_missing",
        "pattern_mismatch",
    }


def graded() -> RecordKind:
    """Grades that are good, bad or neither, filed under codes of any kind and without a document number."""
    basis = {"document": "example", "reading": "C"}
    return small_kind(
        {"name": "party_code", "title": "各类代码", "type": "party_code"},
        {
            "name": "grade",
            "title": "等级",
            "type": "string",
            "x-credit": {"several": True},
            "constraints": {"enum": ["优", "中", "差", "停"]},
        },
        {"name": "year", "title": "年度", "type": "string"},
        polarity_when=[
            {"then": "positive", "field": "grade", "has": ["优"], "only": True, "basis": basis},
            {"then": "adverse", "field": "grade", "has": ["差", "停"], "basis": basis},
        ],
        severity=[{"then": "general", "field": "grade", "has": ["差"], "basis": basis}],
        party={
            "name": "party_name",
            "uscc": "party_code",
            "registration_number": "party_code",
            "organisation_code": "party_code",
        },
        envelope={"authority": "authority", "decided_on": "decided_on"},
        identified_by=["year"],
    )


def test_so_do_grades_under_codes_of_any_kind(tmp_path: Path) -> None:
    kind = graded()
    chance = random.Random(5)
    codes = (
        *(code(1), code(2).lower(), code(3)[:17] + "*", "5946723**", "59467239-9", "594672390", "MA0000015"),
        *(
            "110000006000374",
            "350102600101001",
            "1101051949123",
            "11010519491231002X",
            "",
            "123",
            "5.94672E+08",
            "0" * 18,
        ),
    )
    rows = [
        {
            "party_name": chance.choice(("示例一有限公司", "示例二有限公司", "林示例", "")),
            "party_code": chance.choice(codes),
            "authority": "示例局",
            "decided_on": "2026-01-05",
            "grade": chance.choice(("优", "优；差", "中", "差", "停", "", "丁")),
            "year": chance.choice(("2024", "2025", "")),
        }
        for _ in range(600)
    ]

    judged = checked(read(as_csv(rows, kind), tmp_path, kind), kind)

    expected = plain_loop.judge(rows, kind)
    kept = [row for row in expected if not row.person]
    found = judged.problems.select("row", "field", "code", "severity").rows()
    assert sorted(found, key=str) == sorted(((row.number, *each) for row in expected for each in row.problems), key=str)
    assert judged.rows["polarity"].to_list() == [plain_loop.polarity(row, kind) for row in kept]
    assert judged.rows["severity"].to_list() == [plain_loop.severity(row, kind) for row in kept]
    assert judged.rows["uscc_usable"].to_list() == [row.usable for row in kept]
    assert judged.persons.rows() == [(row.number, row.person) for row in expected if row.person]
    assert {code_ for _, _, code_, _ in found} >= {"code_hidden", "severity_unknown", "act_twice_in_file"}
    assert set(judged.rows["polarity"]) == {"positive", "neutral", "adverse"}


def test_so_do_holders_of_shares_who_may_be_persons(tmp_path: Path) -> None:
    kind = kind_named("shareholding")
    chance = random.Random(6)
    holders = ("示例控股有限公司", "王示例", "示例店", "")
    codes = (
        code(1),
        code(2),
        "92990000MA00000583",
        "110105 1949-1231 ００２ｘ",
        "11010519491231002X",
        "",
        "0" * 18,
        "123",
    )
    rows = [
        {
            "party_name": f"示例{number % 40}有限公司",
            "party_uscc": code(number % 40 + 10),
            "holder_name": chance.choice(holders),
            "holder_category": chance.choice(("", "法人股东", "自然人", "自然人股东", "个体")),
            "holder_uscc": chance.choice(codes),
            "percent": chance.choice(("50", "66.67", "100", "0.6667", "100.5", "一半", "")),
            "held_since": "2026-01-05",
            "registered_on": "2026-01-05",
            "valid_to": chance.choice(("", "2025-01-01", "2026-05-01")),
            "registrar": "示例局",
            "source": "示例",
        }
        for number in range(600)
    ]

    judged = checked(read(as_csv(rows, kind), tmp_path, kind), kind)

    expected = plain_loop.judge(rows, kind)
    found = judged.problems.select("row", "field", "code", "severity").rows()
    assert sorted(found, key=str) == sorted(((row.number, *each) for row in expected for each in row.problems), key=str)
    assert judged.persons.rows() == [(row.number, row.person) for row in expected if row.person]
    assert {reason for _, reason in judged.persons.rows()} == {
        "category_person",
        "code_is_resident_id",
        "no_code_no_organisation_word",
    }
    assert {each for _, _, each, _ in found} >= {"sole_trader_refused", "pattern_mismatch"}
