"""Groups that are invited to declare: what they name must be known, and they must say whom."""

from pathlib import Path

from rongxin.policy.differences import differences
from rongxin.policy.indicators import RiskClass
from rongxin.policy.loader import load_pack
from tests.policy.packs import POLICIES, changed, line_of, loaded, mistakes
from tests.policy.test_indicators import RISK

TABLE = "land/declarations.yaml"
INVITED = RISK | {
    TABLE: """\
basis: {document: settings, reading: U}
items:
  - name: honour
    title: {zh: 荣誉, en: Honour}
    says: {zh: 企业说自己得到的荣誉, en: An honour}
    fields: [{name: honour, title: {zh: 名称, en: Name}, kind: text}]
    stands_months: 12
invited:
  - name: watched
    title: {zh: 示例对象, en: Example group}
    says: {zh: 不填没有任何不利, en: Nothing follows}
    classes: [c, d]
    indicators: [fined]
    records_at_most: 1
    scales: [small, micro]
    items: [honour]
"""
}


def test_a_group_is_read_and_one_of_a_pack_below_takes_its_place(tmp_path: Path) -> None:
    (group,) = loaded(tmp_path, INVITED).invited_groups.values()
    assert (group.classes, group.indicators) == ((RiskClass.C, RiskClass.D), ("fined",))
    assert (group.records_at_most, group.scales, group.items) == (1, ("small", "micro"), ("honour",))


def test_what_nobody_knows_is_told_with_file_and_line(tmp_path: Path) -> None:
    for old, new, told in (
        ("items: [honour]", "items: [honuor]", "there is no item honuor"),
        ("indicators: [fined]", "indicators: [find]", "there is no indicator find"),
        ("scales: [small, micro]", "scales: [tiny]", "there is no scale tiny"),
        ("classes: [c, d]", "classes: [a]", "a is the best class; it invites nobody"),
    ):
        files = changed(TABLE, old, new, INVITED)
        (finding,) = mistakes(tmp_path / new.split("[")[1], files)
        assert told in finding.message
        assert finding.line == line_of(files[TABLE], new)


def test_a_group_says_whom_and_stands_once(tmp_path: Path) -> None:
    whom = "    classes: [c, d]\n    indicators: [fined]\n    records_at_most: 1\n"
    (nobody,) = mistakes(tmp_path / "nobody", changed(TABLE, whom, "", INVITED))
    assert "watched says nobody" in nobody.message
    group = INVITED[TABLE].split("invited:\n")[1]
    (twice,) = mistakes(tmp_path / "twice", INVITED | {TABLE: INVITED[TABLE] + group})
    assert "group ['watched'] stands twice" in twice.message


def test_a_changed_group_is_one_difference(tmp_path: Path) -> None:
    before = loaded(tmp_path / "one", INVITED)
    after = loaded(tmp_path / "two", changed(TABLE, "records_at_most: 1", "records_at_most: 3", INVITED))
    (found,) = differences(before, after)
    assert (found.table, found.key, found.path, found.old, found.new) == ("invited", "watched", "records_at_most", 1, 3)


def test_no_group_of_the_packs_lets_anybody_hope_for_points() -> None:
    """Each says that a class is not changed, or that nothing is held against the enterprise."""
    for group in load_pack(POLICIES, "fuzhou").invited_groups.values():
        assert any(words in group.says.zh for words in ("不改变分值", "不因此改变", "不影响类别")), group.name
