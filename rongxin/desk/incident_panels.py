"""信息安全事件 on the page of its case: the hours, what happened, the checklist, the firms concerned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rongxin.accounts.access import Access
from rongxin.accounts.permissions import Action
from rongxin.departments.models import Department
from rongxin.desk.case_panels import Asked, Looks, Panel, Place, add_panel, address, show_as
from rongxin.governance.incidents.actions import PICKING, REPORT_HOURS
from rongxin.governance.incidents.effects import AUTHORITIES, KIND, MEASURES, incident_of, measures_of
from rongxin.governance.incidents.models import Affected, Data, Incident
from rongxin.governance.incidents.queries import (
    FirmLine,
    SearchLine,
    affected_by,
    alike,
    clock_of,
    clocks_of,
    heads_of,
    read_by_firms,
    searches_of,
    warn_hours,
    with_looks,
)
from rongxin.governance.incidents.rules import HourClock, Hours
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.ui.case_words import doer
from rongxin.ui.cases import TimeLeft
from rongxin.ui.drawing import hour_bar
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.models import Case

SHOWN: Final = 50
_LEFT: Final = {Hours.RUNNING: "hours", Hours.SOON: "hours_soon", Hours.OVER: "hours_over"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursView:
    """``desk/_incident_hours.html``. ``basis``: the rule, where it is law; ``note``: what is the platform's own."""

    clock: HourClock
    words: str
    bar: SafeString
    now: datetime
    basis: str
    note: Title | None
    is_assessed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsView:
    """``desk/_incident.html``. ``alike``: incidents that may be the same, by number and address."""

    incident: Incident
    data: str
    reported_to: str
    alike: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLine:
    """A measure of the checklist: ``result`` is done, needless, again, or empty where nothing was entered."""

    title: Title
    result: str
    by: str
    on: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmsView:
    """``desk/_incident_firms.html``: the first firms of ``total``. ``may_pick``: this officer may add and take out now.

    ``has_looks``: some are affected because they were looked at; ``shows_looks``: how often is told, and their ledgers know it.
    """

    number: str
    lines: tuple[FirmLine, ...]
    total: int
    told: int
    read: int
    searches: tuple[SearchLine, ...]
    may_pick: bool
    has_looks: bool
    shows_looks: bool
    departments: tuple[Department, ...]

    @property
    def more(self) -> int:
        """Firms that are not shown."""
        return self.total - len(self.lines)

    @property
    def is_searching(self) -> bool:
        """Whether an answer is still to come, so that the page looks again by itself."""
        return any(not each.is_over and not each.has_failed for each in self.searches)


def add_to_cases() -> None:
    """Wire the panels and the hours into the pages and boards of cases."""
    show_as(KIND, Looks(times=_times, panels=_firms))
    for make in (_hours, _facts, _measures):
        add_panel(KIND, make)


def words_of(clock: HourClock) -> str:
    """How it stands, in one sentence."""
    told = {"h": clock.hours, "m": clock.minutes}
    match clock.state:
        case Hours.OVER:
            return _("超过报告时限 %(h)s 小时 %(m)s 分") % told
        case Hours.REPORTED:
            return _("按时报告，提前 %(h)s 小时 %(m)s 分") % told
        case Hours.REPORTED_LATE:
            return _("迟报 %(h)s 小时 %(m)s 分") % told
        case Hours.NOT_NEEDED:
            return _("不须报告")
    return _("还剩 %(h)s 小时 %(m)s 分") % told


def bar_of(incident: Incident, clock: HourClock) -> SafeString:
    """The hours as a bar."""
    return hour_bar(clock, warn_hours(incident.discovered_at), words_of(clock))


def _times(cases: Sequence[Case]) -> Mapping[int, TimeLeft]:
    return {
        key: TimeLeft(state=_LEFT[clock.state], due=timezone.localdate(clock.due_at), days=clock.hours)
        for key, clock in clocks_of(cases).items()
    }


def _hours(case: Case, access: Access) -> Panel:
    incident, now = incident_of(case), timezone.now()
    clock = clock_of(incident, now)
    value = rulebook.current().value(REPORT_HOURS, timezone.localdate(incident.discovered_at))
    view = HoursView(
        clock=clock,
        words=words_of(clock),
        bar=bar_of(incident, clock),
        now=now,
        basis=f"{lang(value.document.title)} {value.basis.item or ''}".strip() if value.is_law else "",
        note=value.line.note,
        is_assessed=incident.must_report is not None,
    )
    return Panel(
        title=Title(zh="报告时限", en="Hours for the report"),
        template="desk/_incident_hours.html",
        content=view,
        place=Place.TOP,
    )


def _facts(case: Case, access: Access) -> Panel:
    incident = incident_of(case)
    words = {value: str(label) for value, label in Data.choices}
    to = AUTHORITIES.get(incident.reported_to)
    view = FactsView(
        incident=incident,
        data="、".join(words[each] for each in incident.data),
        reported_to=lang(Title(zh=to[0], en=to[1])) if to else "",
        alike=tuple((each.case.number, address(each.case)) for each in alike(incident, access.actor))
        if case.is_open
        else (),
    )
    return Panel(title=Title(zh="事件", en="The incident"), template="desk/_incident.html", content=view)


def _measures(case: Case, access: Access) -> Panel:
    entered = measures_of(case)
    lines = []
    for measure, title in MEASURES.items():
        event = entered.get(measure)
        lines.append(
            MeasureLine(
                title=title,
                result=str(event.payload["result"]) if event else "",
                by=doer(event) if event else "",
                on=event.at if event else None,
                reason=event.reason if event else "",
            )
        )
    return Panel(
        title=Title(zh="处置清单", en="What was done"), template="desk/_incident_measures.html", content=tuple(lines)
    )


def _firms(case: Case, access: Access, asked: Asked) -> tuple[Panel, ...]:
    """The firms concerned. ``asked`` with "looks": how often each was looked at, too."""
    incident, shows_looks = incident_of(case), "looks" in asked
    rows = affected_by(incident)
    shown = rows[:SHOWN]
    total, told = rows.count(), Affected.objects.filter(incident=incident, told_at__isnull=False).count()
    may_pick = case.state in PICKING and access.actor.may(Action.INCIDENT_HANDLE, case.owner)
    view = FirmsView(
        number=case.number,
        lines=tuple(with_looks(shown, access, "read") if shows_looks else heads_of(shown)),
        total=total,
        told=told,
        read=read_by_firms(incident) if told else 0,
        searches=tuple(searches_of(incident)),
        may_pick=may_pick,
        has_looks=rows.filter(looks__gt=0).exists(),
        shows_looks=shows_looks,
        departments=tuple(Department.objects.order_by("region", "code")) if may_pick else (),
    )
    return (
        Panel(
            title=Title(zh="受影响企业", en="Firms concerned"),
            template="desk/_incident_firms.html",
            content=view,
            place=Place.BELOW,
        ),
    )
