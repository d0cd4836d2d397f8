"""消除影响: for a firm, what rested on one of its records that fell or was corrected, what became of it, and who was told when."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rongxin.accounts.permissions import Action
from rongxin.enterprise.frame import access_of, demanded, enterprise_only, show
from rongxin.policy.words import Title
from rongxin.remedies.unwinding.models import Outcome
from rongxin.remedies.unwinding.queries import Line, Unwound, unwound_for_firm
from rongxin.rulebook import queries as rulebook
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.registry import procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line of the checklist and how it stands, in one word."""

    line: Line
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnwoundView:
    """One event of the record and everything that followed. ``state``: of its case."""

    unwound: Unwound
    state: Title
    effects: tuple[LineView, ...]
    offices: tuple[LineView, ...]
    papers: tuple[LineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectsPage:
    """``enterprise/effects.html``: ``found`` is empty where nothing had to be undone."""

    name: str
    uscc: str
    number: str
    found: tuple[UnwoundView, ...]


@enterprise_only
@require_safe
def page(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """What was undone after one record of the firm changed."""
    mandate = demanded(request, uscc, Action.FILE_READ)
    found = unwound_for_firm(mandate.firm, number, access_of(request), rulebook.current())
    if found is None:
        raise Http404
    shown = EffectsPage(name=mandate.firm.name, uscc=uscc, number=number, found=tuple(map(_view, found)))
    return show(request, "enterprise/effects.html", shown, firm=uscc)


def _view(whole: Unwound) -> UnwoundView:
    case = whole.unwinding.case
    return UnwoundView(
        unwound=whole,
        state=procedure(case.kind).by_state[case.state].title,
        effects=tuple(map(_line, whole.effects)),
        offices=tuple(map(_line, whole.offices)),
        papers=tuple(map(_line, whole.papers)),
    )


def _line(line: Line) -> LineView:
    if line.item.outcome:
        return LineView(line=line, result=_(str(Outcome(line.item.outcome).label)))
    if line.item.redecision is not None:
        case = line.item.redecision.case
        return LineView(line=line, result=lang(procedure(case.kind).by_state[case.state].title))
    return LineView(line=line, result=_("待办理"))
