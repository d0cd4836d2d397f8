"""Rows about natural persons leave nothing behind but their number and the reason (architecture §2)."""

from pathlib import Path

import polars as pl
import pytest

from rongxin.engine.resolution import Resolved
from rongxin.engine.validation import Checked
from tests.engine.made_up import check, code, kind_named, penalty, register, resolved

PENALTY = kind_named("administrative_penalty")
IDENTITY_NUMBER = "11010519491231002X"
NOBODY = register()


def everything(judged: Checked | Resolved) -> str:
    """All text that stands in any output table."""
    frames = (judged.rows, judged.problems, judged.persons)
    return "\n".join(str(value) for frame in frames for row in frame.iter_rows() for value in row)


def refused(folder: Path, **changes: str) -> Resolved:
    return resolved(
        check([penalty(**changes), penalty(2)], folder, PENALTY), register((7, code(10_000_002), "示例贸易2有限公司"))
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"party_category": "自然人"}, "category_person"),
        ({"party_category": "个人"}, "category_person"),
        ({"party_category": " 自然人（外籍）"}, "category_person"),
        ({"party_name": "张示例", "party_uscc": IDENTITY_NUMBER}, "code_is_resident_id"),
        ({"party_name": "示例店", "party_uscc": "110105 1949-1231 ００２ｘ"}, "code_is_resident_id"),
        ({"party_name": "示例店", "party_uscc": "", "party_reg_no": IDENTITY_NUMBER}, "code_is_resident_id"),
        ({"party_name": "张示例", "party_uscc": ""}, "no_code_no_organisation_word"),
        ({"party_name": "张示例", "party_uscc": "— —"}, "no_code_no_organisation_word"),
        ({"party_name": "张示例", "party_uscc": "00000000000000000X"}, "no_code_no_organisation_word"),
        ({"party_name": "张示例", "party_uscc": "1.10105E+17"}, "no_code_no_organisation_word"),
        ({"party_name": "张示例", "party_uscc": "110105194912310"}, "no_code_no_organisation_word"),
        ({"party_name": "张示例", "party_uscc": "", "party_reg_no": "110105491231003"}, "no_code_no_organisation_word"),
    ],
)
def test_every_disguise_of_a_person_is_refused_without_a_trace(
    tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    marks = {"penalty_content": "罚款8000元，秘密内容", "remark": "另一秘密"}

    outcome = refused(tmp_path, **changes, **marks)

    assert outcome.persons.rows() == [(2, reason)]
    assert outcome.rows["row"].to_list() == [3]
    for secret in ("张示例", "秘密", IDENTITY_NUMBER, "19491231"):
        assert secret not in everything(outcome)
    counts = outcome.outcome()
    assert (counts.rows, counts.accepted, counts.refused_person) == (2, 1, 1)


def test_a_code_like_an_identity_number_is_a_company_where_the_register_says_so(tmp_path: Path) -> None:
    judged = check([penalty(party_name="示例贸易有限公司", party_uscc=IDENTITY_NUMBER)], tmp_path, PENALTY)

    outcome = resolved(judged, register((1, IDENTITY_NUMBER, "示例贸易有限公司")))

    assert outcome.persons.is_empty()
    assert outcome.rows["subject"].to_list() == [1]


@pytest.mark.parametrize(
    "changes",
    [
        {"party_name": "示例贸易商行", "party_uscc": ""},
        {"party_name": "张示例", "party_uscc": code(5)},
        {"party_name": "张示例", "party_uscc": "", "party_reg_no": "110000006000374"},
        {"party_name": "张示例", "party_uscc": "", "party_org_code": "59467239-9"},
    ],
)
def test_a_code_or_an_organisation_word_makes_it_no_person(tmp_path: Path, changes: dict[str, str]) -> None:
    assert check([penalty(**changes)], tmp_path, PENALTY).persons.is_empty()


def test_identity_documents_are_dropped_and_names_of_persons_masked(tmp_path: Path) -> None:
    row = penalty(
        legal_representative="林示例",
        legal_rep_id_type="身份证",
        legal_rep_id_no=IDENTITY_NUMBER,
        violation_facts="联系人13800138000，证件１１０１０５１９４９１２３１００２Ｘ",
    )

    judged = check([row], tmp_path, PENALTY)

    kept = judged.rows.row(0, named=True)
    assert kept["legal_representative"] == "林**"
    assert kept["violation_facts"] == "联系人〔已隐去〕，证件〔已隐去〕"
    assert not {"legal_rep_id_no", "legal_rep_id_type", "person_id_no"} & set(judged.rows.columns)


def test_an_identity_number_in_a_field_for_codes_is_not_kept(tmp_path: Path) -> None:
    row = penalty(party_reg_no=IDENTITY_NUMBER, penalty_authority_uscc=IDENTITY_NUMBER)

    judged = check([row], tmp_path, PENALTY)

    assert judged.persons.is_empty()
    assert IDENTITY_NUMBER not in everything(judged)


@pytest.mark.parametrize(
    ("field", "filed"),
    [
        ("legal_rep_id_no", IDENTITY_NUMBER * 4),
        ("legal_representative", "林示例" * 20),
        ("party_category", IDENTITY_NUMBER),
        ("party_reg_no", IDENTITY_NUMBER),
        ("penalty_decision_date", f"张示例 {IDENTITY_NUMBER}"),
    ],
)
def test_a_problem_does_not_repeat_what_it_found_about_a_person(tmp_path: Path, field: str, filed: str) -> None:
    judged = check([penalty(**{field: filed})], tmp_path, PENALTY)

    told = judged.problems.filter(pl.col("field") == field).row(0, named=True)
    assert "〔已隐去〕" in told["value"]
    assert IDENTITY_NUMBER not in "".join(judged.problems["params"]) + told["value"]
    assert "林示例" not in told["value"]


@pytest.mark.parametrize(
    "changes",
    [
        {"holder_category": "自然人"},
        {"holder_uscc": IDENTITY_NUMBER},
        {"holder_name": "张示例", "holder_uscc": ""},
        {"holder_name": "张示例", "holder_uscc": "1.10105E+17"},
    ],
)
def test_a_share_that_a_person_holds_is_refused_without_a_trace(tmp_path: Path, changes: dict[str, str]) -> None:
    kind = kind_named("shareholding")
    share = {
        "party_name": "示例贸易有限公司",
        "party_uscc": code(1),
        "holder_name": "示例秘密控股有限公司",
        "holder_uscc": code(2),
        "percent": "50",
        "registered_on": "2026-01-05",
        "registrar": "示例局",
        "source": "示例",
    }

    judged = check([share | changes], tmp_path, kind)

    assert judged.rows.is_empty()
    assert judged.persons["row"].to_list() == [2]
    for secret in ("张示例", "秘密", IDENTITY_NUMBER):
        assert secret not in everything(judged)
