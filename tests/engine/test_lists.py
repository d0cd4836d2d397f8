"""What lists and grades need: polarity by row, acts without a document number, codes of any kind, organisations only."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rongxin.engine.acts import identified
from rongxin.engine.resolution import resolve
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import StepSeverity
from tests.engine.made_up import LADDER, check, code, codes_of, register, resolved, small_kind

BASIS = {"document": "example", "reading": "C"}
FIRM, TRADER = "示例贸易1有限公司", "示例陈记小吃店"
FIRM_CODE, TRADER_CODE = code(1), code(2, category="2")
REGISTER = register((1, FIRM_CODE, FIRM), (2, TRADER_CODE, TRADER))


def grades(**credit: Any) -> RecordKind:
    fields = (
        {"name": "grade", "title": "等级", "type": "string", "constraints": {"enum": ["优", "中", "差"]}},
        {"name": "year", "title": "年度", "type": "string"},
    )
    clauses = [
        {"then": "positive", "field": "grade", "has": ["优"], "basis": BASIS},
        {"then": "adverse", "field": "grade", "has": ["差"], "basis": BASIS},
    ]
    return small_kind(
        *fields, **{"polarity_when": clauses, "severity": [{"then": "general", "basis": BASIS}], **credit}
    )


def listed(**credit: Any) -> RecordKind:
    """A list kind with one column for a code of any kind."""
    party = dict.fromkeys(("uscc", "registration_number", "organisation_code"), "party_code")
    return small_kind(
        {"name": "party_code", "title": "各类代码", "type": "party_code"},
        **{"party": {"name": "party_name", **party}, **credit},
    )


def row(**changes: str) -> dict[str, str]:
    return {
        "party_name": FIRM,
        "party_uscc": FIRM_CODE,
        "authority": "示例局",
        "document_no": "1",
        "decided_on": "2026-01-05",
        "grade": "差",
        "year": "2025",
        **changes,
    }


def test_a_row_is_adverse_exactly_when_its_severity_is_not_none(tmp_path: Path) -> None:
    rows = [row(document_no=grade, grade=grade) for grade in ("优", "中", "差")]

    judged = check(rows, tmp_path, grades()).rows

    assert judged.select("polarity", "severity").rows() == [
        ("positive", "none"),
        ("neutral", "none"),
        ("adverse", "general"),
    ]


def test_what_a_name_alone_does_goes_by_the_polarity_of_the_row(tmp_path: Path) -> None:
    rows = [row(document_no=grade, grade=grade, party_uscc="") for grade in ("优", "差")]

    outcome = resolve(
        check(rows, tmp_path, grades()),
        REGISTER,
        ladder=LADDER,
        name_alone={"adverse": StepSeverity.REVIEW, "other": StepSeverity.WARN},
        check_character_when_registered=StepSeverity.WARN,
    )

    assert outcome.rows["verdict"].to_list() == ["accepted", "review"]


def acts(tmp_path: Path, *rows: dict[str, str], kind: RecordKind) -> pl.DataFrame:
    return identified(check(rows, tmp_path, kind).rows, kind)


def test_without_a_document_number_the_fields_named_tell_acts_apart(tmp_path: Path) -> None:
    kind = grades(envelope={"authority": "authority", "decided_on": "decided_on"}, identified_by=["year", "decided_on"])

    found = acts(tmp_path, row(), row(grade="中"), row(year="2024"), row(decided_on="2026-01-06"), kind=kind)

    same, changed, other_year, other_day = found["act_key"]
    assert same == changed
    assert len({same, other_year, other_day}) == 3
    assert found["document_key"].to_list() == [None] * 4


def test_a_document_number_that_is_filed_tells_acts_apart_by_itself(tmp_path: Path) -> None:
    kind = grades(identified_by=["year"])

    numbered, renumbered, bare, number_like_year = acts(
        tmp_path, row(), row(year="2024"), row(document_no=""), row(document_no="2025"), kind=kind
    )["act_key"]

    assert numbered == renumbered
    assert len({numbered, bare, number_like_year}) == 3


def test_the_same_entry_twice_in_a_file_with_different_content_is_refused(tmp_path: Path) -> None:
    kind = grades(identified_by=["year"])

    judged = check([row(document_no="", grade="优"), row(document_no="", grade="差")], tmp_path, kind)

    assert codes_of(judged.problems) == [(None, "act_twice_in_file")] * 2


@pytest.mark.parametrize(
    ("party_code", "found", "told"),
    [
        (FIRM_CODE, (1, "code", "accepted"), []),
        (FIRM_CODE[8:17], (1, "organisation_code", "accepted"), []),
        ("MA0000***", (1, "name", "review"), ["code_hidden", "code_missing_name_known"]),
        (FIRM_CODE[:10] + "****" + FIRM_CODE[14:], (1, "name", "review"), ["code_hidden", "code_missing_name_known"]),
        ("110000006000374", (1, "registration_number", "accepted"), []),
        ("9999", (1, "name", "rejected"), ["code_missing_name_known", "uscc_length"]),
    ],
)
def test_a_code_of_any_kind_leads_where_its_form_says(
    tmp_path: Path, party_code: str, found: tuple[Any, ...], told: list[str]
) -> None:
    known = register((1, FIRM_CODE, FIRM), numbers=[("registration_number", "110000006000374", 1)])

    outcome = resolved(check([row(party_code=party_code)], tmp_path, listed()), known)

    assert outcome.rows.select("subject", "method", "verdict").rows() == [found]
    assert [code_ for _, code_ in codes_of(outcome.problems)] == told


def test_an_organisation_code_inside_a_unified_code_needs_the_name_as_well(tmp_path: Path) -> None:
    other = row(party_code=FIRM_CODE[8:17], party_name="示例无名有限公司")

    outcome = resolved(check([other], tmp_path, listed()), REGISTER)

    assert outcome.rows.select("subject", "verdict").rows() == [(None, "review")]


def test_a_hidden_code_does_not_save_a_person_from_being_refused(tmp_path: Path) -> None:
    judged = check([row(party_code="3501**********1234", party_name="林示例")], tmp_path, listed())

    assert judged.persons["reason"].to_list() == ["no_code_no_organisation_word"]


@pytest.mark.parametrize(
    "party", [{"party_uscc": TRADER_CODE, "party_name": TRADER}, {"party_uscc": code(9, category="2")}]
)
def test_sole_traders_are_refused_where_only_organisations_are_listed(tmp_path: Path, party: dict[str, str]) -> None:
    only = resolved(check([row(**party)], tmp_path, grades(organisations_only=True)), REGISTER)
    others = resolved(check([row(**party)], tmp_path, grades()), REGISTER)

    assert ("party_uscc", "sole_trader_refused") in codes_of(only.problems)
    assert only.rows["verdict"].to_list() == ["rejected"]
    assert "sole_trader_refused" not in dict(map(reversed, codes_of(others.problems)))


def test_a_sole_trader_found_by_an_old_number_is_refused_there_as_well(tmp_path: Path) -> None:
    known = register((2, TRADER_CODE, TRADER), numbers=[("registration_number", "110000006000374", 2)])

    outcome = resolved(
        check([row(party_code="110000006000374", party_name=TRADER)], tmp_path, listed(organisations_only=True)), known
    )

    assert codes_of(outcome.problems) == [("party_code", "sole_trader_refused")]
