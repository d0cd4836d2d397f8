"""The same run on Spark: on a stand-alone cluster with two workers equal to the run in Polars, killed, on a damaged snapshot."""

import os
import random
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from rongxin.engine.risk.classifying import NotClassified
from rongxin.engine.risk.layout import SHIFT, Snapshot, records_table
from rongxin.engine.risk.results import Results, presence_file
from rongxin.engine.risk.runs import rerun, run
from rongxin.engine.risk.snapshots import Reader, SnapshotDamaged
from rongxin.engine.risk.spark.enterprises import Columns
from rongxin.engine.risk.spark.reading import SparkReader
from rongxin.engine.risk.spark.running import NotShared, handed_over, run_on_spark
from rongxin.engine.risk.spark.session import SparkAbsent, session
from rongxin.engine.risk.tables import Tables
from tests import spark_cluster
from tests.engine.risk.made_up import DAY, indicator, links, plan, records, subjects, tables, written
from tests.engine.risk.test_classifying import PLAN

pytestmark = spark_cluster.MARKS

ROOT = Path(__file__).resolve().parents[3]
STEP = 3 * (1 << SHIFT) // 150
"""Between two keys, so that 150 enterprises lie in three buckets."""
EDGES = [date(2024, 2, 29), date(2025, 2, 28), date(2025, 11, 20), date(2026, 5, 20), date(2026, 2, 28), DAY]
COUNT = plan(indicator("penalties", records=("penalty",)))
FEW = PLAN.only([PLAN.places[name] for name in ("penalties", "grade", "holdings")])


@pytest.fixture(scope="module")
def here() -> str:
    """A master that needs no cluster."""
    spark_cluster.needed()
    return "local[1]"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a stand-alone cluster of two workers."""
    spark_cluster.needed()
    with spark_cluster.stand_alone(tmp_path_factory.mktemp("cluster")) as found:
        yield found.address


def made_up(chance: random.Random, keys: list[int]) -> Tables:
    """Enterprises with every kind of record, cell and share that the plan looks at, on and beside the edges of its months."""

    def day() -> date:
        return chance.choice([*EDGES, DAY + timedelta(chance.randint(-1300, 400))])

    def row(key: int) -> dict:
        return {
            "subject": key,
            "record": chance.randrange(1 << 40),
            "decided_on": day(),
            "valid_to": chance.choice([None, day()]),
            "severity": chance.choice(["none", "minor", "general", "serious", "unknown"]),
            "state": chance.choice([0, 0, 0, 0, 1, 2, 3, 4]),
            "amount_fen": chance.choice([None, 0, 1, 3, 4]),
            "authority": chance.choice([None, "甲局", "乙局", "丙局"]),
            "word": chance.choice([None, "甲", "乙", "丙"]),
            "parts": chance.choice([None, "一", "二；一", "一二", "二"]),
            "on": chance.choice([None, day()]),
        }

    firms = [
        {
            "subject": key,
            "established_on": chance.choice([None, day()]),
            "status": chance.choice(["active", "active", "revoked"]),
            "region": chance.choice(["350102", "350200"]),
        }
        for key in keys
    ]
    kinds = {
        # Some keys are in no register: their records are nobody's.
        kind: records(*(row(chance.choice([*keys, keys[-1] + 1])) for _ in range(2 * len(keys))))
        for kind in ("penalty", "listing", "grade")
    }
    shares = [
        (
            chance.choice(keys),
            chance.choice(keys),
            chance.choice([10, 25, 50, 100]),
            day(),
            chance.choice([None, day()]),
        )
        for _ in keys
    ]
    return tables(subjects(*firms), links(*shares), **kinds)


def only(told: Tables, keys: set[int]) -> Tables:
    def its(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("subject").is_in(list(keys)))

    return Tables(its(told.subjects), {kind: its(rows) for kind, rows in told.records.items()}, its(told.links))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Snapshot:
    """A base and two deltas: enterprises with other rows than before, some merged into others and gone, one changed twice."""
    chance = random.Random(20261129)
    keys = [1 + STEP * number for number in range(150)]
    folder = tmp_path_factory.mktemp("told") / "snapshot of {all} kinds"
    base = written(folder, made_up(chance, keys))
    touched = chance.sample(keys, 24)
    first = written(folder, only(made_up(chance, keys), {*touched[:12]}), before=base, replaced=touched[:16])
    again = touched[8:24]
    return written(folder, only(made_up(chance, keys), {*again[4:]}), before=first, replaced=again)


def compared(ours: Results, theirs: Results) -> None:
    assert list(ours.lines()) == list(theirs.lines())
    assert ours.run.classes == theirs.run.classes
    assert ours.buckets == theirs.buckets == [0, 1, 2]
    for bucket in theirs.buckets:
        assert ours.classes(bucket).equals(theirs.classes(bucket))
        assert ours.factors(bucket).equals(theirs.factors(bucket))
        assert ours.findings(bucket).equals(theirs.findings(bucket))
    assert ours.presence().keys() == theirs.presence().keys()
    for place, rows in theirs.presence().items():
        assert ours.presence()[place].equals(rows)
    assert ours.run.files.keys() == theirs.run.files.keys()


@pytest.mark.parametrize("day", [DAY, date(2024, 2, 29)], ids=str)
def test_a_cluster_says_of_every_enterprise_what_one_process_says(tmp_path, snapshot, cluster, day):
    theirs = run(PLAN.on(day), snapshot, tmp_path / "polars")
    ours = run_on_spark(PLAN.on(day), snapshot, tmp_path / "spark", cluster)

    compared(ours, theirs)
    assert ours.run.engine.startswith("spark 3.5")
    points = {points for bucket in ours.buckets for points in ours.classes(bucket)["points"]}
    assert points & {*PLAN.classes.values()}, "no total stands on a threshold"
    assert any(ours.findings(bucket).height for bucket in ours.buckets)

    # A run of what changed builds on results, whatever reckoned them.
    later, nobody = PLAN.on(day + timedelta(40)), pl.Series([], dtype=pl.Int64)
    some, full = rerun(later, snapshot, ours, nobody, tmp_path / "some"), run(later, snapshot, tmp_path / "full")
    assert list(some.lines()) == list(full.lines())


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from rongxin.engine.risk.layout import Snapshot
from rongxin.engine.risk.plans import Plan
from rongxin.engine.risk.spark.running import run_on_spark

plan, snapshot, out, master = sys.argv[1:]
run_on_spark(
    Plan.from_canonical(Path(plan).read_text(encoding="utf-8")), Snapshot.at(Path(snapshot)), Path(out), master,
    lambda done, total: os.kill(os.getpid(), signal.SIGKILL),
)
"""


def test_a_killed_run_leaves_no_half_result_and_goes_on_where_it_was(tmp_path, snapshot, cluster):
    rules, out = tmp_path / "plan.json", tmp_path / "spark"
    rules.write_text(FEW.canonical_json(), encoding="utf-8")
    arguments = [str(rules), str(snapshot.folder), str(out), cluster]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False
    )

    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(FileNotFoundError):
        Results.at(out)
    whole = [*(out / "classes").iterdir()]
    assert whole

    stood = {path: path.stat().st_mtime_ns for path in whole}
    ours = run_on_spark(FEW, snapshot, out, cluster)
    compared(ours, run(FEW, snapshot, tmp_path / "polars"))
    assert {path: path.stat().st_mtime_ns for path in whole} == stood
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_a_worker_that_is_lost_in_the_middle_costs_time_and_nothing_else(tmp_path, snapshot, here):
    lost = []

    def lose(done: int, _total: int) -> None:
        if not lost:
            cluster.lose(0)
            lost.append(done)

    with spark_cluster.stand_alone(tmp_path) as cluster:
        ours = run_on_spark(FEW, snapshot, tmp_path / "spark", cluster.address, lose)
    assert lost[0] < len(ours.buckets), "nothing was left to do"
    compared(ours, run(FEW, snapshot, tmp_path / "polars"))
    assert not [path for path in (tmp_path / "spark").iterdir() if path.name.startswith(".")]


def test_a_bucket_is_one_task_and_nothing_of_it_is_shuffled(tmp_path, snapshot, here):
    presence = _presence_files(tmp_path, snapshot)
    with session(here) as spark:
        rows = SparkReader(spark, Reader(snapshot), PLAN)
        plan = Columns(PLAN, {*rows.kinds}).classified(rows, 1, presence)._jdf.queryExecution().executedPlan()
        assert "Scan parquet" in plan.toString()
        assert "Exchange" not in plan.toString()


def _presence_files(folder: Path, snapshot: Snapshot) -> dict[int, Path]:
    run(PLAN, snapshot, folder / "polars")
    return {place: folder / "polars" / presence_file(place) for place in PLAN.named_by_related}


def test_a_sole_trader_is_never_classified(tmp_path, here):
    told = tables(subjects(1, {"subject": 2, "category": "sole_trader"}), penalty=records({"subject": 2}))

    with pytest.raises(NotClassified, match="sole trader"):
        run_on_spark(COUNT, written(tmp_path / "snapshot", told), tmp_path / "spark", here)
    assert not (tmp_path / "spark" / "classes").exists()


def test_enterprises_of_whom_nothing_is_filed_have_a_class(tmp_path, here):
    rules = plan(indicator("listed", records=("listing", "new")), indicator("nobody_files", records=("new",)))
    rules = rules.model_copy(update={"kinds": {**rules.kinds, "new": rules.kinds["grade"]}})
    snapshot = written(tmp_path / "snapshot", tables(subjects(1, 2)))
    ours = run_on_spark(rules, snapshot, tmp_path / "spark", here)

    assert ours.classes(0).rows() == [(1, 0, 0, 255, None), (2, 0, 0, 255, None)]
    assert list(ours.lines()) == list(run(rules, snapshot, tmp_path / "polars").lines())


def test_a_damaged_bucket_is_named(tmp_path, here):
    told = tables(subjects(1), penalty=records({"subject": 1}))
    snapshot = written(tmp_path / "snapshot", told)
    path = tmp_path / "snapshot" / records_table("penalty") / "00000.parquet"
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(SnapshotDamaged, match=r"penalty/00000\.parquet has"):
        run_on_spark(COUNT, snapshot, tmp_path / "spark", here)
    path.unlink()
    with pytest.raises(SnapshotDamaged, match=r"penalty/00000\.parquet is missing"):
        run_on_spark(COUNT, snapshot, tmp_path / "spark", here)


def test_a_snapshot_without_a_field_is_to_be_built_anew(tmp_path, here):
    rules = plan(indicator("renamed", records=("penalty",), where=[{"field": "new_field", "filled": True}]))

    with pytest.raises(ValueError, match=r"no \['new_field'\] of penalty"):
        run_on_spark(rules, written(tmp_path / "snapshot", tables(subjects(1))), tmp_path / "spark", here)


def test_what_executors_wrote_where_the_driver_does_not_see_it_is_no_result(tmp_path):
    class Elsewhere:
        """Rows of which executors write all, on a disk of their own."""

        write = property(lambda self: self)
        mode = parquet = lambda self, _: self

    with pytest.raises(NotShared, match="no shared storage"):
        handed_over(Elsewhere(), tmp_path / "spark")


def test_a_cluster_that_does_not_answer_is_told_and_nothing_is_begun(tmp_path, here):
    snapshot = written(tmp_path / "snapshot", tables(subjects(1)))

    with pytest.raises(SparkAbsent, match="no_such_master"):
        run_on_spark(COUNT, snapshot, tmp_path / "spark", "no_such_master")
    assert not (tmp_path / "spark").exists()


def test_without_pyspark_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)

    with pytest.raises(SparkAbsent, match=r"requirements/cluster\.txt"), session("local[1]"):
        pass
