"""Runs over a snapshot of several buckets: whole, killed, on a damaged snapshot, two at once, of what changed; results."""

import errno
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine.risk import runs, writing
from rongxin.engine.risk.layout import SHIFT, Snapshot, bucket_file, held
from rongxin.engine.risk.results import Results, ResultsDamaged, movements
from rongxin.engine.risk.runs import OtherRules, rerun, run
from rongxin.engine.risk.snapshots import MOST_DELTAS, Reader, SnapshotDamaged, compact, damages, needs_compaction
from rongxin.engine.risk.tables import Tables
from rongxin.engine.risk.writing import Work
from tests.engine.risk import plain_loop
from tests.engine.risk.made_up import DAY, indicator, links, plan, records, subjects, tables, written
from tests.engine.risk.test_classifying import PLAN, buckets

WIDE = (1 << SHIFT) // 3
"""Between two keys, so that seven of them lie in three buckets."""


def spread(told: Tables) -> Tables:
    """The same with keys in several buckets."""

    def wide(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(pl.col(name) * WIDE for name in ("subject", "other") if name in rows.columns)

    return Tables(wide(told.subjects), {kind: wide(rows) for kind, rows in told.records.items()}, wide(told.links))


SMALL = spread(
    tables(
        subjects(*range(1, 8)),
        links((1, 2, 60, date(2024, 1, 1), None), (7, 1, 80, date(2024, 1, 1), None)),
        penalty=records(
            *({"subject": key, "decided_on": date(2026, 1, key)} for key in range(1, 8) for _ in range(key))
        ),
        listing=records({"subject": 7, "severity": "serious", "valid_to": DAY}),
        grade=records(),
    )
)


def test_a_run_says_of_every_enterprise_what_a_plain_loop_says(tmp_path):
    results = run(PLAN, written(tmp_path / "snapshot", SMALL), tmp_path / "run")

    assert results.buckets == [0, 1, 2]
    told = {
        key: (points, "abcd"[grade])
        for bucket in results.buckets
        for key, points, grade, *_ in results.classes(bucket).rows()
    }
    assert told == plain_loop.classes(PLAN, [SMALL], DAY)
    assert sum(results.run.classes.values()) == 7
    assert Results.at(tmp_path / "run").plan == PLAN


def test_one_enterprise_is_read_alone(tmp_path):
    results = run(PLAN, written(tmp_path / "snapshot", SMALL), tmp_path / "run")
    classes, factors = results.of(2 * WIDE)

    assert classes["subject"].to_list() == [2 * WIDE]
    assert factors.equals(results.factors(0).filter(pl.col("subject") == 2 * WIDE))
    assert results.of(99)[0].is_empty()


def test_a_killed_run_leaves_no_results_and_goes_on_where_it_was(tmp_path, monkeypatch):
    snapshot = written(tmp_path / "snapshot", SMALL)
    whole = run(PLAN, snapshot, tmp_path / "whole")
    classify, asked = runs.classify, []

    def killed(rules, bucket, presence):
        asked.append(int(bucket.subjects["subject"][0]) >> SHIFT)
        if asked[-1] == 1:
            raise KeyboardInterrupt
        return classify(rules, bucket, presence)

    monkeypatch.setattr(runs, "classify", killed)
    monkeypatch.setattr(runs, "AT_ONCE", 1)
    with pytest.raises(KeyboardInterrupt):
        run(PLAN, snapshot, tmp_path / "run")
    with pytest.raises(FileNotFoundError):
        Results.at(tmp_path / "run")

    def counted(rules, bucket, presence):
        asked.append(int(bucket.subjects["subject"][0]) >> SHIFT)
        return classify(rules, bucket, presence)

    asked.clear()
    monkeypatch.setattr(runs, "classify", counted)
    results = run(PLAN, snapshot, tmp_path / "run")

    assert 1 in asked
    assert 0 not in asked
    assert list(results.lines()) == list(whole.lines())
    assert results.run == whole.run


def test_a_full_disk_leaves_no_half_file_and_the_run_goes_on_later(tmp_path, monkeypatch):
    snapshot = written(tmp_path / "snapshot", SMALL)
    write_table = writing.write_table

    def full(folder, path, rows):
        if path == bucket_file("classes", 2):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_table(folder, path, rows)

    monkeypatch.setattr(writing, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        run(PLAN, snapshot, tmp_path / "run")
    monkeypatch.setattr(writing, "write_table", write_table)

    assert not (tmp_path / "run" / "run.json").exists()
    assert sum(run(PLAN, snapshot, tmp_path / "run").run.classes.values()) == 7


def test_a_folder_takes_one_run_and_not_another(tmp_path):
    snapshot = written(tmp_path / "snapshot", SMALL)
    run(PLAN, snapshot, tmp_path / "run")

    with pytest.raises(FileExistsError):
        run(PLAN, snapshot, tmp_path / "run")
    (tmp_path / "run" / "run.json").unlink()
    with pytest.raises(ValueError, match="another run was begun"):
        run(PLAN.on(DAY + timedelta(1)), snapshot, tmp_path / "run")
    with held(tmp_path / "run"), pytest.raises(BlockingIOError):
        run(PLAN, snapshot, tmp_path / "run")


def test_two_runs_at_once_write_to_folders_of_their_own(tmp_path):
    snapshot = written(tmp_path / "snapshot", SMALL)
    with held(tmp_path):
        one, two = (run(PLAN, snapshot, tmp_path / name) for name in ("one", "two"))

    assert one.run == two.run
    assert one.folder != two.folder


@pytest.mark.parametrize("damage", ["missing", "cut", "other bytes"])
def test_a_damaged_bucket_is_named(tmp_path, damage):
    snapshot = written(tmp_path / "snapshot", SMALL)
    path = tmp_path / "snapshot" / "records" / "penalty" / "00001.parquet"
    octets = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    else:
        octets[len(octets) // 2] ^= 1
        path.write_bytes(octets if damage == "other bytes" else octets[:-9])

    assert [found.path for found in damages(snapshot)] == [path]
    if damage != "other bytes":
        with pytest.raises(SnapshotDamaged, match=r"penalty/00001\.parquet"):
            run(PLAN, snapshot, tmp_path / "run")


def test_a_snapshot_without_a_field_is_to_be_built_anew(tmp_path):
    snapshot = written(tmp_path / "snapshot", SMALL)
    rules = plan(indicator("renamed", records=("penalty",), where=[{"field": "new_field", "filled": True}]))

    with pytest.raises(ValueError, match=r"no \['new_field'\] of penalty"):
        Reader(snapshot).bucket_tables(0, rules)


def _without(told: Tables, keys: set[int]) -> Tables:
    def rest(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(~pl.col("subject").is_in(list(keys)))

    return Tables(rest(told.subjects), {kind: rest(rows) for kind, rows in told.records.items()}, rest(told.links))


def _only(told: Tables, keys: set[int]) -> Tables:
    return _without(told, {*range(9)} - keys)


def _changed(one: Tables, two: Tables) -> set[int]:
    """Whose rows are otherwise."""
    keys = set()
    for key in range(9):
        parts = [_only(told, {key}) for told in (one, two)]
        if not all(
            rows.equals(other)
            for rows, other in (
                (parts[0].subjects, parts[1].subjects),
                (parts[0].links, parts[1].links),
                *((parts[0].records[kind], parts[1].records[kind]) for kind in one.records),
            )
        ):
            keys.add(key)
    return keys


@settings(max_examples=20)
@given(buckets(), buckets(), st.sets(st.integers(1, 6)), st.sampled_from([0, 1, 30, 200]), st.integers(0, 2))
def test_a_run_of_what_changed_equals_a_run_in_full(before, other, gone, days, merged):
    """Some enterprises have other rows than before, ``merged`` of them are no longer there."""
    later = PLAN.on(DAY + timedelta(days))
    after = Tables(
        _without(before, gone)
        .subjects.vstack(_only(other, gone).subjects)
        .filter(pl.col("subject") > merged)
        .sort("subject"),
        {
            kind: _without(before, gone)
            .records[kind]
            .vstack(_only(other, gone).records[kind])
            .sort("subject", maintain_order=True)
            for kind in before.records
        },
        other.links,
    )
    changed = _changed(before, after)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        base = written(root / "snapshot", spread(before))
        first = run(PLAN, base, root / "first")
        replaced = [key * WIDE for key in changed]
        grown = written(root / "snapshot", spread(_only(after, changed)), before=base, replaced=replaced)
        full = run(later, grown, root / "full")
        some = rerun(later, grown, first, pl.Series(replaced, dtype=pl.Int64), root / "some")

        assert list(some.lines()) == list(full.lines())
        assert some.run.classes == full.run.classes
        for place, rows in full.presence().items():
            assert some.presence()[place].equals(rows)
        for key in range(1, 8):
            for ours, theirs in zip(some.of(key * WIDE), full.of(key * WIDE), strict=True):
                assert ours.equals(theirs)
        again = rerun(later, grown, some, pl.Series([], dtype=pl.Int64), root / "again")
        assert list(again.lines()) == list(full.lines())
        fresh = compact(grown, root / "compacted")
        assert list(run(later, fresh, root / "fresh").lines()) == list(full.lines())


def test_only_what_changed_is_written(tmp_path):
    base = written(tmp_path / "snapshot", SMALL)
    first = run(PLAN, base, tmp_path / "first")
    grown = written(tmp_path / "snapshot", _only_of(SMALL, 4), before=base, replaced=[4 * WIDE])
    some = rerun(PLAN, grown, first, pl.Series([4 * WIDE]), tmp_path / "some")

    assert {path for path in some.run.files if path.startswith("classes")} == {bucket_file("classes", 1)}
    assert pl.read_parquet(tmp_path / "some" / bucket_file("classes", 1))["subject"].to_list() == [4 * WIDE]


@pytest.mark.parametrize(
    ("few", "most", "calls"), [(32768, 16, [3]), (2, 16, [2, 1]), (32768, 2, [2, 1]), (1, 16, [1, 1, 1])]
)
def test_few_of_several_buckets_are_classified_together_and_written_each_by_itself(
    tmp_path, monkeypatch, few, most, calls
):
    base = written(tmp_path / "snapshot", SMALL)
    first, full = run(PLAN, base, tmp_path / "first"), list(run(PLAN, base, tmp_path / "full").lines())
    classify, asked = runs.classify, []

    def counted(rules, bucket, presence):
        asked.append(bucket.subjects.height)
        return classify(rules, bucket, presence)

    for name, value in (("classify", counted), ("FEW", few), ("MOST_TOGETHER", most), ("AT_ONCE", 1)):
        monkeypatch.setattr(runs, name, value)
    some = rerun(PLAN, base, first, pl.Series([1, 4, 7]) * WIDE, tmp_path / "some")
    assert asked == calls
    assert list(some.lines()) == full
    written_rows = {path: file.rows for path, file in some.run.files.items() if path.startswith("classes")}
    assert written_rows == {bucket_file("classes", bucket): 1 for bucket in (0, 1, 2)}


def test_a_killed_run_of_what_changed_goes_on_with_the_buckets_that_are_not_yet_whole(tmp_path, monkeypatch):
    base = written(tmp_path / "snapshot", SMALL)
    first, changed = run(PLAN, base, tmp_path / "first"), pl.Series([1, 4, 7]) * WIDE
    write, written_buckets = Work.write, []

    def killed(self, bucket, classified, replaced=None):
        if bucket == 1 and not written_buckets.count(1):
            written_buckets.append(1)
            raise KeyboardInterrupt
        written_buckets.append(bucket)
        write(self, bucket, classified, replaced)

    monkeypatch.setattr(Work, "write", killed)
    monkeypatch.setattr(runs, "AT_ONCE", 1)
    with pytest.raises(KeyboardInterrupt):
        rerun(PLAN, base, first, changed, tmp_path / "some")
    some = rerun(PLAN, base, first, changed, tmp_path / "some")
    assert written_buckets == [0, 1, 1, 2]
    assert list(some.lines()) == list(first.lines())


def _only_of(told: Tables, key: int) -> Tables:
    def its(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("subject") == key * WIDE)

    return Tables(its(told.subjects), {kind: its(rows) for kind, rows in told.records.items()}, its(told.links))


def test_other_rules_or_an_earlier_day_need_a_run_in_full(tmp_path):
    snapshot = written(tmp_path / "snapshot", SMALL)
    first = run(PLAN, snapshot, tmp_path / "first")
    nobody = pl.Series([], dtype=pl.Int64)

    with pytest.raises(OtherRules):
        rerun(PLAN.on(DAY - timedelta(1)), snapshot, first, nobody, tmp_path / "some")
    with pytest.raises(OtherRules):
        rerun(plan(indicator("penalties", records=("penalty",))), snapshot, first, nobody, tmp_path / "some")


def test_results_that_build_on_what_is_gone_say_so(tmp_path):
    snapshot = written(tmp_path / "snapshot", SMALL)
    first = run(PLAN, snapshot, tmp_path / "first")
    rerun(PLAN, snapshot, first, pl.Series([WIDE]), tmp_path / "some")
    (tmp_path / "first").rename(tmp_path / "elsewhere")

    with pytest.raises(ResultsDamaged, match=r"builds on \.\./first, which is gone"):
        Results.at(tmp_path / "some")


def test_who_moved_between_two_runs_and_by_which_factors(tmp_path):
    snapshot = written(tmp_path / "snapshot", SMALL)
    rules = plan(indicator("penalties", records=("penalty",), window=10))
    before = run(rules, snapshot, tmp_path / "before")
    after = run(rules.on(date(2026, 11, 4)), snapshot, tmp_path / "after")
    moved = list(movements(before, after))

    assert [each.bucket for each in moved] == [1, 2]
    assert moved[0].classes.rows() == [(key * WIDE, 0, 1, 0, 25) for key in (4, 5, 6)]
    assert moved[1].factors.rows() == [(7 * WIDE, "penalties", 0, 25)]


def test_deltas_that_replace_much_call_for_a_new_base(tmp_path):
    base = written(tmp_path / "snapshot", SMALL)
    little = written(tmp_path / "snapshot", _only_of(SMALL, 1), before=base, replaced=[WIDE])
    much = written(
        tmp_path / "snapshot", _only_of(SMALL, 2), before=little, replaced=[WIDE * key for key in range(2, 7)]
    )

    assert not needs_compaction(base)
    assert not needs_compaction(little)
    assert needs_compaction(much)


def test_many_deltas_call_for_a_new_base_however_little_they_replace(tmp_path):
    snapshot, called = written(tmp_path / "snapshot", SMALL), []
    for _ in range(MOST_DELTAS):
        snapshot = written(tmp_path / "snapshot", _only_of(SMALL, 1), before=snapshot, replaced=[WIDE])
        called.append(needs_compaction(snapshot))

    assert called == [False] * (MOST_DELTAS - 1) + [True]


def test_a_few_enterprises_are_read_as_they_stand_among_all(tmp_path):
    base = written(tmp_path / "snapshot", SMALL)
    grown = written(tmp_path / "snapshot", _only_of(SMALL, 4), before=base, replaced=[4 * WIDE, 5 * WIDE])
    reader, keys = Reader(grown), np.array([3, 4, 5, 9]) * WIDE

    for bucket in reader.buckets:
        every, few = (reader.bucket_tables(bucket, PLAN, only=only) for only in (None, keys))
        is_one = pl.col("subject").is_in(keys.tolist())
        assert few.subjects.equals(every.subjects.filter(is_one))
        assert {kind: rows.rows() for kind, rows in few.records.items()} == {
            kind: its for kind, rows in every.records.items() if (its := rows.filter(is_one).rows())
        }


def test_a_new_base_is_the_same_state_and_keeps_what_no_delta_touches(tmp_path):
    base = written(tmp_path / "snapshot", SMALL)
    grown = written(tmp_path / "snapshot", _only_of(SMALL, 4), before=base, replaced=[4 * WIDE, 5 * WIDE])
    fresh = compact(grown, tmp_path / "fresh")

    assert len(fresh.parts) == 1
    assert damages(fresh) == []
    assert fresh.last.files["subjects/00000.parquet"] == base.last.files["subjects/00000.parquet"]
    for bucket in (0, 1, 2):
        assert Reader(fresh).table("subjects", bucket).equals(Reader(grown).table("subjects", bucket))
    assert 5 * WIDE not in Reader(fresh).table("subjects", 1)["subject"]
    assert Snapshot.at(tmp_path / "fresh").id == fresh.id
