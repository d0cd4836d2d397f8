"""Divisions: the platform's own table first, the country's behind it."""

import pytest

from rongxin.primitives.divisions import Division, Divisions
from tests.primitives.tables import rows

COUNTRY = Divisions()


def test_the_own_table_prevails_over_that_of_the_country() -> None:
    own = Divisions([Division("350182", "长乐市（旧）", "county", "350100", 1994, 2017, "350112")])

    assert own.get("350182") == Division("350182", "长乐市（旧）", "county", "350100", 1994, 2017, "350112")
    assert COUNTRY.get("350182") == Division("350182", "长乐市", "county", "350100", 1994, 2017)


def test_a_code_given_twice_keeps_its_latest_meaning() -> None:
    suburb, jinan = (
        Division("350111", "郊区", "county", "350100", 1983, 1994),
        Division("350111", "晋安区", "county", "350100", 1995),
    )

    assert Divisions([jinan, suburb]).get("350111") == jinan
    assert COUNTRY.get("350111") == jinan


@pytest.mark.parametrize(
    ("code", "name", "level", "parent"),
    [
        ("350000", "福建省", "province", None),
        ("350200", "厦门市", "prefecture", "350000"),
        ("320281", "江阴市", "county", "320200"),
        ("990000", "示例区", "county", None),
        ("100000", "国家", "state", None),
    ],
)
def test_places_known_without_any_table(code: str, name: str, level: str, parent: str | None) -> None:
    found = COUNTRY.get(code)

    assert found is not None
    assert (found.name, found.level, found.parent) == (name, level, parent)
    assert COUNTRY.is_current(code)


@pytest.mark.parametrize("code", ["000000", "999999", "350001", "35", "", "３５０１０２", "35010A"])
def test_unknown_places(code: str) -> None:
    assert not COUNTRY.knows(code)
    assert not COUNTRY.is_current(code)
    assert COUNTRY.get(code) is None


@pytest.mark.parametrize("code", ["350182", "350126", "350127", "110103"])
def test_abolished_places_are_known_but_not_current(code: str) -> None:
    assert COUNTRY.knows(code)
    assert not COUNTRY.is_current(code)


def test_nearly_every_present_division_of_the_country_is_known() -> None:
    present = {row["code"].ljust(6, "0") for row in rows("data/codes/divisions_province_city_county.csv")}
    unknown = {code for code in present if not COUNTRY.knows(code)}

    assert len(unknown) / len(present) < 0.05
    assert not {code for code in unknown if code.startswith("35")}
