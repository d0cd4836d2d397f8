"""撤销修复: a repair got by false papers, whose commitment was broken or whose plan failed, after the enterprise was heard.

The record is displayed again only as the clause that allows its display says, to the end of its own longest term: nothing is added
to it (docs/decisions/0014-a-revoked-repair-adds-nothing.md).
"""

from typing import Any, Final

from django.db import transaction

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import demand
from rongxin.policy.words import Title
from rongxin.records.actions import note
from rongxin.records.models import Effect
from rongxin.records.standing import standing_of
from rongxin.remedies.repairs.effects import governing
from rongxin.remedies.repairs.models import Ground, Repair, Revocation, RevocationGround
from rongxin.rulebook import queries as rulebook
from rongxin.storage.turns import in_turn
from rongxin.subjects.mandates.outside import the_firm
from rongxin.workflow.actions import open_case, take_step
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.models import Case
from rongxin.workflow.papers import issue_in
from rongxin.workflow.statements import AN_ANSWER, checked_words
from rongxin.workflow.table import OPENING, Answer, Ask, AskKind, Procedure, State, Step, Taken, Who
from rongxin.workflow.words import LOOKED, demand_names_nobody

KIND: Final = "repair_revocation"
TEMPLATE: Final = "repair_revocation"
REVOKE, KEEP = "revoke", "keep"
_REVIEWER, _HEAD = Who(Role.REVIEWER), Who(Role.HEAD)
_FIRM: Final = the_firm(Action.REPAIR_APPLY)
_OUTCOMES: Final = (
    (REVOKE, Title(zh="撤销修复", en="Revoke")),
    (KEEP, Title(zh="不撤销", en="Keep the repair")),
)


class NotOpened(ValueError):
    """There is no repair to revoke."""


@transaction.atomic
def propose(repair: Repair, ground: RevocationGround, facts: str, *, by: Account) -> Revocation:
    """Open the case in which a granted repair may be revoked; one at a time. Raises PermissionDenied, NotOpened, BadWords."""
    case = repair.case
    demand(by, Action.CASE_ACT, case.owner)
    words = checked_words(facts)
    in_turn(f"revocation: {repair.pk}")
    running = Revocation.objects.select_related("case").filter(repair=repair, case__is_open=True).first()
    if running is not None:
        return running
    plan = ground == RevocationGround.PLAN_FAILED
    standing = standing_of(repair.record, rulebook.current())
    if standing is None or not standing.is_repaired or plan != (repair.ground == Ground.REORGANISATION):
        raise NotOpened
    title = f"{repair.subject.name}：{repair.document or repair.record}"
    opened = open_case(KIND, title=title, owner=case.owner, by=by, firm=repair.subject.uscc)
    return Revocation.objects.create(case=opened, repair=repair, ground=ground, facts=words)


def of(case: Case) -> Revocation:
    """The revocation of a case."""
    return Revocation.objects.select_related("repair__subject", "repair__case", "case__owner").get(case=case)


def _notify(taken: Taken) -> dict[str, Answer]:
    revocation = of(taken.case)
    return _issued(
        taken,
        "拟撤销信用修复告知书",
        [
            f"{_about(revocation)}作出准予修复决定（{revocation.repair.case.number}）。经查，{revocation.facts}",
            f"本单位拟以“{RevocationGround(revocation.ground).label}”为由撤销该修复。你单位可以在期限内在企业窗口陈述、申辩；"
            "期满不陈述的，不视为承认。撤销以前，修复继续有效。",
        ],
    )


def _state_case(taken: Taken) -> None:
    revocation = of(taken.case)
    said = "\n".join(part for part in (revocation.said, taken.reason) if part)
    Revocation.objects.filter(pk=revocation.pk).update(said=said[:500])


def _draft(taken: Taken) -> None:
    demand_names_nobody(taken, AN_ANSWER)
    Revocation.objects.filter(case=taken.case).update(outcome=taken.answers["outcome"], answer=taken.reason)


def _is(outcome: str) -> Any:
    def guard(case: Case, _who: object) -> Title | None:
        return None if of(case).outcome == outcome else Title(zh="拟办意见不同。", en="The proposal is another.")

    return guard


def _revoke(taken: Taken) -> dict[str, Answer]:
    assert taken.by is not None
    demand(taken.by, Action.DOCUMENT_ISSUE, taken.case.owner)
    revocation = of(taken.case)
    repair = revocation.repair
    standing = standing_of(repair.record, rulebook.current())
    if standing is None or not standing.is_repaired:
        gone = Title(zh="这条记录的修复已经不在。", en="The repair does not stand any more.")
        raise NotPossible(Barred(Bar.GUARD, gone))
    note(
        standing.record,
        Effect.REPAIR_REVOKED,
        by=taken.by.username,
        basis=f"撤销信用修复 {taken.case.number}：{RevocationGround(revocation.ground).label}",
        told=taken.case.number,
    )
    if repair.case.is_open:
        take_step(repair.case.number, "fail_plan", by=None)
    return _issued(
        taken,
        "撤销信用修复决定书",
        [
            f"{_about(revocation)}作出准予修复决定（{repair.case.number}）。经查，{revocation.facts}",
            f"听取陈述、申辩以后，本单位认为：{revocation.answer}",
            "本单位决定撤销该修复。自本决定作出之时起，该信息恢复公示，至其原有最长公示期届满为止，不另行延长。",
            "你单位不服本决定的，可以依法申请行政复议或者提起行政诉讼。",
        ],
    )


def _keep(taken: Taken) -> dict[str, Answer]:
    assert taken.by is not None
    demand(taken.by, Action.DOCUMENT_ISSUE, taken.case.owner)
    revocation = of(taken.case)
    return _issued(
        taken,
        "不予撤销信用修复告知书",
        [f"{_about(revocation)}作出的准予修复决定（{revocation.repair.case.number}）继续有效。{revocation.answer}"],
    )


def _issued(taken: Taken, title: str, paragraphs: list[str]) -> dict[str, Answer]:
    values = {
        "title": title,
        "addressee": of(taken.case).repair.subject.name,
        "paragraphs": paragraphs,
        "basis": governing(taken.on),
    }
    return issue_in(taken, TEMPLATE, values, authority=taken.case.owner)


def _about(revocation: Revocation) -> str:
    repair = revocation.repair
    what = f"《{repair.document}》" if repair.document else f"编号 {repair.record} 的信息"
    return f"本单位就你单位（统一社会信用代码 {repair.subject.uscc}）{what}"


REVOCATION: Final = Procedure(
    name=KIND,
    title=Title(zh="撤销信用修复", en="Revoking a repair"),
    prefix="撤修",
    first="proposed",
    opens=(_REVIEWER, _HEAD),
    opening=Title(zh="提出撤销", en="Proposed"),
    is_seen_by_firm=True,
    states=(
        State("proposed", Title(zh="待告知", en="To be told"), task=Title(zh="告知企业", en="Tell the enterprise")),
        State("heard", Title(zh="听取陈述申辩", en="Being heard"), within="repairs/hearing_days", pauses=True),
        State("weighing", Title(zh="待拟办", en="To propose"), within="repairs/decide_days"),
        State("drafted", Title(zh="待批准", en="To approve"), within="repairs/decide_days"),
        State("revoked", Title(zh="已撤销修复", en="Revoked"), is_final=True),
        State("kept", Title(zh="不撤销", en="Kept"), is_final=True),
    ),
    steps=(
        Step(
            "notify",
            Title(zh="告知拟撤销的事实和理由", en="Tell what is meant and why"),
            ("proposed",),
            "heard",
            who=(_REVIEWER, _HEAD),
            effect=_notify,
            follows=(Title(zh="生成拟撤销告知书；企业可以陈述、申辩", en="The enterprise may state its case"),),
            notice="repair_revocation_proposed",
        ),
        Step(
            "state_case",
            Title(zh="陈述、申辩", en="State the case"),
            ("heard",),
            outside=(_FIRM,),
            needs_reason=True,
            effect=_state_case,
            is_task=False,
        ),
        Step(
            "waive",
            Title(zh="没有其他意见，请决定", en="Nothing to add"),
            ("heard",),
            "weighing",
            outside=(_FIRM,),
            is_task=False,
        ),
        Step(
            "heard_out", Title(zh="陈述期满", en="The term to be heard is over"), ("heard",), "weighing", on_lapse=True
        ),
        Step(
            "draft",
            Title(zh="提出拟办意见", en="Propose"),
            ("weighing",),
            "drafted",
            who=(_REVIEWER, _HEAD),
            needs_reason=True,
            asks=(Ask("outcome", Title(zh="拟办意见", en="Proposal"), AskKind.CHOICE, _OUTCOMES), LOOKED),
            effect=_draft,
            follows=(Title(zh="须回应企业的陈述；理由会写进决定书", en="It must answer what the enterprise said"),),
        ),
        Step(
            "keep",
            Title(zh="批准：不撤销", en="Approve: kept"),
            ("drafted",),
            "kept",
            who=(_REVIEWER, _HEAD),
            four_eyes=("draft", OPENING),
            guard=_is(KEEP),
            effect=_keep,
            notice="repair_kept",
        ),
        Step(
            "revoke",
            Title(zh="批准：撤销修复", en="Approve: revoked"),
            ("drafted",),
            "revoked",
            who=(_REVIEWER, _HEAD),
            four_eyes=("draft", OPENING),
            guard=_is(REVOKE),
            effect=_revoke,
            follows=(
                Title(zh="恢复公示至原有最长公示期届满，不延长", en="Displayed to its own longest term, no longer"),
            ),
            notice="repair_revoked",
        ),
        Step(
            "redraft",
            Title(zh="退回重拟", en="Send back"),
            ("drafted",),
            "weighing",
            who=(_REVIEWER, _HEAD),
            needs_reason=True,
        ),
    ),
)
