"""What holds on a day: lines, packs one above another, and whether it is law here."""

from datetime import date
from pathlib import Path

import pytest

from rongxin.policy.pack import NothingInForce, Policy
from tests.policy.packs import LAND, TOWN, changed, loaded, mistakes

VALUES, TOWN_VALUES = "land/values/publicity.yaml", "town/values/publicity.yaml"


@pytest.fixture
def town(tmp_path: Path) -> Policy:
    return loaded(tmp_path, LAND | TOWN, "town")


def test_nothing_is_in_force_before_the_first_line(town: Policy) -> None:
    with pytest.raises(NothingInForce, match="publicity/deadline: nothing in force on 2019-12-31"):
        town.value("publicity/deadline", date(2019, 12, 31))


def test_an_unknown_key_has_nothing_in_force(town: Policy) -> None:
    with pytest.raises(NothingInForce):
        town.value("publicity/unheard_of", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("on", "count", "pack", "is_law"),
    [
        (date(2020, 1, 1), 20, "land", True),
        (date(2023, 12, 31), 20, "land", True),
        (date(2024, 1, 1), 7, "land", True),
        (date(2025, 1, 1), 5, "town", False),
        (date(2025, 12, 31), 5, "town", False),
        (date(2026, 1, 1), 7, "land", True),
    ],
)
def test_a_local_line_stands_in_for_the_lines_above_on_its_days_only(
    on: date, count: int, pack: str, is_law: bool, town: Policy
) -> None:
    found = town.value("publicity/deadline", on)

    assert (found.count, found.line.pack, found.is_law) == (count, pack, is_law)


def test_the_more_specific_pack_words_the_title(town: Policy) -> None:
    assert town.history("publicity/deadline").title.zh == "本市时限"


LOCAL = """\
    - from: 2025-01-01
      until: 2025-12-31
      value: 5
      strength: local
      basis: {document: town-notice, item: 一, reading: C}
      note: {zh: 试行一年, en: tried for a year}
"""
ADDED = """\
    - from: 2025-01-01
      value: 5
      strength: binding
      basis: {document: town-notice, reading: C}
"""


def test_a_binding_line_of_a_lower_pack_follows_those_above(tmp_path: Path) -> None:
    policy = loaded(tmp_path, changed(TOWN_VALUES, LOCAL, ADDED, LAND | TOWN), "town")

    assert policy.value("publicity/deadline", date(2024, 12, 31)).count == 7
    assert policy.value("publicity/deadline", date(2026, 6, 1)).count == 5
    assert policy.value("publicity/deadline", date(2026, 6, 1)).is_law


def test_a_binding_line_of_a_lower_pack_cannot_contradict_one_above(tmp_path: Path) -> None:
    added = ADDED.replace("2025-01-01", "2024-01-01")

    (found,) = mistakes(tmp_path, changed(TOWN_VALUES, LOCAL, added, LAND | TOWN), "town")

    assert found.message == "two values from 2024-01-01"


@pytest.mark.parametrize(("old", "new"), [("unit: workdays", "unit: days"), ("  counted_from: decision_date\n", "")])
def test_a_lower_pack_cannot_change_what_a_value_counts(old: str, new: str, tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, changed(TOWN_VALUES, old, new, LAND | TOWN), "town")

    assert "it cannot change" in found.message


def test_a_lower_pack_cannot_lengthen_display_by_a_local_setting(tmp_path: Path) -> None:
    display = LAND["land/values/display.yaml"].split("display/serious_longest")[0]
    longer = (
        display.replace("value: 1", "value: 9")
        .replace("strength: binding", "strength: local")
        .replace("reading: C}\n", "reading: C}\n      note: {zh: 更长, en: longer}\n")
    )

    (found,) = mistakes(tmp_path, LAND | TOWN | {"town/values/display.yaml": longer}, "town")

    assert found.message == "the value reduces rights; only binding lines may"


def test_a_lower_pack_cannot_say_that_a_value_no_longer_reduces_rights(tmp_path: Path) -> None:
    display = LAND["land/values/display.yaml"].split("display/serious_longest")[0]
    text = display.replace("  reduces_rights: true\n", "").replace("2020-01-01", "2026-01-01")

    found = mistakes(tmp_path, LAND | TOWN | {"town/values/display.yaml": text}, "town")

    assert any(error.message.startswith("reduces_rights is True") for error in found)


def test_law_ends_with_its_document(tmp_path: Path) -> None:
    files = changed(
        "land/documents.yaml",
        "  from: 2020-01-01\n  binds: both\n  reading: C",
        "  from: 2020-01-01\n  until: 2026-06-30\n  binds: both\n  reading: C",
    )
    policy = loaded(tmp_path, files)

    assert policy.value("publicity/deadline", date(2026, 6, 30)).is_law
    assert not policy.value("publicity/deadline", date(2026, 7, 1)).is_law


def test_a_value_is_read_in_the_form_it_has(fuzhou: Policy) -> None:
    on = date(2026, 11, 22)
    assert fuzhou.value("publicity/warn_days", on).counts == (3, 5)
    assert fuzhou.value("display/repaired_line", on).flag is False
    assert fuzhou.value("intake/code_ladder", on).steps["format"] == "refuse"
    assert fuzhou.value("intake/check_character_when_registered", on).step == "warn"
    assert fuzhou.value("display/serious_longest", on).months == 36


@pytest.mark.parametrize("form", ["count", "counts", "step", "steps", "ratio", "months"])
def test_a_value_of_another_form_is_refused(form: str, fuzhou: Policy) -> None:
    found = fuzhou.value("display/repaired_line", date(2026, 11, 22))

    with pytest.raises(TypeError, match="display/repaired_line"):
        getattr(found, form)


@pytest.mark.parametrize(("written", "fits"), [("'0.05'", True), ("'1.5'", False), ("0.05", False), ("five", False)])
def test_ratios_are_exact_texts_between_0_and_1(written: str, fits: bool, tmp_path: Path) -> None:
    files = changed(VALUES, "unit: text", "unit: ratio")
    found = mistakes(tmp_path, changed(VALUES, "value: 请核对", f"value: {written}", files))

    assert (found == []) is fits
