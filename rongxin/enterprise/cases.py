"""我的办件: what is under way about a firm, and one case of it: where it stands, what the firm can do, what it handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.permissions import Action
from rongxin.documents import queries as papers
from rongxin.documents.models import Document
from rongxin.enterprise.case_panels import Panel, panels_of
from rongxin.enterprise.frame import access_of, demanded, enterprise_only, login_of, show
from rongxin.entrance.gate import gives_file
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.primitives.whole_numbers import whole_number
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.queries import codes_of
from rongxin.ui import case_words
from rongxin.ui.cases import ActionView, FieldView, StepperItem, TimeLeft, stepper, time_left
from rongxin.ui.downloads import file_download
from rongxin.ui.evidence import EvidenceLine, evidence_line, keep_handed_in
from rongxin.workflow import queries
from rongxin.workflow.actions import LONGEST_REASON, Stale, UnknownStep, take_step
from rongxin.workflow.answers import asked
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.evidence import MOST, content_of, evidence_of, may_attach
from rongxin.workflow.models import Case, CaseEvent, EventKind, Evidence
from rongxin.workflow.papers import documents_of
from rongxin.workflow.registry import procedure
from rongxin.workflow.table import Step

PAGE_SIZE: Final = 20
_TELLING: Final = (EventKind.OPENED, EventKind.STEP)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case in a list: of the firm's, or beside the record that it is about."""

    url: str
    number: str
    kind_title: Title
    title: str
    office: str
    opened_on: date
    state_title: Title
    is_open: bool
    time_left: TimeLeft


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesPage:
    """``enterprise/cases.html``."""

    name: str
    uscc: str
    lines: Page[CaseLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """A line of the history: what happened and by which side, without the names of officers."""

    at: datetime
    text: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """A document of the case."""

    url: str
    title: str
    number: str
    issued_on: date
    is_withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """``enterprise/case.html``. ``seen`` goes with every form: the position of the case at which the page was made."""

    name: str
    uscc: str
    number: str
    title: str
    kind_title: Title
    office: str
    state_title: Title
    is_open: bool
    waits_for: str
    stepper: tuple[StepperItem, ...]
    time_left: TimeLeft
    actions: tuple[ActionView, ...]
    panels: tuple[Panel, ...]
    events: tuple[EventLine, ...]
    evidence: tuple[EvidenceLine, ...]
    may_attach: bool
    papers: tuple[PaperLine, ...]
    seen: int
    longest_reason: int = LONGEST_REASON
    most: int = MOST


@enterprise_only
@require_safe
def listing(request: HttpRequest, uscc: str) -> HttpResponse:
    """The cases of the firm, open ones first."""
    firm = demanded(request, uscc, Action.FILE_READ).firm
    policy, today = rulebook.current(), timezone.localdate()
    numbered = Paginator(queries.of_firm(codes_of(firm)), PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [case_line(case, uscc, policy, today) for case in numbered]
    part = Page(lines, numbered.number, cast("Paginator[CaseLine]", numbered.paginator))
    return show(request, "enterprise/cases.html", CasesPage(name=firm.name, uscc=uscc, lines=part), firm=uscc)


@enterprise_only
@require_safe
def detail(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """One case."""
    mandate, case = _own(request, uscc, number)
    return show(request, "enterprise/case.html", _page(request, mandate, case, uscc), firm=uscc)


@enterprise_only
@require_POST
def take(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """Take a step that is the firm's."""
    mandate, case = _own(request, uscc, number)
    given, name = request.POST, request.POST.get("step", "")
    try:
        event = take_step(
            number,
            name,
            by=login_of(request),
            seen=whole_number(given.get("seen", "")) or 0,
            reason=given.get("reason", ""),
            answers=given.dict(),
        )
    except UnknownStep:
        raise Http404 from None
    except Stale:
        messages.warning(request, _("没有办理：页面打开后情况有变，请看现在的情况再定。"))
    except NotPossible as refused:
        step = procedure(case.kind).by_step[name]
        sentence = case_words.why_not(refused.barred, step)
        if refused.barred.bar in case_words.IN_THE_FORM:
            page = _page(request, mandate, case, uscc, tried=name, error=sentence, given=given)
            return show(request, "enterprise/case.html", page, firm=uscc, status=422)
        messages.error(request, _("没有办成：%(why)s") % {"why": sentence})
    else:
        event.case = case
        messages.success(request, _("已办理：%(step)s。") % {"step": case_words.told(event)})
    return redirect(address(uscc, case))


@enterprise_only
@require_POST
def hand_in(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """Hand in files for the case; each is told by itself."""
    _mandate, case = _own(request, uscc, number)
    keep_handed_in(request, case, login_of(request))
    return redirect(f"{address(uscc, case)}#evidence")


@enterprise_only
@require_safe
@gives_file
def evidence(request: HttpRequest, uscc: str, number: str, pk: int) -> HttpResponse:
    """A file that was handed in."""
    _mandate, case = _own(request, uscc, number)
    found = Evidence.objects.select_related("case").filter(case=case, pk=pk).first()
    if found is None:
        raise Http404
    return file_download(found.name, content_of(found, _access(request, case)), found.media_type)


@enterprise_only
@require_safe
@gives_file
def paper(request: HttpRequest, uscc: str, number: str, code: str) -> HttpResponse:
    """A document of the case as it was issued."""
    _mandate, case = _own(request, uscc, number)
    found = next((each.document for each in documents_of(case) if each.document.code == code), None)
    if found is None:
        raise Http404
    return file_download(f"{found.number}.pdf", papers.content(found, _access(request, case)), "application/pdf")


def address(uscc: str, case: Case) -> str:
    """The page of a case in the firm's window."""
    return reverse("enterprise:case", args=[uscc, case.number])


def case_line(case: Case, uscc: str, policy: Policy, today: date) -> CaseLine:
    """A case in a list of the firm's window."""
    table = procedure(case.kind)
    return CaseLine(
        url=address(uscc, case),
        number=case.number,
        kind_title=table.title,
        title=case.title,
        office=case.owner.name,
        opened_on=timezone.localdate(case.opened_at),
        state_title=table.by_state[case.state].title,
        is_open=case.is_open,
        time_left=time_left(case, policy, today),
    )


def _own(request: HttpRequest, uscc: str, number: str) -> tuple[Mandate, Case]:
    mandate = demanded(request, uscc, Action.FILE_READ)
    case = queries.of_firm(codes_of(mandate.firm)).filter(number=number).first()
    if case is None:
        raise Http404
    return mandate, case


def _access(request: HttpRequest, case: Case) -> Access:
    return access_of(request, Purpose.OWN, case.number)


def _page(
    request: HttpRequest,
    mandate: Mandate,
    case: Case,
    uscc: str,
    *,
    tried: str = "",
    error: str = "",
    given: Mapping[str, str] | None = None,
) -> CasePage:
    login, table, access = login_of(request), procedure(case.kind), _access(request, case)
    events = queries.history_of(case, access)
    possible = queries.possible_steps(case, login, events)
    waiting = [each.step for each in possible if each.step.target and each.step.is_task]
    return CasePage(
        name=mandate.firm.name,
        uscc=uscc,
        number=case.number,
        title=case.title,
        kind_title=table.title,
        office=case.owner.name,
        state_title=table.by_state[case.state].title,
        is_open=case.is_open,
        waits_for=_waits_for(waiting),
        stepper=stepper(case, table, events, names_officers=False),
        time_left=time_left(case, rulebook.current(), timezone.localdate()),
        actions=tuple(
            _action(each.step, case, uscc, tried, error, given or {}) for each in possible if each.barred is None
        ),
        panels=panels_of(case, access),
        events=tuple(_event(event, case) for event in reversed(events) if event.kind in _TELLING),
        evidence=tuple(_evidence(each, uscc, case) for each in evidence_of(case, access)),
        may_attach=case.is_open and may_attach(case, login),
        papers=tuple(_paper(each.document, uscc, case) for each in documents_of(case)),
        seen=case.position,
    )


def _waits_for(steps: list[Step]) -> str:
    if any(step.outside for step in steps):
        return _("本企业")
    return _("办理单位") if any(step.who for step in steps) else ""


def _action(step: Step, case: Case, uscc: str, tried: str, error: str, given: Mapping[str, str]) -> ActionView:
    was_tried = step.name == tried
    return ActionView(
        step=step,
        form_url=reverse("enterprise:case_take", args=[uscc, case.number]),
        leads_to=procedure(case.kind).by_state[step.target].title if step.target else None,
        why_not="",
        fields=tuple(FieldView(ask=ask, value=given.get(ask.name, "") if was_tried else "") for ask in asked(step)),
        reason=given.get("reason", "") if was_tried else "",
        error=error if was_tried else "",
    )


def _event(event: CaseEvent, case: Case) -> EventLine:
    event.case = case
    step = procedure(case.kind).by_step.get(event.step)
    is_office = event.department is not None
    is_told = not is_office or (step is not None and step.reason_is_told)
    by = event.department.name if event.department else (_("本企业") if event.by else _("平台"))
    return EventLine(at=event.at, text=case_words.told(event), by=by, reason=event.reason if is_told else "")


def _evidence(each: Evidence, uscc: str, case: Case) -> EvidenceLine:
    url = reverse("enterprise:case_evidence", args=[uscc, case.number, each.pk])
    return evidence_line(each, url=url, by=each.department.name if each.department else _("本企业"))


def _paper(document: Document, uscc: str, case: Case) -> PaperLine:
    return PaperLine(
        url=reverse("enterprise:case_paper", args=[uscc, case.number, document.code]),
        title=document.title,
        number=document.number,
        issued_on=document.issued_on,
        is_withdrawn=document.withdrawal is not None,
    )
