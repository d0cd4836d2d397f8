"""Kinds of lists and grades: what their block may say, and until when their records are shown."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rongxin.policy.display import display_rule, first_repair_on, polarity_of, severity_of, shown_until
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, FieldClass, Polarity, Severity
from tests.policy.packs import LAND, changed, loaded, mistakes
from tests.shared import shared

KIND = "land/kinds/fine.yaml"
TODAY = date(2026, 11, 22)
ADVERSE_LISTS = (
    "abnormal_operations",
    "untrustworthy_list",
    "procurement_violation_list",
    "work_safety_list",
    "tax_violation_list",
    "serious_violation_list",
    "wage_arrears_list",
    "judgment_debtor",
    "false_litigation",
)
SHOWN = {"procurement_violation_list", "work_safety_list", "wage_arrears_list", "judgment_debtor"}


@pytest.mark.parametrize(
    ("grade", "polarity", "severity"),
    [
        ("环保诚信企业", Polarity.POSITIVE, Severity.NONE),
        ("环保良好企业", Polarity.NEUTRAL, Severity.NONE),
        ("环保警示企业", Polarity.ADVERSE, Severity.GENERAL),
        ("环保不良企业", Polarity.ADVERSE, Severity.GENERAL),
        ("", Polarity.NEUTRAL, Severity.NONE),
    ],
)
def test_a_grade_says_what_it_says_of_its_subject(
    fuzhou: Policy, grade: str, polarity: Polarity, severity: Severity
) -> None:
    kind = fuzhou.kinds["environmental_grade"]

    assert polarity_of(kind, {"grade": grade}) == polarity
    assert severity_of(kind, {"grade": grade})[0] == severity


@pytest.mark.parametrize("name", ADVERSE_LISTS)
def test_only_a_list_whose_clause_was_read_and_may_reduce_rights_is_displayed(fuzhou: Policy, name: str) -> None:
    kind = fuzhou.kinds[name]
    severity, _ = severity_of(kind, {})
    rule = display_rule(fuzhou, kind, severity, TODAY)

    assert rule.display == (Display.PUBLIC if name in SHOWN else Display.WITHHELD)
    assert (rule.reason is None) is (name in SHOWN)
    assert kind.credit.organisations_only


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_no_list_is_displayed_longer_than_general_information(fuzhou: Policy, name: str) -> None:
    kind = fuzhou.kinds[name]
    rule = display_rule(fuzhou, kind, severity_of(kind, {})[0], TODAY)

    assert shown_until(date(2026, 3, 10), rule) == date(2027, 3, 10)


@pytest.mark.parametrize(
    ("valid_to", "until"),
    [
        (None, date(2027, 3, 10)),
        (date(2026, 12, 1), date(2026, 12, 1)),
        (date(2029, 3, 9), date(2027, 3, 10)),
    ],
)
def test_display_ends_with_the_term_or_with_validity_whichever_is_earlier(
    fuzhou: Policy, valid_to: date | None, until: date
) -> None:
    rule = display_rule(fuzhou, fuzhou.kinds["wage_arrears_list"], Severity.SERIOUS, TODAY)

    assert shown_until(date(2026, 3, 10), rule, valid_to) == until
    assert shown_until(date(2026, 3, 10), replace(rule, while_valid=False), valid_to) == date(2027, 3, 10)
    assert first_repair_on(date(2026, 3, 10), rule) == date(2026, 6, 11)


def test_good_information_has_no_term_but_its_validity(fuzhou: Policy) -> None:
    rule = display_rule(fuzhou, fuzhou.kinds["trustworthy_list"], Severity.NONE, TODAY)

    assert shown_until(date(2020, 3, 10), rule, date(2030, 1, 1)) == date(2030, 1, 1)
    assert shown_until(date(2020, 3, 10), rule) is None
    assert first_repair_on(date(2020, 3, 10), rule) is None


def test_the_national_grade_is_never_displayed(fuzhou: Policy) -> None:
    kind = fuzhou.kinds["public_evaluation"]

    assert kind.credit.severities == {Severity.NONE}
    assert display_rule(fuzhou, kind, Severity.NONE, TODAY).display == Display.WITHHELD


STANDARDS = {
    "abnormal_operations": "经营异常名录(公示项)",
    "trustworthy_list": "红名单(公示项)",
    "untrustworthy_list": "黑名单(公示项)",
    "procurement_violation_list": "政府采购严重违法失信行为记录(公示项)",
    "work_safety_list": "安全生产严重失信名单(公示项)",
    "tax_violation_list": "重大税收违法(公示项)",
    "judgment_debtor": "失信被执行人-法人(公示项)",
}
PERSONAL = {FieldClass.PERSONAL, FieldClass.DISCARD}


@pytest.mark.parametrize(("name", "standard"), STANDARDS.items())
def test_every_published_label_of_a_list_is_a_column_and_required_where_it_was(
    fuzhou: Policy, name: str, standard: str
) -> None:
    with shared("domain/disclosure_fields.csv").open(encoding="utf-8", newline="") as file:
        labels = [row for row in csv.DictReader(file) if row["standard"] == standard]
    fields = {field.title: field for field in fuzhou.kinds[name].fields.values()}

    assert len(labels) >= 7
    for label in labels:
        field = fields[label["field_zh"]]
        # What is about persons is never asked for.
        wanted = label["required"] == "yes" and field.credit.field_class not in PERSONAL
        assert wanted <= field.constraints.required, label["field_zh"]
        assert (label["type"] == "date") is (field.type == "date"), label["field_zh"]


ENVELOPE = "envelope: {authority: authority, document_number: number, decided_on: decided_on}"
VALID = "envelope: {authority: authority, document_number: number, decided_on: decided_on, valid_to: decided_on}"


def laid(line: str, envelope: str = ENVELOPE) -> dict[str, str]:
    return changed(KIND, ENVELOPE, f"{envelope}\n  {line}")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (laid("listing: {removed_on: decided_on}", VALID), "a listing says until when"),
        (laid("listing: {removed_on: elsewhere}"), "unknown field ['elsewhere']"),
        (laid("shown_while_valid: true"), "shown_while_valid needs the field of valid_to"),
        (laid("identified_by: [elsewhere]"), "unknown field ['elsewhere']"),
        (laid("identified_by: [category]"), '"category" tells acts apart; it is required'),
        (laid("headline: [secret]"), "unknown field ['secret']"),
        (
            changed(KIND, "document_number: number, ", ""),
            "the document number may be missing; identified_by says what tells acts apart then",
        ),
        (
            changed(KIND, "title: 文号, type: string, constraints: {required: true}", "title: 文号, type: string"),
            "the document number may be missing; identified_by says what tells acts apart then",
        ),
        (
            changed(KIND, "- {severity: minor, display", "- {severity: none, display"),
            "no row has severity none",
        ),
        (
            changed(KIND, "{then: minor, field", "{then: none, field"),
            "severity none is what rows have that are not adverse",
        ),
        (
            laid("polarity_when: [{then: positive, field: category, has: [好], basis: {document: law, reading: C}}]"),
            '"category" never holds 好',
        ),
        (
            changed(KIND, "- {name: number,", "- {name: severity, title: 程度, type: string}\n    - {name: number,"),
            "field ['severity'] has the name of a column of the engine",
        ),
        (
            changed(
                KIND,
                "{name: authority, title: 机关, type: string, constraints: {required: true}}",
                "{name: authority, title: 机关, type: string, constraints: {required: true}, "
                "x-credit: {may_name_persons: true}}",
            ),
            '"authority" would be shown here, but it is not public',
        ),
    ],
)
def test_a_kind_that_contradicts_itself_does_not_load(tmp_path: Path, files: dict[str, str], told: str) -> None:
    assert any(told in mistake.message for mistake in mistakes(tmp_path, files))


def test_a_polarity_by_row_makes_other_severities_possible(tmp_path: Path) -> None:
    clause = "polarity_when: [{then: positive, field: category, has: [轻], basis: {document: law, reading: C}}]"
    shown = "- {severity: none, display: public, basis: {document: law, reading: C}}"
    files = changed(KIND, "- {severity: minor,", f"{shown}\n    - {{severity: minor,", laid(clause))

    kind = loaded(tmp_path, files).kinds["fine"]

    assert kind.credit.polarities == {Polarity.ADVERSE, Polarity.POSITIVE}
    assert polarity_of(kind, {"category": "轻"}) == Polarity.POSITIVE
    assert Severity.NONE in kind.credit.severities
    assert Severity.NONE not in loaded(tmp_path / "plain", LAND).kinds["fine"].credit.severities
