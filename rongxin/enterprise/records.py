"""A record of the firm for itself: why it stands here, until when, and what can be done about it now."""

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rongxin.accounts.access import Access
from rongxin.accounts.permissions import Action
from rongxin.disclosure.own_record import OwnRecord, own_record
from rongxin.documents import queries as papers
from rongxin.enterprise.cases import CaseLine, address, case_line
from rongxin.enterprise.firms import WHY
from rongxin.enterprise.frame import access_of, demanded, enterprise_only, show
from rongxin.entrance.gate import gives_file
from rongxin.exchange.recipients.own import of_firm as ended_of
from rongxin.policy.repair import Way
from rongxin.records.display import Moment
from rongxin.records.own import Unshown
from rongxin.records.standing import standing_of
from rongxin.records.supports import Relation, relations_of
from rongxin.remedies.objections.queries import objections_to
from rongxin.remedies.repairs.notice import NoNotice, notice_for
from rongxin.remedies.repairs.queries import repairs_of
from rongxin.remedies.unwinding.queries import numbers_unwound
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates.models import Mandate
from rongxin.ui.downloads import file_download
from rongxin.ui.drawing import Term
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.models import Case

OPEN_TO: Final = (Way.OPEN, Way.TOO_EARLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """Something that can be done about the record. ``url`` empty: not now; ``note`` says why and from when."""

    icon: str
    title: str
    note: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationLine:
    """Another record that this one rests on, or that rests on this one. ``url`` empty: it is none of the firm's pages."""

    name: str
    authority: str
    url: str
    is_lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """``enterprise/record.html``. ``below``: what it rests on; ``above``: what rests on it."""

    name: str
    uscc: str
    record: OwnRecord
    why: str | Promise
    term: Term | None
    acts: tuple[ActLine, ...]
    cases: tuple[CaseLine, ...]
    below: tuple[RelationLine, ...]
    above: tuple[RelationLine, ...]


@enterprise_only
@require_safe
def detail(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """One record of the firm."""
    mandate = demanded(request, uscc, Action.FILE_READ)
    access = access_of(request)
    record = demanded_record(mandate, number, access)
    objections, repairs = objections_to([number]).get(number, []), repairs_of([number]).get(number, [])
    found = [*(each.case for each in objections), *(each.case for each in repairs)]
    cases = sorted(found, key=lambda case: case.opened_at, reverse=True)
    policy, today = rulebook.current(), timezone.localdate()
    related = relations_of(record.envelope, policy)
    page = RecordPage(
        name=mandate.firm.name,
        uscc=uscc,
        record=record,
        why=(record.why_words and lang(record.why_words)) or (WHY[record.why] if record.why else ""),
        term=Term.of(record.decided_on, record.term, today) if record.why is None else None,
        acts=(*_acts(mandate, uscc, record, cases), *_undone(uscc, number)),
        cases=tuple(case_line(case, uscc, policy, today) for case in cases),
        below=tuple(_relation(each, uscc) for each in related.below),
        above=tuple(_relation(each, uscc) for each in related.above),
    )
    return show(request, "enterprise/record.html", page, firm=uscc)


def demanded_record(mandate: Mandate, number: str, access: Access) -> OwnRecord:
    """The record of the address, that is the firm's; what is not is not found."""
    found = own_record(mandate.firm, number, rulebook.current(), Moment.now(), access)
    if found is None:
        raise Http404
    return found


def _undone(uscc: str, number: str) -> tuple[ActLine, ...]:
    """Where it is told what was undone because of the record, if anything was."""
    if number not in numbers_unwound([number]):
        return ()
    url = reverse("enterprise:effects", args=[uscc, number])
    note = _("依据它的认定怎么处理了，哪些单位什么时候收到更正通知")
    return (ActLine(icon="eraser", title=_("消除影响"), note=note, url=url),)


@enterprise_only
@require_safe
@gives_file
def notice(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """The notice of repair that goes with the decision."""
    mandate = demanded(request, uscc, Action.FILE_READ)
    access = access_of(request)
    demanded_record(mandate, number, access)
    found = standing_of(number, rulebook.current())
    if found is None:
        raise Http404
    try:
        document = notice_for(found, access)
    except NoNotice:
        raise Http404 from None
    return file_download(f"{document.number}.pdf", papers.content(document, access), "application/pdf")


def _acts(mandate: Mandate, uscc: str, record: OwnRecord, cases: list[Case]) -> tuple[ActLine, ...]:
    running = {case.kind: case for case in cases if case.is_open}
    acts = [
        _repair_line(mandate, uscc, record, running.get("repair")),
        _reorganisation_line(mandate, uscc, record, running.get("repair")),
        _object_line(mandate, uscc, record, running),
    ]
    if record.prospect.way in (*OPEN_TO, Way.OVER, Way.ELSEWHERE) and record.why != Unshown.WITHDRAWN:
        acts.append(
            ActLine(
                icon="file-text",
                title=_("信用修复告知书"),
                note=_("什么时候、向谁、怎样修复，一页写清楚（PDF）。"),
                url=reverse("enterprise:repair_notice", args=[uscc, record.number]),
            )
        )
    if record.why is not None and ended_of(mandate.firm, record.number) is not None:
        acts.append(
            ActLine(
                icon="check",
                title=_("谁已经撤下"),
                note=_("每个数据接收单位什么时候确认撤下；可以下载同步证明、停止公示告知。"),
                url=reverse("enterprise:arrivals", args=[uscc, record.number]),
            )
        )
    return tuple(act for act in acts if act is not None)


def _relation(each: Relation, uscc: str) -> RelationLine:
    record = each.record
    return RelationLine(
        name=(record.document_number or record.number) if record else each.support.support,
        authority=record.authority if record else "",
        url=reverse("enterprise:record", args=[uscc, record.number]) if record else "",
        is_lost=each.is_lost,
    )


def _repair_line(mandate: Mandate, uscc: str, record: OwnRecord, running: Case | None) -> ActLine | None:
    found, title = record.prospect, _("申请修复")
    if running is not None:
        told = _("正在办理：%(number)s") % {"number": running.number}
        return ActLine(icon="rotate-clockwise-2", title=title, note=told, url=address(uscc, running))
    if found.way == Way.NOT_ADVERSE or record.why in (Unshown.REPAIRED, Unshown.WITHDRAWN):
        return None
    url = reverse("enterprise:repair", args=[uscc, record.number])
    if not mandate.may(Action.REPAIR_APPLY):
        note, url = _("您的授权里没有这一项。"), ""
    elif found.way == Way.OPEN:
        note = _("现在就可以申请，不收费；准予以后停止公示、共享和使用。")
    elif found.way == Way.TOO_EARLY and found.first_on:
        note, url = _("%(on)s 起可以申请。") % {"on": found.first_on.isoformat()}, ""
    else:
        note, url = _why_no_repair(record), ""
    return ActLine(icon="rotate-clockwise-2", title=title, note=note, url=url)


def _reorganisation_line(mandate: Mandate, uscc: str, record: OwnRecord, running: Case | None) -> ActLine | None:
    """A plan that a court approved waits for no shortest display."""
    if running is not None or record.prospect.way != Way.TOO_EARLY or record.why is not None:
        return None
    if not mandate.may(Action.REPAIR_APPLY):
        return None
    return ActLine(
        icon="building",
        title=_("重整、和解企业申请修复"),
        note=_("法院裁定批准重整计划或者认可和解协议的，不等最短公示期。"),
        url=reverse("enterprise:repair", args=[uscc, record.number]),
    )


def _why_no_repair(record: OwnRecord) -> str:
    match record.prospect.way:
        case Way.ELSEWHERE if record.prospect.where is not None:
            return lang(record.prospect.where)
        case Way.UNKNOWN_SEVERITY:
            return _("失信程度还没有确定，没有公示；认为有误的，可以提出异议。")
    return _("公示期已满，自动停止公示，不用申请。")


def _object_line(mandate: Mandate, uscc: str, record: OwnRecord, running: dict[str, Case]) -> ActLine | None:
    title = _("提出异议")
    if "objection" in running:
        case = running["objection"]
        told = _("正在办理：%(number)s") % {"number": case.number}
        return ActLine(icon="message-2-question", title=title, note=told, url=address(uscc, case))
    if record.why == Unshown.WITHDRAWN:
        return None
    if not mandate.may(Action.OBJECTION_MAKE):
        return ActLine(icon="message-2-question", title=title, note=_("您的授权里没有这一项。"))
    return ActLine(
        icon="message-2-question",
        title=title,
        note=_("有误、不是本企业的、已经到期、不应当列入的，都可以提；提出以后即时标注“异议中”。"),
        url=reverse("enterprise:object", args=[uscc, record.number]),
    )
