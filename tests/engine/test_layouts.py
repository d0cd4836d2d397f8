import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from rongxin.engine.heads import match_heads, require
from rongxin.engine.layouts import Converted, convert, detect, under
from rongxin.engine.sheets import column_name
from rongxin.engine.swapped import by_content
from rongxin.engine.units import ProviderFacts
from rongxin.engine.validation import Checked, validate
from rongxin.policy.kinds import RecordKind
from rongxin.primitives import uscc
from tests.engine.made_up import AUTHORITY, AUTHORITY_CODE, DIVISIONS, LADDER, TODAY, code, kind_named, read, small_kind
from tests.shared import shared

PENALTY = kind_named("administrative_penalty")
LICENCE = kind_named("administrative_licence")
SENDER = ProviderFacts(name=AUTHORITY, uscc=AUTHORITY_CODE)

PENALTY_2016 = {
    "行政处罚决定书文号": "示市监罚〔2016〕1号",
    "处罚名称": "违反示例法第一条",
    "处罚类别1": "罚款",
    "处罚类别2": "没收违法所得、没收非法财物",
    "处罚事由": "抽检不合格",
    "处罚依据": "示例法第二条",
    "行政相对人名称": "示例贸易1有限公司",
    "行政相对人代码_1(统一社会信用代码)": code(10_000_001),
    "行政相对人代码_2(组织机构代码)": "",
    "行政相对人代码_3(工商登记码)": "",
    "行政相对人代码_5(居民身份证号)": "11010519491231002X",
    "法定代表人姓名": "林示例",
    "处罚结果": "罚款8000元",
    "处罚决定日期": "2016/10/12",
    "处罚机关": AUTHORITY,
    "当前状态": "0",
    "地方编码": "990000",
    "数据更新时间戳": "2016/10/13",
    "备注": "",
}
LICENCE_2016 = {
    "行政许可决定书文号": "示许〔2016〕1号",
    "项目名称": "示例项目",
    "审批类别": "核准",
    "许可内容": "准予经营",
    "行政相对人名称": "示例贸易1有限公司",
    "行政相对人代码_1(统一社会信用代码)": code(10_000_001),
    "许可决定日期": "2016/10/12",
    "许可截止期": "2099/12/31",
    "许可机关": AUTHORITY,
    "当前状态": "0",
    "地方编码": "990000",
    "数据更新时间戳": "2016/10/13",
    "备注": "",
}


def table(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return text.getvalue().encode()


def converted(
    rows: Sequence[Mapping[str, str]], kind: RecordKind, folder: Path, sender: ProviderFacts | None = SENDER
) -> Converted:
    sheet = read(table(rows), folder, kind)
    heads = require(match_heads(sheet.heads, kind), sheet.heads, kind)
    return convert(sheet, heads, kind, sender)


def judged(made: Converted, kind: RecordKind) -> Checked:
    known = under(kind, made.heads.layout)
    return validate(made.sheet, made.heads, known, today=TODAY, divisions=DIVISIONS, ladder=LADDER, provider=SENDER)


def values(made: Converted, field: str) -> list[str | None]:
    return made.sheet.frame[column_name(made.heads.columns[field])].to_list()


def codes(made: Converted, row: int) -> set[str]:
    return set(made.sheet.row_findings.filter(pl.col("row") == row)["code"])


@pytest.mark.parametrize(("kind", "filed"), [(PENALTY, PENALTY_2016), (LICENCE, LICENCE_2016)])
def test_the_layouts_of_2016_and_2018_are_told_apart_by_their_heads(kind: RecordKind, filed: dict[str, str]) -> None:
    assert [layout.name for layout in (detect(list(filed), kind),) if layout] == ["2016"]
    today = detect([field.title for field in kind.table.fields], kind)
    by_code = detect([field.credit.code for field in kind.table.fields], kind)
    assert today is not None
    assert by_code is not None
    assert (today.name, by_code.name) == ("2018", "2018")


def test_two_heads_tell_no_layout_and_neither_do_as_many_of_each() -> None:
    assert detect(["处罚名称", "处罚类别1"], PENALTY) is None
    both = ["处罚名称", "处罚类别1", "处罚结果", "违法行为类型", "处罚内容", "违法事实"]
    assert detect(both, PENALTY) is None


@pytest.mark.parametrize("column", ["field_name", "field_code"])
@pytest.mark.parametrize("kind", [PENALTY, LICENCE])
def test_the_real_layout_of_2016_is_understood_by_label_and_by_code(kind: RecordKind, column: str) -> None:
    with shared("data/templates/double_publicity_fields.csv").open(encoding="utf-8-sig", newline="") as file:
        heads = [row[column] for row in csv.DictReader(file) if row["table"] == kind.title.zh]

    match = match_heads(heads, kind)

    assert match.layout is not None
    assert (match.layout.name, match.unknown, match.duplicate, match.missing_required) == ("2016", (), (), ())


def test_a_penalty_of_2016_becomes_one_of_today_and_every_row_says_what_was_filled(tmp_path: Path) -> None:
    made = converted([PENALTY_2016], PENALTY, tmp_path)

    assert values(made, "penalty_category") == ["罚款；没收违法所得、没收非法财物"]
    assert values(made, "violation_type") == ["违反示例法第一条"]
    assert values(made, "party_category") == ["法人及非法人组织"]
    assert values(made, "source_unit_uscc") == values(made, "penalty_authority_uscc") == [AUTHORITY_CODE]
    told = json.loads(made.sheet.row_findings.filter(pl.col("code") == "row_converted")["params"][0])
    assert "“数据来源单位”取自报送单位的名称" in told["what"]
    assert "“处罚有效期”留空" in told["what"]
    assert made.sheet.findings[-1].code == "layout_converted"
    outcome = judged(made, PENALTY)
    assert outcome.rows["verdict"].to_list() == ["accepted"]
    assert set(outcome.problems["severity"]) == {"warn"}


def test_a_licence_of_2016_becomes_one_of_today(tmp_path: Path) -> None:
    rows = [LICENCE_2016, LICENCE_2016 | {"行政许可决定书文号": "示许〔2016〕2号", "当前状态": "", "备注": "补发"}]
    made = converted(rows, LICENCE, tmp_path)

    assert values(made, "record_status") == ["有效", "有效"]
    assert values(made, "remark") == ["项目名称：示例项目", "补发；项目名称：示例项目"]
    assert judged(made, LICENCE).rows["verdict"].to_list() == ["accepted", "accepted"]


def test_nothing_is_invented_where_the_code_tells_no_category_and_the_authority_is_another(tmp_path: Path) -> None:
    filed = PENALTY_2016 | {"行政相对人代码_1(统一社会信用代码)": "", "处罚机关": "示例市别的局"}
    made = converted([filed], PENALTY, tmp_path)

    assert "party_category" not in made.heads.columns
    assert "penalty_authority_uscc" not in made.heads.columns
    problems = judged(made, PENALTY).problems.filter(pl.col("severity") == "refuse")
    assert problems.select("field", "code").rows() == [("party_category", "required_missing")]


def test_an_identity_number_in_the_code_makes_no_organisation(tmp_path: Path) -> None:
    filed = PENALTY_2016 | {"行政相对人代码_1(统一社会信用代码)": "11010519491231002X"}

    assert "party_category" not in converted([filed], PENALTY, tmp_path).heads.columns


def test_a_sole_trader_is_told_by_the_code(tmp_path: Path) -> None:
    filed = PENALTY_2016 | {"行政相对人代码_1(统一社会信用代码)": uscc.make("9", "2", "990000", "MA000001")}

    assert values(converted([filed], PENALTY, tmp_path), "party_category") == ["个体工商户"]


def test_without_a_sender_nothing_is_filled_from_it(tmp_path: Path) -> None:
    made = converted([PENALTY_2016], PENALTY, tmp_path, sender=None)

    assert "source_unit" not in made.heads.columns


@pytest.mark.parametrize("state", ["1", "2", "3", "撤销"])
def test_an_annulled_or_disputed_penalty_of_2016_is_never_taken_for_one_in_force(tmp_path: Path, state: str) -> None:
    made = converted([PENALTY_2016 | {"当前状态": state}], PENALTY, tmp_path)

    assert "layout_refuses" in codes(made, 2)
    assert judged(made, PENALTY).rows["verdict"].to_list() == ["rejected"]


@pytest.mark.parametrize(("state", "verdict"), [("1", "accepted"), ("2", "rejected"), ("3", "rejected")])
def test_the_state_of_a_licence_of_2016_is_read_as_it_was_meant_then(tmp_path: Path, state: str, verdict: str) -> None:
    made = converted([LICENCE_2016 | {"当前状态": state}], LICENCE, tmp_path)

    assert values(made, "record_status") == ["无效" if state == "1" else None]
    outcome = judged(made, LICENCE)
    assert outcome.rows["verdict"].to_list() == [verdict]
    refused = set(outcome.problems.filter(pl.col("severity") == "refuse")["code"])
    assert refused == (set() if verdict == "accepted" else {"layout_value_unknown"})


def test_what_was_marked_as_not_for_the_public_is_refused(tmp_path: Path) -> None:
    made = converted([LICENCE_2016 | {"信息使用范围": "1"}], LICENCE, tmp_path)

    assert "layout_refuses" in codes(made, 2)


def test_the_clerks_own_columns_stay_and_problems_point_at_them(tmp_path: Path) -> None:
    made = converted([PENALTY_2016 | {"处罚类别1": "打屁股"}], PENALTY, tmp_path)
    first = len(PENALTY_2016)

    assert made.sheet.heads[:first] == tuple(PENALTY_2016)
    problems = made.at_source(judged(made, PENALTY).problems)
    wrong = problems.filter(pl.col("code") == "enum_unknown")
    assert wrong["column"].to_list() == [list(PENALTY_2016).index("处罚类别1")]
    assert (problems["column"].drop_nulls() < first).all()


def test_a_file_of_today_is_not_touched(tmp_path: Path) -> None:
    rows = [{field.title: "x" for field in PENALTY.table.fields}]
    made = converted(rows, PENALTY, tmp_path)

    assert (made.sources, made.sheet.findings) == ({}, ())
    assert under(PENALTY, None) is PENALTY


def test_a_field_may_be_filled_from_another(tmp_path: Path) -> None:
    layout = {
        "name": "old",
        "title": {"zh": "旧版", "en": "old"},
        "told_by": ["甲", "乙", "丙"],
        "columns": {"first": ["甲"]},
        "fills": [{"field": "second", "from": "field:first"}],
    }
    kind = small_kind(
        {"name": "first", "title": "第一", "type": "string"},
        {"name": "second", "title": "第二", "type": "string"},
        layouts=[layout],
    )
    made = converted([{"名称": "示例甲公司", "甲": "值", "乙": "", "丙": ""}], kind, tmp_path)

    assert values(made, "second") == ["值"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {"nonsense": ["甲"]}},
        {"fills": [{"field": "first", "from": "guess"}]},
        {"fills": [{"field": "first", "from": "field:nonsense"}]},
        {"columns": {"first": ["甲"]}, "joined": {"first": [{"heads": ["乙"]}]}},
        {"told_by": ["甲"]},
    ],
)
def test_a_layout_that_makes_no_sense_is_no_kind(wrong: dict[str, object]) -> None:
    layout = {"name": "old", "title": {"zh": "旧版", "en": "old"}, "told_by": ["甲", "乙", "丙"], **wrong}

    with pytest.raises(ValidationError):
        small_kind({"name": "first", "title": "第一", "type": "string"}, layouts=[layout])


def numbers() -> tuple[str, str]:
    from rongxin.primitives.registration_number import check_digit

    return tuple(first + check_digit(first) for first in ("99010010000001", "99010010000002"))  # type: ignore[return-value]


def organisations() -> tuple[str, str]:
    from rongxin.primitives.organisation_code import check_character

    return tuple(first + check_character(first) for first in ("59467239", "71780729"))  # type: ignore[return-value]


def by_cells(rows: Sequence[Mapping[str, str]], folder: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    sheet = read(table(rows), folder, PENALTY)
    match = by_content(sheet, match_heads(sheet.heads, PENALTY), PENALTY)
    told = [dict(finding.params) for finding in match.findings if finding.code == "codes_swapped"]
    return {name: sheet.heads[index] for name, index in match.columns.items()}, told


NUMBER_HEAD, ORGANISATION_HEAD, CODE_HEAD = "工商注册号", "组织机构代码", "统一社会信用代码"


def test_codes_under_each_others_heads_are_read_right_and_both_columns_are_named(tmp_path: Path) -> None:
    rows = [
        {"行政相对人名称": "示例甲公司", NUMBER_HEAD: organisation, ORGANISATION_HEAD: number, "处罚机关": "局"}
        for organisation, number in zip(organisations(), numbers(), strict=True)
    ]

    columns, told = by_cells(rows, tmp_path)

    assert (columns["party_reg_no"], columns["party_org_code"]) == (ORGANISATION_HEAD, NUMBER_HEAD)
    assert NUMBER_HEAD in told[0]["moves"]
    assert ORGANISATION_HEAD in told[0]["moves"]


def test_unified_codes_in_the_column_of_organisation_codes_are_read_as_such(tmp_path: Path) -> None:
    rows = [
        {"行政相对人名称": "示例甲公司", ORGANISATION_HEAD: code(number), "处罚机关": "局", "处罚依据": "法"}
        for number in (10_000_001, 10_000_002)
    ]

    columns, _ = by_cells(rows, tmp_path)

    assert columns["party_uscc"] == ORGANISATION_HEAD
    assert "party_org_code" not in columns


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({NUMBER_HEAD: organisations()[0], ORGANISATION_HEAD: organisations()[0]}, {}),  # both hold the same kind
        (
            {NUMBER_HEAD: organisations()[0], ORGANISATION_HEAD: numbers()[0]},
            {NUMBER_HEAD: "x", ORGANISATION_HEAD: "y"},
        ),
        ({ORGANISATION_HEAD: code(10_000_001), CODE_HEAD: code(10_000_001)}, {}),  # the other column is filled, too
    ],
)
def test_what_is_not_clear_is_left_where_it_is(tmp_path: Path, first: dict[str, str], second: dict[str, str]) -> None:
    heads = {"行政相对人名称": "示例甲公司", "处罚机关": "局", NUMBER_HEAD: "", ORGANISATION_HEAD: "", CODE_HEAD: ""}

    columns, told = by_cells([heads | first, heads | first | second], tmp_path)

    assert (columns["party_reg_no"], columns["party_org_code"]) == (NUMBER_HEAD, ORGANISATION_HEAD)
    assert told == []


def test_a_single_code_moves_nothing(tmp_path: Path) -> None:
    row = {"行政相对人名称": "示例甲公司", "处罚机关": "局", "处罚依据": "法", NUMBER_HEAD: organisations()[0]}

    assert by_cells([row], tmp_path)[1] == []
