"""Made-up files of any size: parts of equal rows, under the heads of the standard, and without fault for the checks."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rongxin.demonstration.acts import LICENCE, PENALTY
from rongxin.demonstration.parts import REGISTRATION, sizes, write_parts
from rongxin.engine.heads import known_heads, require_heads
from rongxin.engine.reading import read_table
from rongxin.engine.validation import ACCEPTED, Checked, validate
from tests.demonstration.packs import fuzhou

TODAY = date(2026, 11, 23)


def written(folder: Path, *, subjects: int, records: int, part: int, seed: int = 1) -> list[tuple[str, Path]]:
    kinds = fuzhou().kinds
    return list(write_parts(folder, kinds, subjects=subjects, records=records, seed=seed, part=part))


def checked(path: Path, kind: str) -> Checked:
    policy = fuzhou()
    sheet = read_table(path, row_limit=100_000, known_heads=known_heads(policy.kinds.values()))
    heads = require_heads(sheet.heads, policy.kinds[kind], policy.kinds.values())
    ladder = policy.value("intake/code_ladder", TODAY).steps
    return validate(sheet, heads, policy.kinds[kind], today=TODAY, divisions=policy.divisions, ladder=ladder)


def test_parts_hold_all_rows_and_none_twice(tmp_path: Path) -> None:
    files = written(tmp_path, subjects=250, records=200, part=100)
    assert [path.name for kind, path in files if kind == REGISTRATION] == [
        "registration-00001.csv",
        "registration-00002.csv",
        "registration-00003.csv",
    ]
    for kind, size in sizes(250, 200).items():
        frames = [pl.read_csv(path, infer_schema=False) for each, path in files if each == kind]
        whole = pl.concat(frames)
        assert whole.height == size
        assert whole.is_unique().all()


def test_the_size_of_a_part_changes_no_row(tmp_path: Path) -> None:
    small = written(tmp_path / "small", subjects=90, records=60, part=25)
    large = written(tmp_path / "large", subjects=90, records=60, part=1000)
    for kind in (REGISTRATION, PENALTY, LICENCE):
        rows = [
            pl.concat(pl.read_csv(path, infer_schema=False) for each, path in files if each == kind)
            for files in (small, large)
        ]
        assert rows[0].equals(rows[1])


def test_three_of_ten_acts_are_penalties() -> None:
    assert sizes(7, 1000) == {REGISTRATION: 7, PENALTY: 300, LICENCE: 700}
    assert sum(sizes(0, 11).values()) == 11


def test_acts_without_enterprises_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="acts need enterprises"):
        written(tmp_path, subjects=0, records=1, part=10)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_checks_find_nothing_wrong_with_any_row(tmp_path: Path, seed: int) -> None:
    for kind, path in written(tmp_path, subjects=2_000, records=4_000, part=10_000, seed=seed):
        result = checked(path, kind)
        assert result.problems.is_empty(), result.problems.head(5)
        assert result.persons.is_empty()
        assert set(result.rows["verdict"]) == {ACCEPTED}
