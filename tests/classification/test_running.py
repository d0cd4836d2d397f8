"""A run: everything classified as of a day, only what changed reckoned anew, nothing half done, what is damaged made anew."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.environment import environment
from rongxin.classification import running
from rongxin.classification.folders import folder_of, prune, runs_folder, snapshot_folder_of
from rongxin.classification.models import Run
from rongxin.classification.reading import reckoned
from rongxin.classification.running import classify_on, newest_run, results_of, snapshot_of
from rongxin.engine.risk import runs
from rongxin.policy.indicators import RiskClass
from rongxin.primitives.room import is_no_room
from rongxin.records.models import Effect
from tests.classification.city import TODAY
from tests.disks import small_disk
from tests.factories import a_sole_trader, a_subject, note
from tests.remedies.town import Town, on


def points(run: Run, town: Town) -> int:
    return reckoned(run, [town.firm.pk])[town.firm.pk].points


def test_all_organisations_are_classified_and_counted(town: Town) -> None:
    for _ in range(3):
        a_subject(industry="5411", region="350103", scale="micro")
    trader = a_sole_trader()
    run = classify_on(TODAY)
    assert sum(run.counts.values()) == len(results_of(run).classes(0))
    assert trader.pk not in reckoned(run, [trader.pk])
    assert run.tallies["region"]["350103"][0] == 3
    assert run.tallies["industry"]["G"][0] == 3
    assert run.tallies["scale"]["micro"][0] == 3
    assert sum(sum(each) for each in run.tallies["scale"].values()) == sum(run.counts.values())


def test_a_penalty_brings_points_and_its_repair_takes_them_at_the_next_run(town: Town) -> None:
    first = classify_on(TODAY)
    assert points(first, town) > 0
    note(town.record, Effect.REPAIRED)
    second = classify_on(TODAY)
    assert (second.before, points(second, town)) == (first, 0)


def test_where_nothing_changed_the_run_before_is_given(town: Town) -> None:
    # What was written within the last hour is read again.
    with on(str(TODAY), "16:00"):
        first = classify_on(TODAY)
        assert classify_on(TODAY) == first
        assert classify_on(TODAY, in_full=True) != first


def test_what_changed_gives_what_a_run_in_full_gives(town: Town) -> None:
    classify_on(TODAY)
    town.penalty("榕市监罚〔2026〕900号")
    a_subject()
    later = TODAY + timedelta(days=30)
    changed = classify_on(later)
    lines = list(results_of(changed).lines())
    whole = classify_on(later, in_full=True)
    assert (changed.before is None, whole.before) == (False, None)
    assert lines == list(results_of(whole).lines())
    assert changed.counts == whole.counts


def test_a_killed_run_is_gone_on_with_on_its_own_snapshot(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(runs, "classify", killed)
        with pytest.raises(Killed):
            classify_on(TODAY)
    (begun,) = Run.objects.all()
    assert (newest_run(), begun.finished_at) == (None, None)
    town.penalty("榕市监罚〔2026〕900号")
    finished = classify_on(TODAY)
    assert (finished.pk, finished.snapshot) == (begun.pk, begun.snapshot)
    # What came meanwhile is in the next one.
    assert points(classify_on(TODAY), town) > points(finished, town)


def test_a_killed_run_of_another_day_goes(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(running, "_finish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            classify_on(TODAY)
    run = classify_on(TODAY + timedelta(days=1))
    assert list(Run.objects.all()) == [run]
    assert [path.name for path in runs_folder().iterdir() if path.is_dir()] == [run.name]


def test_a_damaged_snapshot_is_made_anew(town: Town) -> None:
    first = classify_on(TODAY)
    before = points(first, town)
    for path in snapshot_folder_of(first).rglob("subjects/*.parquet"):
        path.write_bytes(b"damaged")
    second = classify_on(TODAY, in_full=True)
    assert second.snapshot_folder != first.snapshot_folder
    assert points(second, town) == before > 0


@pytest.mark.parametrize("what", ["snapshot", "results"])
def test_what_is_deleted_is_made_anew(town: Town, what: str) -> None:
    first = classify_on(TODAY)
    shutil.rmtree(snapshot_folder_of(first) if what == "snapshot" else folder_of(first))
    town.penalty("榕市监罚〔2026〕900号")
    second = classify_on(TODAY)
    assert second.before is None
    assert points(second, town) > 0


def test_a_full_disk_leaves_no_run(town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    classify_on(TODAY)
    with small_disk(tmp_path / "disk", kilobytes=64) as disk, monkeypatch.context() as patch:
        patch.setattr(environment, "var", disk.at)
        disk.fill(but=8192)
        with pytest.raises(OSError, match="No space") as stopped:
            classify_on(TODAY, in_full=True)
        assert is_no_room(stopped.value)
    assert Run.objects.exclude(finished_at=None).count() == 1


def test_only_what_somebody_may_ask_about_stays(town: Town) -> None:
    olds = [classify_on(TODAY, in_full=True) for _ in range(3)]
    assert [path.name for path in runs_folder().iterdir() if path.is_dir()] == [olds[-1].name]
    assert list(Run.objects.all()) == [olds[-1]]
    assert snapshot_of(olds[-1]).folder.exists()
    assert prune() == 0


def test_29_february_is_a_day_like_others(town: Town) -> None:
    town.penalty("榕市监罚〔2026〕901号")
    classify_on(date(2028, 2, 28))
    changed = list(results_of(classify_on(date(2028, 2, 29))).lines())
    whole = classify_on(date(2028, 2, 29), in_full=True)
    assert changed == list(results_of(whole).lines())
    assert reckoned(whole, [town.firm.pk])[town.firm.pk].grade == RiskClass.A
