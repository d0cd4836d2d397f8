"""New numbers of the risk classes: what is entered becomes lines of the platform's own pack, or is told what is wrong with it."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.governance.rules.comparing import changes
from rongxin.governance.rules.lines import changed_files
from rongxin.governance.rules.setting import Mistake, Setting, Wrong, in_force, range_of, settable, setting, told
from rongxin.policy.differences import differences
from rongxin.policy.pack import Policy
from rongxin.policy.words import Strength
from rongxin.primitives.recognisers import names_a_number
from tests.examples import slow
from tests.factories import the_pack
from tests.policy.packs import TOWN, loaded
from tests.policy.test_indicators import RISK, VALUES

FILES = RISK | TOWN
OWN = "town/values/risk.yaml"
TODAY = date(2026, 11, 29)
FINED, CLASSES, DIMENSIONS = "risk/points/fined", "risk/classes", "risk/dimensions"
HEAD = "# 本市的分值\nrisk/points/young:\n  title: {zh: 新设, en: Young}  # 照上级\n  unit: points\n  values:\n"


def line(since: date, once: int, until: date | None = None) -> str:
    ends = f"      until: {until}\n" if until else ""
    return (
        f"    # 从 {since} 起\n    - from: {since}\n{ends}      value: {{once: {once}}}\n      strength: local\n"
        '      basis: {document: town-notice, item: 一, reading: C}\n      note: {zh: 本市, en: "of the town"}\n'
    )


def own(*lines: str) -> dict[str, str]:
    """The files with lines of the town's own for one indicator."""
    return FILES | {OWN: HEAD + "".join(lines) + "  checked_on: 2026-11-22\n"}


def read(files: Mapping[str, str], name: str = "town") -> Policy:
    with tempfile.TemporaryDirectory() as folder:
        return loaded(Path(folder), dict(files), name)


def asked(
    rules: Policy, entries: Mapping[str, Mapping[str, str]], first_day: str = "2026-12-01", reason: str = "示例理由"
) -> Setting | tuple[Mistake, ...]:
    return setting(rules, entries, first_day=first_day, reason=reason, today=TODAY)


@dataclass(frozen=True)
class After:
    """Rules before and after a setting, and the file that was written."""

    before: Policy
    rules: Policy
    files: dict[str, str]


def set_anew(
    files: Mapping[str, str],
    entries: Mapping[str, Mapping[str, str]],
    first_day: str = "2026-12-01",
    name: str = "town",
) -> After:
    before = read(files, name)
    made = asked(before, entries, first_day)
    assert isinstance(made, Setting), made
    changed = {**files, **changed_files(before, files, made)}
    return After(before, read(changed, name), changed)


# ── what is in force afterwards ──────────────────────────────────────────────────────────────────────────────────────
NEVER = date(9999, 12, 31)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
REASONS = st.text(min_size=1, max_size=80)


@st.composite
def files_of_a_town(draw: st.DrawFn) -> dict[str, str]:
    """The town has no file of its own, or one with lines that follow one another, some of which end."""
    days = sorted(draw(st.sets(DAYS, max_size=3)))
    if not days:
        return FILES
    nexts = [*(day - timedelta(days=1) for day in days[1:]), date(2030, 1, 1)]
    return own(
        *(
            line(day, draw(st.integers(0, 9)), draw(st.none() | st.dates(day, last)))
            for day, last in zip(days, nexts, strict=True)
        )
    )


@st.composite
def entries_for(draw: st.DrawFn, shown: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, str]]:
    """New numbers for some of the values, in the order that they must have."""
    chosen = draw(st.sets(st.sampled_from(sorted(shown)), min_size=1))
    return {
        key: dict(zip(shown[key], map(str, sorted(draw(as_many(key, len(shown[key]))))), strict=True))
        for key in sorted(chosen)
    }


def as_many(key: str, number: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(*range_of(key)), min_size=number, max_size=number, unique=True)


@settings(max_examples=slow() * 3)
@given(files=files_of_a_town(), numbers=st.data(), first=st.dates(TODAY, date(2029, 1, 1)), reason=REASONS)
def test_the_new_numbers_hold_from_their_day_on_and_nothing_else_changes(
    files: dict[str, str], numbers: st.DataObject, first: date, reason: str
) -> None:
    before = read(files)
    entries = numbers.draw(entries_for(settable(before, first)))
    made = asked(before, entries, first.isoformat(), reason)
    if not isinstance(made, Setting):
        assert made
        return
    written = changed_files(before, files, made)
    after = read({**files, **written})

    assert list(written) == [OWN]
    for key in (*before.values, *made.numbers):
        lines = [each for each in before.values[key].lines if each.pack == "town" and each.strength == Strength.LOCAL]
        planned = min((each.first_day for each in lines if each.first_day > first), default=NEVER)
        for on in {first, first - timedelta(days=1), date(2025, 1, 1), date(2031, 1, 1), *days_of(lines)}:
            held = before.history(key).line_on(on)
            holds = after.history(key).line_on(on)
            if key in made.numbers and first <= on < planned:
                assert holds is not None
                assert (holds.value, holds.strength, holds.pack) == (made.numbers[key], Strength.LOCAL, "town")
                assert holds.note is not None
                assert holds.note.zh == made.reason
            else:
                assert (held and held.value) == (holds and holds.value), (key, on)
    assert {(each.table, each.key) for each in differences(before, after)} == {("values", key) for key in made.numbers}
    assert all(each.path.startswith("lines") for each in differences(before, after))
    # The file says the same as before in the same order, comments and all.
    kept = [each for each in files.get(OWN, "").splitlines() if each.lstrip().startswith("#") or "  #" in each]
    assert [each for each in written[OWN].splitlines() if each in kept] == kept


def days_of(lines: list[object]) -> set[date]:
    return {
        day
        for each in lines
        for day in (each.first_day, each.last_day, each.last_day and each.last_day + timedelta(days=1))  # type: ignore[attr-defined]
        if day
    }


def test_only_what_was_entered_is_new_and_the_rest_of_the_value_stays() -> None:
    after = set_anew(FILES, {FINED: {"each": "9"}})
    assert in_force(after.rules, FINED, date(2026, 11, 30)) == {"each": 8, "most": 30}
    assert in_force(after.rules, FINED, date(2026, 12, 1)) == {"each": 9, "most": 30}


def test_a_second_change_from_the_same_day_takes_the_place_of_the_first_and_a_later_one_follows() -> None:
    once = set_anew(FILES, {FINED: {"each": "9"}})
    again = set_anew(once.files, {FINED: {"each": "10"}})
    later = set_anew(again.files, {FINED: {"each": "12"}}, "2027-03-01")
    own_lines = [each for each in later.rules.history(FINED).lines if each.pack == "town"]
    assert [(str(each.first_day), each.value["each"]) for each in own_lines] == [("2026-12-01", 10), ("2027-03-01", 12)]  # type: ignore[index]


def test_a_change_before_a_planned_one_leaves_that_where_it_is() -> None:
    planned = set_anew(FILES, {FINED: {"each": "12"}}, "2027-03-01")
    now = set_anew(planned.files, {FINED: {"each": "9"}})
    assert [in_force(now.rules, FINED, date(2027, month, 1))["each"] for month in (2, 3)] == [9, 12]


def test_a_line_that_would_have_lasted_longer_ends_the_day_before() -> None:
    after = set_anew(own(line(date(2026, 1, 1), 4, date(2027, 6, 30))), {"risk/points/young": {"once": "5"}})
    first, second = (each for each in after.rules.history("risk/points/young").lines if each.pack == "town")
    assert (str(first.last_day), second.last_day) == ("2026-11-30", None)


def test_a_platform_without_packs_above_adds_to_its_own_lines() -> None:
    after = set_anew(RISK, {CLASSES: {"b": "12"}}, name="land")
    assert [in_force(after.rules, CLASSES, on)["b"] for on in (TODAY, date(2026, 12, 1))] == [10, 12]
    assert list(after.files) == list(RISK)
    assert after.files[VALUES].startswith(RISK[VALUES][:60])


def test_the_basis_is_that_of_the_setting_before_and_of_the_platform_where_there_was_none() -> None:
    after = set_anew(own(line(date(2026, 1, 1), 4)), {"risk/points/young": {"once": "5"}})
    assert after.rules.value("risk/points/young", date(2026, 12, 1)).basis.document == "town-notice"

    platform = RISK["land/documents.yaml"].replace("settings:\n", "platform-settings:\n")
    law = RISK[VALUES].replace(
        "value: {once: 2}, strength: local, note: {zh: 示例, en: an example}, basis: {document: settings, reading: U}",
        "value: {once: 2}, strength: binding, basis: {document: law, reading: C}",
    )
    files = FILES | {
        "land/documents.yaml": RISK["land/documents.yaml"] + platform[platform.index("platform-") :],
        VALUES: law,
    }
    after = set_anew(files, {"risk/points/young": {"once": "5"}})
    found = after.rules.value("risk/points/young", date(2026, 12, 1))
    assert (found.basis.document, found.is_law) == ("platform-settings", False)


def test_the_rules_of_this_platform_can_be_set_in_every_number() -> None:
    rules, sources = the_pack()
    entries = {
        key: {name: str(number + 1 if number < range_of(key)[1] else number - 1) for name, number in numbers.items()}
        for key, numbers in settable(rules, TODAY).items()
    }
    made = asked(rules, entries)
    assert isinstance(made, Setting)
    assert len(made.numbers) == len(rules.indicators) + 2
    files = {**sources, **changed_files(rules, sources, made)}
    assert settable(read(files, "fuzhou"), date(2026, 12, 1)) == made.numbers


def test_what_a_setting_says_is_never_taken_for_the_number_of_a_person() -> None:
    """A note that names one makes no draft."""
    rules, _ = the_pack()
    for key, numbers in settable(rules, TODAY).items():
        top = Setting(numbers={key: dict.fromkeys(numbers, 200)}, first_day=TODAY, reason="示例")
        assert not names_a_number(told(rules, top)), told(rules, top)


def test_the_comparison_says_of_each_number_what_held_and_what_will() -> None:
    """Also where the pack of the platform had no line of its own: what held was a line of a pack above."""
    after = set_anew(FILES, {FINED: {"each": "9"}})
    [change] = changes(after.before, after.rules)
    assert (change.name, change.place) == ("分值", "自 2026-12-01 起（示例市）")
    assert [(each.name.zh, each.old, each.new) for each in change.numbers] == [("每一项", 8, 9), ("最多", 30, 30)]
    assert [each.is_changed for each in change.numbers] == [True, False]

    [planned] = changes(after.rules, set_anew(after.files, {CLASSES: {"b": "12"}}, "2027-03-01").rules)
    assert [(each.old, each.new) for each in planned.numbers] == [(10, 12), (30, 30), (60, 60)]


# ── what is wrong with an entry ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("key", "entered", "wrong", "name"),
    [
        (FINED, {"each": "acht"}, Wrong.NOT_WHOLE, "each"),
        (FINED, {"each": ""}, Wrong.NOT_WHOLE, "each"),
        (FINED, {"each": "8.5"}, Wrong.NOT_WHOLE, "each"),
        (FINED, {"each": "-1"}, Wrong.NOT_WHOLE, "each"),
        (FINED, {"each": "９"}, Wrong.NOT_WHOLE, "each"),
        (FINED, {"most": "101"}, Wrong.RANGE, "most"),
        (FINED, {"each": "31"}, Wrong.ORDER, "each"),
        (FINED, {"most": "7"}, Wrong.ORDER, "most"),
        ("risk/points/fined_holders", {"two": "2"}, Wrong.ORDER, "two"),
        (CLASSES, {"b": "0"}, Wrong.RANGE, "b"),
        (CLASSES, {"b": "30"}, Wrong.ORDER, "b"),
        (CLASSES, {"d": "30"}, Wrong.ORDER, "d"),
        (CLASSES, {"d": "201"}, Wrong.RANGE, "d"),
        (DIMENSIONS, {"basic": "201"}, Wrong.RANGE, "basic"),
    ],
)
def test_a_number_that_does_not_do_is_told_at_its_place(
    key: str, entered: dict[str, str], wrong: Wrong, name: str
) -> None:
    assert asked(read(FILES), {key: entered}) == (Mistake(wrong, key, name),)


@pytest.mark.parametrize(
    ("first_day", "reason", "wrong"),
    [
        ("2026-11-28", "示例", Wrong.PAST),
        ("明天", "示例", Wrong.DAY),
        ("2026-12-01", " \n ", Wrong.REASON),
        ("2026-12-01", "电话 13900001234", Wrong.REASON),
        ("2026-12-01", "长" * 301, Wrong.REASON),
    ],
)
def test_a_day_in_the_past_and_a_missing_reason_are_told(first_day: str, reason: str, wrong: Wrong) -> None:
    assert asked(read(FILES), {FINED: {"each": "9"}}, first_day, reason) == (Mistake(wrong),)


def test_every_mistake_is_told_at_once() -> None:
    found = asked(read(FILES), {CLASSES: {"b": "x"}, FINED: {"each": "y", "most": "z"}}, "", "")
    assert found == (
        Mistake(Wrong.NOT_WHOLE, CLASSES, "b"),
        Mistake(Wrong.NOT_WHOLE, FINED, "each"),
        Mistake(Wrong.NOT_WHOLE, FINED, "most"),
        Mistake(Wrong.DAY),
        Mistake(Wrong.REASON),
    )


def test_what_stays_as_it_is_is_no_change() -> None:
    rules = read(FILES)
    for entries in ({}, {FINED: {"each": "8"}}, {FINED: {"colour": "9"}}, {"risk/minor_months": {"each": "9"}}):
        assert asked(rules, entries) == (Mistake(Wrong.UNCHANGED),)


def test_a_setting_is_told_in_one_line() -> None:
    rules = read(FILES)
    entries = {CLASSES: {"b": "12"}, DIMENSIONS: {"basic": "30"}, FINED: {"each": "9", "most": "36"}}
    made = asked(rules, entries, reason="按抽查结果\n校准")
    assert isinstance(made, Setting)
    assert told(rules, made) == (
        "B 类（一般风险）起点 10→12，“基本情况”上限 20→30，“处罚”每一项 8→9等4处，自2026年12月1日起。按抽查结果 校准"
    )
