"""Registering an incident, and saying which firms it touches: by hand, or by asking the ledger."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeVar

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.departments.models import Department
from rongxin.governance.incidents.effects import KIND, SORTS
from rongxin.governance.incidents.logged import log_incident
from rongxin.governance.incidents.models import Affected, Data, FoundBy, Incident, Search, Sort, System, Why
from rongxin.governance.incidents.queries import offices_for
from rongxin.primitives.recognisers import words_of_persons
from rongxin.primitives.uscc import is_valid, normalise_code
from rongxin.records.telling import digest_of
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.models import Subject
from rongxin.workflow.actions import open_case
from rongxin.workflow.models import Case

REPORT_HOURS: Final = "incidents/report_hours"
LONGEST: Final = 500
MOST_FIRMS: Final = 100_000
LONGEST_SEARCH: Final = timedelta(days=366)
PICKING: Final = ("registered", "doubted", "reporting", "remedying")
"""The states in which firms are added and taken out."""
_PART: Final = 500
Item = TypeVar("Item")


class Problem(StrEnum):
    """Why nothing was kept."""

    FUTURE = "future"
    NO_DATA = "no_data"
    NO_WORDS = "no_words"
    TOO_LONG = "too_long"
    PERSON = "person"
    OFFICE = "office"
    NO_CODES = "no_codes"
    TOO_MANY = "too_many"
    WRONG_CODES = "wrong_codes"
    NOT_NOW = "not_now"
    WHOSE = "whose"
    PERIOD = "period"


class NotKept(ValueError):
    """Nothing was kept; ``problem`` says why, ``about`` what it is about."""

    def __init__(self, problem: Problem, about: str = "") -> None:
        super().__init__(f"{problem} {about}".strip())
        self.problem, self.about = problem, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What whoever registers it says. ``names_nobody``: the texts were looked at, they tell of no person."""

    sort: Sort
    found_by: FoundBy
    system: System
    data: Collection[Data]
    discovered_at: datetime
    description: str
    containment: str = ""
    concerned: Department | None = None
    estimate: int | None = None
    names_nobody: bool = False


@transaction.atomic
def register(told: Told, office: Department, by: Account) -> Incident:
    """Register what was discovered, with the credit office that shall handle it.

    The case is opened by the platform: whoever registered it need not see it, and sees of it only that it is handled. The same
    sent again by the same officer is the same incident. Raises PermissionDenied and NotKept.
    """
    demand(by, Action.INCIDENT_REPORT, by.works_for)
    if told.discovered_at > timezone.now():
        raise NotKept(Problem.FUTURE)
    if not told.data:
        raise NotKept(Problem.NO_DATA)
    description, containment = (_words(each) for each in (told.description, told.containment))
    if not description:
        raise NotKept(Problem.NO_WORDS)
    if (found := words_of_persons(f"{description}\n{containment}")) and not told.names_nobody:
        raise NotKept(Problem.PERSON, found)
    if office not in offices_for(by.works_for):
        raise NotKept(Problem.OFFICE)
    day = timezone.localdate(told.discovered_at)
    hours = rulebook.current().value(REPORT_HOURS, day).count
    with asks(PLATFORM):
        title = f"{SORTS[told.sort].zh}（{day.month}月{day.day}日发现）"
        case = open_case(KIND, title=title, owner=office, key=_key(told, description, by))
        if known := Incident.objects.filter(case=case).first():
            return known
        incident = Incident.objects.create(
            case=case,
            sort=told.sort,
            found_by=told.found_by,
            system=told.system,
            data=[each.value for each in Data if each in told.data],
            concerned=told.concerned,
            estimate=told.estimate,
            description=description,
            containment=containment,
            discovered_at=told.discovered_at,
            report_due_at=told.discovered_at + timedelta(hours=hours),
            reported_by=by,
        )
        log_incident(case, "registered", by, sort=told.sort.value)
    return incident


def _key(told: Told, description: str, by: Account) -> str:
    """By what the same report, sent again, is known."""
    said = f"{by.pk}\n{told.sort.value}\n{told.discovered_at.isoformat()}\n{description}"
    return sha256(said.encode()).hexdigest()


def _words(text: str) -> str:
    words = " ".join(text.split())
    if len(words) > LONGEST:
        raise NotKept(Problem.TOO_LONG)
    return words


# ── who was affected ─────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def name_firms(incident: Incident, codes: Iterable[str], by: Account) -> int:
    """Add the firms of these codes by hand; returns how many are new. Raises PermissionDenied and NotKept, which names codes that
    are wrong or of nobody on the register: then none is added.
    """
    _demand_picking(incident, by)
    wanted = dict.fromkeys(normalise_code(code) for code in codes if code.strip())
    if not wanted:
        raise NotKept(Problem.NO_CODES)
    if len(wanted) > MOST_FIRMS:
        raise NotKept(Problem.TOO_MANY)
    valid = [code for code in wanted if is_valid(code)]
    known = {
        uscc for part in _parts(valid) for uscc in Subject.objects.filter(uscc__in=part).values_list("uscc", flat=True)
    }
    if wrong := [code for code in wanted if code not in known]:
        raise NotKept(Problem.WRONG_CODES, "、".join(wrong[:5]) + ("……" if len(wrong) > 5 else ""))
    return keep_affected(incident, [Affected(incident=incident, uscc=code, why=Why.NAMED) for code in wanted], by)


@transaction.atomic
def search(
    incident: Incident,
    by: Account,
    *,
    username: str = "",
    department: Department | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    faulty: bool = False,
) -> Search:
    """Have the ledger asked in the background: whom the account or the department looked at within the time, or, with ``faulty``,
    whose entries its check finds wrong. What is being searched for already is not begun again; what failed is. Raises
    PermissionDenied and NotKept.
    """
    _demand_picking(incident, by)
    if not faulty:
        if not username and department is None:
            raise NotKept(Problem.WHOSE)
        if since is None or until is None or not since < until or until - since > LONGEST_SEARCH:
            raise NotKept(Problem.PERIOD)
    wanted = {
        "why": Why.FAULTY if faulty else Why.LOOKED,
        "username": "" if faulty else username,
        "department": None if faulty else department,
        "since": None if faulty else since,
        "until": None if faulty else until,
    }
    asked = Search.objects.filter(incident=incident, found=None, **wanted).first()
    if asked is None:
        asked = Search.objects.create(incident=incident, asked_by=by, asked_at=timezone.now(), **wanted)
        log_incident(incident.case, "searched", by, why=asked.why, of=department.code if department else "")
    _begin(asked)
    return asked


@transaction.atomic
def search_again(incident: Incident, search: int, by: Account) -> Search:
    """Begin a search anew that came to no end. Raises PermissionDenied, NotKept, and Search.DoesNotExist."""
    _demand_picking(incident, by)
    asked = Search.objects.get(incident=incident, pk=search, found=None)
    _begin(asked)
    return asked


def _begin(asked: Search) -> None:
    """Ask for the job, unless it waits or works."""
    from rongxin.governance.incidents.jobs import search_ledger

    search_ledger.enqueue(asked.pk, key=str(asked.pk))


@transaction.atomic
def take_out(incident: Incident, uscc: str, by: Account) -> bool:
    """Take out a firm that was not told yet; whether it was there. Raises PermissionDenied and NotKept."""
    _demand_picking(incident, by)
    gone, _ = Affected.objects.filter(incident=incident, uscc=uscc, told_at=None).delete()
    if gone:
        log_incident(incident.case, "dropped", by, count=1, firms=digest_of([uscc]))
    return bool(gone)


def keep_affected(incident: Incident, rows: Sequence[Affected], by: Account | None) -> int:
    """Add firms that are not on the list yet; how many. The first reason stays. With the case of the incident locked."""
    new: list[Affected] = []
    for part in _parts(rows):
        among = Affected.objects.filter(incident=incident, uscc__in=[each.uscc for each in part])
        there = set(among.values_list("uscc", flat=True))
        new += [each for each in part if each.uscc not in there]
    Affected.objects.bulk_create(new, batch_size=_PART)
    if new:
        log_incident(
            incident.case, "picked", by, why=new[0].why, count=len(new), firms=digest_of(each.uscc for each in new)
        )
    return len(new)


def _demand_picking(incident: Incident, by: Account) -> None:
    demand(by, Action.INCIDENT_HANDLE, incident.case.owner)
    # Whoever tells the firms waits, or is waited for: nobody is added to a list that is being told.
    with asks(PLATFORM):
        case = Case.objects.select_for_update().get(pk=incident.case_id)
    if case.state not in PICKING:
        raise NotKept(Problem.NOT_NOW)


def _parts(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    return (items[at : at + _PART] for at in range(0, len(items), _PART))
