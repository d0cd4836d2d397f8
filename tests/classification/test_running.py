"""A run: everything classified as of a day, only what changed reckoned anew, nothing half done, what is damaged made anew."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.environment import environment
from rongxin.classification import running
from rongxin.classification.folders import folder_of, prune, runs_folder, snapshot_folder_of
from rongxin.classification.jobs import classify_changed, classify_in_full
from rongxin.classification.models import Run
from rongxin.classification.reading import reckoned
from rongxin.classification.running import classify_on, newest_run, results_of, snapshot_of
from rongxin.engine.risk import runs
from rongxin.engine.risk.layout import Snapshot
from rongxin.policy.indicators import RiskClass
from rongxin.policy.pack import Policy
from rongxin.primitives.room import is_no_room
from rongxin.records.models import Effect
from rongxin.records.snapshots import build
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.merging import Doubt, merge, unmerge
from tests.classification.city import TODAY
from tests.disks import small_disk
from tests.factories import a_record, a_sole_trader, a_subject, at, note, the_rules
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


def test_too_many_deltas_are_made_one_with_the_base(town: Town) -> None:
    first = classify_on(TODAY)
    town.penalty("榕市监罚〔2026〕900号")
    changed = classify_on(TODAY)
    assert changed.snapshot_folder == first.snapshot_folder
    town.penalty("榕市监罚〔2026〕901号")
    second = classify_on(TODAY)
    # The only enterprise was replaced by the delta: a new base is better.
    assert (second.snapshot_folder != first.snapshot_folder, second.before) == (True, None)
    assert len(snapshot_of(second).parts) == 2
    assert points(second, town) == 8 + 8 + 8


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


def test_who_proves_to_be_another_counts_as_that_one_in_the_next_run(town: Town) -> None:
    other = a_subject("福州示例榕海茶业公司", region="350102")
    a_record(other, decided_on=date(2026, 6, 1), recorded_at=at("2026-06-03"))
    first = classify_on(TODAY)
    assert reckoned(first, [other.pk])[other.pk].points == 8
    done = merge(town.firm, other, by="lead", basis="登记机关函（示例）", answers=dict.fromkeys(Doubt, "已核对"))
    second = classify_on(TODAY)
    assert other.pk not in reckoned(second, [other.pk])
    assert points(second, town) == 16
    assert points(first, town) == 8
    unmerge(done, by="lead", basis="登记机关函（示例）")
    third = classify_on(TODAY)
    assert (points(third, town), reckoned(third, [other.pk])[other.pk].points) == (8, 8)


def test_rules_that_are_released_during_a_run_are_for_the_next(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rulebook.current()

    def released_meanwhile(*given: object, **more: object) -> Snapshot:
        made = build(*given, **more)  # type: ignore[arg-type]
        monkeypatch.setattr(rulebook, "current", asked_again)
        return made

    def asked_again() -> Policy:
        raise AssertionError("a run asks once for the rules")

    monkeypatch.setattr(running, "build", released_meanwhile)
    run = classify_on(TODAY)
    assert run.policy_digest == before.digest
    assert results_of(run).plan.policy == before.digest


def test_a_platform_without_enterprises_or_without_rules_of_classes_runs_on(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = the_rules()
    assert sum(classify_on(TODAY).counts.values()) == 0
    kept = {key: value for key, value in rules.values.items() if key != "risk/classes"}
    monkeypatch.setattr(rulebook, "current", lambda: rules.model_copy(update={"values": kept}))
    assert classify_in_full.call_now() == classify_changed.call_now() == ""
