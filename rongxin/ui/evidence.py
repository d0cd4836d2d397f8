"""材料 of a case on the pages of every face: a file as a line, and keeping what a form brought."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from rongxin.accounts.models import Account
from rongxin.ui.labels import label
from rongxin.workflow.evidence import LARGEST, NotAttached, attach
from rongxin.workflow.models import Case, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """A file that was handed in. ``by``: the side that did."""

    url: str
    name: str
    size: int
    by: str
    at: datetime


def evidence_line(each: Evidence, *, url: str, by: str) -> EvidenceLine:
    """A file as a line of ``ui/_evidence.html``."""
    return EvidenceLine(url=url, name=each.name, size=each.size, by=by, at=each.at)


def attach_all(request: HttpRequest, case: Case, by: Account) -> int:
    """Keep the files of the field ``evidence`` beside the case; how many were kept. A refused one is told by itself."""
    kept = 0
    for each in request.FILES.getlist("evidence"):
        try:
            attach(case, name=each.name or "", content=each.read(LARGEST + 1), by=by)
            kept += 1
        except NotAttached as refused:
            messages.error(request, f"{each.name}：{label(refused.fault)}")
    return kept


def keep_handed_in(request: HttpRequest, case: Case, by: Account) -> None:
    """The same for a form that hands in nothing else: what came of it is told, too."""
    if kept := attach_all(request, case, by):
        messages.success(request, _("收到 %(n)s 份材料。") % {"n": kept})
    elif not request.FILES:
        messages.error(request, _("请先选择文件。"))
