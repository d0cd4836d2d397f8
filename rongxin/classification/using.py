"""启用: a run comes into use by two people, and only after every enterprise could see its class and object (architecture §2)."""

from collections.abc import Collection
from typing import Final

from django.db import transaction

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import demand
from rongxin.classification.folders import TURN
from rongxin.classification.models import Run, Use
from rongxin.engine.risk.plans import PlanError, compile_plan
from rongxin.policy.pack import NothingInForce
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn
from rongxin.workflow.actions import open_case
from rongxin.workflow.models import Case
from rongxin.workflow.table import OPENING, Procedure, State, Step, Taken, Who

KIND: Final = "classification"
PREVIEW_DAYS: Final = "risk/preview_days"
OTHER_RULES: Final = Title(
    zh="计算以后规则有变动，请按现行规则重新计算。", en="The rules changed since; make a run under those of now."
)
ANOTHER: Final = Title(
    zh="另一次分类正在申诉期内，期满以后再启用这一次。",
    en="Another run is being shown to the enterprises; wait until its days are over.",
)
_OFFICES: Final = (Who(Role.CITY_OFFICE), Who(Role.PROVINCE_OFFICE))


class NotProposed(ValueError):
    """The run cannot be proposed; ``words`` say why."""

    def __init__(self, words: Title) -> None:
        super().__init__(words.en)
        self.words = words


@transaction.atomic
def propose(run: Run, *, by: Account) -> Use:
    """Propose that a finished run comes into use. The same run proposed twice is one proposal.

    Raises PermissionDenied, and NotProposed where the run builds on others, is under way, or other rules are in force.
    """
    demand(by, Action.CLASS_KEEP, by.works_for)
    in_turn(TURN)
    if known := Use.objects.filter(run=run).first():
        return known
    if run.finished_at is None or run.before is not None:
        # What is in use is kept for ever, so it must not need the folders of others.
        raise NotProposed(Title(zh="只能启用完整计算的结果。", en="Only a run in full can come into use."))
    if words := other_rules(run):
        raise NotProposed(words)
    title = f"企业信用风险分类（计算日 {run.day}）"
    return Use.objects.create(case=open_case(KIND, title=title, owner=by.works_for, by=by), run=run)


def other_rules(run: Run) -> Title | None:
    """Why the run does not fit the rules of now, if it does not."""
    try:
        now = compile_plan(rulebook.current(), run.day)
    except (NothingInForce, PlanError):
        return OTHER_RULES
    then = compile_plan(rulebook.by_digest(run.policy_digest), run.day)
    return None if now.reckons_like(then) else OTHER_RULES


@asks(PLATFORM)  # everybody reads by it which class holds, also who does not see its case
def current() -> Use | None:
    """The use that is in force now."""
    return Use.objects.select_related("run", "case").filter(is_current=True).first()


@asks(PLATFORM)
def in_preview() -> Use | None:
    """The use that the enterprises are being shown before it comes into force."""
    return Use.objects.select_related("run", "case").filter(case__kind=KIND, case__state="preview").first()


@asks(PLATFORM)
def uses_of(runs: Collection[Run]) -> dict[int, Use]:
    """The uses of those of the runs that were proposed, by key of the run."""
    return {use.run_id: use for use in Use.objects.select_related("case").filter(run__in=runs)}


@asks(PLATFORM)
def all_used() -> list[Use]:
    """Every use that came into force, the newest first."""
    return list(Use.objects.select_related("run").exclude(since=None).order_by("-since"))


@asks(PLATFORM)
def before(use: Use) -> Use | None:
    """The use that ``use`` took the place of."""
    ended = Use.objects.select_related("run", "case").exclude(until=None).exclude(pk=use.pk)
    return ended.filter(until__lte=use.since).order_by("-until").first() if use.since else None


def _of(case: Case) -> Use:
    return Use.objects.select_related("run").get(case=case)


def _may_be_shown(case: Case, _officer: Account | None) -> Title | None:
    standing = in_preview()
    if standing is not None and standing.case_id != case.pk:
        return ANOTHER
    return other_rules(_of(case).run)


def _approve(taken: Taken) -> None:
    if taken.by is not None:
        demand(taken.by, Action.CLASS_KEEP, taken.case.owner)


def _begin(taken: Taken) -> None:
    """The pointer is swapped: one transaction, so that no reader ever sees none or two."""
    in_turn(TURN)
    use = _of(taken.case)
    Use.objects.filter(is_current=True).update(is_current=None, until=taken.at)
    use.since, use.is_current = taken.at, True
    use.save(update_fields=["since", "is_current"])


USE: Final = Procedure(
    name=KIND,
    title=Title(zh="风险分类启用", en="Use of a classification"),
    prefix="分类",
    first="proposed",
    opens=_OFFICES,
    opening=Title(zh="提请启用", en="Proposed"),
    is_internal=True,
    states=(
        State("proposed", Title(zh="待复核", en="To review"), task=Title(zh="核对变动，决定是否公开征询", en="Review")),
        State("preview", Title(zh="企业申诉期", en="Shown to enterprises"), within=PREVIEW_DAYS),
        State("in_use", Title(zh="已启用", en="In use"), is_final=True),
        State("dropped", Title(zh="不启用", en="Not used"), is_final=True),
    ),
    steps=(
        Step(
            "approve",
            Title(zh="同意，进入申诉期", en="Approve and show"),
            ("proposed",),
            "preview",
            who=_OFFICES,
            four_eyes=(OPENING,),
            guard=_may_be_shown,
            effect=_approve,
            follows=(
                Title(
                    zh="每个企业在自己的窗口看到类别和全部理由，可以申诉",
                    en="Every enterprise sees its class and may object",
                ),
                Title(zh="期满自动启用，被申诉的企业除外", en="In use by itself afterwards, but for those who object"),
            ),
        ),
        Step(
            "refuse",
            Title(zh="不同意", en="Refuse"),
            ("proposed",),
            "dropped",
            who=_OFFICES,
            needs_reason=True,
        ),
        Step("begin", Title(zh="申诉期满，启用", en="In use"), ("preview",), "in_use", on_lapse=True, effect=_begin),
        Step(
            "stop",
            Title(zh="停止，不启用", en="Stop"),
            ("preview",),
            "dropped",
            who=_OFFICES,
            needs_reason=True,
            is_task=False,
        ),
    ),
)
