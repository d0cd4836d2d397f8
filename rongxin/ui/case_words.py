"""What pages say about cases: why a step is not possible, who takes it, what an event was."""

from typing import Final

from django.utils.translation import gettext as _

from rongxin.accounts.matrix import matrix
from rongxin.accounts.permissions import Role
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.barring import Bar, Barred
from rongxin.workflow.models import CaseEvent, EventKind
from rongxin.workflow.registry import procedure
from rongxin.workflow.table import Party, Step

# What a person can put right in the form; everything else is told beside the action.
IN_THE_FORM: Final = frozenset(
    {Bar.NO_REASON, Bar.REASON_TOO_LONG, Bar.NAMES_A_NUMBER, Bar.BAD_ANSWER, Bar.CONTRARY, Bar.LONGEST}
)


def people(step: Step) -> str:
    """Who takes the step."""
    if not step.is_for_people:
        return _("平台到期自动办理") if step.on_lapse else _("平台")
    offices = {Party.OWNER: _("责任单位"), Party.HANDLER: _("承办单位"), Party.CREDIT_OFFICE: _("信用牵头部门")}
    officers = (
        _("%(office)s%(role)s") % {"office": offices[each.of], "role": lang(matrix().roles[each.role].title)}
        for each in step.who
    )
    return _("、").join((*officers, *(lang(each.title) for each in step.outside)))


def why_not(barred: Barred, step: Step) -> str:
    """Why the step is not possible, in one sentence."""
    most = {"n": barred.most or 0}
    match barred.bar:
        case Bar.NOT_YOURS:
            return _("由%(who)s办理。") % {"who": people(step)}
        case Bar.GUARD | Bar.CONTRARY:
            return lang(barred.words) if barred.words else ""
        case Bar.BAD_ANSWER:
            return _("请填写“%(field)s”。") % {"field": lang(barred.words) if barred.words else ""}
        case Bar.LONGEST:
            return _("最多还能延长 %(n)s 个工作日。") % most if most["n"] > 0 else _("已经延长到最长。")
        case Bar.REASON_TOO_LONG:
            return _("理由太长，请写在 %(n)s 个字以内。") % most
    return {
        Bar.NOT_FROM_HERE: _("案件已不在这一环节。"),
        Bar.PLATFORM_ONLY: _("由平台自动办理。"),
        Bar.SECOND_PERSON: _("须由另一人办理：前面的环节是您办的。"),
        Bar.NOT_YET_OVER: _("期限还没有满。"),
        Bar.ALREADY_OVER: _("期限已满，不能再延长。"),
        Bar.NO_TERM: _("现行规则里没有这一期限，不能办理。请联系信用牵头部门。"),
        Bar.NO_REASON: _("请写明理由。"),
        Bar.NAMES_A_NUMBER: _("理由里有号码（证件、电话、账号等），请删去。"),
    }[barred.bar]


def doer(event: CaseEvent) -> str:
    """Who did it: role and name of that moment, or the platform."""
    if event.by is None:
        return _("平台")
    return f"{lang(matrix().roles[Role(event.role)].title)} {event.by.display_name}"


def told(event: CaseEvent) -> str:
    """What happened, in a few words."""
    payload = event.payload
    match event.kind:
        case EventKind.STEP:
            return _step_told(event)
        case EventKind.WARNED:
            return _("临近到期提醒：还剩 %(n)s 个工作日") % {"n": payload.get("left", "")}
        case EventKind.ESCALATED:
            return _("逾期 %(n)s 个工作日，转信用牵头部门督办") % {"n": payload.get("workdays_late", "")}
        case EventKind.DUE_MOVED:
            return _("放假安排有变，到期日调整为 %(due)s") % {"due": event.due_on or ""}
    return _("逾期") if event.kind == EventKind.OVERDUE else lang(procedure(event.case.kind).opening)


def _step_told(event: CaseEvent) -> str:
    step = procedure(event.case.kind).by_step.get(event.step)
    words = lang(step.title) if step else event.step
    if step and step.extends:
        return _("%(step)s %(n)s 个工作日") % {"step": words, "n": event.payload.get("days", "")}
    return words


def answers(event: CaseEvent) -> str:
    """What was filled in with the step, as the form named it."""
    step = procedure(event.case.kind).by_step.get(event.step)
    parts = []
    for ask in step.asks if step else ():
        value = event.payload.get(ask.name)
        if value is not None:
            shown = dict(ask.choices).get(str(value))
            parts.append(f"{lang(ask.title)}：{lang(shown) if shown else value}")
    return "；".join(parts)
