"""Texts that may name persons: the queue, one text with its suggestions, many without any together, what was decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import access_of, kind_title, officer_of, officer_only, show
from rongxin.desk.text_marks import Mark, marked, marks_in, spans_of
from rongxin.disclosure.facts import public_label
from rongxin.disclosure.subjects import platform_began_on
from rongxin.disclosure.timing import Clock, clock_of
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.primitives.recognisers import suspects
from rongxin.records import clearing
from rongxin.records.clearing import DecisionOn, Place, Text, Verdict, Waiting, Wish, fields_to_clear
from rongxin.rulebook import queries as rulebook
from rongxin.ui.clock import ClockDay, clock_days
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Choice
from rongxin.ui.templatetags.rongxin import lang

PAGE_SIZE: Final = 30
TOGETHER: Final = 50
MOST_ROWS: Final = 500
LATELY: Final = 10
AHEAD: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A text that waits, without its words. ``suspects``: how much in it may tell of persons; ``clock`` None: no deadline."""

    url: str
    title: str
    document_number: str
    party: str
    kind_title: Title
    label: Title
    suspects: int
    decided_on: date
    provider: str
    clock: Clock | None
    due_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedLine:
    """A decision of late, with the way to the text."""

    url: str
    document_number: str
    label: Title
    decision: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsPage:
    """``desk/texts.html``. ``unsuspected``: of the texts shown, in how many nothing is suspected."""

    kinds: tuple[Choice, ...]
    texts: tuple[TextLine, ...]
    unsuspected: int
    together_url: str
    more_url: str
    download_url: str
    decided: tuple[DecidedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage:
    """``desk/text.html``: one text. ``text`` is the whole of it with the suggestions marked.

    ``decision`` is the one in force, ``shown`` what the public reads by it. ``last`` is what this officer decided before,
    another text. ``error`` says why nothing was decided.
    """

    line: TextLine
    text: SafeString
    digest: str
    marks: tuple[Mark, ...]
    words: str
    record_url: str
    public_url: str
    clock: tuple[ClockDay, ...]
    ahead: tuple[TextLine, ...]
    skip_url: str
    last: DecidedLine | None
    decision: str = ""
    shown: str = ""
    undo_url: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherPage:
    """``desk/texts_together.html``: texts in which nothing is suspected, to be shown together after reading: of each its line, what
    is posted for it, its words.
    """

    texts: tuple[tuple[TextLine, str, str], ...]
    error: str = ""


def _officer(request: HttpRequest) -> Account:
    officer = officer_of(request)
    demand(officer, Action.TEXT_CLEAR, officer.works_for)
    return officer


# ── the queue ────────────────────────────────────────────────────────────────────────────────────────────────────────
@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest decision first."""
    officer, policy = _officer(request), rulebook.current()
    kind = _kind(request, policy)
    texts = clearing.queue(officer, policy, kind=kind, after=_place(request), limit=PAGE_SIZE + 1)
    lines = _lines(texts[:PAGE_SIZE], policy)
    more = _query(kind, texts[PAGE_SIZE - 1], policy) if len(texts) > PAGE_SIZE else ""
    page = TextsPage(
        kinds=_kinds(policy, kind),
        texts=lines,
        unsuspected=sum(not line.suspects for line in lines),
        together_url=reverse("desk:texts_together"),
        more_url=f"?{more}" if more else "",
        download_url=reverse("desk:texts_csv") + (f"?{urlencode({'kind': kind})}" if kind else ""),
        decided=tuple(_decided(each, policy) for each in clearing.decided_lately(officer, limit=LATELY)),
    )
    return show(request, "desk/texts.html", page)


@officer_only
@require_safe
def listing_csv(request: HttpRequest) -> HttpResponse:
    """What waits, without its words: they are not to leave the workbench uncleared."""
    officer, policy = _officer(request), rulebook.current()
    texts = clearing.queue(officer, policy, kind=_kind(request, policy), limit=MOST_ROWS)
    heads = (
        _("记录编号"),
        _("文号"),
        _("种类"),
        _("字段"),
        _("决定日期"),
        _("公示期限"),
        _("信息提供单位"),
        _("疑似处"),
    )
    rows = (
        (
            text.record.number,
            line.document_number,
            lang(line.kind_title),
            lang(line.label),
            line.decided_on,
            line.clock.due if line.clock else None,
            line.provider,
            line.suspects,
        )
        for text, line in zip(texts, _lines(texts, policy), strict=True)
    )
    return csv_download("texts.csv", heads, rows)


def _kind(request: HttpRequest, policy: Policy) -> str:
    asked = request.GET.get("kind", "")
    return asked if asked in policy.kinds else ""


def _kinds(policy: Policy, chosen: str) -> tuple[Choice, ...]:
    kinds = [kind for kind in policy.kinds.values() if fields_to_clear(kind) and kind.credit.envelope is not None]
    return (
        Choice(value="", label=_("全部种类"), is_chosen=not chosen),
        *(Choice(value=kind.name, label=kind.title, is_chosen=kind.name == chosen) for kind in kinds),
    )


def _query(kind: str, text: Waiting, policy: Policy) -> str:
    decided_on, record, position = clearing.place_of(text, fields_to_clear(policy.kinds[text.record.kind]))
    return urlencode({**({"kind": kind} if kind else {}), "after": f"{decided_on.isoformat()}_{record}_{position}"})


def _place(request: HttpRequest) -> Place | None:
    parts = request.GET.get("after", "").split("_")
    try:
        return (date.fromisoformat(parts[0]), int(parts[1]), int(parts[2]))
    except (ValueError, IndexError):
        return None


def _lines(texts: Iterable[Text | Waiting], policy: Policy) -> tuple[TextLine, ...]:
    today = timezone.localdate()
    began_on = platform_began_on(today)
    return tuple(_line(text, policy, today, began_on) for text in texts)


def _line(text: Text | Waiting, policy: Policy, today: date, began_on: date) -> TextLine:
    record = text.record
    clock = clock_of(policy, record.kind, record.decided_on, today=today, began_on=began_on)
    return TextLine(
        url=reverse("desk:text", args=[record.number, text.field]),
        title=text.title,
        document_number=record.document_number,
        party=record.party_name,
        kind_title=kind_title(record.kind, policy),
        label=public_label(policy.kinds[record.kind].fields[text.field]),
        suspects=text.suspected,
        decided_on=record.decided_on,
        provider=record.provider.short_name,
        clock=clock,
        due_today=clock is not None and clock.due == today,
    )


def _decided(decision: DecisionOn, policy: Policy) -> DecidedLine:
    record = decision.record
    field = policy.kinds[record.kind].fields.get(decision.field) if record.kind in policy.kinds else None
    return DecidedLine(
        url=reverse("desk:text", args=[record.number, decision.field]),
        document_number=record.document_number or record.number,
        label=public_label(field) if field else Title(zh=decision.field, en=decision.field),
        decision=_verdict(decision.decision),
        by=decision.by,
        at=decision.made_at,
    )


def _verdict(decision: str) -> str:
    return {
        Verdict.AS_FILED: _("原文公开"),
        Verdict.MASKED: _("隐去所标后公开"),
        Verdict.WITHHELD: _("整段不公开"),
        Verdict.REOPENED: _("撤销，重新核对"),
    }[Verdict(decision)]


# ── one text ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, number: str, field: str) -> HttpResponse:
    """One text; the answer to a decision is the next one that waits."""
    officer, policy = _officer(request), rulebook.current()
    error = ""
    if request.method == "POST":
        try:
            return _next(request, officer, _decided_now(request, officer, number, field, policy), policy)
        except _NotDecided as refusal:
            error = str(refusal)
    text = clearing.text_of(access_of(request, Purpose.CLEARING), number, field, policy)
    if text is None:
        raise Http404
    page = _text_page(request, officer, text, policy, error=error)
    return show(request, "desk/text.html", page, status=422 if error else 200)


class _NotDecided(ValueError):
    """Nothing was kept; the message says why."""


def _decided_now(request: HttpRequest, officer: Account, number: str, field: str, policy: Policy) -> Waiting:
    """Keep what was decided about a text. Raises _NotDecided and Http404."""
    given = request.POST
    decision = given.get("decision", "")
    if decision not in Verdict.values or decision == Verdict.REOPENED:
        raise _NotDecided(_("请选择怎样公开。"))
    wish = Wish(
        decision=Verdict(decision),
        digest=given.get("digest", ""),
        spans=tuple(spans_of(given.getlist("mark"))),
        hidden=tuple(filter(None, (line.strip() for line in given.get("words", "").splitlines()))),
        names_nobody="names_nobody" in given,
    )
    try:
        text = clearing.decide(number, field, wish, by=officer, policy=policy)
    except clearing.ToRead:
        words = _("还有标出的疑似个人信息。确实都不是个人信息的，请勾选确认后再点“原文公开”。")
        raise _NotDecided(words) from None
    except clearing.NothingMarked:
        raise _NotDecided(_("没有标出要隐去的内容。请在文中选中要隐去的字，或写在下面。")) from None
    except clearing.Stale:
        raise _NotDecided(_("这段文字刚刚被更正，请按新的文字重新核对。")) from None
    if text is None:
        raise Http404
    messages.success(request, _("%(document)s：%(decision)s") % _told(text, wish.decision))
    return text


def _told(text: Waiting, decision: Verdict) -> dict[str, str]:
    return {"document": text.record.document_number or text.record.number, "decision": _verdict(decision)}


def _next(request: HttpRequest, officer: Account, text: Waiting, policy: Policy) -> HttpResponse:
    place = clearing.place_of(text, fields_to_clear(policy.kinds[text.record.kind]))
    following = clearing.queue(officer, policy, after=place, limit=1) or clearing.queue(officer, policy, limit=1)
    if not following:
        return redirect("desk:texts")
    return redirect("desk:text", number=following[0].record.number, field=following[0].field)


@officer_only
@require_POST
def undo(request: HttpRequest, number: str, field: str) -> HttpResponse:
    """Take the decision in force back."""
    officer, policy = _officer(request), rulebook.current()
    was_decided = clearing.take_back(number, field, by=officer, policy=policy)
    if was_decided is None:
        raise Http404
    if was_decided:
        messages.success(request, _("已撤销，这段文字恢复到上一步的状态。"))
    return redirect("desk:text", number=number, field=field)


def _text_page(request: HttpRequest, officer: Account, text: Text, policy: Policy, *, error: str = "") -> TextPage:
    record, today = text.record, timezone.localdate()
    began_on = platform_began_on(today)
    found = suspects(text.words)
    chosen = set(request.POST.getlist("mark")) if request.method == "POST" else None
    marks = marks_in(text.words, found, chosen)
    place = clearing.place_of(text, fields_to_clear(policy.kinds[record.kind]))
    waiting = clearing.queue(officer, policy, after=place, limit=AHEAD)
    line = _line(text, policy, today, began_on)
    public = reverse("portal:record", args=[record.number])
    return TextPage(
        line=line,
        text=marked(text.words, marks),
        digest=text.digest,
        marks=marks,
        words=request.POST.get("words", ""),
        record_url=reverse("desk:kept_record", args=[record.number]),
        public_url=public,
        clock=clock_days(record.decided_on, line.clock.due, None, today, policy.calendar.is_workday)
        if line.clock and not text.decision
        else (),
        ahead=_lines(waiting, policy),
        skip_url=reverse("desk:text", args=[waiting[0].record.number, waiting[0].field]) if waiting else "",
        last=_last(officer, line.url, policy),
        decision=_verdict(text.decision.decision) if text.decision else "",
        shown=text.decision.text if text.decision else "",
        undo_url=reverse("desk:text_undo", args=[record.number, text.field]) if text.decision else "",
        error=error,
    )


def _last(officer: Account, here: str, policy: Policy) -> DecidedLine | None:
    """What the officer decided last, to go back to; nothing on its own page."""
    decisions = clearing.decided_lately(officer, limit=1)
    line = _decided(decisions[0], policy) if decisions and decisions[0].by == officer.username else None
    return line if line is not None and line.url != here else None


# ── many without a suspicion ─────────────────────────────────────────────────────────────────────────────────────────
@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def together(request: HttpRequest) -> HttpResponse:
    """Texts in which nothing is suspected, read one after the other and shown together."""
    officer, policy = _officer(request), rulebook.current()
    if request.method == "POST":
        if "read" not in request.POST:
            error = _("请从头看到尾，勾选“我已通读”后再公开。")
            return show(request, "desk/texts_together.html", _together_page(request, policy, error), status=422)
        cleared = clearing.clear_unsuspected(_read(request.POST.getlist("text")), by=officer, policy=policy)
        words = ngettext("%(n)s 段文字已按原文公开。", "%(n)s 段文字已按原文公开。", cleared) % {"n": cleared}
        messages.success(request, words)
        return redirect("desk:texts")
    return show(request, "desk/texts_together.html", _together_page(request, policy))


def _together_page(request: HttpRequest, policy: Policy, error: str = "") -> TogetherPage:
    texts = clearing.unsuspected(access_of(request, Purpose.CLEARING), policy, limit=TOGETHER)
    values = (f"{text.record.number} {text.field} {text.digest}" for text in texts)
    words = (text.words for text in texts)
    return TogetherPage(texts=tuple(zip(_lines(texts, policy), values, words, strict=True)), error=error)


def _read(values: Iterable[str]) -> dict[tuple[str, str], str]:
    parts = (value.split(" ") for value in values)
    return {(each[0], each[1]): each[2] for each in parts if len(each) == 3}
