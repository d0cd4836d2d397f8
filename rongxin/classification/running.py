"""A run: the snapshot is brought up to date, the engine classifies, a row says that it is done.

What stops it leaves no half result: a run exists once its row is finished. A killed run is gone on with by the next one of the same
day under the same rules, on the snapshot that it had begun with.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

import polars as pl
from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.models import Account
from rongxin.classification.folders import (
    TURN,
    folder_of,
    new_name,
    newest_snapshot_folder,
    next_snapshot_folder,
    prune,
    runs_folder,
    snapshot_folder_of,
    snapshots_folder,
)
from rongxin.classification.models import Run
from rongxin.engine.risk.layout import SUBJECTS_TABLE, Snapshot
from rongxin.engine.risk.plans import GRADES, Plan, PlanError, compile_plan
from rongxin.engine.risk.results import RUN, Results, ResultsDamaged
from rongxin.engine.risk.runs import OtherRules, rerun, run
from rongxin.engine.risk.simulating import sections_by_division
from rongxin.engine.risk.snapshots import Progress as Steps
from rongxin.engine.risk.snapshots import Reader, SnapshotDamaged, compact, needs_compaction
from rongxin.engine.risk.spark.running import run_on_spark
from rongxin.jobs.progress import Progress
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.primitives.files import alone_in
from rongxin.records.snapshots import Incomplete, RulesChanged, build, changed_subjects, extend
from rongxin.rulebook import queries as rulebook
from rongxin.storage.turns import in_turn

Told = TypeVar("Told")
LONGEST_CHAIN: Final = 24
"""So many runs build on one another at most; then one is made in full."""


class Engine(StrEnum):
    """What reckons: this process, or the Spark cluster of RONGXIN_SPARK_MASTER, which always reckons in full."""

    POLARS = "polars"
    SPARK = "spark"


def is_classified_by(rules: Policy, day: date) -> bool:
    """Whether the rules make classes at all on the day."""
    try:
        compile_plan(rules, day)
    except (PlanError, NothingInForce):
        return False
    return True


def classify_on(
    day: date,
    *,
    by: Account | None = None,
    in_full: bool = False,
    engine: Engine = Engine.POLARS,
    progress: Progress | None = None,
) -> Run:
    """Classify all organisations as of ``day`` under the rules in force now, by what is known now; the newest run where nothing
    changed since and it is of this day. Only what changed is reckoned anew, unless ``in_full``.

    Of two processes one waits for the other. Raises PlanError and NothingInForce where the rules make no plan, OSError where the
    disk is full, SparkAbsent where there is no Spark.
    """
    progress = progress or Progress()
    policy = rulebook.current()
    plan = compile_plan(policy, day)
    with alone_in(runs_folder()):
        try:
            return _run(plan, policy, by, progress, engine, in_full=in_full)
        except SnapshotDamaged as damaged:
            drop_snapshot(damaged.path)
            return _run(plan, policy, by, progress, engine, in_full=True)


def on_snapshot(policy: Policy, progress: Progress, read: Callable[[Snapshot], Told]) -> Told:
    """What ``read`` makes of the snapshot with all that is known now; runs are kept out only until that is there.

    Once more on a new one where it is damaged, or where another process made it anew meanwhile and the one that was read went.
    """
    with suppress(FileNotFoundError):
        try:
            return read(_alone(policy, progress))
        except SnapshotDamaged as damaged:
            drop_snapshot(damaged.path)
    return read(_alone(policy, progress))


def _alone(policy: Policy, progress: Progress) -> Snapshot:
    with alone_in(runs_folder()):
        return kept_snapshot(policy, progress)


def kept_snapshot(policy: Policy, progress: Progress) -> Snapshot:
    """The snapshot with all that is known now: the newest one brought up to date, its deltas made one with the base where they grew
    too many; or a new one.
    """
    folder = newest_snapshot_folder()
    if folder is not None:
        try:
            snapshot = Snapshot.at(folder)
            if needs_compaction(snapshot):
                progress.phase("合并")
                snapshot = compact(snapshot, next_snapshot_folder(), steps(progress))
            return extend(snapshot, policy, progress)
        except (RulesChanged, Incomplete, ValueError, FileNotFoundError):
            # Other rules, or damage: a snapshot may be made anew at any time.
            pass
    return build(next_snapshot_folder(), policy, progress)


def results_of(found: Run) -> Results:
    """The results of a finished run. FileNotFoundError and ResultsDamaged where its folder is gone or damaged."""
    results = Results.at(folder_of(found))
    if results.run.id != found.result:
        raise ResultsDamaged(f"{folder_of(found)} holds {results.run.id}, not {found.result}")
    return results


def snapshot_of(found: Run) -> Snapshot:
    """The snapshot that a run was made on, as it was then. FileNotFoundError where it is gone."""
    return Snapshot.at(snapshot_folder_of(found), found.snapshot)


def newest_run() -> Run | None:
    """The run that was finished last."""
    return Run.objects.exclude(finished_at=None).order_by("-finished_at", "-pk").first()


def _run(plan: Plan, policy: Policy, by: Account | None, progress: Progress, engine: Engine, *, in_full: bool) -> Run:
    begun = _begun_before(plan, engine)
    if begun is None:
        snapshot = kept_snapshot(policy, progress)
        last = None if in_full or engine == Engine.SPARK else newest_run()
        if last is not None and (last.plan, last.snapshot) == (plan.digest, snapshot.id):
            return last
        begun = _begin(plan, snapshot, engine, last if last and _can_build_on(last, plan, snapshot) else None, by)
    else:
        snapshot = snapshot_of(begun)
    progress.phase("分类")
    try:
        results = _classified(plan, snapshot, begun, progress)
    except (OtherRules, ResultsDamaged):
        # What it would have built on does not fit or is damaged.
        shutil.rmtree(folder_of(begun), ignore_errors=True)
        begun.before = None
        begun.save(update_fields=["before"])
        results = _classified(plan, snapshot, begun, progress)
    progress.phase("汇总")
    _finish(begun, results, snapshot, policy)
    prune()
    return begun


def _begun_before(plan: Plan, engine: Engine) -> Run | None:
    """A run of this plan that was killed, if what it had begun with is still there; others that were killed go."""
    found = None
    for begun in Run.objects.filter(finished_at=None).order_by("-pk"):
        is_same = found is None and (begun.plan, begun.engine) == (plan.digest, engine)
        with suppress(FileNotFoundError, ValueError):
            if is_same and snapshot_of(begun):
                found = begun
                continue
        shutil.rmtree(folder_of(begun), ignore_errors=True)
        begun.delete()
    return found


@transaction.atomic
def _begin(plan: Plan, snapshot: Snapshot, engine: Engine, before: Run | None, by: Account | None) -> Run:
    in_turn(TURN)
    now = timezone.now()
    return Run.objects.create(
        name=new_name(now),
        day=plan.day,
        policy_digest=plan.policy,
        plan=plan.digest,
        snapshot_folder=snapshot.folder.name,
        snapshot=snapshot.id,
        engine=engine.value,
        before=before,
        begun_at=now,
        by=by,
    )


def _can_build_on(last: Run, plan: Plan, snapshot: Snapshot) -> bool:
    """Whether the run may build on ``last``: same rules, a snapshot that went on, and not too long a chain."""
    if last.snapshot_folder != snapshot.folder.name or last.day > plan.day:
        return False
    try:
        results = results_of(last)
    except (FileNotFoundError, ResultsDamaged):
        return False
    return len(results.parts) < LONGEST_CHAIN and results.plan.on(plan.day) == plan


def _classified(plan: Plan, snapshot: Snapshot, begun: Run, progress: Progress) -> Results:
    folder = folder_of(begun)
    if (folder / RUN).exists():
        return Results.at(folder)
    if begun.engine == Engine.SPARK:
        return run_on_spark(plan, snapshot, folder, environment.spark_master, steps(progress))
    if begun.before is None:
        return run(plan, snapshot, folder, steps(progress))
    changed = changed_subjects(snapshot_of(begun.before), snapshot)
    return rerun(plan, snapshot, results_of(begun.before), changed, folder, steps(progress))


def steps(progress: Progress) -> Steps:
    """What the engine tells of how far it is, told as progress of the phase."""

    def told(done: int, total: int) -> None:
        progress.total = total
        progress.set(done)

    return told


def _finish(begun: Run, results: Results, snapshot: Snapshot, policy: Policy) -> None:
    begun.counts, begun.tallies = results.run.classes, tallied(results, snapshot, policy)
    begun.result, begun.engine, begun.finished_at = results.run.id, results.run.engine, timezone.now()
    begun.save(update_fields=["before", "counts", "tallies", "result", "engine", "finished_at"])


def tallied(results: Results, snapshot: Snapshot, policy: Policy) -> dict[str, dict[str, list[int]]]:
    """How many have each class, by region, section of industry and size: of each word the numbers of a, b, c, d."""
    reader, parts, sections = Reader(snapshot), [], sections_by_division(policy.industries)
    for bucket in results.buckets:
        subjects = reader.table(SUBJECTS_TABLE, bucket, ["subject", "region", "industry", "scale"])
        classes = results.classes(bucket, ["subject", "class"])
        if subjects is not None:
            told = classes.join(subjects, on="subject").with_columns(
                pl.col("industry").str.slice(0, 2).replace_strict(sections, default="").alias("industry")
            )
            parts.append(told.group_by("region", "industry", "scale", "class").len())
    if not parts:
        return {}
    whole = pl.concat(parts)
    return {name: _by(whole, name) for name in ("region", "industry", "scale")}


def _by(whole: pl.DataFrame, name: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    counted = whole.group_by(pl.col(name).fill_null(""), "class").agg(pl.col("len").sum()).sort(name)
    for word, grade, number in counted.iter_rows():
        found.setdefault(word, [0] * len(GRADES))[grade] = number
    return found


def drop_snapshot(damaged: Path) -> None:
    """Take away the snapshot that a damaged file belongs to: it is a projection, and is made anew."""
    for folder in damaged.parents:
        if folder.parent == snapshots_folder():
            shutil.rmtree(folder, ignore_errors=True)
