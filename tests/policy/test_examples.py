"""Examples beside the kinds are read strictly: what does not fit its kind, or tells of rows that are not there, is told."""

from pathlib import Path

import pytest

from rongxin.policy.examples import read_examples
from rongxin.policy.files import PolicyErrors
from rongxin.policy.loader import load_pack, pack_names, pack_sources
from tests.policy.packs import LAND, POLICIES, changed, line_of, loaded

TABLE, EXPECTED = "land/examples/fine.csv", "land/examples/fine.yaml"
WITH_EXAMPLE = LAND | {
    TABLE: "名称,种类,机关,文号,日期\n示例甲,轻,示例局,1,2026-01-05\n示例乙,重,示例局,,2026-01-05\n",
    EXPECTED: """\
day: 2026-01-06
recorded: [2]
rejected:
  "3": [required_missing]
public:
  "2": {says: [示例甲], hides: [示例乙]}
""",
}


def read(root: Path, files: dict[str, str]) -> list[str]:
    """What is told of the examples of the pack."""
    policy = loaded(root, files)
    try:
        read_examples(root, "land", policy)
    except PolicyErrors as stopped:
        return [str(error) for error in stopped.errors]
    return []


def test_an_example_is_a_table_and_what_becomes_of_its_rows(tmp_path: Path) -> None:
    example = read_examples(tmp_path, "land", loaded(tmp_path, WITH_EXAMPLE))["fine"]
    assert example.rows[3]["名称"] == "示例乙"
    assert example.expected.accepted == {2}
    assert example.expected.rejected == {"3": ("required_missing",)}


BROKEN = {
    "head of no field": (TABLE, "种类", "类型", TABLE, "名称", 'no field of fine has the head "类型"'),
    "cells missing": (TABLE, "1,2026-01-05", "1", TABLE, "示例甲", "4 cells under 5 heads"),
    "row told of twice": (EXPECTED, "recorded: [2]", "recorded: [2, 3]", EXPECTED, "recorded", "row 3 is told of 2"),
    "row not told of": (EXPECTED, "recorded: [2]", "recorded: []", EXPECTED, "recorded", "row 2 is told of 0 times"),
    "row that is not there": (EXPECTED, "[2]", "[2, 9]", EXPECTED, "recorded", "there is no row 9"),
    "page of a refused row": (EXPECTED, '"2": {', '"3": {', EXPECTED, "public", "row 3 is not shown"),
    "unknown key": (EXPECTED, "rejected:", "refused:", EXPECTED, "refused", 'unknown key "refused"'),
    "no day": (EXPECTED, "day: 2026-01-06\n", "", EXPECTED, "recorded", 'missing key "day"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_does_not_fit_is_told(tmp_path: Path, name: str) -> None:
    file, old, new, told_in, place, message = BROKEN[name]
    files = changed(file, old, new, WITH_EXAMPLE)
    found = [told for told in read(tmp_path, files) if message in told]
    assert [told.split(": ")[0] for told in found] == [f"{told_in}:{line_of(files[told_in], place)}"]


@pytest.mark.parametrize(("missing", "other"), [(TABLE, EXPECTED), (EXPECTED, TABLE)])
def test_half_an_example_is_none(tmp_path: Path, missing: str, other: str) -> None:
    files = {name: text for name, text in WITH_EXAMPLE.items() if name != missing}
    assert read(tmp_path, files) == [f"{other}:1: {Path(missing).name} is missing beside it"]


def test_an_example_of_no_kind_is_told(tmp_path: Path) -> None:
    files = WITH_EXAMPLE | {name.replace("fine", "fee"): WITH_EXAMPLE[name] for name in (TABLE, EXPECTED)}
    assert read(tmp_path, files) == ['land/examples/fee.yaml:1: there is no kind "fee"']


def test_rows_that_do_not_look_made_up_are_told(tmp_path: Path) -> None:
    files = WITH_EXAMPLE | {TABLE: WITH_EXAMPLE[TABLE].replace("示例", "真实")}
    assert any("made-up rows hold 示例" in told for told in read(tmp_path, files))


def test_the_packs_of_this_project_are_released_with_their_examples() -> None:
    for name in pack_names(POLICIES):
        own = read_examples(POLICIES, name, load_pack(POLICIES, name))
        assert {f"{name}/examples/{kind}.csv" for kind in own} <= set(pack_sources(POLICIES, name))
