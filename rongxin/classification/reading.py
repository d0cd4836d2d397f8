"""The class that holds of an enterprise: of the run in use, unless a newer one or time itself made it better, an objection keeps it
from being used, or two people decided otherwise.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import polars as pl

from rongxin.classification.models import Adjustment, Outcome, Run
from rongxin.classification.running import newest_run, results_of, snapshot_of
from rongxin.classification.using import before, current
from rongxin.engine.risk.classifying import classify
from rongxin.engine.risk.explaining import presence_on
from rongxin.engine.risk.layout import bucket_of
from rongxin.engine.risk.plans import GRADES, NO_FLOOR, Plan
from rongxin.engine.risk.results import Results
from rongxin.engine.risk.snapshots import Reader, SnapshotDamaged
from rongxin.policy.indicators import RiskClass
from rongxin.storage.askers import PLATFORM, asks


class How(StrEnum):
    """Why this class holds."""

    IN_USE = "in_use"
    BETTER = "better"
    """A newer run, or a day that has come, makes it better: that holds at once, a worse class only after its preview."""
    ADJUSTED = "adjusted"
    OBJECTED = "objected"
    """The enterprise objects: the class before holds, or none."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a run says of an enterprise. ``floor``: the hard rule that holds; ``next_on``: when something changes by itself."""

    grade: RiskClass
    points: int
    floor: str | None
    next_on: date | None


@dataclass(frozen=True, slots=True)
class Held:
    """The class that holds, None where none does yet; of which run; ``until``: the last day of an adjustment."""

    grade: RiskClass | None
    how: How
    run: Run
    reckoned: Reckoned | None
    until: date | None = None


def reckoned(run: Run, keys: Collection[int], on: date | None = None) -> dict[int, Reckoned]:
    """What the run says of the enterprises with these keys, by key; those it does not know are left out.

    ``on`` a later day than the run's: as time alone made it better since, where the snapshot of the run is still there.
    """
    results, found = results_of(run), dict[int, Reckoned]()
    for bucket, its in _by_bucket(keys).items():
        rows = results.classes(bucket).filter(pl.col("subject").is_in(its))
        if on is not None:
            rows = _as_time_made_it(run, results, bucket, rows, on)
        for row in rows.iter_rows(named=True):
            found[row["subject"]] = _read(row, results.plan)
    return found


def held(keys: Collection[int], today: date) -> dict[int, Held]:
    """The classes that hold today, by key of the enterprise; none while no run is in use.

    A fixed number of queries, and of each run the buckets of these enterprises.
    """
    return held_on({today: keys})[today]


def held_on(asked: Mapping[date, Collection[int]]) -> dict[date, dict[int, Held]]:
    """The same of the enterprises asked of each day, in as many queries as of one."""
    with asks(PLATFORM):
        return _all_held(asked)


def _all_held(asked: Mapping[date, Collection[int]]) -> dict[date, dict[int, Held]]:
    use, keys = current(), {key for its in asked.values() for key in its}
    if use is None or not keys:
        return {day: {} for day in asked}
    newest = newest_run()
    objecting = set(
        Adjustment.objects.filter(
            subject__in=keys, run=use.run, case__is_open=True, applied_by__isnull=False
        ).values_list("subject", flat=True)
    )
    fallback = before(use) if objecting else None
    adjustments = _adjustments(keys, min(asked), max(asked))

    found: dict[date, dict[int, Held]] = {}
    for day, its in asked.items():
        in_use = reckoned(use.run, its, day)
        newer = reckoned(newest, its, day) if newest and newest != use.run else {}
        former = reckoned(fallback.run, objecting.intersection(its), day) if fallback else {}
        adjusted = _adjusted(adjustments, day)
        found[day] = {
            key: _held(key, use.run, newest, in_use, newer, key in objecting, former, adjusted.get(key))
            for key in its
            if key in in_use or key in newer
        }
    return found


def _held(
    key: int,
    run: Run,
    newest: Run | None,
    in_use: Mapping[int, Reckoned],
    newer: Mapping[int, Reckoned],
    is_objecting: bool,
    former: Mapping[int, Reckoned],
    adjustment: Adjustment | None,
) -> Held:
    now, told, how = in_use.get(key), run, How.IN_USE
    better = newer.get(key)
    if now is None or (better is not None and better.grade < now.grade):
        # Of an enterprise that is new, the newest run says no class that it could not object to yet: none holds.
        grade = better.grade if better is not None and now is not None else None
        now, how, told = better, How.BETTER, newest or run
    else:
        grade = now.grade
    if adjustment is not None and _stands(adjustment, grade):
        return Held(RiskClass(adjustment.outcome), How.ADJUSTED, told, now, adjustment.until_on)
    if is_objecting and how == How.IN_USE:
        was = former.get(key)
        return Held(min(grade, was.grade) if was and grade else None, How.OBJECTED, told, now)
    return Held(grade, how, told, now)


def _stands(adjustment: Adjustment, grade: RiskClass | None) -> bool:
    """A better class than reckoned is a relief: it makes nobody's class worse than it is without it, such as while the run that it
    is about is not in use yet; and it was given for what was known then: where more comes to it, that counts.
    """
    if adjustment.outcome >= adjustment.grade:
        return True
    return grade is not None and adjustment.outcome < grade <= adjustment.grade


def _adjustments(keys: Collection[int], first: date, last: date) -> list[Adjustment]:
    """The adjustments that hold on any day from ``first`` to ``last``, those decided last at the end."""
    found = Adjustment.objects.filter(
        subject__in=keys, from_on__lte=last, until_on__gte=first, case__state="decided"
    ).exclude(outcome=Outcome.KEPT)
    return list(found.order_by("from_on", "pk"))


def _adjusted(adjustments: Iterable[Adjustment], day: date) -> dict[int, Adjustment]:
    """Those that hold on a day, the one decided last of each enterprise."""
    return {
        each.subject_id: each
        for each in adjustments
        if each.from_on and each.until_on and each.from_on <= day <= each.until_on
    }


def _by_bucket(keys: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for key in sorted(set(keys)):
        found.setdefault(bucket_of(key), []).append(key)
    return found


def _read(row: Mapping[str, int | date | None], plan: Plan) -> Reckoned:
    grade, points, floor, next_on = (row[name] for name in ("class", "points", "floor", "next_on"))
    assert isinstance(grade, int) and isinstance(points, int) and isinstance(floor, int)  # noqa: PT018
    assert not isinstance(next_on, int)
    return Reckoned(GRADES[grade], points, None if floor == NO_FLOOR else plan.floors[floor].name, next_on)


def _as_time_made_it(run: Run, results: Results, bucket: int, rows: pl.DataFrame, on: date) -> pl.DataFrame:
    """The rows, those for which a day has come since reckoned anew where that is better: what makes a class worse is for the next
    run, which the enterprise may object to. As they are where the snapshot is gone.
    """
    due = rows.filter(pl.col("next_on") <= on).sort("subject")
    if due.is_empty() or on <= run.day:
        return rows
    try:
        tables = Reader(snapshot_of(run)).bucket_tables(bucket, results.plan, only=due["subject"].to_numpy())
    except (FileNotFoundError, SnapshotDamaged):
        return rows
    presence = {place: presence_on(each, on) for place, each in results.presence().items()}
    anew = classify(results.plan.on(on), tables, presence).classes
    better = anew.join(due.select("subject", was=pl.col("points"), class_was=pl.col("class")), on="subject").filter(
        (pl.col("class") <= pl.col("class_was")) & (pl.col("points") < pl.col("was"))
    )
    return pl.concat([rows.join(better, on="subject", how="anti"), better.select(rows.columns)])
