"""Reading incidents: the register, one's own reports, the clock, the affected firms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from rongxin.accounts.access import Access, Act
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.departments.models import Department
from rongxin.governance.incidents.models import Affected, Incident, Search
from rongxin.governance.incidents.rules import HourClock, hour_clock
from rongxin.jobs.models import Run, RunQuerySet
from rongxin.notices.models import Receipt
from rongxin.notices.recipients import overseers
from rongxin.policy.pack import NothingInForce
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.models import Subject
from rongxin.workflow import queries as cases
from rongxin.workflow.models import Case

WARN_HOURS = "incidents/warn_hours"
SEARCHING = "governance.incidents.search_ledger"
"""The job that answers searches."""
_INSTANT = timedelta(microseconds=1)
_NEAR = timedelta(days=1)
_MOST_ALIKE = 5
WAITING = Q(case__is_open=True, reported_at=None) & ~Q(must_report=False)
"""Incidents whose hours run."""


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What whoever registered an incident sees of it: that it is handled, and by whom."""

    number: str
    sort: str
    discovered_at: datetime
    registered_at: datetime
    office: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """How often the file of a firm was looked at, and from when to when."""

    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class FirmLine:
    """An affected firm, as it is called on the register. ``looks`` None: not asked for, or not why it is one."""

    uscc: str
    name: str
    why: str
    told_at: datetime | None
    looks: Looked | None = None


@dataclass(frozen=True, slots=True)
class SearchLine:
    """What was asked of the ledger. ``run``: how far its job is; None where that was tidied away."""

    asked: Search
    run: Run | None

    @property
    def first_day(self) -> date | None:
        """The first day that was asked about."""
        return timezone.localdate(self.asked.since) if self.asked.since else None

    @property
    def last_day(self) -> date | None:
        """The last one, which is included."""
        return timezone.localdate(self.asked.until - _INSTANT) if self.asked.until else None

    @property
    def is_over(self) -> bool:
        """Whether the answer is there."""
        return self.asked.found is not None

    @property
    def has_failed(self) -> bool:
        """Whether it came to no end and nobody is at it."""
        return not self.is_over and (self.run is None or self.run.is_over)


def offices_for(department: Department) -> list[Department]:
    """The credit offices to which the department may report, the nearest first; its own one where it is one itself."""
    with asks(PLATFORM):  # which offices have somebody is told to every officer
        found = overseers(department)
    return sorted(found, key=lambda office: office != department)


def visible_to(officer: Account) -> QuerySet[Incident]:
    """The incidents whose cases the officer sees."""
    return Incident.objects.filter(case__in=cases.visible_to(officer)).select_related("case__owner", "concerned")


def alike(incident: Incident, officer: Account) -> list[Incident]:
    """Open incidents of the same sort, discovered within a day of it: two may have registered the same one."""
    near = (incident.discovered_at - _NEAR, incident.discovered_at + _NEAR)
    found = visible_to(officer).filter(case__is_open=True, sort=incident.sort, discovered_at__range=near)
    return list(found.exclude(pk=incident.pk).order_by("discovered_at", "pk")[:_MOST_ALIKE])


def own_reports(officer: Account) -> list[OwnReport]:
    """What the officer registered, the newest first, whoever handles it."""
    with asks(PLATFORM):  # of the own reports no more than that they are handled
        found = Incident.objects.filter(reported_by=officer).select_related("case__owner").order_by("-pk")[:50]
        return [
            OwnReport(
                number=each.case.number,
                sort=each.get_sort_display(),
                discovered_at=each.discovered_at,
                registered_at=each.case.opened_at,
                office=each.case.owner.name,
                is_open=each.case.is_open,
            )
            for each in found
        ]


def warn_hours(discovered_at: datetime) -> tuple[int, ...]:
    """After how many hours the office is warned, by the rules in force on the day of discovery."""
    try:
        return rulebook.current().value(WARN_HOURS, timezone.localdate(discovered_at)).counts
    except NothingInForce:
        return ()


def clock_of(incident: Incident, now: datetime | None = None) -> HourClock:
    """How the incident stands with its hours now."""
    return hour_clock(
        incident.discovered_at,
        incident.report_due_at,
        now or timezone.now(),
        warned=warn_hours(incident.discovered_at),
        must_report=incident.must_report,
        reported_at=incident.reported_at,
        is_case_open=incident.case.is_open,
    )


def clocks_of(of: Iterable[Case]) -> Mapping[int, HourClock]:
    """The clocks of these cases that are still to be reported, by key of the case; one query."""
    found = Incident.objects.filter(WAITING, case__in=list(of)).select_related("case")
    return {each.case_id: clock_of(each) for each in found}


def to_report(officer: Account) -> int:
    """How many incidents are to be reported by the offices of this officer; none for whoever handles none."""
    if not officer.may(Action.INCIDENT_HANDLE, officer.works_for):
        return 0
    return visible_to(officer).filter(WAITING).count()


def affected_by(incident: Incident) -> QuerySet[Affected]:
    """The affected firms, those not told first; ``name``: as on the register."""
    name = Subject.objects.filter(uscc=OuterRef("uscc")).order_by("pk").values("name")[:1]
    found = Affected.objects.filter(incident=incident).annotate(name=Coalesce(Subquery(name), Value("")))
    return found.order_by(F("told_at").asc(nulls_first=True), "uscc")


def heads_of(rows: Iterable[Affected]) -> list[FirmLine]:
    """The firms of these rows of :func:`affected_by`, as a list shows them."""
    return [_line(each) for each in rows]


def with_looks(rows: Iterable[Affected], access: Access, act: Act) -> list[FirmLine]:
    """The same with how often and when each was looked at, which is the firm's own affair. Raises NotLogged."""
    listed = list(rows)
    access.look((each.uscc for each in listed if each.looks), "case", act=act)
    return [
        replace(_line(each), looks=Looked(each.looks, each.first_at, each.last_at))
        if each.first_at and each.last_at
        else _line(each)
        for each in listed
    ]


def _line(row: Affected) -> FirmLine:
    return FirmLine(row.uscc, row.name, row.get_why_display(), row.told_at)  # type: ignore[attr-defined]


def searches_of(incident: Incident) -> list[SearchLine]:
    """What was asked of the ledger, in that order, and how far it is; two queries."""
    asked = list(Search.objects.filter(incident=incident).select_related("department").order_by("pk"))
    runs = {run.key: run for run in search_runs(asked).order_by("pk")}
    return [SearchLine(each, runs.get(str(each.pk))) for each in asked]


def is_searched(case: Case) -> bool:
    """Whether a search is under way whose answer may add firms."""
    return search_runs(Search.objects.filter(incident__case=case, found=None)).live().exists()


def search_runs(of: Iterable[Search]) -> RunQuerySet:
    """The runs that answer these searches."""
    return Run.objects.filter(job=SEARCHING, key__in=[str(each.pk) for each in of])


def read_by_firms(incident: Incident) -> int:
    """How many of the firms that were told have opened the message."""
    with asks(PLATFORM):  # the messages are the firms'; here they are counted
        return Receipt.objects.filter(notice__key=telling_key(incident)).values("notice").distinct().count()


def telling_key(incident: Incident) -> str:
    """Under what each firm is told once."""
    return f"incident:{incident.pk}:told"
