"""材料 of a case: what the enterprise and the offices handed in, and handing in more."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.case import own_case
from rongxin.desk.case_panels import Panel, address
from rongxin.desk.frame import access_of, officer_of, officer_only
from rongxin.entrance.gate import gives_file
from rongxin.policy.words import Title
from rongxin.ui.downloads import file_download
from rongxin.ui.evidence import EvidenceLine, evidence_line, keep_handed_in
from rongxin.workflow.evidence import content_of, evidence_of, may_attach
from rongxin.workflow.models import Case, Evidence
from rongxin.workflow.registry import procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """``desk/_evidence.html``. ``hand_in_url`` empty: this officer may only look."""

    lines: tuple[EvidenceLine, ...]
    hand_in_url: str


def panel(case: Case, access: Access) -> Panel | None:
    """The card; for cases that the enterprise follows."""
    if not procedure(case.kind).is_seen_by_firm:
        return None
    lines = tuple(_line(each) for each in evidence_of(case, access))
    may = case.is_open and may_attach(case, access.actor)
    url = reverse("desk:case_hand_in", args=[case.number]) if may else ""
    content = EvidenceView(lines=lines, hand_in_url=url)
    return Panel(title=Title(zh="材料", en="Evidence"), template="desk/_evidence.html", content=content)


@officer_only
@require_POST
def hand_in(request: HttpRequest, number: str) -> HttpResponse:
    """Hand in files for the case; each is told by itself."""
    officer, case = officer_of(request), own_case(request, number)
    demand(officer, Action.CASE_ACT, officer.works_for)
    keep_handed_in(request, case, officer)
    return redirect(f"{address(case)}#evidence")


@officer_only
@require_safe
@gives_file
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """A file that was handed in."""
    found = Evidence.objects.select_related("case").filter(pk=pk).first()
    if found is None:
        raise Http404
    own_case(request, found.case.number)
    return file_download(
        found.name, content_of(found, access_of(request, Purpose.CASE, found.case.number)), found.media_type
    )


def _line(each: Evidence) -> EvidenceLine:
    by = each.department.short_name if each.department else _("企业")
    return evidence_line(each, url=reverse("desk:evidence", args=[each.pk]), by=by)
