"""The catalogue: the city's items over the province's, nothing outside it, and when the next sending falls due."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.policy.catalogue import Every, Frequency, Share, due_on, period_of
from rongxin.policy.differences import differences
from tests.policy.packs import LAND, TOWN, changed, loaded, mistakes

ABOVE = "land/catalogue.yaml"
HERE = "town/catalogue.yaml"
CATALOGUE = {
    ABOVE: """\
basis: {document: law, item: 第八条, reading: C}
items:
  - code: L-01
    kind: fine
    category: 行政管理信息
    power: 行政处罚
    frequency: {every: month, days_allowed: 5}
    share: public
""",
}
TOWN_CATALOGUE = {
    HERE: """\
basis: {document: town-notice, item: 二, reading: C}
items:
  - code: L-01
    kind: fine
    category: 行政管理信息
    power: 行政处罚
    frequency: {every: week}
    share: government
""",
}
BROKEN = {
    "unknown kind": (ABOVE, "kind: fine", "kind: gift", 'there is no kind "gift"'),
    "unknown word": (ABOVE, "every: month", "every: moon", "every"),
    "unknown document": (ABOVE, "document: law", "document: lore", '"lore" stands in no documents.yaml'),
    "days below nought": (ABOVE, "days_allowed: 5", "days_allowed: -1", "greater than or equal to 0"),
}


def test_without_a_catalogue_there_are_no_items(tmp_path: Path) -> None:
    assert loaded(tmp_path, LAND).catalogue == ()


def test_the_city_says_otherwise_than_the_province(tmp_path: Path) -> None:
    (found,) = loaded(tmp_path, LAND | TOWN | CATALOGUE | TOWN_CATALOGUE, "town").catalogue
    assert (found.pack, found.above_pack) == ("town", "land")
    assert found.differs_in == ("frequency", "share")
    assert found.item.frequency == Frequency(every=Every.WEEK)
    assert found.above is not None
    assert found.above.share == Share.PUBLIC


def test_a_city_without_a_catalogue_follows_the_province(tmp_path: Path) -> None:
    (found,) = loaded(tmp_path, LAND | TOWN | CATALOGUE, "town").catalogue
    assert (found.pack, found.differs_in) == ("land", ())


@pytest.mark.parametrize("broken", BROKEN)
def test_a_mistake_is_told_with_its_place(broken: str, tmp_path: Path) -> None:
    file, old, new, told = BROKEN[broken]
    files = changed(file, old, new, LAND | CATALOGUE)
    found = mistakes(tmp_path, files)
    assert any(told in error.message and error.file == file for error in found), found


def test_a_kind_outside_the_catalogue_is_a_mistake(tmp_path: Path) -> None:
    empty = {ABOVE: "basis: {document: law, item: 第八条, reading: C}\nitems: []\n"}
    assert mistakes(tmp_path / "empty", LAND | empty) == []  # an empty catalogue is none
    gift = LAND["land/kinds/fine.yaml"].replace("name: fine", "name: gift")
    (error,) = mistakes(tmp_path / "gift", LAND | CATALOGUE | {"land/kinds/gift.yaml": gift})
    assert error.file == "land/kinds/gift.yaml"
    assert 'kind "gift" stands in no catalogue' in error.message


def test_a_code_keeps_its_kind(tmp_path: Path) -> None:
    gift = LAND["land/kinds/fine.yaml"].replace("name: fine", "name: gift")
    town = changed(HERE, "kind: fine", "kind: gift", TOWN_CATALOGUE)
    (error,) = mistakes(tmp_path, LAND | TOWN | CATALOGUE | town | {"town/kinds/gift.yaml": gift}, "town")
    assert error.file == HERE
    assert "a code keeps its kind" in error.message


def test_a_changed_item_is_a_difference(tmp_path: Path) -> None:
    old = loaded(tmp_path / "old", LAND | CATALOGUE)
    new = loaded(tmp_path / "new", LAND | changed(ABOVE, "every: month", "every: quarter", CATALOGUE))
    (difference,) = differences(old, new)
    assert (difference.table, difference.key, difference.path) == ("catalogue", "land L-01", "frequency.every")


@pytest.mark.parametrize(
    ("every", "day", "first", "last"),
    [
        (Every.DAY, "2026-11-22", "2026-11-22", "2026-11-22"),
        (Every.WEEK, "2026-11-22", "2026-11-16", "2026-11-22"),  # a Sunday ends its week
        (Every.MONTH, "2026-02-11", "2026-02-01", "2026-02-28"),
        (Every.QUARTER, "2026-11-22", "2026-10-01", "2026-12-31"),
        (Every.HALF_YEAR, "2026-06-30", "2026-01-01", "2026-06-30"),
        (Every.YEAR, "2026-11-22", "2026-01-01", "2026-12-31"),
    ],
)
def test_the_period_of_a_day(every: Every, day: str, first: str, last: str) -> None:
    assert period_of(date.fromisoformat(day), every) == (date.fromisoformat(first), date.fromisoformat(last))


def test_a_sending_counts_for_the_period_in_which_it_arrives() -> None:
    weekly = Frequency(every=Every.WEEK, days_allowed=2)
    since = date(2026, 11, 1)
    assert due_on(weekly, since=since, last_sent=date(2026, 11, 11)) == date(
        2026, 11, 24
    )  # next week's Sunday and 2 days


def test_before_the_first_sending_the_period_in_which_the_duty_began_is_due() -> None:
    monthly = Frequency(every=Every.MONTH, days_allowed=5)
    assert due_on(monthly, since=date(2026, 11, 20), last_sent=None) == date(2026, 12, 5)


def test_what_is_decided_now_and_then_falls_due_on_no_day() -> None:
    assert due_on(Frequency(every=Every.EVENT), since=date(2026, 1, 1), last_sent=None) is None


@given(
    every=st.sampled_from([each for each in Every if each != Every.EVENT]),
    sent=st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    allowed=st.integers(0, 40),
)
def test_the_next_sending_is_due_after_the_last_and_never_before_its_period_ends(
    every: Every, sent: date, allowed: int
) -> None:
    due = due_on(Frequency(every=every, days_allowed=allowed), since=sent, last_sent=sent)
    assert due is not None
    last = due - timedelta(days=allowed)
    first_of_due, last_of_due = period_of(last, every)
    assert last == last_of_due
    assert period_of(first_of_due - timedelta(days=1), every) == period_of(sent, every)
