"""What a draft of the rules would do: the whole population under it beside today's rules, before anybody is classified so.

Runs are written to folders that are gone afterwards. What stays is a Simulation, which holds no class of an enterprise but those
of a small sample of cases.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

import polars as pl

from rongxin.engine.risk.differences import Difference, Part, differences
from rongxin.engine.risk.layout import SHIFT, SUBJECTS, SUBJECTS_TABLE, Snapshot, held
from rongxin.engine.risk.moves import NONE, Moves, cell
from rongxin.engine.risk.plans import GRADES, Plan
from rongxin.engine.risk.reaching import REACH, reach_of
from rongxin.engine.risk.reports import Report
from rongxin.engine.risk.results import Results, classes_of_both, factors_otherwise
from rongxin.engine.risk.runs import run
from rongxin.engine.risk.snapshots import Progress, Reader, quiet
from rongxin.policy.tables import IndustrySection
from rongxin.primitives.files import alone_in

MOST_CASES: Final = 40
_ROOM: Final = ".simulation-"


class OtherSnapshot(ValueError):
    """The snapshot was made under other record kinds than the draft has: build one under the rules of the draft."""


@dataclass(frozen=True)
class Group:
    """The enterprises of a region, section of industries or size; ``name`` None: of which it is not known."""

    name: str | None
    moves: Moves


@dataclass(frozen=True)
class Reach:
    """Whom one thing moves: an indicator whose points are otherwise, or a bound, threshold or hard rule that differs.

    ``enterprises``: to whom it does anything: other points, a threshold that now lies on the other side of their points, a hard
    rule that begins or ceases to hold. ``points_up``, ``points_down``: the points that it adds and takes off, of all together.
    ``moved_up``, ``moved_down``: how many of them come into another class, be it for this or for other reasons.
    """

    part: Part
    name: str
    enterprises: int
    points_up: int
    points_down: int
    moved_up: int
    moved_down: int


@dataclass(frozen=True)
class FactorChange:
    """Points of an indicator before and after."""

    indicator: str
    before: int
    after: int


@dataclass(frozen=True)
class Case:
    """One enterprise that moves, and why: the factors that differ, and the hard rules that hold. ``subject``: its key."""

    subject: int
    class_before: str
    class_after: str
    points_before: int | None
    points_after: int | None
    floor_before: str | None
    floor_after: str | None
    factors: tuple[FactorChange, ...]


@dataclass(frozen=True)
class Simulation(Report):
    """What is otherwise between two runs. ``plan_before``, ``plan_after``: digests; ``snapshot``: the id of what was read.

    ``regions``: by the code of the division with which enterprises are registered; ``sections``: letters of GB/T 4754. Each of
    these and ``scales`` parts all enterprises: their ``moves`` add up to ``moves``. ``reach``: those of indicators also where an
    indicator is the same but what it looks at is not. ``cases``: of every kind of movement the largest, MOST_CASES at most.
    """

    day: date
    snapshot: str
    plan_before: str
    plan_after: str
    moves: Moves
    regions: tuple[Group, ...]
    sections: tuple[Group, ...]
    scales: tuple[Group, ...]
    differences: tuple[Difference, ...]
    reach: tuple[Reach, ...]
    cases: tuple[Case, ...]
    format: Literal[1] = 1

    @property
    def cities(self) -> tuple[Group, ...]:
        """The regions, put together by city."""
        found: dict[str | None, list[Moves]] = {}
        for group in self.regions:
            found.setdefault(group.name and f"{group.name[:4]}00", []).append(group.moves)
        return tuple(Group(name, sum(moves, Moves())) for name, moves in found.items())


def simulate(
    today: Plan,
    draft: Plan,
    snapshot: Snapshot,
    work: Path,
    progress: Progress = quiet,
    before: Results | None = None,
    *,
    rules: str,
    sections: Sequence[IndustrySection],
) -> Simulation:
    """What ``draft`` would do to all enterprises of ``snapshot``, on whom ``today`` holds.

    ``work``: a folder below which both runs are written, and removed whatever happens; a process that is killed leaves what the
    next one removes. ``before``: a run whose classes are taken if it is one of ``today`` on this very snapshot. ``rules``:
    ``rules_digest`` of the policy of the draft. ``sections``: of the industry classification.

    OtherSnapshot where the draft needs another one; ValueError where the plans are of two days, so that time alone would move
    enterprises; OSError where the disk is full.
    """
    if rules != snapshot.last.rules:
        raise OtherSnapshot(
            "the draft has other record kinds than the snapshot: build one under the rules of the draft"
        )
    if today.day != draft.day:
        raise ValueError(f"the rules of today are those of {today.day}, the draft is that of {draft.day}")
    is_known = before is not None and (before.run.plan, before.run.snapshot) == (today.digest, snapshot.id)
    stages = 2 if is_known else 3

    def stage(number: int) -> Progress:
        return lambda done, buckets: progress(number * buckets + done, stages * buckets)

    with _room(work) as room:
        if before is None or not is_known:
            before = run(today, snapshot, room / "today", stage(0))
        after = run(draft, snapshot, room / "draft", stage(stages - 2))
        return compared(before, after, snapshot, sections, stage(stages - 1))


def compared(
    before: Results,
    after: Results,
    snapshot: Snapshot,
    sections: Sequence[IndustrySection],
    progress: Progress = quiet,
) -> Simulation:
    """What is otherwise between two runs, whatever their days and snapshots. ``snapshot``: which says where enterprises are, what
    they do and how large they are.
    """
    reader, counting = Reader(snapshot), _Counting(before, after, sections)
    buckets = sorted({*before.buckets, *after.buckets})
    for done, bucket in enumerate(buckets, start=1):
        counting.take(bucket, reader.table(SUBJECTS_TABLE, bucket, _OF_SUBJECT))
        progress(done, len(buckets))
    return counting.simulation(snapshot)


@contextmanager
def _room(work: Path) -> Iterator[Path]:
    """A folder below ``work`` that is gone after the block; what killed processes left there goes, too."""
    with ExitStack() as stack:
        with alone_in(work):
            for left in work.glob(f"{_ROOM}*"):
                with suppress(FileNotFoundError, BlockingIOError), held(left):
                    shutil.rmtree(left)
            room = Path(tempfile.mkdtemp(prefix=_ROOM, dir=work))
            stack.enter_context(held(room))
            stack.callback(shutil.rmtree, room, ignore_errors=True)
        yield room


_OF_SUBJECT: Final = ["subject", "region", "industry", "scale"]
_GROUPS: Final = ("region", "section", "scale")
_CASE: Final = ("class", "points", "floor")


def sections_by_division(sections: Sequence[IndustrySection]) -> dict[str, str]:
    """The letter of the section of each two-digit division of GB/T 4754."""
    return {
        f"{division:02d}": each.code for each in sections for division in range(int(each.first), int(each.last) + 1)
    }


class _Counting:
    """What is otherwise in the buckets that were taken; it grows with regions, indicators and kinds of movement only."""

    def __init__(self, before: Results, after: Results, sections: Sequence[IndustrySection]) -> None:
        self.before, self.after = before, after
        self.section_of = sections_by_division(sections)
        self.differences = differences(before.plan, after.plan)
        self.moves = Moves()
        counted = {"cell": pl.Int64, "len": pl.UInt32}
        self.groups = {group: pl.DataFrame(schema={group: pl.String, **counted}) for group in _GROUPS}
        self.reach = pl.DataFrame(schema=REACH)
        self.cases: pl.DataFrame | None = None

    def take(self, bucket: int, subjects: pl.DataFrame | None) -> None:
        """Add a bucket."""
        both = classes_of_both(self.before, self.after, bucket, _CASE).with_columns(
            cell().alias("cell"),
            _floor_names(self.before.plan, "before"),
            _floor_names(self.after.plan, "after"),
        )
        self.moves += Moves.of(both["cell"])
        self._group(both, subjects)
        found = reach_of(self.before, self.after, self.differences, bucket, both)
        self.reach = pl.concat([self.reach, found]).group_by("part", "name").sum()
        self._sample(both)

    def _group(self, both: pl.DataFrame, subjects: pl.DataFrame | None) -> None:
        if subjects is None:
            subjects = pl.DataFrame(schema={name: SUBJECTS[name] for name in _OF_SUBJECT})
        division = pl.col("industry").str.slice(0, 2)
        section = division.replace_strict(self.section_of, default=None, return_dtype=pl.String).alias("section")
        rows = both.select("subject", "cell").join(subjects.with_columns(section), on="subject", how="left")
        for group, counted in self.groups.items():
            found = rows.group_by(group, "cell").len()
            self.groups[group] = pl.concat([counted, found]).group_by(group, "cell").sum()

    def _sample(self, both: pl.DataFrame) -> None:
        moved = both.filter(pl.col("class_before").ne_missing(pl.col("class_after")))
        distance = (pl.col("points_after").fill_null(0) - pl.col("points_before").fill_null(0)).abs()
        found = moved.with_columns(distance.alias("distance"))
        all_found = found if self.cases is None else pl.concat([self.cases, found])
        ordered = all_found.sort("cell", -pl.col("distance"), "subject")
        self.cases = ordered.filter(_turn() < MOST_CASES)

    def simulation(self, snapshot: Snapshot) -> Simulation:
        """All that was counted."""
        return Simulation(
            day=self.after.run.day,
            snapshot=snapshot.id,
            plan_before=self.before.run.plan,
            plan_after=self.after.run.plan,
            moves=self.moves,
            regions=self._told("region"),
            sections=self._told("section"),
            scales=self._told("scale"),
            differences=self.differences,
            reach=tuple(self._reach()),
            cases=tuple(self._cases()),
        )

    def _reach(self) -> Iterator[Reach]:
        """Of everything that differs, in that order, then of what is the same and yet does otherwise."""
        found = {(Part(part), name): told for part, name, *told in self.reach.sort("part", "name").iter_rows()}
        asked = [(each.part, each.name) for each in self.differences if each.part != Part.KINDS]
        for part, name in dict.fromkeys((*asked, *found)):
            yield Reach(part, name, *found.get((part, name), (0,) * 5))

    def _told(self, group: str) -> tuple[Group, ...]:
        found = self.groups[group].group_by(group).agg("cell", "len").sort(group, nulls_last=True)
        told = []
        for name, cells, counts in found.iter_rows():
            told.append(Group(name, Moves.of(pl.Series(cells), pl.Series(counts))))
        return tuple(told)

    def _cases(self) -> Iterator[Case]:
        """Of each kind of movement in turn the largest that is left, until there are enough; told kind by kind."""
        if self.cases is None:
            return
        width = (pl.col("class_after").cast(pl.Int8) - pl.col("class_before").cast(pl.Int8)).abs().fill_null(0)
        rows = self.cases.with_columns(_turn().alias("turn"), width.alias("width"))
        chosen = rows.sort("turn", -pl.col("width"), "cell").head(MOST_CASES)
        factors = self._factors(chosen)
        for row in chosen.sort(-pl.col("width"), "cell", "turn").iter_rows(named=True):
            yield Case(
                subject=row["subject"],
                class_before=_standing(row["class_before"]),
                class_after=_standing(row["class_after"]),
                points_before=row["points_before"],
                points_after=row["points_after"],
                floor_before=row["floor_before"],
                floor_after=row["floor_after"],
                factors=tuple(factors.get(row["subject"], ())),
            )

    def _factors(self, chosen: pl.DataFrame) -> dict[int, list[FactorChange]]:
        factors: dict[int, list[FactorChange]] = {}
        for (bucket,), rows in chosen.group_by(pl.col("subject") // (1 << SHIFT)):
            found = factors_otherwise(self.before, self.after, int(str(bucket)), rows["subject"])
            for subject, *told in found.iter_rows():
                factors.setdefault(subject, []).append(FactorChange(*told))
        return factors


def _turn() -> pl.Expr:
    """0 for the first of every kind of movement, 1 for the second …"""
    return pl.int_range(pl.len()).over("cell")


def _floor_names(plan: Plan, when: str) -> pl.Expr:
    """The hard rule that holds by its name, null for none."""
    names = {place: floor.name for place, floor in enumerate(plan.floors)}
    return pl.col(f"floor_{when}").replace_strict(names, default=None, return_dtype=pl.String)


def _standing(grade: int | None) -> str:
    return NONE if grade is None else GRADES[grade].value
