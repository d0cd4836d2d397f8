"""Indicators of risk: what a pack may say of them, and every mistake with its file and line."""

from datetime import date
from pathlib import Path

import pytest

from rongxin.policy.differences import differences
from rongxin.policy.indicator_fields import CATEGORIES, SCALES, STATUSES, of_kind
from rongxin.policy.indicator_words import told_names
from rongxin.policy.indicators import Condition, Dimension, RiskClass
from rongxin.policy.pack import Policy
from rongxin.policy.words import FieldClass, Strength, Title
from rongxin.subjects.models import Category, Scale, Status
from tests.policy.packs import LAND, TOWN, changed, line_of, loaded, mistakes

TABLE, VALUES = "land/indicators.yaml", "land/values/risk.yaml"
ON = date(2026, 11, 29)


def value_of(key: str, value: str, unit: str = "points") -> str:
    return (
        f"{key}:\n  title: {{zh: 分值, en: Points}}\n  unit: {unit}\n  values:\n"
        f"    - {{from: 2020-01-01, value: {value}, strength: local, note: {{zh: 示例, en: an example}}, "
        "basis: {document: settings, reading: U}}\n  checked_on: 2026-11-22\n"
    )


RISK = LAND | {
    TABLE: """\
indicators:
  - name: fined
    title: {zh: 处罚, en: Fines}
    dimension: supervision
    records: [fine]
    where:
      - {field: severity, one_of: [general, serious]}
      - any:
          - {field: category, has_part: [重]}
          - not: {field: authority, begins_with: [示例]}
    only: [{field: industry, begins_with: ["06"]}]
    window: {months: 24}
    fading: [{after_months: 12, percent: 50}]
    points: {each: true}
    reason: {zh: "近{months}个月内有{value}次处罚", en: "{value} fines in {months} months"}
    basis: {document: settings, reading: U}
  - name: young
    title: {zh: 新设, en: Young}
    dimension: basic
    subject: [{field: established_on, within_months: 12}]
    points: {once: true}
    reason: {zh: 成立不满一年, en: Less than a year old}
    basis: {document: settings, reading: U}
  - name: fined_holders
    title: {zh: 股东受罚, en: Holders fined}
    dimension: association
    related: {through: holders, at_least_percent: 50, indicator: fined}
    points: {steps: {two: 2, one: 1}}
    reason: {zh: "{value}家股东受过处罚", en: "{value} holders fined"}
    basis: {document: settings, reading: U}
  - name: last_category
    title: {zh: 最近一次的机关, en: The last authority}
    dimension: evaluation
    records: [fine]
    window: {months: 12}
    take: {latest: authority}
    points: {words: {示例机关: known}}
    reason: {zh: "最近是{value}", en: "{value} was the last"}
    basis: {document: settings, reading: U}
floors:
  - name: often
    title: {zh: 多次, en: Often}
    indicator: fined
    at_least: 5
    lowest: d
    basis: {document: settings, reading: U}
""",
    VALUES: value_of("risk/points/fined", "{each: 8, most: 30}")
    + value_of("risk/points/young", "{once: 2}")
    + value_of("risk/points/fined_holders", "{one: 3, two: 5}")
    + value_of("risk/points/last_category", "{known: 1}")
    + value_of("risk/classes", "{b: 10, c: 30, d: 60}")
    + value_of("risk/dimensions", "{basic: 20, dynamics: 20, supervision: 60, association: 20, evaluation: 20}")
    + value_of("risk/minor_months", "12", "months"),
}

# file, passage, what stands there instead, where the mistake is told (a passage of the broken text), what is told
BROKEN = {
    "unknown operator": (TABLE, "has_part: [重]", "holds: [重]", "{field: category", 'unknown key "holds"'),
    "two operators": (TABLE, "has_part: [重]", "has_part: [重], equal: 重", "{field: category", "exactly one operator"),
    "no operator": (TABLE, ", has_part: [重]", "", "{field: category", "exactly one operator, not none"),
    "unknown take": (TABLE, "take: {latest: authority}", "take: {middle: authority}", "take:", 'unknown key "middle"'),
    "unknown points": (TABLE, "points: {each: true}", "points: {all: true}", "points: {all", 'unknown key "all"'),
    "unknown kind": (
        TABLE,
        "records: [fine]\n    where",
        "records: [fines]\n    where",
        "records: [fines]",
        'no kind "fines"',
    ),
    "unknown field": (TABLE, "field: category", "field: colour", "field: colour", 'have no field "colour"'),
    "free text": (
        TABLE,
        "field: category, has_part",
        "field: party, has_part",
        "field: party",
        'have no field "party"',
    ),
    "field that the kind never fills": (
        TABLE,
        "{field: severity, one_of: [general, serious]}",
        "{field: amount_fen, above: 1}",
        "field: amount_fen",
        'have no field "amount_fen"',
    ),
    "word that never comes": (TABLE, "has_part: [重]", "has_part: [很重]", "has_part: [很重]", "never holds 很重"),
    "severity that never comes": (
        TABLE,
        "[general, serious]",
        "[general, grave]",
        "one_of: [general",
        "never holds grave",
    ),
    "beginning that never comes": (
        TABLE,
        "{field: severity, one_of: [general, serious]}",
        "{field: polarity, begins_with: [good]}",
        "field: polarity",
        "never begins with good",
    ),
    "several words compared whole": (
        TABLE,
        "has_part: [重]",
        "equal: 重",
        "{field: category",
        "has_part asks for one of them",
    ),
    "order of words": (
        TABLE,
        "{field: severity, one_of: [general, serious]}",
        "{field: severity, above: 1}",
        "field: severity",
        "holds a word; above does not compare that",
    ),
    "months of words": (
        TABLE,
        "not: {field: authority, begins_with: [示例]}",
        "not: {field: authority, within_months: 3}",
        "not: {field",
        "within_months does not compare that",
    ),
    "word equal to a number": (
        TABLE,
        "{field: severity, one_of: [general, serious]}",
        "{field: severity, one_of: [general, 3]}",
        "field: severity",
        "holds a word, and 3 is none",
    ),
    "field of records in only": (
        TABLE,
        'only: [{field: industry, begins_with: ["06"]}]',
        "only: [{field: severity, equal: general}]",
        "only:",
        'enterprises have no field "severity"',
    ),
    "sole traders are never classified": (
        TABLE,
        'only: [{field: industry, begins_with: ["06"]}]',
        "only: [{field: category, equal: sole_trader}]",
        "only:",
        "never holds sole_trader",
    ),
    "industry of no section": (TABLE, '["06"]', '["99"]', "only:", '"99" is no code of GB/T 4754'),
    "industry with its letter": (TABLE, '["06"]', '["B06"]', "only:", '"B06" is no code of GB/T 4754'),
    "window by a word": (
        TABLE,
        "window: {months: 24}",
        "window: {months: 24, by: severity}",
        "window: {months: 24, by",
        "by takes a day",
    ),
    "sum of words": (
        TABLE,
        "take: {latest: authority}",
        "take: {sum: authority}",
        "- name: last_category",
        "words are",
    ),
    "last of several words": (
        TABLE,
        "take: {latest: authority}",
        "take: {latest: category}",
        "take: {latest",
        "several words at once",
    ),
    "last day": (
        TABLE,
        "take: {latest: authority}",
        "take: {latest: decided_on}",
        "take: {latest",
        "latest takes a word",
    ),
    "adverse for ever": (
        TABLE,
        "    window: {months: 24}\n    fading: [{after_months: 12, percent: 50}]\n",
        "",
        "records: [fine]\n    where",
        "the indicator needs a window",
    ),
    "months without a window": (
        TABLE,
        "{zh: 成立不满一年, en: Less",
        '{zh: "近{months}个月成立", en: Less',
        'reason: {zh: "近{months}个月成立',
        "{months} cannot be told here",
    ),
    "open brace": (TABLE, "zh: 成立不满一年", 'zh: "成立{不满一年"', 'zh: "成立{', "braces do not fit"),
    "unknown association": (TABLE, "indicator: fined}", "indicator: fine}", "related:", 'no indicator "fine"'),
    "association of an association": (
        TABLE,
        "at_least_percent: 50, indicator: fined}",
        "at_least_percent: 50, indicator: fined_holders}",
        "related:",
        "followed one step",
    ),
    "association elsewhere": (
        TABLE,
        "dimension: association",
        "dimension: basic",
        "- name: fined_holders",
        "that of related",
    ),
    "two steps from one value": (TABLE, "{two: 2, one: 1}", "{two: 1, one: 1}", "steps:", "a value of its own"),
    "floor of nothing": (
        TABLE,
        "    indicator: fined\n",
        "    indicator: fine\n",
        "indicator: fine\n",
        'no indicator "fine"',
    ),
    "floor of a word": (
        TABLE,
        "    indicator: fined\n",
        "    indicator: last_category\n",
        "indicator: last_category",
        "at_least needs a number",
    ),
    "floor that says nothing": (TABLE, "lowest: d", "lowest: a", "lowest: a", "nothing is better than a"),
    "unknown document": (
        TABLE,
        "lowest: d\n    basis: {document: settings",
        "lowest: d\n    basis: {document: lore",
        "basis: {document: lore",
        'document "lore" stands in no documents.yaml',
    ),
    "indicator twice": (TABLE, "- name: young", "- name: fined", "indicators:", "['fined'] stands twice"),
    "points of no indicator": (VALUES, "points/young", "points/old", "risk/points/old", 'no indicator "old"'),
    "indicator without points": (TABLE, "name: young", "name: new", "points: {once", 'no value "risk/points/new"'),
    "points without a name": (VALUES, "{each: 8, most: 30}", "{each: 8}", "{each: 8}", "for each of each, most"),
    "points with a name too many": (VALUES, "{once: 2}", "{once: 2, twice: 3}", "{once: 2,", "for each of once"),
    "one number for several": (VALUES, "{once: 2}", "2", "value: 2,", "for each of once"),
    "points below nothing": (VALUES, "{once: 2}", "{once: -2}", "{once: -2}", "-2 is not a whole number of points"),
    "points that count rows": (
        VALUES,
        "risk/points/young:\n  title: {zh: 分值, en: Points}\n  unit: points",
        "risk/points/young:\n  title: {zh: 分值, en: Points}\n  unit: rows",
        "unit: rows",
        "counts points, not rows",
    ),
    "classes that do not rise": (VALUES, "c: 30", "c: 60", "{b: 10", "b begins above 0, c above b"),
    "class without a threshold": (VALUES, ", d: 60", "", "{b: 10", "for each of b, c, d"),
    "nobody could be a": (VALUES, "b: 10", "b: 0", "{b: 0", "b begins above 0"),
    "dimension without its most": (VALUES, "dynamics: 20, ", "", "{basic: 20", "for each of association"),
    "minor in days": (VALUES, "unit: months", "unit: days", "unit: days", "it counts months, not days"),
    "thresholds missing": (VALUES, "risk/classes", "risk/steps", "indicators:", 'need the value "risk/classes"'),
}


@pytest.fixture(scope="module")
def risk(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return loaded(tmp_path_factory.mktemp("risk"), RISK)


def test_indicators_and_hard_rules_load_and_come_back_from_their_canonical_form(risk: Policy) -> None:
    again = Policy.from_canonical(risk.canonical_json())

    assert list(risk.indicators) == ["fined", "young", "fined_holders", "last_category"]
    assert risk.floors["often"].lowest == RiskClass.D
    assert (again.digest, again.indicators, again.floors) == (risk.digest, risk.indicators, risk.floors)
    assert again.indicators["fined_holders"].points.rising == (("one", 1), ("two", 2))


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_stops_loading_and_is_told_with_its_line(case: str, tmp_path: Path) -> None:
    file, passage, instead, place, told = BROKEN[case]
    files = changed(file, passage, instead, RISK)

    found = mistakes(tmp_path, files)

    where = TABLE if place in files[TABLE] else file
    assert [error for error in found if error.file == where and told in error.message], found
    assert line_of(files[where], place) in {error.line for error in found if told in error.message}


@pytest.mark.parametrize(
    "where",
    [
        "{field: polarity, not_equal: adverse}",
        "{field: severity, none_of: [general, serious, minor, unknown]}",
        "all: [{field: decided_on, filled: true}, {not: {field: polarity, one_of: [adverse]}}]",
    ],
)
def test_an_indicator_that_leaves_adverse_records_out_needs_no_window(where: str, tmp_path: Path) -> None:
    files = changed(TABLE, "{field: severity, one_of: [general, serious]}", where, RISK)
    files = changed(TABLE, "    window: {months: 24}\n    fading: [{after_months: 12, percent: 50}]\n", "", files)
    files = changed(TABLE, "近{months}个月内", "", changed(TABLE, " in {months} months", "", files))

    assert mistakes(tmp_path, files) == []


def test_a_more_specific_pack_takes_the_place_of_an_indicator_and_weighs_it_anew(tmp_path: Path) -> None:
    mine = RISK[TABLE][RISK[TABLE].index("  - name: young") : RISK[TABLE].index("  - name: fined_holders")]
    files = RISK | TOWN
    files["town/indicators.yaml"] = "indicators:\n" + mine.replace("months: 12", "months: 6")
    files["town/values/risk.yaml"] = value_of("risk/points/young", "{once: 7}")

    policy = loaded(tmp_path, files, "town")

    assert policy.indicators["young"].subject == (Condition(field="established_on", within_months=6),)
    assert policy.value("risk/points/young", policy.packs[0].checked_on).value == {"once": 7}


def test_a_replaced_indicator_keeps_to_the_names_of_the_points_above(tmp_path: Path) -> None:
    mine = RISK[TABLE][RISK[TABLE].index("  - name: young") : RISK[TABLE].index("  - name: fined_holders")]
    files = RISK | TOWN | {"town/indicators.yaml": "indicators:\n" + mine.replace("once: true", "each: true")}

    (found,) = mistakes(tmp_path, files, "town")

    assert (found.file, found.line) == (
        "town/indicators.yaml",
        line_of(files["town/indicators.yaml"], "points: {each"),
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("window: {months: 24}", "window: {months: 36}", "changed indicators fined window.months: 24 → 36"),
        ("lowest: d", "lowest: c", 'changed floors often lowest: "d" → "c"'),
    ],
)
def test_what_changed_is_told_by_indicator_and_hard_rule(
    old: str, new: str, told: str, risk: Policy, tmp_path: Path
) -> None:
    (found,) = differences(risk, loaded(tmp_path, changed(TABLE, old, new, RISK)))

    assert str(found) == told


def test_pages_tell_what_each_number_is_for(risk: Policy) -> None:
    assert [title.zh for title in told_names(risk, "risk/points/fined_holders").values()] == ["满 1", "满 2"]
    assert told_names(risk, "risk/points/last_category") == {"known": Title(zh="示例机关", en="示例机关")}
    assert set(told_names(risk, "risk/dimensions")) == {each.value for each in Dimension}
    assert told_names(risk, "publicity/deadline") == {}


def test_the_words_of_an_enterprises_fields_are_those_of_the_register() -> None:
    assert set(Category.values) - {Category.SOLE_TRADER} == CATEGORIES
    assert set(Status.values) == STATUSES
    assert set(Scale.values) == SCALES


def test_the_packs_have_indicators_of_all_dimensions_sector_add_ons_and_good_facts(fuzhou: Policy) -> None:
    indicators = fuzhou.indicators.values()

    assert len(fuzhou.indicator_tables[0].indicators) >= 40
    assert {each.dimension for each in indicators} == set(Dimension)
    assert sum("industry" in condition.fields() for each in indicators for condition in each.only) >= 5
    assert sum(each.lowers for each in indicators) >= 10
    assert {floor.lowest for floor in fuzhou.floors.values()} == {RiskClass.B, RiskClass.C, RiskClass.D}


def test_what_indicators_weigh_is_a_local_setting_and_says_so(fuzhou: Policy) -> None:
    for key in (key for key in fuzhou.values if key.startswith("risk/")):
        for line in fuzhou.values[key].lines:
            assert (line.strength, line.basis.document) == (Strength.LOCAL, "platform-settings"), key
            assert line.note is not None, key
            assert "设定" in line.note.zh, key


def test_being_new_and_of_a_trade_that_is_watched_is_not_enough_for_b(fuzhou: Policy) -> None:
    ways_to_b = fuzhou.value("risk/classes", ON).value
    assert isinstance(ways_to_b, dict)
    for industry in ("0610", "1310", "2614", "2710", "4710", "5151", "6210"):
        raised = [
            each
            for each in fuzhou.indicators.values()
            if each.subject
            and not each.lowers
            and (each.name == "newly_established" or any(_is_of(industry, part) for part in each.subject))
        ]
        points = [fuzhou.value(each.key, ON).value for each in raised]
        assert len(raised) > 1, industry
        assert sum(int(each["once"]) for each in points if isinstance(each, dict)) < int(ways_to_b["b"]), industry


def _is_of(industry: str, condition: Condition) -> bool:
    return condition.field == "industry" and industry.startswith(condition.begins_with or ())


def test_no_indicator_can_look_at_a_person(fuzhou: Policy) -> None:
    readable = {(kind.name, name) for kind in fuzhou.kinds.values() for name in of_kind(kind)}

    for kind in fuzhou.kinds.values():
        for field in kind.fields.values():
            if field.credit.field_class in (FieldClass.PERSONAL, FieldClass.DISCARD) or field.credit.may_name_persons:
                assert (kind.name, field.name) not in readable
