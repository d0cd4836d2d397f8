"""分类申诉与调整: an enterprise objects to its class, or an office proposes another; two people decide, with reason and last day.

While an objection runs, what the enterprise objects to is not used, and whoever objects comes to no worse class by it. A class that
is better than reckoned holds at once, any other after the days for objecting; either ends by itself on its last day.
"""

from datetime import date
from enum import StrEnum
from typing import Final

from django.db import transaction

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import Denied, demand
from rongxin.classification.models import OUTCOMES, Adjustment, Outcome, Use
from rongxin.classification.reading import reckoned
from rongxin.classification.using import PREVIEW_DAYS
from rongxin.policy.words import Title
from rongxin.primitives.periods import add_months
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.mandates.outside import the_firm
from rongxin.subjects.models import Subject
from rongxin.workflow.actions import open_case
from rongxin.workflow.barring import Bar as StepBar
from rongxin.workflow.barring import Barred, NotPossible
from rongxin.workflow.models import Case
from rongxin.workflow.statements import AN_ANSWER, checked_words
from rongxin.workflow.table import Ask, AskKind, Party, Procedure, State, Step, Taken, Who
from rongxin.workflow.words import LOOKED, demand_names_nobody

KIND: Final = "class_adjustment"
LONGEST: Final = "risk/adjustment_longest"
TERM: Final = "risk/objection_days"
_FIRM: Final = the_firm(Action.CLASS_OBJECT)
_OFFICES: Final = tuple(
    Who(role, party)
    for role in (Role.CITY_OFFICE, Role.PROVINCE_OFFICE)
    for party in (Party.OWNER, Party.CREDIT_OFFICE)
)
_MONTHS_WRONG: Final = Title(zh="调整几个月", en="for how many months")
_KEEP: Final = Title(
    zh="维持类别的，不填月数；调整为别的类别的，要填。",
    en="No months where the class stays; months where another shall hold.",
)
_RELIEF: Final = Title(
    zh="答复申诉只能维持，或者调整为较好的类别；另有新情况的，由本单位另行提出调整。",
    en="An answer to an objection keeps the class or gives a better one; for anything new, propose another class.",
)


class Bar(StrEnum):
    """Why nothing was opened."""

    NO_CLASS = "no_class"
    ANSWERED = "answered"


class NotOpened(ValueError):
    """Nothing was kept; ``bar`` says why."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(bar)
        self.bar = bar


def object_to(use: Use, statement: str, *, by: Mandate) -> Adjustment:
    """Object to the class that the run of ``use`` gives the enterprise of the mandate. An objection that runs already is given.

    Raises PermissionDenied, BadWords, and NotOpened where it has no class there, or objected to it before.
    """
    if not by.may(Action.CLASS_OBJECT):
        raise Denied(Action.CLASS_OBJECT, by.firm.uscc)
    return _opened(by.firm, use, statement, login=by.account)


def propose(firm: Subject, use: Use, statement: str, *, by: Account) -> Adjustment:
    """Propose that another class shall hold of an enterprise for a time. Raises as ``object_to`` does."""
    demand(by, Action.CLASS_KEEP, by.works_for)
    return _opened(firm, use, statement, officer=by)


@transaction.atomic
def _opened(
    firm: Subject, use: Use, statement: str, *, login: Account | None = None, officer: Account | None = None
) -> Adjustment:
    words, by = checked_words(statement), login or officer
    firm = firm.merged_into or firm
    in_turn(f"class: {firm.uscc}")
    found = reckoned(use.run, [firm.pk]).get(firm.pk)
    if found is None:
        raise NotOpened(Bar.NO_CLASS)
    with asks(PLATFORM):
        known = Adjustment.objects.select_related("case").filter(subject=firm, run=use.run)
        if running := known.filter(case__is_open=True).first():
            return running
        if login is not None and known.exclude(applied_by=None).exclude(case__state="withdrawn").exists():
            raise NotOpened(Bar.ANSWERED)
        title = f"{firm.name}：{found.grade.value.upper()} 类{'申诉' if login else '调整'}"
        owner = officer.works_for if officer else use.case.owner
        case = open_case(KIND, title=title, owner=owner, by=by, firm=firm.uscc)
        return Adjustment.objects.create(
            case=case, subject=firm, run=use.run, grade=found.grade.value, statement=words, applied_by=login
        )


def of(case: Case) -> Adjustment:
    """The adjustment of a case."""
    return Adjustment.objects.select_related("subject", "run", "case").get(case=case)


def _draft(taken: Taken) -> None:
    demand_names_nobody(taken, AN_ANSWER)
    found, outcome = of(taken.case), Outcome(str(taken.answers["outcome"]))
    months = int(taken.answers.get("months") or 0)
    most = rulebook.current().value(LONGEST, taken.on).months
    if (outcome == Outcome.KEPT) != (months == 0):
        raise NotPossible(Barred(StepBar.CONTRARY, _KEEP))
    if found.applied_by_id and outcome != Outcome.KEPT and outcome >= found.grade:
        raise NotPossible(Barred(StepBar.CONTRARY, _RELIEF))
    if months > most:
        told = Title(zh=f"{_MONTHS_WRONG.zh}（最多 {most} 个月）", en=f"{_MONTHS_WRONG.en} (at most {most})")
        raise NotPossible(Barred(StepBar.BAD_ANSWER, told))
    Adjustment.objects.filter(pk=found.pk).update(outcome=outcome, months=months, answer=taken.reason)


def _decide(taken: Taken) -> None:
    if taken.by is not None:
        demand(taken.by, Action.CLASS_KEEP, taken.case.owner)
    found = of(taken.case)
    if found.outcome == Outcome.KEPT:
        return
    found.from_on = _first_day(found, taken.on)
    found.until_on = add_months(found.from_on, found.months)
    found.save(update_fields=["from_on", "until_on"])


def _first_day(found: Adjustment, day: date) -> date:
    """A better class holds at once; any other once the enterprise had the days for objecting."""
    if found.outcome < found.grade:
        return day
    policy = rulebook.current()
    return policy.calendar.add(day, policy.value(PREVIEW_DAYS, day).count).date


def _redraft(taken: Taken) -> None:
    Adjustment.objects.filter(case=taken.case).update(outcome="", months=0, answer="")


ADJUSTMENT: Final = Procedure(
    name=KIND,
    title=Title(zh="分类申诉与调整", en="Objection to a class"),
    prefix="调类",
    first="filed",
    opens=_OFFICES,
    opens_outside=(_FIRM,),
    opening=Title(zh="提出", en="Filed"),
    notice="class_objection_filed",
    is_seen_by_firm=True,
    states=(
        State(
            "filed", Title(zh="待核实", en="To check"), within=TERM, task=Title(zh="核实，拟答复", en="Check, draft")
        ),
        State("drafted", Title(zh="待批准", en="To approve"), within=TERM, task=Title(zh="批准答复", en="Approve")),
        State("decided", Title(zh="已答复", en="Answered"), is_final=True),
        State("withdrawn", Title(zh="已撤回", en="Withdrawn"), is_final=True),
    ),
    steps=(
        Step(
            "draft",
            Title(zh="拟答复", en="Draft the answer"),
            ("filed",),
            "drafted",
            who=_OFFICES,
            needs_reason=True,
            reason_is_told=True,
            asks=(
                Ask("outcome", Title(zh="结果", en="Outcome"), AskKind.CHOICE, tuple(OUTCOMES.items())),
                Ask("months", Title(zh="调整几个月", en="For how many months"), AskKind.COUNT, is_required=False),
                LOOKED,
            ),
            effect=_draft,
            follows=(Title(zh="理由就是给企业的答复", en="The reason is the answer to the enterprise"),),
        ),
        Step(
            "decide",
            Title(zh="批准并答复", en="Approve and answer"),
            ("drafted",),
            "decided",
            who=_OFFICES,
            four_eyes=("draft",),
            effect=_decide,
            follows=(
                Title(
                    zh="调整为较好的类别即时生效，到期自动失效", en="A better class holds at once and ends by itself"
                ),
                Title(zh="调整为较差的类别，过了申诉的天数才生效", en="A worse one holds after the days for objecting"),
            ),
            notice="class_objection_answered",
        ),
        Step(
            "redraft",
            Title(zh="退回重拟", en="Send back"),
            ("drafted",),
            "filed",
            who=_OFFICES,
            four_eyes=("draft",),
            needs_reason=True,
            effect=_redraft,
        ),
        Step(
            "withdraw",
            Title(zh="撤回", en="Withdraw"),
            ("filed", "drafted"),
            "withdrawn",
            outside=(_FIRM,),
            is_task=False,
        ),
    ),
)
