"""What the steps of an objection do."""

from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.documents.sheets import basis_of, template_of
from rongxin.engine.cells import document_key
from rongxin.policy.words import Title
from rongxin.records.actions import note
from rongxin.records.models import Effect
from rongxin.records.standing import is_of, number_of
from rongxin.remedies.objections import disputes
from rongxin.remedies.objections.models import Ground, Objection, Outcome
from rongxin.remedies.objections.rules import ENDS_DISPLAY, Facts, mismatch, not_done
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.models import Case
from rongxin.workflow.papers import issue_in
from rongxin.workflow.statements import AN_ANSWER
from rongxin.workflow.table import Answer, Taken
from rongxin.workflow.words import demand_names_nobody

TEMPLATE = "objection_answer"


def of(case: Case) -> Objection:
    """The objection of a case."""
    return Objection.objects.select_related("subject__merged_into", "case__owner").get(case=case)


def draft(taken: Taken) -> None:
    """Keep what is proposed, if it answers the ground and tells of no person."""
    demand_names_nobody(taken, AN_ANSWER)
    objection, outcome = of(taken.case), str(taken.answers["outcome"])
    if words := mismatch(objection.ground, outcome):
        raise NotPossible(Barred(Bar.GUARD, words))
    Objection.objects.filter(pk=objection.pk).update(outcome=outcome, answer=taken.reason)


def answer(taken: Taken) -> dict[str, Answer]:
    """Carry the outcome out and tell it in a document of the provider."""
    assert taken.by is not None
    demand(taken.by, Action.DOCUMENT_ISSUE, taken.case.owner)
    objection = _with_record(of(taken.case))
    if words := not_done(objection.ground, objection.outcome, objection.version, _facts(objection)):
        raise NotPossible(Barred(Bar.GUARD, words))
    if objection.outcome in ENDS_DISPLAY:
        _end_display(objection, taken)
    if objection.outcome == Outcome.UNDECIDED and objection.ground != Ground.MISSING:
        Objection.objects.filter(pk=objection.pk).update(is_statement_shown=True)
    _over(objection, taken)
    return issue_in(taken, TEMPLATE, _values(objection, taken), authority=taken.case.owner)


def ask_review(taken: Taken) -> None:
    """The record is disputed again while the answer is reviewed."""
    objection = of(taken.case)
    if objection.record and taken.by is not None:
        disputes.begin(objection.record, case=taken.case.number, by=taken.by.username)


def reopen(taken: Taken) -> None:
    """The review found the answer wrong: the provider answers anew, and nothing that it proposed stands."""
    Objection.objects.filter(case=taken.case).update(outcome="", answer="", is_statement_shown=False)


def over(taken: Taken) -> None:
    """The objection is over: the mark goes."""
    _over(of(taken.case), taken)


def is_reviewable(case: Case, _who: object) -> Title | None:
    """What ended as the enterprise asked needs no review."""
    if of(case).outcome in (Outcome.UNFOUNDED, Outcome.UNDECIDED):
        return None
    return Title(zh="已经按异议办理，不需要复核。", en="It was done as asked; nothing is to be reviewed.")


def _over(objection: Objection, taken: Taken) -> None:
    if objection.record:
        disputes.end(objection.record, case=taken.case.number, by=taken.by.username if taken.by else "")


def _with_record(objection: Objection) -> Objection:
    """What was missing has its number once it is here."""
    if not objection.record and objection.document:
        firm = objection.subject.merged_into or objection.subject
        found = number_of(firm, document_key(objection.document))
        if found is not None:
            objection.record = found
            objection.save(update_fields=["record"])
    return objection


def _facts(objection: Objection) -> Facts | None:
    found = disputes.standing_for(objection)
    if found is None:
        return None
    firm = objection.subject.merged_into or objection.subject
    return Facts(found.record.version, found.is_displayed, found.is_withdrawn, is_of(found, firm))


def _end_display(objection: Objection, taken: Taken) -> None:
    assert taken.by is not None
    found = disputes.standing_for(objection)
    if found is None or found.is_withdrawn:
        return
    demand(taken.by, Action.RECORD_WITHDRAW, found.record.provider)
    note(
        found.record,
        Effect.WITHDRAWN,
        by=taken.by.username,
        basis=f"异议 {taken.case.number}：{Outcome(objection.outcome).label}",
        told=taken.case.number,
        reason="经核实企业提出的异议，停止公示。",
    )


def _values(objection: Objection, taken: Taken) -> dict[str, object]:
    policy, firm = rulebook.current(), objection.subject
    opened, what = taken.case.opened_at, f"（{objection.document}）" if objection.document else ""
    after = {
        Outcome.UNDECIDED: "在查清以前，你单位的说明将附注在这条记录旁边。",
        Outcome.UNFOUNDED: "“异议中”标注自今日起取消。",
    }.get(Outcome(objection.outcome), "本平台已经同时处理，并通知使用过这条记录的单位。")
    return {
        "title": "关于信用信息异议的答复",
        "addressee": firm.name,
        "paragraphs": [
            f"你单位（统一社会信用代码 {firm.uscc}）于{opened:%Y}年{opened.month}月{opened.day}日就信用信息{what}提出异议"
            f"（{taken.case.number}，{Ground(objection.ground).label}）。经核实，答复如下：",
            f"{Outcome(objection.outcome).label}。{objection.answer}",
            after,
            "你单位对本答复不服的，可以在企业窗口申请复核；也可以依法申请行政复议或者提起行政诉讼。办理异议不收取任何费用。",
        ],
        "basis": basis_of(policy, template_of(policy, TEMPLATE)),
    }
