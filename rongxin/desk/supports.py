"""What a record rests on and what rests on it: the card of its page, naming and ending supports, deciding on candidates."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.case_panels import address
from rongxin.desk.frame import kind_title, officer_of, officer_only
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.records import supports, withdrawing
from rongxin.records.bearing import Necessity, Sort
from rongxin.records.supports import Ground, NotNamed, Problem, Ref, Relation, Undecided
from rongxin.records.withdrawing import Envelope
from rongxin.remedies.unwinding.queries import open_redecision_of
from rongxin.rulebook import queries as rulebook
from rongxin.ui.parts import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    """A support, or what rests on the record. ``pk`` 0: not to be ended here. ``url`` empty: another department's."""

    pk: int
    name: str
    about: Title
    url: str
    necessity: str
    ends_when_repaired: bool
    basis: str
    by: str
    is_lost: bool
    is_disputed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """A record that may be a support. ``is_above``: it is the other one that cites this record, and its department decides."""

    pk: int
    name: str
    about: Title
    url: str
    is_above: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportsCard:
    """``desk/_supports.html``. ``may_name``: this officer may name, end and decide for the record."""

    number: str
    below: tuple[RelationRow, ...]
    above: tuple[RelationRow, ...]
    candidates: tuple[CandidateRow, ...]
    is_lost: bool
    redecision_url: str
    redecision: str
    clauses: tuple[Choice, ...]
    may_name: bool


def card(officer: Account, record: Envelope, policy: Policy) -> SupportsCard:
    """The card of a record, for a page that has logged its look."""
    found = supports.relations_of(record, policy)
    may = officer.may(Action.CASE_ACT, record.provider)
    redecision = open_redecision_of(record.number, officer)
    return SupportsCard(
        number=record.number,
        below=tuple(_row(officer, each, each.support.support, policy, may_end=may) for each in found.below),
        above=tuple(_row(officer, each, each.support.effect, policy, may_end=False) for each in found.above),
        candidates=tuple(
            CandidateRow(
                pk=each.pk,
                name=_name(other),
                about=kind_title(other.kind, policy),
                url=_url(officer, other),
                is_above=is_above,
            )
            for each in found.candidates
            for is_above in (each.cited_act == record.act_key,)
            for other in (each.effect if is_above else each.cited,)
        ),
        is_lost=bool(found.holds.lost),
        redecision_url=address(redecision.case) if redecision else "",
        redecision=redecision.case.number if redecision else "",
        clauses=_clauses(policy) if may else (),
        may_name=may,
    )


def _row(officer: Account, relation: Relation, number: str, policy: Policy, *, may_end: bool) -> RelationRow:
    support, record = relation.support, relation.record
    document = policy.documents.get(number)
    about = kind_title(record.kind, policy) if record else Title(zh="条款", en="Clause")
    return RelationRow(
        pk=support.pk if may_end and not relation.is_lost else 0,
        name=_name(record) if record else (document.title.zh if document else number),
        about=about,
        url=_url(officer, record) if record else "",
        necessity=_(str(Necessity(support.necessity).label)),
        ends_when_repaired=support.ends_when_repaired,
        basis=support.basis,
        by=support.by,
        is_lost=relation.is_lost,
        is_disputed=relation.is_disputed,
    )


def _name(record: Envelope) -> str:
    return record.document_number or record.number


def _url(officer: Account, record: Envelope) -> str:
    seen = officer.may(Action.BATCH_READ, record.provider)
    return reverse("desk:kept_record", args=[record.number]) if seen else ""


def _clauses(policy: Policy) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=name, label=each.title.zh, is_chosen=False)
        for name, each in sorted(policy.documents.items(), key=lambda item: item[1].title.zh)
    )


# ── naming, ending, deciding ─────────────────────────────────────────────────────────────────────────────────────────
@officer_only
@require_POST
def enter(request: HttpRequest, number: str) -> HttpResponse:
    """Name what the record rests on: a record of the firm by its number or document number, or a clause."""
    record = _handled(request, number)
    given = request.POST
    clause = given.get("clause", "")
    ref = Ref(Sort.CLAUSE, clause) if clause else supports.ground_named(record, given.get("support", ""))
    try:
        if ref is None:
            raise NotNamed(Problem.UNKNOWN_SUPPORT)
        by = officer_of(request).username
        supports.rest(Ref(Sort.RECORD, number), _ground(given, ref), rulebook.current(), by=by)
    except NotNamed as refusal:
        messages.error(request, _why_not(refusal))
    else:
        messages.success(request, _("已登记。这项依据撤回、被撤销时，本条记录随即停止公示，由人重新认定。"))
    return redirect(f"{reverse('desk:kept_record', args=[number])}#supports")


@officer_only
@require_POST
def end(request: HttpRequest, number: str) -> HttpResponse:
    """End a support that was named by mistake."""
    record = _handled(request, number)
    given = request.POST
    below = {str(each.pk): each for each in supports.supports_of(Ref(Sort.RECORD, record.number))}
    found = below.get(given.get("support", ""))
    try:
        if found is None:
            raise NotNamed(Problem.ALREADY)
        supports.end(found, rulebook.current(), basis=given.get("basis", ""), by=officer_of(request).username)
    except NotNamed as refusal:
        messages.error(request, _why_not(refusal))
    else:
        messages.success(request, _("已终止这项依据的登记，登记和终止都留存。"))
    return redirect(f"{reverse('desk:kept_record', args=[number])}#supports")


@officer_only
@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Say whether a record that this one cites is what it rests on."""
    record = _handled(request, number)
    given, by = request.POST, officer_of(request).username
    cited = {str(each.pk): each for each in supports.candidates_of(record) if each.effect_act == record.act_key}
    found = cited.get(given.get("candidate", ""))
    try:
        if found is None:
            raise Undecided
        if given.get("decision") == "confirm":
            ground = _ground(given, Ref(Sort.RECORD, found.cited.number))
            supports.confirm(found.pk, ground, rulebook.current(), by=by)
            messages.success(request, _("已确认为依据。"))
        else:
            supports.decline(found.pk, by=by)
            messages.success(request, _("已记为不是依据，不再提示。"))
    except Undecided:
        messages.info(request, _("这一条已经有人办过。"))
    except NotNamed as refusal:
        messages.error(request, _why_not(refusal))
    return redirect(f"{reverse('desk:kept_record', args=[number])}#supports")


def _handled(request: HttpRequest, number: str) -> Envelope:
    officer = officer_of(request)
    demand(officer, Action.CASE_ACT, officer.works_for)
    record = withdrawing.own(officer, number, Action.CASE_ACT)
    if record is None:
        raise Http404
    return record


def _ground(given: Mapping[str, str], ref: Ref) -> Ground:
    is_contributing = given.get("necessity") == Necessity.CONTRIBUTING
    return Ground(
        support=ref,
        necessity=Necessity.CONTRIBUTING if is_contributing else Necessity.NECESSARY,
        ends_when_repaired="ends_when_repaired" in given,
        basis=given.get("basis", ""),
    )


def _why_not(refusal: NotNamed) -> str:
    words = {
        Problem.UNKNOWN_SUPPORT: _("没有登记：这家企业名下没有这个文号或者编号的记录（或者不止一条，请用记录编号）。"),
        Problem.OTHER_FIRM: _("没有登记：那是别的企业的记录。"),
        Problem.ITSELF: _("没有登记：不能依据自己。"),
        Problem.CIRCLE: _("没有登记：那条记录又依据本条，不能互相依据。"),
        Problem.DISPUTED: _("没有登记：那条记录正在异议中，不能作为依据；异议办结后再登记。"),
        Problem.GONE: _("没有登记：那项依据已经撤回、被撤销、期满或者失效。"),
        Problem.ALREADY: _("已经登记过，或者已经终止。"),
        Problem.LOST: _("依据已经失去，不能只终止登记：请在重新认定的案件里办理。"),
        Problem.NO_BASIS: _("没有登记：请写明理由（哪份文书载明）。"),
        Problem.TOO_LONG: _("没有登记：理由请写在 300 个字以内。"),
    }
    return words.get(refusal.problem, _("没有登记。"))
