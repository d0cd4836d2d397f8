"""The rules as the public reads them."""

from datetime import date

import pytest

from rongxin.disclosure import catalogue
from rongxin.policy.indicators import POINTS
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, FieldClass, Reading, Severity, StepSeverity
from tests.factories import LICENCE, PENALTY, the_pack

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def pack() -> Policy:
    return the_pack()[0]


def test_every_step_of_the_code_ladder_is_told(pack: Policy) -> None:
    steps = catalogue.code_steps(pack, TODAY)

    assert len(steps) == len(pack.value(catalogue.LADDER, TODAY).steps)
    assert {step.title.zh: step.severity for step in steps}["第 18 位校验码"] == StepSeverity.REVIEW


def test_every_value_is_told_with_its_lines_and_basis(pack: Policy) -> None:
    cards = {card.key: card for card in catalogue.value_cards(pack, TODAY)}

    assert set(cards) == {key for key in pack.values if not key.startswith(POINTS)} - {catalogue.LADDER}
    longest = cards["display/general_longest"]
    assert (longest.lines[0].value, longest.unit, longest.lines[0].in_force) == ("12", "个月", True)
    assert longest.lines[0].basis.reading == Reading.CONFIRMED
    assert cards["display/repaired_line"].lines[0].value == "否"
    assert cards["publicity/warn_days"].lines[0].value == "3、5"
    assert {step.name: step.severity for step in cards["intake/name_alone"].lines[0].steps} == {
        "不利信息": StepSeverity.REVIEW,
        "其他信息": StepSeverity.WARN,
    }


def test_every_indicator_of_risk_is_told_with_what_it_weighs(pack: Policy) -> None:
    lines = {line.key: line for line in catalogue.indicator_lines(pack, TODAY)}

    assert set(lines) == {key for key in pack.values if key.startswith(POINTS)}
    assert lines["risk/points/fines_amount"].points == "满 100,000 元 3；满 1,000,000 元 8；满 10,000,000 元 15"
    assert lines["risk/points/national_evaluation_high"].points == "优 10；良 4"
    assert lines["risk/points/national_evaluation_high"].lowers
    assert catalogue.value_card(pack, "risk/classes", TODAY).lines[0].value.startswith("B 类（一般风险） 10；")


def test_a_line_that_has_not_begun_is_not_in_force(pack: Policy) -> None:
    card = catalogue.value_card(pack, "display/general_longest", date(2025, 6, 21))

    assert [line.in_force for line in card.lines] == [False]


def test_minor_information_is_not_displayed_and_the_clause_says_so(pack: Policy) -> None:
    lines = {line.severity: line for line in catalogue.display_lines(pack, pack.kinds[PENALTY], TODAY)}

    assert lines[Severity.MINOR].display == Display.WITHHELD
    assert lines[Severity.MINOR].reason == "轻微失信信息依法不予公示"
    assert lines[Severity.GENERAL].display == Display.PUBLIC


def test_before_a_term_was_in_force_nothing_adverse_was_displayed(pack: Policy) -> None:
    lines = {line.severity: line for line in catalogue.display_lines(pack, pack.kinds[PENALTY], date(2024, 1, 1))}

    assert lines[Severity.GENERAL].display == Display.WITHHELD


def test_the_severity_of_a_penalty_in_words(pack: Policy) -> None:
    lines = catalogue.severity_lines(pack, pack.kinds[PENALTY])

    assert lines[-1].severity == Severity.MINOR
    assert lines[-1].words == "处罚类别只有：警告、通报批评"


def test_terms_and_deadline_belong_to_the_kind(pack: Policy) -> None:
    keys = [card.key for card in catalogue.term_cards(pack, pack.kinds[PENALTY], TODAY)]
    assert "display/general_shortest" in keys
    assert "display/serious_longest" in keys
    assert catalogue.term_cards(pack, pack.kinds[LICENCE], TODAY) == ()
    deadline = catalogue.deadline_card(pack, pack.kinds[LICENCE], TODAY)
    assert deadline is not None
    assert deadline.key == "publicity/deadline/licence"


def test_fields_tell_who_may_see_them(pack: Policy) -> None:
    lines = {line.code: line for line in catalogue.field_lines(pack.kinds[PENALTY])}

    assert lines["CF_FR_ZJHM"].field_class == FieldClass.DISCARD
    assert lines["CF_SY"].may_name_persons
    # A restricted field is shown to nobody here, so there is nothing to clear first.
    assert not lines["CF_BZ"].may_name_persons
    assert lines["CF_NR_FK"].title.zh == "罚款金额（万元）"


def test_the_calendar_of_2026(pack: Policy) -> None:
    year = next(year for year in catalogue.calendar_years(pack) if year.year == 2026)

    assert year.source == "国务院办公厅关于2026年部分节假日安排的通知"
    runs = [(holiday.name, holiday.first, holiday.last) for holiday in year.holidays]
    assert ("国庆节", date(2026, 10, 1), date(2026, 10, 7)) in runs
    assert date(2026, 10, 10) in year.worked_weekends
    days = sum((last - first).days + 1 for _name, first, last in runs)
    assert days == sum(len(day.off) for table in pack.calendar_years if table.year == 2026 for day in table.days)
