"""A record as its department sees it, and taking it off display: the ground, the time limit, what the public is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import access_of, kind_title, officer_of, officer_only, show
from rongxin.desk.supports import SupportsCard, card
from rongxin.disclosure.facts import public_label
from rongxin.disclosure.records import EVENTS
from rongxin.engine.cells import document_key
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.repair import Way, prospect
from rongxin.policy.words import Severity, Title
from rongxin.records import withdrawing
from rongxin.records.clearing import fields_to_clear
from rongxin.records.withdrawing import (
    AFTER_A_DECISION,
    LABELS,
    LONGEST_REASON,
    Ground,
    Kept,
    NotPossible,
    Problem,
    Wish,
)
from rongxin.rulebook import queries as rulebook
from rongxin.ui.clock import ClockDay, clock_days
from rongxin.ui.downloads import csv_download

LONGEST_QUESTION: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """An act in the list of those found."""

    url: str
    number: str
    document_number: str
    party: str
    kind_title: Title
    provider: str
    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnRow:
    """A withdrawal of late."""

    url: str
    document_number: str
    party: str
    at: datetime
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsPage:
    """``desk/records.html``: ``q`` is the question, ``found`` its answer."""

    q: str
    found: tuple[RecordRow, ...]
    withdrawn: tuple[WithdrawnRow, ...]
    download_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundChoice:
    """A ground that may be chosen; ``follows_a_decision``: the day of the new decision is asked."""

    value: str
    label: Title
    is_chosen: bool
    follows_a_decision: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitView:
    """The time that a withdrawal may take after the new decision, and how it stands today."""

    due: date
    days: int
    is_provisional: bool
    is_over: bool
    clock: tuple[ClockDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """Something that happened to the act, with who noted it and on what basis."""

    at: datetime
    text: str
    by: str
    basis: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLink:
    """A text of the record that is cleared on a page of its own."""

    label: Title
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawForm:
    """What was filled in, to be shown again after an error."""

    grounds: tuple[GroundChoice, ...]
    decided_on: str = ""
    words: str = ""
    basis: str = ""
    longest: int = LONGEST_REASON
    error: str = ""
    ask_names_nobody: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecordPage:
    """``desk/record.html``. ``form`` is given to who may withdraw the record while it is not withdrawn."""

    number: str
    title: str
    kind_title: Title
    document_number: str
    party: str
    party_code: str
    subject: str
    authority: str
    provider: str
    decided_on: date
    recorded_at: datetime
    version: int
    is_displayed: bool
    is_withdrawn: bool
    why_not: str
    public_url: str
    notice_url: str
    texts: tuple[TextLink, ...]
    events: tuple[EventRow, ...]
    today: date
    rests: SupportsCard
    form: WithdrawForm | None = None
    bar: str = ""
    limit: LimitView | None = None
    clock_url: str = ""
    arrivals_url: str = ""


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Find a record of the department; what was withdrawn of late."""
    officer, policy = _officer(request), rulebook.current()
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    page = RecordsPage(
        q=question,
        found=tuple(
            RecordRow(
                url=reverse("desk:kept_record", args=[record.number]),
                number=record.number,
                document_number=record.document_number,
                party=record.party_name,
                kind_title=kind_title(record.kind, policy),
                provider=record.provider.short_name,
                decided_on=record.decided_on,
            )
            for record in withdrawing.find(officer, question, document_key(question))
        ),
        withdrawn=_withdrawn(officer),
        download_url=reverse("desk:withdrawn_csv"),
    )
    return show(request, "desk/records.html", page)


@officer_only
@require_safe
def withdrawn_csv(request: HttpRequest) -> HttpResponse:
    """The department's withdrawals as CSV."""
    heads = (_("文号"), _("行政相对人"), _("撤回时间"), _("公开的说明"), _("经办"))
    rows = (
        (row.document_number, row.party, row.at.isoformat(), row.reason, row.by)
        for row in _withdrawn(_officer(request))
    )
    return csv_download("withdrawn.csv", heads, rows)


def _officer(request: HttpRequest) -> Account:
    officer = officer_of(request)
    demand(officer, Action.BATCH_READ, officer.works_for)
    return officer


def _withdrawn(officer: Account) -> tuple[WithdrawnRow, ...]:
    return tuple(
        WithdrawnRow(
            url=reverse("desk:kept_record", args=[event.record.number]),
            document_number=event.record.document_number or event.record.number,
            party=event.record.party_name,
            at=event.effective_at,
            reason=event.reason or "",
            by=event.by,
        )
        for event in withdrawing.withdrawn_lately(officer)
    )


# ── one record ───────────────────────────────────────────────────────────────────────────────────────────────────────
@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One record; posting withdraws it."""
    officer, policy = _officer(request), rulebook.current()
    record = _own(officer, number)
    if request.method != "POST":
        return show(request, "desk/record.html", _page(_access(request, record), number, policy, _form(request)))
    demand(officer, Action.RECORD_WITHDRAW, record.provider)
    try:
        withdrawing.withdraw(number, _wish(request), by=officer)
    except NotPossible as bar:
        ask = bar.problem == Problem.MAY_NAME_A_PERSON
        form = _form(request, error=_problem(bar), ask_names_nobody=ask)
        page = _page(_access(request, record), number, policy, form)
        return show(request, "desk/record.html", page, status=422)
    messages.success(request, _("已撤回，即时生效。公示页只留下编号、时间、原因和单位。"))
    return redirect("desk:kept_record", number=number)


@officer_only
@require_safe
def clock(request: HttpRequest, number: str) -> HttpResponse:
    """The time limit after the new decision of the day asked for."""
    officer, policy = _officer(request), rulebook.current()
    limit = _limit(_day(request.GET.get("decided_on", "")), _own(officer, number), policy)
    return render(request, "desk/_withdraw_clock.html", {"limit": limit})


def _own(officer: Account, number: str) -> withdrawing.Envelope:
    record = withdrawing.own(officer, number)
    if record is None:
        raise Http404
    return record


def _access(request: HttpRequest, record: withdrawing.Envelope) -> Access:
    may = officer_of(request).may(Action.RECORD_WITHDRAW, record.provider)
    return access_of(request, Purpose.WITHDRAWAL if may else Purpose.INTAKE)


def _wish(request: HttpRequest) -> Wish:
    try:
        ground = Ground(request.POST.get("ground", ""))
    except ValueError:
        raise NotPossible(Problem.NO_GROUND) from None
    return Wish(
        ground=ground,
        basis=request.POST.get("basis", ""),
        words=" ".join(request.POST.get("words", "").split()),
        decided_on=_day(request.POST.get("decided_on", "")),
        names_nobody="names_nobody" in request.POST,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _problem(bar: NotPossible) -> str:
    return {
        Problem.ALREADY: _("这条记录已经撤回。"),
        Problem.NO_GROUND: _("请选择撤回的原因。"),
        Problem.NO_DECISION_DAY: _("请填写新决定的日期，撤回时限从那天起算。"),
        Problem.DECISION_DAY: _("新决定的日期要在原决定之后、今天以前。"),
        Problem.NO_BASIS: _("请填写内部依据：哪份文书、谁核实的。"),
        Problem.NO_WORDS: _("选择“其他原因”的，要向社会写明原因。"),
        Problem.TOO_LONG: _("说明太长，请写在 150 个字以内。"),
        Problem.NAMES_A_NUMBER: _("公开的说明里有号码（证件、电话、账号等），请删去。"),
        Problem.MAY_NAME_A_PERSON: _("公开的说明里可能写到个人：%(found)s。请删去；确实不是个人的，勾选确认后再撤回。")
        % {"found": "、".join(bar.found)},
    }[bar.problem]


def _form(request: HttpRequest, *, error: str = "", ask_names_nobody: bool = False) -> WithdrawForm:
    given = request.POST
    return WithdrawForm(
        grounds=tuple(
            GroundChoice(
                value=ground.value,
                label=LABELS[ground],
                is_chosen=given.get("ground") == ground,
                follows_a_decision=ground in AFTER_A_DECISION,
            )
            for ground in Ground
        ),
        decided_on=given.get("decided_on", ""),
        words=given.get("words", ""),
        basis=given.get("basis", ""),
        error=error,
        ask_names_nobody=ask_names_nobody,
    )


def _page(access: Access, number: str, policy: Policy, form: WithdrawForm) -> KeptRecordPage:
    officer, kept = access.actor, withdrawing.kept(access, number, policy)
    if kept is None:
        raise Http404
    record = kept.record
    may = officer.may(Action.RECORD_WITHDRAW, record.provider)
    kind = policy.kinds.get(record.kind)
    clears = kept.is_displayed and officer.may(Action.TEXT_CLEAR, record.provider)
    return KeptRecordPage(
        number=record.number,
        title=kept.title,
        kind_title=kind_title(record.kind, policy),
        document_number=record.document_number,
        party=record.party_name,
        party_code=record.party_code,
        subject=kept.subject.name if kept.subject else "",
        authority=record.authority,
        provider=record.provider.name,
        decided_on=record.decided_on,
        recorded_at=record.recorded_at,
        version=record.version,
        is_displayed=kept.is_displayed,
        is_withdrawn=kept.is_withdrawn,
        why_not=record.display_reason,
        public_url=reverse("portal:record", args=[record.number]),
        notice_url=reverse("desk:repair_notice", args=[record.number]) if _is_repairable(kept, kind) else "",
        texts=tuple(_text_links(kept, kind)) if kind and clears else (),
        events=tuple(
            EventRow(
                at=event.effective_at,
                text=_(EVENTS.get(event.effect, str(event.get_effect_display()))),
                by=event.by,
                basis=event.basis,
                reason=event.reason or "",
            )
            for event in kept.events
        ),
        today=timezone.localdate(),
        rests=card(officer, record, policy),
        form=form if may and not kept.is_withdrawn else None,
        bar="" if may else _("撤回由信息提供单位的审核员办理。"),
        limit=_limit(_day(form.decided_on), record, policy),
        clock_url=reverse("desk:withdraw_clock", args=[record.number]),
        arrivals_url="" if kept.is_displayed else reverse("desk:arrivals", args=[record.number]),
    )


def _is_repairable(kept: Kept, kind: RecordKind | None) -> bool:
    """Whether a notice of repair goes with it: it speaks against somebody, and how it can be repaired is known."""
    if kind is None or kept.is_withdrawn or kept.subject is None:
        return False
    record, today = kept.record, timezone.localdate()
    severity = Severity(record.severity)
    found = prospect(rulebook.current(), kind, severity, record.decided_on, record.valid_to, today)
    return found.way not in (Way.NOT_ADVERSE, Way.UNKNOWN_SEVERITY)


def _text_links(kept: Kept, kind: RecordKind) -> Iterator[TextLink]:
    for field in fields_to_clear(kind):
        if field in kept.filled:
            url = reverse("desk:text", args=[kept.record.number, field])
            yield TextLink(label=public_label(kind.fields[field]), url=url)


def _limit(decided_on: date | None, record: withdrawing.Envelope, policy: Policy) -> LimitView | None:
    today = timezone.localdate()
    if decided_on is None or not record.decided_on <= decided_on <= today:
        return None
    found = withdrawing.time_limit(decided_on, policy)
    if found is None:
        return None
    return LimitView(
        due=found.due,
        days=found.days,
        is_provisional=found.is_provisional,
        is_over=today > found.due and not found.is_provisional,
        clock=clock_days(decided_on, found.due, None, today, policy.calendar.is_workday),
    )
