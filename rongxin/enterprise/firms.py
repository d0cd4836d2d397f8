"""我的企业: the firms of a login, what is under way, and the file of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar, cast

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from rongxin.accounts.access import Access, Act
from rongxin.accounts.matrix import matrix
from rongxin.accounts.permissions import Action, Role
from rongxin.disclosure.own_file import ALL, PART, OwnFile, UnshownLine, own_file
from rongxin.disclosure.subjects import platform_began_on
from rongxin.disclosure.views import RecordLine
from rongxin.enterprise.frame import access_of, demanded, enterprise_only, login_of, show
from rongxin.entrance.gate import gives_file
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.primitives.whole_numbers import whole_number
from rongxin.records.display import Moment
from rongxin.records.own import Unshown
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates import queries
from rongxin.subjects.mandates.models import Claim, Mandate
from rongxin.subjects.queries import codes_of
from rongxin.subjects.showing import shown_name
from rongxin.ui.cases import TimeLeft, time_left
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Figure
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.queries import of_firm
from rongxin.workflow.registry import procedure

Line = TypeVar("Line")
ENDED: Final = 10
WHY: Final[dict[Unshown, str | Promise]] = {
    Unshown.NOT_PUBLIC: gettext_lazy("依法不公示"),
    Unshown.SUSPENDED: gettext_lazy("暂停公示"),
    Unshown.REPAIRED: gettext_lazy("已修复，停止公示"),
    Unshown.WITHDRAWN: gettext_lazy("已撤回"),
    Unshown.ENDED: gettext_lazy("期满，停止公示"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmLine:
    """A firm of the login. ``until``: the last day of a proxy."""

    name: str
    uscc: str
    url: str
    role: Title
    is_holder: bool
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """A claim in a list."""

    url: str
    number: str
    name: str
    state: Title
    is_open: bool
    time_left: TimeLeft


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedLine:
    """A firm that the login does not act for any more: since when, and why."""

    name: str
    role: Title
    why: str
    over_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """``enterprise/home.html``. ``against``: claims of others that would take a firm of this login."""

    firms: tuple[FirmLine, ...]
    against: tuple[ClaimLine, ...]
    open_claims: tuple[ClaimLine, ...]
    past_claims: tuple[ClaimLine, ...]
    ended: tuple[EndedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmPage:
    """``enterprise/firm.html``. ``shown``, ``unshown``: a part of the records that are displayed, and that are not, with why."""

    file: OwnFile
    figures: tuple[Figure, ...]
    shown: Page[RecordLine]
    unshown: Page[tuple[UnshownLine, str | Promise]]
    role: Title
    is_holder: bool
    until: date | None
    may_download: bool
    may_see_looks: bool
    may_keep_contacts: bool
    may_declare: bool
    may_keep_proxies: bool
    may_object: bool
    may_see_class: bool
    open_cases: int
    proxies: int
    today: date


@enterprise_only
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The firms of the login, and what is under way."""
    login, policy, today = login_of(request), rulebook.current(), timezone.localdate()
    claims = [claim_line(claim, policy, today) for claim in queries.claims_of(login)]
    page = HomePage(
        firms=tuple(firm_line(mandate) for mandate in queries.mandates_of(login)),
        against=tuple(claim_line(claim, policy, today) for claim in queries.claims_against(login)),
        open_claims=tuple(line for line in claims if line.is_open),
        past_claims=tuple(line for line in claims if not line.is_open),
        ended=tuple(_ended_line(mandate) for mandate in queries.ended_of(login, limit=ENDED)),
    )
    return show(request, "enterprise/home.html", page)


@enterprise_only
@require_safe
def detail(request: HttpRequest, uscc: str) -> HttpResponse:
    """The file of one firm."""
    mandate = demanded(request, uscc, Action.FILE_READ)
    parts = _number(request.GET.get("page")), _number(request.GET.get("kept"))
    file = _file(mandate, access_of(request), limit=PART, parts=parts)
    page = FirmPage(
        file=file,
        figures=(
            Figure(label=_("公示中"), value=f"{file.displayed_number:,}", note=_("任何人可以查到")),
            Figure(
                label=_("未公示"), value=f"{file.undisplayed_number:,}", note=_("只有企业自己和依法有权的单位能看到")
            ),
        ),
        shown=_part(file.displayed, file.displayed_part, file.displayed_number),
        unshown=_part(
            [(line, WHY[line.why]) for line in file.undisplayed], file.undisplayed_part, file.undisplayed_number
        ),
        role=matrix().roles[Role(mandate.role)].title,
        is_holder=mandate.is_holder,
        until=mandate.until,
        may_download=mandate.may(Action.FILE_DOWNLOAD),
        may_see_looks=mandate.may(Action.LOOK_READ),
        may_declare=mandate.may(Action.DECLARATION_MAKE),
        may_keep_contacts=mandate.may(Action.CONTACT_KEEP),
        may_keep_proxies=mandate.may(Action.PROXY_KEEP),
        may_object=mandate.may(Action.OBJECTION_MAKE),
        may_see_class=mandate.may(Action.CLASS_OBJECT),
        open_cases=of_firm(codes_of(mandate.firm)).filter(is_open=True).count(),
        proxies=queries.proxies_under([mandate]).count() if mandate.is_holder else 0,
        today=timezone.localdate(),
    )
    return show(request, "enterprise/firm.html", page, firm=uscc)


@enterprise_only
@require_safe
@gives_file
def file_csv(request: HttpRequest, uscc: str) -> HttpResponse:
    """The file as CSV (UTF-8 with mark)."""
    mandate = demanded(request, uscc, Action.FILE_DOWNLOAD)
    file = _file(mandate, access_of(request), limit=ALL, act="export")
    heads = (
        _("编号"),
        _("事项"),
        _("种类"),
        _("认定单位"),
        _("文号"),
        _("决定日期"),
        _("依据"),
        _("公示情况"),
        _("公示至"),
        _("最早申请修复"),
    )
    rows = [
        (
            line.number,
            line.title,
            lang(line.kind_title),
            line.authority,
            line.document_number,
            line.decided_on,
            line.basis,
            _("公示中"),
            line.shown_until,
            line.first_repair_on,
        )
        for line in file.displayed
    ]
    rows += [
        (
            line.number,
            line.title,
            lang(line.kind_title),
            line.authority,
            line.document_number,
            line.decided_on,
            line.basis,
            str(WHY[line.why]),
            None,
            None,
        )
        for line in file.undisplayed
    ]
    return csv_download(f"file-{mandate.firm.uscc}-{timezone.localdate().isoformat()}.csv", heads, rows)


def firm_line(mandate: Mandate) -> FirmLine:
    """A mandate as a line."""
    return FirmLine(
        name=mandate.firm.name,
        uscc=mandate.firm.uscc,
        url=reverse("enterprise:firm", args=[mandate.firm.uscc]),
        role=matrix().roles[Role(mandate.role)].title,
        is_holder=mandate.is_holder,
        until=mandate.until,
    )


def _ended_line(mandate: Mandate) -> EndedLine:
    end = mandate.end
    over_on = timezone.localdate(end.at) if end else mandate.until
    return EndedLine(
        name=mandate.firm.name,
        role=matrix().roles[Role(mandate.role)].title,
        why=end.get_why_display() if end else _("授权到期"),
        over_on=over_on or timezone.localdate(),
    )


def claim_line(claim: Claim, policy: Policy, today: date) -> ClaimLine:
    """A claim as a line. Whoever claims has not shown yet to be the firm, so a sole trader is named as to strangers."""
    table = procedure(claim.case.kind)
    return ClaimLine(
        url=reverse("enterprise:claim", args=[claim.case.number]),
        number=claim.case.number,
        name=shown_name(claim.subject),
        state=table.by_state[claim.case.state].title,
        is_open=claim.case.is_open,
        time_left=time_left(claim.case, policy, today),
    )


def _file(
    mandate: Mandate, access: Access, *, limit: int, parts: tuple[int, int] = (1, 1), act: Act = "read"
) -> OwnFile:
    moment = Moment.now()
    began_on = platform_began_on(moment.day)
    return own_file(
        mandate.firm, rulebook.current(), moment, access, began_on=began_on, limit=limit, parts=parts, act=act
    )


def _number(asked: str | None) -> int:
    """The number of a part as asked for; the first for anything else."""
    return whole_number(asked or "", digits=6) or 1


def _part(lines: Sequence[Line], number: int, whole: int) -> Page[Line]:
    return Page(lines, number, cast("Paginator[Line]", Paginator(range(whole), PART)))
