"""A draft of the rules beside today's: what is counted is what a plain loop over all results counts."""

import errno
import json
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine.risk import writing
from rongxin.engine.risk.differences import Difference, Part, differences
from rongxin.engine.risk.layout import Snapshot, held
from rongxin.engine.risk.moves import NONE, STANDINGS
from rongxin.engine.risk.plans import Plan
from rongxin.engine.risk.results import Results
from rongxin.engine.risk.runs import run
from rongxin.engine.risk.simulating import (
    MOST_CASES,
    Case,
    FactorChange,
    OtherSnapshot,
    Simulation,
    compared,
    simulate,
)
from rongxin.engine.risk.tables import Tables
from rongxin.policy.indicators import Dimension, RiskClass
from rongxin.policy.tables import IndustrySection
from rongxin.policy.words import Title
from tests.engine.risk.made_up import (
    DAY,
    KINDS,
    floor,
    indicator,
    links,
    plan,
    records,
    subjects,
    tables,
    weighed,
    written,
)
from tests.engine.risk.test_classifying import FLOORS, INDICATORS, PLAN, buckets
from tests.engine.risk.test_runs import spread

SECTIONS = tuple(
    IndustrySection(code=code, title=Title(zh="示例", en="example"), first=first, last=last)
    for code, first, last in (("A", "01", "05"), ("C", "13", "43"))
)


def settled(told: Tables) -> Tables:
    """With industries and sizes, of some enterprises not known."""
    industry = pl.Series(["0111", "13", "4390", "99", None, None])
    scale = pl.Series(["small", "micro", None])
    places = pl.int_range(pl.len())
    firms = told.subjects.with_columns(
        industry=pl.lit(industry).gather(places % 6), scale=pl.lit(scale).gather(places % 3)
    )
    return Tables(firms, told.records, told.links)


def rules(*, changes: dict[str, dict[str, int]], without: set[str], **told) -> Plan:
    """PLAN with other numbers and without some indicators and what names them."""
    kept = [
        weighed(each, **changes.get(each.name, {}))
        for each in INDICATORS
        if each.name not in without and (each.related is None or each.related.indicator not in without)
    ]
    names = {each.name for each in kept}
    drawn = plan(*kept, floors=told["floors"], dimensions=told["dimensions"])
    return drawn._with(classes=told["classes"], floors=tuple(each for each in drawn.floors if each.indicator in names))


_each = st.fixed_dictionaries({"each": st.integers(0, 20), "most": st.integers(0, 40)})
changes = st.builds(
    dict,
    changes=st.fixed_dictionaries({}, optional={"penalties": _each, "fading": _each, "holdings": _each}),
    without=st.sets(st.sampled_from(["penalties", "listed", "young", "grade"]), max_size=2),
    floors=st.sets(st.sampled_from([0, 1, 2, 3])).map(
        lambda kept: (
            *(FLOORS[place] for place in sorted(kept)),
            *(() if 2 in kept else (floor("three", "penalties", RiskClass.C, at_least=2),)),
        )
    ),
    classes=st.sampled_from([{"b": 10, "c": 30, "d": 60}, {"b": 5, "c": 30, "d": 45}]),
    dimensions=st.sampled_from([{}, {"supervision": 80, "association": 15}, {"supervision": 20}]),
)


def _lines(results: Results) -> dict[int, dict]:
    return {row["subject"]: row for row in map(json.loads, results.lines())}


def _points(row: dict) -> dict[str, int]:
    return {factor["indicator"]: factor["points"] for factor in row["factors"] if factor["points"]}


def _section(industry: str | None) -> str | None:
    return next((each.code for each in SECTIONS if industry and each.first <= industry[:2] <= each.last), None)


def _brings(before: dict, after: dict, part: Part, name: str, one: Plan, two: Plan) -> int | None:
    """The points that something brings an enterprise; None where it does nothing to it."""
    numbers = [{"least": each.classes.get(name), "most": each.dimensions.get(name)} for each in (one, two)]
    match part:
        case Part.INDICATORS:
            return _points(after).get(name, 0) - _points(before).get(name, 0) or None
        case Part.CLASSES:
            reached = [after["points"] >= each["least"] for each in numbers]
            return 0 if reached[0] != reached[1] else None
        case Part.DIMENSIONS:
            dimension_of = {each.name: each.indicator.dimension for each in two.indicators}
            points = sum(each for factor, each in _points(after).items() if dimension_of[factor] == name)
            bounded = [points if (most := each["most"]) is None else max(-most, min(most, points)) for each in numbers]
            return bounded[1] - bounded[0] or None
        case Part.FLOORS:
            holds = [each["floor"] == name for each in (before, after)]
            lowest = [{each.name: each.lowest for each in every.floors}.get(name) for every in (one, two)]
            return 0 if holds[0] != holds[1] or (lowest[0] != lowest[1] and any(holds)) else None


@settings(max_examples=15)
@given(buckets(), changes, changes)
def test_a_simulation_says_what_a_plain_loop_over_both_runs_says(bucket, today, draft):
    told = spread(settled(bucket))
    today, draft = rules(**today), rules(**draft)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        snapshot = written(root / "snapshot", told)
        ours = simulate(today, draft, snapshot, root / "work", rules="", sections=SECTIONS)
        before, after = (
            _lines(run(each, snapshot, root / name)) for each, name in ((today, "today"), (draft, "draft"))
        )

    assert Simulation.of_json(ours.json()) == ours
    pairs = {key: (before[key]["class"], after[key]["class"]) for key in before}
    counted = Counter(pairs.values())
    counts = tuple(tuple(counted[one, two] for two in STANDINGS) for one in STANDINGS)
    assert ours.moves.counts == counts
    assert ours.moves.all == len(told.subjects)
    moved_up = {key for key, (one, two) in pairs.items() if one < two}
    moved_down = {key for key, (one, two) in pairs.items() if one > two}
    assert (ours.moves.up, ours.moves.down) == (len(moved_up), len(moved_down))

    firms = {
        row["subject"]: row | {"section": _section(row["industry"])} for row in told.subjects.iter_rows(named=True)
    }
    for groups, field in ((ours.regions, "region"), (ours.sections, "section"), (ours.scales, "scale")):
        names = {firm[field] for firm in firms.values()}
        assert [each.name for each in groups] == sorted(names, key=lambda name: (name is None, name))
        for group in groups:
            some = Counter(pairs[key] for key in pairs if firms[key][field] == group.name)
            assert group.moves.counts == tuple(tuple(some[one, two] for two in STANDINGS) for one in STANDINGS)

    parts = [(each.part, each.name) for each in ours.reach]
    asked = [(each.part, each.name) for each in differences(today, draft) if each.part != Part.KINDS]
    touched = {(Part.INDICATORS, name) for key in pairs for name in {**_points(before[key]), **_points(after[key])}}
    assert parts[: len(asked)] == asked
    assert {*parts} >= {
        each for each in touched if any(_brings(before[key], after[key], *each, today, draft) for key in pairs)
    }
    for reach in ours.reach:
        points = {
            key: found
            for key in pairs
            if (found := _brings(before[key], after[key], reach.part, reach.name, today, draft)) is not None
        }
        assert reach.enterprises == len(points)
        assert reach.points_up == sum(each for each in points.values() if each > 0)
        assert reach.points_down == -sum(each for each in points.values() if each < 0)
        assert (reach.moved_up, reach.moved_down) == (len({*points} & moved_up), len({*points} & moved_down))

    assert {case.subject for case in ours.cases} == moved_up | moved_down
    for case in ours.cases:
        one, two = before[case.subject], after[case.subject]
        names = sorted({*_points(one), *_points(two)})
        steps = [FactorChange(name, _points(one).get(name, 0), _points(two).get(name, 0)) for name in names]
        assert case == Case(
            subject=case.subject,
            class_before=one["class"],
            class_after=two["class"],
            points_before=one["points"],
            points_after=two["points"],
            floor_before=one["floor"],
            floor_after=two["floor"],
            factors=tuple(step for step in steps if step.before != step.after),
        )


@given(st.from_type(Simulation))
def test_any_simulation_is_read_as_it_was_kept(simulation):
    assert Simulation.of_json(simulation.json()) == simulation


@pytest.mark.parametrize("change", ["{}", "[]", '"format":2', '"snapshot":7', '"snapshot":"s","strange":1'])
def test_what_is_no_simulation_is_refused(tmp_path, change):
    kept = simulate(PLAN, PLAN, written(tmp_path / "s", SMALL), tmp_path / "work", rules="", sections=()).json()
    old = {'"format":2': '"format":1'}.get(change, f'"snapshot":"{json.loads(kept)["snapshot"]}"')

    with pytest.raises(ValueError, match=r"validation error|not as it is kept"):
        Simulation.of_json(change if change in ("{}", "[]") else kept.replace(old, change))


SMALL = spread(
    tables(
        subjects(*range(1, 8)),
        links(),
        penalty=records(*({"subject": key} for key in range(1, 8) for _ in range(key))),
    )
)
FEW = plan(indicator("penalties", records=("penalty",)))
MORE = plan(weighed(indicator("penalties", records=("penalty",)), each=10, most=60))


def drafted(folder: Path, draft: Plan = MORE, **told) -> Simulation:
    snapshot = written(folder / "snapshot", SMALL)
    return simulate(FEW, draft, snapshot, folder / "work", rules="", sections=SECTIONS, **told)


def test_the_same_rules_move_nobody(tmp_path):
    ours = drafted(tmp_path, FEW)

    assert (ours.moves.up, ours.moves.down) == (0, 0)
    assert ours.moves.before == ours.moves.after == {"a": 0, "b": 7, "c": 0, "d": 0, NONE: 0}
    assert (ours.differences, ours.reach, ours.cases) == ((), (), ())


def test_a_heavier_weight_moves_those_whom_it_weighs_on(tmp_path):
    ours = drafted(tmp_path)

    assert ours.differences == (
        Difference(Part.INDICATORS, "penalties", {"each": 10, "most": 25}, {"each": 10, "most": 60}),
    )
    (reach,) = ours.reach
    assert (reach.enterprises, reach.points_up, reach.points_down) == (5, 5 + 15 + 25 + 35 + 35, 0)
    assert (reach.moved_up, reach.moved_down) == (5, 0)
    assert ours.moves.after == {"a": 0, "b": 2, "c": 3, "d": 2, NONE: 0}


def test_regions_are_put_together_by_city(tmp_path):
    firms = [{"subject": key, "region": region} for key, region in enumerate(["350102", "350103", "350211", None], 1)]
    snapshot = written(tmp_path / "snapshot", tables(subjects(*firms), penalty=records()))
    ours = simulate(FEW, MORE, snapshot, tmp_path / "work", rules="", sections=())

    assert [(each.name, each.moves.all) for each in ours.regions] == [
        ("350102", 1),
        ("350103", 1),
        ("350211", 1),
        (None, 1),
    ]
    assert [(each.name, each.moves.all) for each in ours.cities] == [("350100", 2), ("350200", 1), (None, 1)]


def test_a_sample_holds_the_largest_of_every_kind_of_movement(tmp_path):
    """Fifty come from b to c, the later the further; two from b to d."""
    told = [(key, 2 + key // 10) for key in range(1, 51)] + [(60, 9), (61, 9)]
    firms = subjects(*(key for key, _ in told))
    rows = records(*({"subject": key} for key, count in told for _ in range(count)))
    snapshot = written(tmp_path / "snapshot", tables(firms, penalty=rows))
    draft = plan(weighed(indicator("penalties", records=("penalty",)), each=8, most=80))._with(
        classes={"b": 10, "c": 16, "d": 70}
    )
    ours = simulate(FEW, draft, snapshot, tmp_path / "work", rules="", sections=())

    assert len(ours.cases) == MOST_CASES
    assert [case.subject for case in ours.cases[:3]] == [60, 61, 50]
    largest = sorted(
        range(1, 51), key=lambda key: (-abs(min(80, 8 * (2 + key // 10)) - min(25, 10 * (2 + key // 10))), key)
    )
    assert [case.subject for case in ours.cases[2:]] == largest[:38]


def test_a_run_of_the_same_rules_on_the_same_snapshot_is_not_made_again(tmp_path):
    snapshot = written(tmp_path / "snapshot", SMALL)
    known = run(FEW, snapshot, tmp_path / "known")
    other = run(FEW.on(DAY - timedelta(1)), snapshot, tmp_path / "other")
    steps = {}
    for name, before in (("known", known), ("other", other), ("none", None)):
        told: list[tuple[int, int]] = []
        simulate(
            FEW,
            MORE,
            snapshot,
            tmp_path / "work",
            lambda *done, told=told: told.append(done),
            before,
            rules="",
            sections=(),
        )
        steps[name] = told

    assert steps["known"] == [(step, 6) for step in range(1, 7)]
    assert steps["other"] == steps["none"] == [(step, 9) for step in range(1, 10)]


def test_a_draft_of_other_kinds_or_another_day_is_refused(tmp_path):
    snapshot = written(tmp_path / "snapshot", SMALL)

    with pytest.raises(OtherSnapshot, match="under the rules of the draft"):
        simulate(FEW, MORE, snapshot, tmp_path / "work", rules="other", sections=())
    with pytest.raises(ValueError, match="the draft is that of 2026-11-21"):
        simulate(FEW, MORE.on(DAY + timedelta(1)), snapshot, tmp_path / "work", rules="", sections=())


def test_nothing_stays_of_a_simulation_nor_of_one_that_was_killed(tmp_path):
    left = tmp_path / "work" / ".simulation-killed" / "draft"
    left.mkdir(parents=True)
    (left / "plan.json").write_text("{}")
    drafted(tmp_path)

    assert _kept(tmp_path) == set()


def test_a_simulation_that_is_under_way_beside_is_left_alone(tmp_path):
    other = tmp_path / "work" / ".simulation-other"
    other.mkdir(parents=True)
    with held(other):
        drafted(tmp_path)

    assert _kept(tmp_path) == {".simulation-other"}


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def full(folder, path, rows):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        drafted(tmp_path)

    assert _kept(tmp_path) == set()


def _kept(folder: Path) -> set[str]:
    return {path.name for path in (folder / "work").iterdir()} - {".writing"}


def test_two_runs_on_two_snapshots_say_who_came_and_who_went(tmp_path):
    base = written(tmp_path / "snapshot", tables(subjects(1, 2, 3), penalty=records({"subject": 1})))
    before = run(FEW, base, tmp_path / "before")
    grown: Snapshot = written(
        tmp_path / "snapshot", tables(subjects(4), penalty=records()), before=base, replaced=[1, 4]
    )
    ours = compared(before, run(FEW, grown, tmp_path / "after"), grown, ())

    assert ours.moves.before == {"a": 2, "b": 1, "c": 0, "d": 0, NONE: 1}
    assert ours.moves.after == {"a": 3, "b": 0, "c": 0, "d": 0, NONE: 1}
    assert (ours.moves.up, ours.moves.down, ours.moves.all) == (0, 0, 4)
    assert [(case.subject, case.class_before, case.class_after) for case in ours.cases] == [
        (1, "b", NONE),
        (4, NONE, "a"),
    ]


def test_plans_differ_in_numbers_and_in_what_is_looked_at():
    today = plan(
        indicator("penalties", records=("penalty",), window=12),
        indicator("gone", records=("penalty",)),
        indicator("same", records=("penalty",)),
        floors=(floor("hard", "same", RiskClass.C),),
        dimensions={"supervision": 20, "basic": 5},
    )
    draft = plan(
        indicator("penalties", records=("penalty",), window=24),
        indicator("same", records=("penalty",)),
        weighed(
            indicator("new", subject=[{"field": "status", "equal": "revoked"}], dimension=Dimension.BASIC),
            each=1,
            most=2,
        ),
        floors=(floor("hard", "same", RiskClass.D, at_least=2),),
        dimensions={"supervision": 20, "basic": 6},
    )._with(
        classes={"b": 10, "c": 35, "d": 60},
        kinds={**KINDS, "penalty": KINDS["penalty"].model_copy(update={"months": {"minor": 6, "general": None}})},
    )

    assert differences(today, draft) == (
        Difference(Part.INDICATORS, "penalties", *[{"each": 10, "most": 25}] * 2, is_redefined=True),
        Difference(Part.INDICATORS, "new", None, {"each": 1, "most": 2}),
        Difference(Part.INDICATORS, "gone", {"each": 10, "most": 25}, None),
        Difference(Part.DIMENSIONS, "basic", {"most": 5}, {"most": 6}),
        Difference(Part.CLASSES, "c", {"least": 30}, {"least": 35}),
        Difference(
            Part.FLOORS,
            "hard",
            {"indicator": "same", "at_least": 1, "lowest": "c"},
            {"indicator": "same", "at_least": 2, "lowest": "d"},
        ),
        Difference(
            Part.KINDS,
            "penalty",
            {"minor": 6, "general": 36, "serious": 60},
            {"minor": 6, "general": None},
        ),
    )
