"""Reading incidents: the register, one's own reports, the clock, the affected firms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.departments.models import Department
from rongxin.governance.incidents.models import Affected, Incident
from rongxin.governance.incidents.rules import HourClock, hour_clock
from rongxin.notices.models import Receipt
from rongxin.notices.recipients import overseers
from rongxin.policy.pack import NothingInForce
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.models import Subject
from rongxin.workflow import queries as cases
from rongxin.workflow.models import Case

WARN_HOURS = "incidents/warn_hours"
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
class FirmLine:
    """An affected firm, as it is called on the register."""

    affected: Affected
    name: str


def offices_for(department: Department) -> list[Department]:
    """The credit offices to which the department may report, the nearest first; its own one where it is one itself."""
    with asks(PLATFORM):  # which offices have somebody is told to every officer
        found = overseers(department)
    return sorted(found, key=lambda office: office != department)


def visible_to(officer: Account) -> QuerySet[Incident]:
    """The incidents whose cases the officer sees."""
    return Incident.objects.filter(case__in=cases.visible_to(officer)).select_related("case__owner", "concerned")


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
    """The affected firms, those not told first."""
    return Affected.objects.filter(incident=incident).order_by(F("told_at").asc(nulls_first=True), "uscc")


def with_names(rows: Iterable[Affected]) -> list[FirmLine]:
    """The rows with the names on the register; one query."""
    listed = list(rows)
    names = dict(Subject.objects.filter(uscc__in=[each.uscc for each in listed]).values_list("uscc", "name"))
    return [FirmLine(each, names.get(each.uscc, "")) for each in listed]


def read_by_firms(incident: Incident) -> int:
    """How many of the firms that were told have opened the message."""
    with asks(PLATFORM):  # the messages are the firms'; here they are counted
        return Receipt.objects.filter(notice__key=telling_key(incident)).values("notice").distinct().count()


def telling_key(incident: Incident) -> str:
    """Under what each firm is told once."""
    return f"incident:{incident.pk}:told"
