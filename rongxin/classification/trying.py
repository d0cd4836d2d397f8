"""试算: what a draft of the rules would do to all enterprises, beside the rules in force. Nobody has a class by it.

Both are reckoned as of one day, on which the draft already reckons otherwise: today, or the day its new lines begin. So nothing is
moved by time alone.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.classification.folders import trials_folder
from rongxin.classification.models import Failure, Trial
from rongxin.classification.running import newest_run, on_snapshot, results_of, steps
from rongxin.engine.risk.differences import differences
from rongxin.engine.risk.layout import Snapshot, rules_digest
from rongxin.engine.risk.plans import PlanError, compile_plan
from rongxin.engine.risk.results import Results, ResultsDamaged
from rongxin.engine.risk.simulating import OtherSnapshot, Simulation, simulate
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks

FAILURES: Final[dict[type[Exception], Failure]] = {
    OtherSnapshot: Failure.OTHER_SNAPSHOT,
    PlanError: Failure.NO_PLAN,
    NothingInForce: Failure.NOTHING_IN_FORCE,
}
"""What a draft is told of that cannot be tried."""


class NothingToTry(ValueError):
    """The draft changes nothing on which classes depend."""


def changed_days(rules: Policy, draft: Policy, today: date) -> tuple[date, ...]:
    """The days from today on which ``draft`` begins to reckon otherwise than ``rules``, or in another way than before; none where
    it changes nothing of the classes.

    Raises PlanError and NothingInForce where one of both makes no plan on such a day.
    """
    found = []
    last: tuple[object, ...] = ()
    for day in sorted({today, *(each for each in _turns(rules, draft) if each > today)}):
        told = differences(compile_plan(rules, day), compile_plan(draft, day))
        if told and told != last:
            found.append(day)
        last = told
    return tuple(found)


def tried(
    rules: Policy, draft: Policy, day: date, progress: Progress | None = None, known: Simulation | None = None
) -> Simulation:
    """What ``draft`` would do to all enterprises as of ``day``, by what is known now. Nothing of it is kept.

    ``known``: is given back where it is of the same plans and the same snapshot. Raises OtherSnapshot, PlanError, NothingInForce,
    and OSError where the disk is full.
    """
    progress = progress or Progress()
    if rules_digest(rules) != rules_digest(draft):
        raise OtherSnapshot("the draft has other record kinds than the rules in force")
    today, then = compile_plan(rules, day), compile_plan(draft, day)

    def read(snapshot: Snapshot) -> Simulation:
        of_known = known and (known.plan_before, known.plan_after, known.snapshot)
        if known is not None and of_known == (today.digest, then.digest, snapshot.id):
            return known
        progress.phase("试算")
        return simulate(
            today,
            then,
            snapshot,
            trials_folder(),
            steps(progress),
            _newest_results(),
            rules=rules_digest(draft),
            sections=draft.industries,
        )

    return on_snapshot(rules, progress, read)


def ask(draft: Policy, *, by: Account) -> Trial:
    """Have a draft tried beside the rules in force. The same draft on the same day is one trial: asked for again it goes on, or
    begins anew where more is known now.

    Raises PermissionDenied, NothingToTry, and PlanError and NothingInForce as changed_days.
    """
    if not by.may(Action.RULE_RELEASE, by.works_for):
        demand(by, Action.RULE_DRAFT, by.works_for)
    rules, now = rulebook.current(), timezone.now()
    days = changed_days(rules, draft, timezone.localdate())
    if not days:
        raise NothingToTry
    with asks(PLATFORM), transaction.atomic():
        trial, _is_new = Trial.objects.select_for_update().get_or_create(
            rules=rules.digest,
            draft=draft.digest,
            day=days[0],
            defaults={"content": draft.canonical_json(), "by": by, "asked_at": now},
        )
        if trial.finished_at is not None:
            trial.by, trial.asked_at, trial.begun_at, trial.finished_at = by, now, None, None
        trial.run = try_draft.enqueue(trial.pk, key=f"trial-{trial.pk}").pk
        trial.save()
    return trial


@job(queue="bulk", title="试算规则草案")
def try_draft(progress: Progress, key: int) -> str:
    """Try the draft of a trial, and keep the report or why there is none. Returns the id of the snapshot, or why."""
    trial = Trial.objects.get(pk=key)
    if trial.finished_at is not None:
        return trial.failure or trial.snapshot
    Trial.objects.filter(pk=key).update(begun_at=timezone.now())
    rules, draft = rulebook.by_digest(trial.rules), Policy.from_canonical(trial.content)
    known = Simulation.of_json(trial.report) if trial.report else None
    try:
        found = tried(rules, draft, trial.day, progress, known)
    except tuple(FAILURES) as stopped:
        ended = {"report": "", "snapshot": "", "failure": FAILURES[type(stopped)]}
    else:
        ended = {"report": found.json(), "snapshot": found.snapshot, "failure": ""}
    Trial.objects.filter(pk=key).update(finished_at=timezone.now(), **ended)
    return ended["failure"] or ended["snapshot"]


def _newest_results() -> Results | None:
    """Those of the newest run, in case they are of this plan and this snapshot."""
    newest = newest_run()
    with suppress(FileNotFoundError, ResultsDamaged):
        return results_of(newest) if newest else None
    return None


def _turns(rules: Policy, draft: Policy) -> Iterator[date]:
    """The days on which lines begin or end of the values in which both differ."""
    for key in {*rules.values, *draft.values}:
        one, two = rules.values.get(key), draft.values.get(key)
        if one != two:
            for line in (line for each in (one, two) if each for line in each.lines):
                yield line.first_day
                if line.last_day:
                    yield line.last_day + timedelta(days=1)
