"""What the steps of a repair do."""

from datetime import date
from typing import Any, Final

from django.utils import timezone

from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.policy.pack import NothingInForce
from rongxin.policy.words import Title
from rongxin.records.actions import note
from rongxin.records.models import Effect
from rongxin.records.standing import Standing, standing_of
from rongxin.remedies.repairs.models import Ground, Refusal, Repair
from rongxin.remedies.repairs.rules import DEFECTS, Defect, possible
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.models import Case
from rongxin.workflow.papers import issue_in
from rongxin.workflow.statements import AN_ANSWER
from rongxin.workflow.table import Answer, Taken
from rongxin.workflow.words import demand_names_nobody

GRANT: Final = "grant"
REFUSE: Final = "refuse"
_GONE: Final = Title(zh="找不到这条记录。", en="There is no such record.")
_UNKNOWN_LAW: Final = "平台设定的办理规则"
FREE: Final = "信用修复不收取任何费用。"


def of(case: Case) -> Repair:
    """The repair of a case."""
    return Repair.objects.select_related("subject", "case__owner").get(case=case)


def accept(taken: Taken) -> dict[str, Answer]:
    """The application is complete and can be asked for: a notice says so."""
    repair = of(taken.case)
    _demand_possible(repair)
    paragraphs = [
        f"{_about(repair)}提出的信用修复申请，经审查符合受理条件，本单位决定自{_day(taken.on)}起受理。",
        f"本单位将在规定期限内作出是否准予修复的决定，并告知你单位。{FREE}",
    ]
    return _issued(taken, "repair_acceptance", "信用修复申请受理通知书", paragraphs)


def ask_to_complete(taken: Taken) -> dict[str, Answer]:
    """All that is missing, told at once: nothing can be asked for a second time."""
    found = [defect.value for defect in Defect if taken.answers.get(f"lacks_{defect}")]
    if not found:
        title = Title(zh="需要补正的（至少选一项，一次告知全部）", en="What is missing (at least one, all at once)")
        raise NotPossible(Barred(Bar.BAD_ANSWER, title))
    demand_names_nobody(taken, AN_ANSWER)
    Repair.objects.filter(case=taken.case).update(defects=found)
    repair = of(taken.case)
    lines = [f"{number}. {DEFECTS[Defect(each)].zh}。" for number, each in enumerate(found, start=1)]
    paragraphs = [
        f"{_about(repair)}提出的信用修复申请，需要补正下列材料：",
        *lines,
        f"{taken.reason}请在期限内在企业窗口或者原提交窗口补齐，补正期间不计入办理时限；以后不再就材料提出新的要求。{FREE}",
    ]
    return _issued(taken, "repair_completion", "信用修复补正通知书", paragraphs)


def told_once(case: Case, _who: object) -> Title | None:
    """Defects are told once."""
    if not of(case).defects:
        return None
    return Title(
        zh="已经一次告知过需要补正的材料，不能再次要求补正。", en="What is missing was told once, all together."
    )


def draft(taken: Taken) -> None:
    """Keep what is proposed."""
    demand_names_nobody(taken, AN_ANSWER)
    outcome, refusal = str(taken.answers["outcome"]), str(taken.answers.get("refusal", ""))
    repair = of(taken.case)
    if outcome == REFUSE and not refusal:
        raise NotPossible(Barred(Bar.BAD_ANSWER, Title(zh="不予修复的原因", en="Why it is refused")))
    if outcome == GRANT:
        if not taken.answers.get("verified"):
            raise NotPossible(Barred(Bar.BAD_ANSWER, Title(zh="怎样核实的", en="How it was verified")))
        _demand_possible(repair)
    told = {"outcome": outcome, "refusal": refusal if outcome == REFUSE else "", "answer": taken.reason}
    Repair.objects.filter(pk=repair.pk).update(**told)


def is_grant(case: Case, _who: object) -> Title | None:
    """The proposal is to grant, for good."""
    repair = of(case)
    if repair.outcome == GRANT and repair.ground == Ground.FULFILLED:
        return None
    return Title(zh="拟办意见不是准予修复。", en="The proposal is another.")


def is_temporary(case: Case, _who: object) -> Title | None:
    """The proposal is to grant while a plan is performed."""
    repair = of(case)
    if repair.outcome == GRANT and repair.ground == Ground.REORGANISATION:
        return None
    return Title(zh="拟办意见不是重整期间暂时修复。", en="The proposal is another.")


def is_refusal(case: Case, _who: object) -> Title | None:
    """The proposal is to refuse."""
    return None if of(case).outcome == REFUSE else Title(zh="拟办意见不是不予修复。", en="The proposal is another.")


def grant(taken: Taken) -> dict[str, Answer]:
    """Display, sharing and use of the act end now, everywhere; a decision says so."""
    _demand_may_decide(taken)
    repair = of(taken.case)
    standing = _demand_possible(repair)
    assert taken.by is not None
    note(
        standing.record,
        Effect.REPAIRED,
        by=taken.by.username,
        basis=f"准予信用修复 {taken.case.number}",
        told=taken.case.number,
    )
    is_temporary = repair.ground == Ground.REORGANISATION
    tail = "在重整计划、和解协议执行期间" if is_temporary else ""
    paragraphs = [
        f"{_about(repair)}提出信用修复申请（{taken.case.number}，承诺编码 {repair.commitment_code}）。经审查，{repair.answer}",
        f"本单位决定：{tail}准予修复。自本决定作出之时起，停止公示、共享和使用该信息，以该信息为依据、依法应当同时解除的措施同时解除。",
        "本决定由平台通知全部使用单位；仍在展示该信息的，可以在企业窗口查看撤下情况，并出示停止公示告知。",
        FREE,
    ]
    return _issued(taken, "repair_decision", "准予信用修复决定书", paragraphs)


def refuse(taken: Taken) -> dict[str, Answer]:
    """A decision with its reasons, and what the enterprise can do about it."""
    _demand_may_decide(taken)
    repair = of(taken.case)
    paragraphs = [
        f"{_about(repair)}提出信用修复申请（{taken.case.number}）。经审查，本单位决定不予修复。",
        f"原因：{Refusal(repair.refusal).label}。{repair.answer}",
        "你单位不服本决定的，可以在企业窗口申请复核；也可以依法申请行政复议或者提起行政诉讼。具备条件以后可以重新申请。",
        FREE,
    ]
    return _issued(taken, "repair_decision", "不予信用修复决定书", paragraphs)


def reopen(taken: Taken) -> None:
    """The review found the refusal wrong: it is decided anew, on the same application."""
    Repair.objects.filter(case=taken.case).update(outcome="", refusal="", answer="")


def _demand_may_decide(taken: Taken) -> None:
    assert taken.by is not None
    demand(taken.by, Action.DOCUMENT_ISSUE, taken.case.owner)


def _demand_possible(repair: Repair) -> Standing:
    """How the act stands, if it can be repaired now: by its newest version, on this day."""
    policy = rulebook.current()
    standing = standing_of(repair.record, policy)
    if standing is None:
        raise NotPossible(Barred(Bar.GUARD, _GONE))
    if words := possible(standing, policy, timezone.localdate(), repair.ground).why_not:
        raise NotPossible(Barred(Bar.GUARD, words))
    return standing


def _issued(taken: Taken, template: str, title: str, paragraphs: list[str]) -> dict[str, Answer]:
    repair = of(taken.case)
    values: dict[str, Any] = {
        "title": title,
        "addressee": repair.subject.name,
        "paragraphs": paragraphs,
        "basis": governing(timezone.localdate(repair.case.opened_at)),
    }
    return issue_in(taken, template, values, authority=taken.case.owner)


def governing(on: date) -> str:
    """The measures that govern an application made on a day, as documents quote them."""
    try:
        return str(rulebook.current().value("repairs/procedure", on).value)
    except NothingInForce:
        return _UNKNOWN_LAW


def _about(repair: Repair) -> str:
    what = f"《{repair.document}》" if repair.document else f"编号 {repair.record} 的信息"
    return f"你单位（统一社会信用代码 {repair.subject.uscc}）就{what}"


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
