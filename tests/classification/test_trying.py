"""试算: a draft beside the rules in force, both as of the day on which the draft is otherwise; only the report stays."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from rongxin.accounts.permissions import Action, Role
from rongxin.classification import trying
from rongxin.classification.folders import snapshot_folder_of, trials_folder
from rongxin.classification.models import Failure, Run, Trial
from rongxin.classification.running import classify_on
from rongxin.classification.trying import NothingToTry, ask, changed_days, tried, try_draft
from rongxin.engine.risk.plans import PlanError
from rongxin.engine.risk.simulating import OtherSnapshot, Simulation
from rongxin.jobs.progress import Progress
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import Asker, asks
from tests.classification.city import TODAY, City, a_city
from tests.classification.drafts import a_draft
from tests.factories import a_subject, an_account
from tests.remedies.town import Town, on

JANUARY = date(2027, 1, 1)


@pytest.fixture
def city(town: Town) -> City:
    """One firm with a general penalty of 8 points, a class, and three others without anything."""
    for _ in range(3):
        a_subject(industry="5411", region="350103", scale="micro")
    return a_city(town)


@pytest.fixture
def rules(city: City) -> Policy:
    return rulebook.current()


def told(trial: Trial) -> Simulation:
    trial.refresh_from_db()
    return Simulation.of_json(trial.report)


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_dir()]


def test_who_moves_is_counted_and_nobody_is_classified_by_it(city: City, rules: Policy) -> None:
    trial = ask(a_draft(rules, each=32), by=city.first)
    assert (trial.rules, trial.day, trial.finished_at) == (rules.digest, TODAY, None)
    try_draft.call_now(trial.pk)
    found = told(trial)
    assert (found.moves.up, found.moves.down) == (1, 0)
    assert found.moves.before["a"] == found.moves.all
    assert found.moves.after["c"] == 1
    (reach,) = found.reach
    assert (reach.name, reach.enterprises, reach.points_up, reach.moved_up) == ("penalties_general", 1, 24, 1)
    (case,) = found.cases
    assert (case.subject, case.points_before, case.points_after) == (city.town.firm.pk, 8, 32)
    assert sum(group.moves.all for group in found.scales) == found.moves.all
    assert not Run.objects.exists()
    assert left_in(trials_folder()) == []


def test_lines_that_begin_later_are_tried_on_their_first_day(city: City, rules: Policy) -> None:
    draft = a_draft(rules, since=JANUARY, each=32)
    assert changed_days(rules, draft, TODAY) == (JANUARY,)
    trial = ask(draft, by=city.first)
    try_draft.call_now(trial.pk)
    assert trial.day == told(trial).day == JANUARY
    assert told(trial).moves.up == 1


def test_every_day_on_which_it_begins_to_reckon_otherwise_is_told(city: City, rules: Policy) -> None:
    later = date(2028, 1, 1)
    draft = a_draft(a_draft(rules, since=JANUARY, each=9), "risk/classes", since=later, b=12)
    assert changed_days(rules, draft, TODAY) == (JANUARY, later)
    assert changed_days(rules, a_draft(rules, each=9), TODAY) == (TODAY,)


def test_what_changes_no_class_is_not_tried(city: City, rules: Policy) -> None:
    assert changed_days(rules, a_draft(rules, each=8), TODAY) == ()
    with pytest.raises(NothingToTry):
        ask(a_draft(rules, "risk/points/newly_established"), by=city.first)
    assert not Trial.objects.exists()


def test_the_same_draft_twice_is_one_trial_and_its_report_stays_while_nothing_changed(
    city: City, rules: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = a_draft(rules, each=32)
    # What was written within the last hour is read again.
    with on(str(TODAY), "16:00"):
        trial = ask(draft, by=city.first)
        assert ask(draft, by=city.second) == trial
        try_draft.call_now(trial.pk)
        first = told(trial)
        with monkeypatch.context() as patch:
            patch.setattr(trying, "simulate", lambda *_args, **_more: 1 / 0)
            assert ask(draft, by=city.second) == trial
            try_draft.call_now(trial.pk)
        assert told(trial) == first
        city.town.penalty("榕市监罚〔2026〕900号")
        ask(draft, by=city.second)
        try_draft.call_now(trial.pk)
    assert [each.cases[0].points_before for each in (first, told(trial))] == [8, 16]
    assert Trial.objects.count() == 1


def test_a_finished_trial_is_not_made_again_by_its_job(city: City, rules: Policy) -> None:
    trial = ask(a_draft(rules, each=32), by=city.first)
    first = try_draft.call_now(trial.pk)
    ended = Trial.objects.get().finished_at
    assert try_draft.call_now(trial.pk) == first
    assert Trial.objects.get().finished_at == ended


def test_the_run_of_today_is_taken_where_it_is_of_the_same_snapshot(city: City, rules: Policy) -> None:
    draft = a_draft(rules, each=32)
    without = tried(rules, draft, TODAY)
    classify_on(TODAY, in_full=True)
    assert replace(tried(rules, draft, TODAY), snapshot="") == replace(without, snapshot="")


def test_a_damaged_snapshot_is_made_anew(city: City, rules: Policy) -> None:
    run = classify_on(TODAY)
    for path in snapshot_folder_of(run).rglob("subjects/*.parquet"):
        path.write_bytes(b"damaged")
    assert tried(rules, a_draft(rules, each=32), TODAY).moves.up == 1


@pytest.mark.parametrize(
    ("stops", "failure"),
    [
        (OtherSnapshot("示例"), Failure.OTHER_SNAPSHOT),
        (PlanError("示例"), Failure.NO_PLAN),
        (NothingInForce("risk/classes", TODAY), Failure.NOTHING_IN_FORCE),
    ],
)
def test_why_it_cannot_be_tried_is_kept(
    city: City, rules: Policy, monkeypatch: pytest.MonkeyPatch, stops: Exception, failure: Failure
) -> None:
    def stopped(*_: object) -> None:
        raise stops

    trial = ask(a_draft(rules, each=32), by=city.first)
    monkeypatch.setattr(trying, "tried", stopped)
    assert try_draft.call_now(trial.pk) == failure
    trial.refresh_from_db()
    assert (trial.failure, trial.report) == (failure, "")
    assert trial.finished_at is not None


def test_other_record_kinds_are_refused_before_anything_is_written(city: City, rules: Policy) -> None:
    kinds = {name: kind for name, kind in rules.kinds.items() if name != "administrative_licence"}
    draft = a_draft(rules, each=32).model_copy(update={"kinds": kinds})
    with pytest.raises(OtherSnapshot):
        tried(rules, draft, TODAY)


def test_a_full_disk_is_left_to_the_queue_which_goes_on_later(
    city: City, rules: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    trial = ask(a_draft(rules, each=32), by=city.first)
    monkeypatch.setattr(trying, "tried", full)
    with pytest.raises(OSError, match="No space"):
        try_draft.call_now(trial.pk)
    trial.refresh_from_db()
    assert trial.finished_at is None


@pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER, Role.AUDITOR])
def test_only_who_drafts_or_releases_rules_asks(city: City, rules: Policy, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        ask(a_draft(rules, each=32), by=an_account(role, city.town.department, "other"))


def test_progress_is_told(city: City, rules: Policy) -> None:
    phases: set[str] = set()

    class Told(Progress):
        def changed(self) -> None:
            phases.add(self.name)

    tried(rules, a_draft(rules, each=32), TODAY, Told())
    assert "试算" in phases


def test_rows_are_seen_by_whoever_may_look_at_classes(city: City, rules: Policy) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no policies")
    ask(a_draft(rules, each=32), by=city.first)
    for actions, seen in (((Action.CLASS_READ.value,), 1), ((Action.CASE_READ.value,), 0)):
        with asks(Asker("desk", of_region=actions)):
            assert Trial.objects.count() == seen
