import pytest

from rongxin.engine.heads import best_kind, match_heads, normalise_head, require_heads
from rongxin.engine.sheets import Unreadable
from tests.engine.made_up import kind_named, small_kind

PENALTY = kind_named("administrative_penalty")
LICENCE = kind_named("administrative_licence")


def columns(*heads: str) -> dict[str, int]:
    return match_heads(heads, PENALTY).columns


@pytest.mark.parametrize(
    "head",
    [
        "行政处罚决定书文号",
        "penalty_document_no",
        "CF_WSH",
        "cf_wsh",
        "处罚决定书文号",
        " 行政处罚 决定书文号：",
        "*行政处罚决定书文号",
        "行政处罚决定书文号（必填）",
        "行政处罚\n决定书文号",
        "行政处罚决定书文号(文本格式)",
    ],
)
def test_a_field_is_found_under_its_name_code_title_or_alias(head: str) -> None:
    assert columns("x", head) == {"penalty_document_no": 1}


def test_a_title_is_found_without_its_bracket() -> None:
    assert columns("罚款金额", "行政相对人代码_1") == {"fine_amount_10k": 0, "party_uscc": 1}


def test_a_bracket_in_the_head_counts_because_it_may_name_another_unit() -> None:
    match = match_heads(["罚款金额（元）"], PENALTY)

    assert match.columns == {}
    assert match.unknown == ("罚款金额（元）",)


def test_a_title_without_bracket_that_two_fields_share_names_neither() -> None:
    kind = small_kind(
        {"name": "first", "title": "金额（甲）", "type": "string"},
        {"name": "second", "title": "金额（乙）", "type": "string"},
    )

    assert match_heads(["金额", "金额（乙）"], kind).columns == {"second": 1}


def test_unknown_heads_are_named_and_empty_ones_passed_over() -> None:
    match = match_heads(["处罚机关", "", "内部编号", "退回原因"], PENALTY)

    assert match.unknown == ("内部编号",)
    assert [(finding.code, finding.params) for finding in match.findings] == [("heads_unknown", {"heads": "内部编号"})]


def test_two_columns_for_one_field_refuse_the_file() -> None:
    heads = [field.title for field in PENALTY.table.fields]

    with pytest.raises(Unreadable) as caught:
        require_heads([*heads, "处罚机关名称"], PENALTY)

    assert (caught.value.code, caught.value.params) == ("heads_duplicate", {"fields": "处罚机关"})


def test_a_required_column_that_is_missing_refuses_the_file() -> None:
    heads = [field.title for field in PENALTY.table.fields if field.name != "penalty_basis"]

    with pytest.raises(Unreadable) as caught:
        require_heads(heads, PENALTY)

    assert (caught.value.code, caught.value.params) == ("heads_missing", {"fields": "处罚依据"})


def test_a_file_of_another_kind_is_refused_with_the_name_of_that_kind() -> None:
    heads = [field.title for field in LICENCE.table.fields]

    with pytest.raises(Unreadable) as caught:
        require_heads(heads, PENALTY, [PENALTY, LICENCE])

    assert (caught.value.code, caught.value.params["better"]) == ("wrong_kind", "行政许可")
    assert require_heads(heads, LICENCE, [PENALTY, LICENCE]).missing_required == ()


def test_a_file_with_no_known_head_is_of_no_kind() -> None:
    with pytest.raises(Unreadable, match="no_head_known"):
        require_heads(["甲", "乙"], PENALTY, [LICENCE])
    assert best_kind(["甲", "乙"], [PENALTY, LICENCE]) is None


def test_every_field_of_every_kind_is_found_under_its_own_title() -> None:
    for kind in (PENALTY, LICENCE, kind_named("registration")):
        match = require_heads([field.title for field in kind.table.fields], kind)
        assert list(match.columns) == list(kind.fields)


def test_normalising_twice_changes_nothing() -> None:
    for head in (" 罚款金额（万元）：", "CF＿WSH", "［文号］（必填）*"):
        assert normalise_head(normalise_head(head)) == normalise_head(head)


def test_what_the_department_said_stands_before_everything_else() -> None:
    said = {normalise_head("处罚机关"): "remark", normalise_head("内部编号"): "penalty_document_no", "违法事实": ""}

    match = match_heads(["处罚机关", "内部编号", "违法事实"], PENALTY, said)

    assert match.columns == {"remark": 0, "penalty_document_no": 1}
    assert match.unknown == ()


def test_a_field_that_the_kind_no_longer_has_is_not_believed() -> None:
    assert match_heads(["处罚机关"], PENALTY, {"处罚机关": "gone"}).columns == {"penalty_authority": 0}


def test_an_english_label_is_a_head_too() -> None:
    assert columns("Facts of the violation") == {"violation_facts": 0}


def test_of_kinds_that_know_as_many_heads_the_one_that_lacks_nothing_is_meant() -> None:
    heads = ["企业名称", "统一社会信用代码", "注册号"]
    registration = kind_named("registration")

    assert best_kind(heads, [PENALTY, LICENCE, registration]) == registration
