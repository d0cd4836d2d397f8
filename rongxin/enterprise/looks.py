"""谁看过我的档案 and 档案变动: what the ledger says of a firm, its proof, and asking why."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rongxin.accounts.access import PURPOSES
from rongxin.accounts.permissions import Action
from rongxin.disclosure import looks
from rongxin.disclosure.looks import BookView, Line, NoSuchEvent, Wanted
from rongxin.enterprise.frame import demanded, enterprise_only, show
from rongxin.ledger.entries import Kind
from rongxin.ledger.proving import NotProvable
from rongxin.ledger.reading import Book
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.words import Title
from rongxin.primitives.whole_numbers import whole_number
from rongxin.remedies.inquiries.actions import ask_about_event
from rongxin.remedies.inquiries.workflow import INQUIRY, TERM
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates.models import Mandate
from rongxin.ui.cases import TimeLeft, time_left
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Choice, Tab
from rongxin.ui.templatetags.rongxin import lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What became of asking about an event."""

    number: str
    state: Title
    is_open: bool
    time_left: TimeLeft
    outcome: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An event in the table."""

    line: Line
    asked: Asked | None
    may_ask: bool
    url: str
    proof_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksPage:
    """``enterprise/looks.html`` and ``enterprise/changes.html``. ``view`` None: nothing was ever logged of the firm."""

    name: str
    uscc: str
    view: BookView | None
    tabs: tuple[Tab, ...] = ()
    books: tuple[Tab, ...] = ()
    lines: tuple[EventLine, ...] = ()
    last_number: int = 0
    departments: tuple[Choice, ...] = ()
    purposes: tuple[Choice, ...] = ()
    months: tuple[Choice, ...] = ()
    month: date | None = None
    is_filtered: bool = False
    more_url: str = ""
    csv_url: str = ""
    stream_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPage:
    """``enterprise/look.html``: one event, what it says, and asking why. ``days`` None: no term is in force."""

    name: str
    uscc: str
    book: str
    event: EventLine
    days: int | None
    log: str
    records_url: str


@enterprise_only
@require_safe
def looked(request: HttpRequest, uscc: str) -> HttpResponse:
    """Who looked at the file of the firm."""
    mandate = demanded(request, uscc, Action.LOOK_READ)
    return show(request, "enterprise/looks.html", _page(request, mandate, looks.LOOKS, "looks"), firm=uscc)


@enterprise_only
@require_safe
def changed(request: HttpRequest, uscc: str) -> HttpResponse:
    """What became of the file of the firm."""
    mandate = demanded(request, uscc, Action.LOOK_READ)
    return show(request, "enterprise/changes.html", _page(request, mandate, looks.CHANGES, "changes"), firm=uscc)


@enterprise_only
@require_safe
def looked_csv(request: HttpRequest, uscc: str) -> HttpResponse:
    """The looks that the page would show, as CSV (UTF-8 with mark)."""
    mandate = demanded(request, uscc, Action.LOOK_READ)
    heads = (
        _("序号"), _("时间"), _("单位"), _("身份"), _("用途"), _("案件号或批次号"), _("方式"), _("内容"),
        _("内容类别"), _("件数"), _("情况"), _("询问"),
    )  # fmt: skip
    policy = rulebook.current()
    try:
        lines = looks.all_lines(mandate, request.GET.get("book", ""), looks.LOOKS, _wanted(request))
    except NoSuchEvent:
        raise Http404 from None
    rows = [
        (
            line.head.number,
            timezone.localtime(line.head.at).strftime("%Y-%m-%d %H:%M:%S"),
            line.department.name if line.department else (_("本企业") if line.is_own else ""),
            *(
                (lang(line.role), lang(line.purpose), line.case, lang(line.act), lang(line.what), lang(line.fields))
                if line.said
                else ("",) * 6
            ),
            line.count,
            _state(line),
            _asked_words(line, policy),
        )
        for line in lines
    ]
    return csv_download(f"looks-{mandate.firm.uscc}-{timezone.localdate().isoformat()}.csv", heads, rows)


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, uscc: str, book: str, number: int) -> HttpResponse:
    """One event; asking why it happened, once."""
    mandate = demanded(request, uscc, Action.LOOK_ASK if request.method == "POST" else Action.LOOK_READ)
    kept, line = _found(mandate, book, number)
    if request.method == "POST":
        if line.department is None or not line.is_look:
            raise Http404
        event = looks.event_key(kept, line.head)
        inquiry = ask_about_event(mandate, line.department, event=event, happened_on=line.head.on, reference=line.case)
        asked = {"department": line.department.name, "number": inquiry.case.number}
        told = (
            _("已经向%(department)s提出询问（%(number)s），答复期限从今天的次日起算。")
            if inquiry.case.due_on
            else _("已经向%(department)s提出询问（%(number)s）。现行规则没有答复期限，所以不计期限。")
        )
        messages.success(request, told % asked)
        return redirect("enterprise:look", uscc, book, number)
    policy = rulebook.current()
    page = LookPage(
        name=mandate.firm.name,
        uscc=uscc,
        book=book,
        event=_event(mandate, book, line, policy),
        days=_days(policy),
        log=kept.log.origin,
        records_url=reverse("enterprise:look_records", args=[uscc, book, number]) if line.of_records else "",
    )
    return show(request, "enterprise/look.html", page, firm=uscc)


@enterprise_only
@require_safe
def proof(request: HttpRequest, uscc: str, book: str, number: int) -> HttpResponse:
    """The proof of one event, to be checked without the platform."""
    mandate = demanded(request, uscc, Action.LOOK_READ)
    try:
        bundle = looks.proof_of(mandate, book, number)
    except NoSuchEvent:
        raise Http404 from None
    except NotProvable:
        return _not_yet(request, reverse("enterprise:look", args=[uscc, book, number]))
    return _file(f"{uscc}-{book}-{number}.ledger-proof.json", bundle)


@enterprise_only
@require_safe
def records(request: HttpRequest, uscc: str, book: str, number: int) -> HttpResponse:
    """The lines whose SHA-256 is what one event says of a set of records."""
    mandate = demanded(request, uscc, Action.LOOK_READ)
    try:
        lines = looks.records_of(mandate, book, number)
    except NoSuchEvent:
        raise Http404 from None
    if lines is None:
        messages.error(request, _("现在保存的记录算不出这一项记下的指纹。请下载证明保存好，并告诉主办单位和审计机关。"))
        return redirect("enterprise:look", uscc, book, number)
    response = HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{uscc}-{book}-{number}.records.txt"'
    return response


@enterprise_only
@require_safe
def stream(request: HttpRequest, uscc: str, book: str) -> HttpResponse:
    """The proof of everything that a log says of the firm."""
    mandate = demanded(request, uscc, Action.LOOK_READ)
    try:
        bundle = looks.proof_of_all(mandate, book)
    except NoSuchEvent:
        raise Http404 from None
    except NotProvable:
        return _not_yet(request, reverse("enterprise:looks", args=[uscc]))
    return _file(f"{uscc}-{book}.ledger-stream.json", bundle)


def _page(request: HttpRequest, mandate: Mandate, kinds: Collection[Kind], here: str) -> LooksPage:
    firm, wanted = mandate.firm, _wanted(request)
    try:
        view = looks.view(mandate, request.GET.get("book", ""), kinds, wanted)
    except NoSuchEvent:
        raise Http404 from None
    if view is None:
        return LooksPage(name=firm.name, uscc=firm.uscc, view=None)
    policy, url = rulebook.current(), reverse(f"enterprise:{here}", args=[firm.uscc])
    query = request.GET.copy()
    query.pop("before", None)
    is_newest = view.name == view.books[0][0]
    book = "" if is_newest else f"?book={view.name}"
    return LooksPage(
        name=firm.name,
        uscc=firm.uscc,
        view=view,
        tabs=(
            Tab(
                label=_("谁看过"),
                url=reverse("enterprise:looks", args=[firm.uscc]) + book,
                is_current=here == "looks",
                number=view.looks,
            ),
            Tab(
                label=_("档案变动"),
                url=reverse("enterprise:changes", args=[firm.uscc]) + book,
                is_current=here == "changes",
                number=view.changes,
            ),
        ),
        books=tuple(
            Tab(label=name, url=f"{url}?book={name}", is_current=name == view.name) for name, _book in view.books
        ),
        lines=tuple(_event(mandate, view.name, line, policy) for line in view.lines),
        last_number=len(view.heads.events) - 1,
        departments=_departments(view, wanted),
        purposes=_purposes(wanted),
        months=_months(view, wanted),
        month=wanted.month,
        is_filtered=bool(wanted.department or wanted.purpose or wanted.month),
        more_url=f"{url}?{_with(query, before=view.next_before)}" if view.next_before is not None else "",
        csv_url=f"{reverse('enterprise:looks_csv', args=[firm.uscc])}?{query.urlencode()}",
        stream_url=reverse("enterprise:looks_stream", args=[firm.uscc, view.name]),
    )


def _with(query: Any, **changes: object) -> str:
    told = query.copy()
    for key, value in changes.items():
        told[key] = str(value)
    return str(told.urlencode())


def _wanted(request: HttpRequest) -> Wanted:
    """What an address asks for; what cannot be read asks for everything."""
    given = request.GET
    try:
        month = date.fromisoformat(f"{given.get('month', '')}-01")
    except ValueError:
        month = None
    return Wanted(
        department=given.get("department", "")[:32],
        purpose=given.get("purpose", "")[:32],
        month=month,
        before=whole_number(given.get("before", "")),
    )


def _found(mandate: Mandate, book: str, number: int) -> tuple[Book, Line]:
    try:
        return looks.line_of(mandate, book, number)
    except NoSuchEvent:
        raise Http404 from None


def _event(mandate: Mandate, book: str, line: Line, policy: Policy) -> EventLine:
    place = [mandate.firm.uscc, book, line.head.number]
    return EventLine(
        line=line,
        asked=_asked(line, policy),
        may_ask=line.may_be_asked and mandate.may(Action.LOOK_ASK),
        url=reverse("enterprise:look", args=place),
        proof_url=reverse("enterprise:look_proof", args=place) if line.is_signed else "",
    )


def _asked(line: Line, policy: Policy) -> Asked | None:
    inquiry = line.inquiry
    if inquiry is None:
        return None
    case = inquiry.case
    is_answered = case.state == "answered"
    return Asked(
        number=case.number,
        state=INQUIRY.by_state[case.state].title,
        is_open=case.is_open,
        time_left=time_left(case, policy, timezone.localdate()),
        # What is only drafted is not yet the department's word.
        outcome=inquiry.get_outcome_display() if is_answered else "",
        answer=inquiry.answer if is_answered else "",
    )


def _days(policy: Policy) -> int | None:
    try:
        return policy.value(TERM, timezone.localdate()).count
    except NothingInForce:
        return None


def _departments(view: BookView, wanted: Wanted) -> tuple[Choice, ...]:
    known = {each.code: each.name for each in view.departments}
    if wanted.department:
        known.setdefault(wanted.department, wanted.department)
    return (
        Choice(value="", label=_("全部单位"), is_chosen=not wanted.department),
        *(Choice(value=code, label=name, is_chosen=code == wanted.department) for code, name in known.items()),
    )


def _purposes(wanted: Wanted) -> tuple[Choice, ...]:
    return (
        Choice(value="", label=_("全部用途"), is_chosen=not wanted.purpose),
        Choice(value=looks.OTHERS, label=_("不含本企业自己的"), is_chosen=wanted.purpose == looks.OTHERS),
        *(Choice(value=code, label=title, is_chosen=code == wanted.purpose) for code, title in PURPOSES.items()),
    )


def _months(view: BookView, wanted: Wanted) -> tuple[Choice, ...]:
    return (
        Choice(value="", label=_("全年"), is_chosen=wanted.month is None),
        *(
            Choice(value=f"{month:%Y-%m}", label=f"{month:%Y-%m}", is_chosen=month == wanted.month)
            for month, number in reversed(view.months)
            if number or month == wanted.month
        ),
    )


def _state(line: Line) -> str:
    if line.sealed is not None:
        return _("封存至 %(until)s（文书号 %(order)s）") % {"until": line.sealed.until, "order": line.sealed.order}
    return "" if line.said is not None else _("内容已依法销毁")


def _asked_words(line: Line, policy: Policy) -> str:
    asked = _asked(line, policy)
    return f"{asked.number} {lang(asked.state)}" if asked else ""


def _not_yet(request: HttpRequest, url: str) -> HttpResponseRedirect:
    messages.warning(request, _("这一项还没有签署进检查点。检查点每分钟签署一次，请过一会儿再下载。"))
    return HttpResponseRedirect(url)


def _file(name: str, bundle: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(json.dumps(bundle, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
