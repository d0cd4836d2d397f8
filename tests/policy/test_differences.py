"""What a comparison of two versions tells."""

from datetime import date
from pathlib import Path

import pytest

from rongxin.policy.differences import TABLES, differences
from rongxin.policy.pack import Policy
from tests.policy.packs import LAND, TOWN, changed, loaded


@pytest.fixture
def land(tmp_path: Path) -> Policy:
    return loaded(tmp_path / "land", LAND)


def test_equal_content_has_no_difference(land: Policy, tmp_path: Path) -> None:
    assert differences(land, loaded(tmp_path / "again", LAND)) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "land/values/publicity.yaml",
            "value: 7",
            "value: 3",
            "changed values publicity/deadline lines[1].value: 7 → 3",
        ),
        ("land/values/publicity.yaml", "publicity/notice:", "publicity/hint:", "added values publicity/hint"),
        ("land/documents.yaml", "示例大会", "大会", 'changed documents law issuer: "示例大会" → "大会"'),
        (
            "land/kinds/fine.yaml",
            'version: "1.0"',
            'version: "1.1"',
            'changed kinds fine x-credit.version: "1.0" → "1.1"',
        ),
        (
            "land/kinds/fine.yaml",
            "    - {name: decided_on,",
            "    - {name: remark, title: 备注, type: string}\n    - {name: decided_on,",
            "added kinds fine schema.fields.remark",
        ),
        ("land/calendar/2026.yaml", "work: [2026-02-14]", "work: [2026-02-28]", "removed calendar 2026-02-14"),
        (
            "land/calendar/2026.yaml",
            "off: [2026-02-16, 2026-02-17]",
            "off: [2026-02-16]",
            "removed calendar 2026-02-17",
        ),
        ("land/divisions.csv", "990102,示例区", "990102,新区", 'changed divisions 990102 name: "示例区" → "新区"'),
        (
            "land/reporting_units.yaml",
            "form: county",
            "form: zone",
            'changed reporting_units 990102 form: "county" → "zone"',
        ),
        ("land/industries.yaml", 'last: "05"', 'last: "04"', 'changed industries A last: "05" → "04"'),
        ("land/pack.yaml", "en: Example Land", "en: Land", 'changed packs land title.en: "Example Land" → "Land"'),
    ],
)
def test_a_change_is_told_with_its_place(
    file: str, old: str, new: str, told: str, land: Policy, tmp_path: Path
) -> None:
    after = loaded(tmp_path / "after", changed(file, old, new))

    assert told in [str(difference) for difference in differences(land, after)]


def test_added_and_removed_change_places_with_the_order(land: Policy, tmp_path: Path) -> None:
    town = loaded(tmp_path / "town", LAND | TOWN, "town")

    forward = {str(difference) for difference in differences(land, town)}
    backward = {str(difference) for difference in differences(town, land)}

    assert "added documents town-notice" in forward
    assert "removed documents town-notice" in backward
    assert "added values publicity/deadline lines[2]" in forward
    assert len(forward) == len(backward)


def test_every_table_of_a_policy_is_compared(fuzhou: Policy, land: Policy) -> None:
    assert {difference.table for difference in differences(land, fuzhou)} == set(TABLES)


def test_a_difference_is_plain_json(land: Policy, tmp_path: Path) -> None:
    after = loaded(tmp_path / "after", changed("land/values/publicity.yaml", "value: 7", "value: 3"))

    (difference,) = differences(land, after)

    assert difference.as_json() == {
        "table": "values",
        "key": "publicity/deadline",
        "change": "changed",
        "path": "lines[1].value",
        "old": 7,
        "new": 3,
    }
    assert after.value("publicity/deadline", date(2026, 1, 1)).count == 3
