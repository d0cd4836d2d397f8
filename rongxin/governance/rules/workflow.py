"""规则发布: drafted and checked by one person of the credit office, reviewed by another, in force by itself on its day."""

from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import demand
from rongxin.documents.sheets import template_of
from rongxin.governance.rules.models import RuleDraft
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.rulebook import actions as releases
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.models import Case, CaseEvent
from rongxin.workflow.papers import issue_in
from rongxin.workflow.table import OPENING, Answer, Ask, AskKind, Procedure, State, Step, Taken, Who

KIND: Final = "rules"
TEMPLATE: Final = "rule_release"
LATER: Final = Title(zh="生效日期（今天或者以后）", en="In force from (today or later)")
OUTDATED: Final = Title(
    zh="比较之后规则又有变动，须按现行规则重新起草。",
    en="Other rules came into force meanwhile; draft it anew on those.",
)
_OFFICES: Final = (Who(Role.CITY_OFFICE), Who(Role.PROVINCE_OFFICE))


def _changed_meanwhile(case: Case, officer: Account | None) -> Title | None:
    base = RuleDraft.objects.values_list("base", flat=True).get(case=case)
    return None if base == rulebook.current().digest else OUTDATED


def _approve(taken: Taken) -> dict[str, Answer]:
    """Set the day and announce it; on the day itself the rules come into force at once."""
    on = date.fromisoformat(str(taken.answers["effective_on"]))
    if on < taken.on:
        raise NotPossible(Barred(Bar.BAD_ANSWER, LATER))
    if taken.by is not None:
        demand(taken.by, Action.RULE_RELEASE, taken.case.owner)
    draft = RuleDraft.objects.get(case=taken.case)
    draft.effective_on = on
    draft.save(update_fields=["effective_on"])
    rules = rulebook.current()
    basis = template_of(rules, TEMPLATE).basis
    day = f"{on.year}年{on.month}月{on.day}日"
    values = {
        "title": "关于修改信用平台规则的公告",
        "addressee": "各有关单位",
        "paragraphs": [
            f"经第二人复核，对本平台规则作如下修改：{draft.note}。",
            f"修改后的规则自{day}起生效，版本 {draft.digest[:12]}。此前作出的决定仍按当时的规则。",
        ],
        "basis": f"{rules.documents[basis.document].title.zh}{basis.item or ''}",
    }
    transaction.on_commit(bring_into_force)
    return issue_in(taken, TEMPLATE, values, authority=taken.case.owner)


def _take_effect(taken: Taken) -> dict[str, Answer]:
    draft = RuleDraft.objects.get(case=taken.case)
    approved = CaseEvent.objects.select_related("by").filter(case=taken.case, step="approve").latest("number")
    if taken.case.opened_by is None or approved.by is None:
        raise releases.ReleaseRefused("two people release")
    released = releases.release(
        Policy.from_canonical(draft.content),
        draft.sources,
        asked_by=taken.case.opened_by.username,
        approved_by=approved.by.username,
        note=draft.note,
    )
    return {"version": released.digest[:12]}


@asks(PLATFORM)  # also behind the approval of one officer: what is due is due wherever it was drafted
def bring_into_force() -> int:
    """Bring the drafts whose day has come into force, in the order of their approval; returns how many.

    One whose base is no longer in force is closed as outdated: two changes never mix unseen.
    """
    due = RuleDraft.objects.filter(case__state="approved", effective_on__lte=timezone.localdate())
    brought = 0
    for draft in due.select_related("case").order_by("effective_on", "case__state_since"):
        rulebook.forget()
        is_current = draft.base == rulebook.current().digest
        try:
            take_step(draft.case.number, "take_effect" if is_current else "outdate", by=None)
        except NotPossible:  # somebody withdrew it, or another process was faster
            continue
        brought += is_current
    return brought


RULES: Final = Procedure(
    name=KIND,
    title=Title(zh="规则发布", en="Release of rules"),
    prefix="规则",
    first="compared",
    opens=_OFFICES,
    opening=Title(zh="起草并通过校验", en="Drafted and checked"),
    is_internal=True,
    states=(
        State(
            "compared",
            Title(zh="待复核", en="To review"),
            within="rules/review_days",
            must_be_timed=False,
            task=Title(zh="对照修改逐项复核", en="Review each change"),
        ),
        State("approved", Title(zh="待生效", en="Approved")),
        State("in_force", Title(zh="已生效", en="In force"), is_final=True),
        State("returned", Title(zh="已退回", en="Sent back"), is_final=True),
        State("withdrawn", Title(zh="已撤回", en="Withdrawn"), is_final=True),
        State("outdated", Title(zh="已过时", en="Outdated"), is_final=True),
    ),
    steps=(
        Step(
            "approve",
            Title(zh="复核通过并发布", en="Approve and release"),
            ("compared",),
            "approved",
            who=_OFFICES,
            four_eyes=(OPENING,),
            guard=_changed_meanwhile,
            asks=(Ask("effective_on", LATER, AskKind.DAY),),
            effect=_approve,
            follows=(
                Title(
                    zh="到生效日自动生效，此前可以撤回",
                    en="In force by itself on the day; until then it can be withdrawn",
                ),
                Title(zh="生成有文号的公告", en="A numbered announcement is issued"),
            ),
            notice="rules_approved",
        ),
        Step(
            "return_draft",
            Title(zh="退回起草人", en="Send back"),
            ("compared",),
            "returned",
            who=_OFFICES,
            four_eyes=(OPENING,),
            needs_reason=True,
        ),
        Step("take_effect", Title(zh="生效", en="In force"), ("approved",), "in_force", effect=_take_effect),
        Step(
            "withdraw",
            Title(zh="撤回", en="Withdraw"),
            ("compared", "approved"),
            "withdrawn",
            who=_OFFICES,
            needs_reason=True,
            is_task=False,
        ),
        Step(
            "outdate",
            Title(zh="规则另有变动，不再生效", en="Outdated"),
            ("approved",),
            "outdated",
            notice="rules_outdated",
        ),
    ),
)
