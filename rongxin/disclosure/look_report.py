"""查阅周报: looks at files that an auditor should ask about. Four signs, each a reason to look, none of them a fault by itself.

No case: without the number of a case or batch. At night: outside the hours of RONGXIN_LOOKS_DAY_FROM and RONGXIN_LOOKS_DAY_UNTIL,
or on a day off; a machine's key works at any hour. In bulk: more than RONGXIN_LOOKS_BULK enterprises by one account within an hour.
Stranger: an enterprise that was never in a case of the log. An enterprise that looks at its own file counts for nothing.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.access import Purpose
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.ledger.bundles import Opening
from rongxin.ledger.entries import KIND_AT, Kind, fields, instant_of
from rongxin.ledger.models import Audit, Entry, Log, Task
from rongxin.ledger.rows import PART
from rongxin.ledger.tracing import logs_since, looks_within
from rongxin.primitives.workdays import Calendar
from rongxin.rulebook import queries as rulebook

WEEK: Final = timedelta(days=7)
_HOUR: Final = timedelta(hours=1)
_STREAMS: Final = 500
NO_CASE, NIGHT, BULK, STRANGER = "no_case", "night", "bulk", "stranger"
SIGNS: Final = (NO_CASE, NIGHT, BULK, STRANGER)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look, opened. ``firm``: the row of its stream, a pseudonym."""

    firm: int
    at: datetime
    by: str
    department: str
    role: str
    has_case: bool
    by_machine: bool


@dataclass(slots=True)
class Finding:
    """What one account did that is a sign: how many looks, at how many enterprises, from when to when (ISO, local)."""

    sign: str
    by: str
    department: str
    role: str
    by_machine: bool
    looks: int
    firms: int
    first: str
    last: str


@dataclass(slots=True)
class OfDepartment:
    """One department's week."""

    code: str
    looks: int = 0
    firms: int = 0
    accounts: int = 0
    signs: dict[str, int] = field(default_factory=dict)


@job(title="查阅周报")
def report_looks(progress: Progress, monday: str = "") -> int:
    """Make the report of the week that begins on ``monday``, without it of the last whole one, once; how many looks it counts."""
    begins = date.fromisoformat(monday) if monday else last_monday()
    log = Log.objects.order_by("-pk").first()
    if log is None or (not monday and Audit.objects.filter(log=log, task=Task.LOOKS, day=begins).exists()):
        return 0
    progress.phase("查阅周报")
    seen, sealed, size = _looks(begins, progress)
    told = report(seen, sealed, rulebook.current().calendar, _strangers(seen))
    with transaction.atomic():
        Audit.objects.filter(log=log, task=Task.LOOKS, day=begins).delete()
        Audit.objects.create(
            log=log,
            task=Task.LOOKS,
            day=begins,
            ended_at=timezone.now(),
            size=size,
            wrong=len(told["findings"]),
            told=told,
        )
    return len(seen)


def last_monday() -> date:
    """The Monday of the last week that is over."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday() + 7)


def report(seen: list[Seen], sealed: int, calendar: Calendar, strangers: set[int]) -> dict[str, Any]:
    """The report: departments with their counts, and findings by account. ``strangers``: firms that were never in a case."""
    signs = {
        NO_CASE: [look for look in seen if not look.has_case],
        NIGHT: [look for look in seen if not look.by_machine and is_at_night(look.at, calendar)],
        BULK: list(_in_bulk(seen)),
        STRANGER: [look for look in seen if look.firm in strangers],
    }
    return {
        "looks": len(seen),
        "firms": len({look.firm for look in seen}),
        "sealed": sealed,
        "departments": [asdict(each) for each in _departments(seen, signs)],
        "findings": [asdict(each) for sign, looks in signs.items() for each in _findings(sign, looks)],
        "day_from": environment.looks_day_from,
        "day_until": environment.looks_day_until,
        "bulk": environment.looks_bulk,
    }


def is_at_night(at: datetime, calendar: Calendar) -> bool:
    """Whether it was outside the hours of the day in Fuzhou, or on a day off."""
    local = timezone.localtime(at)
    by_day = environment.looks_day_from <= local.hour < environment.looks_day_until
    return not by_day or not calendar.is_workday(local.date())


def _in_bulk(seen: Iterable[Seen]) -> Iterator[Seen]:
    """The looks of an account in any hour in which it looked at more enterprises than is told."""
    by_account: dict[str, list[Seen]] = defaultdict(list)
    for look in seen:
        by_account[look.by].append(look)
    for looks in by_account.values():
        looks.sort(key=lambda look: look.at)
        firms: Counter[int] = Counter()
        begin, told = 0, 0
        for end, look in enumerate(looks):
            firms[look.firm] += 1
            while looks[begin].at <= look.at - _HOUR:
                firms[looks[begin].firm] -= 1
                if not firms[looks[begin].firm]:
                    del firms[looks[begin].firm]
                begin += 1
            if len(firms) > environment.looks_bulk:
                yield from looks[max(begin, told) : end + 1]
                told = end + 1


def _departments(seen: Iterable[Seen], signs: dict[str, list[Seen]]) -> list[OfDepartment]:
    looks: Counter[str] = Counter()
    firms, accounts = defaultdict(set), defaultdict(set)
    for look in seen:
        looks[look.department] += 1
        firms[look.department].add(look.firm)
        accounts[look.department].add(look.by)
    counted = {sign: Counter(look.department for look in found) for sign, found in signs.items()}
    return [
        OfDepartment(code, number, len(firms[code]), len(accounts[code]), {sign: counted[sign][code] for sign in SIGNS})
        for code, number in looks.most_common()
    ]


def _findings(sign: str, looks: Iterable[Seen]) -> list[Finding]:
    by_account: dict[tuple[str, str, str, bool], list[Seen]] = defaultdict(list)
    for look in looks:
        by_account[look.by, look.department, look.role, look.by_machine].append(look)
    found = [
        Finding(
            sign,
            *who,
            len(of),
            len({look.firm for look in of}),
            _local(min(look.at for look in of)),
            _local(max(look.at for look in of)),
        )
        for who, of in by_account.items()
    ]
    return sorted(found, key=lambda each: (-each.firms, -each.looks, each.by))


def _local(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes")


def _looks(monday: date, progress: Progress) -> tuple[list[Seen], int, int]:
    """The looks of the week at files of others, over New Year in two logs, how many are sealed, and how many looks were read."""
    seen: list[Seen] = []
    sealed = size = 0
    begins, ends = _instant(monday), _instant(monday + WEEK)
    for part in chain.from_iterable(looks_within(log, begins, ends, progress) for log in logs_since(begins)):
        size += len(part)
        for row, said in part:
            if not isinstance(said, Opening):
                sealed += 1
            elif (look := _seen(row, json.loads(said.payload))) is not None:
                seen.append(look)
    return seen, sealed, size


def _seen(row: Entry, said: dict[str, Any]) -> Seen | None:
    if said.get("purpose") == Purpose.OWN:
        return None
    return Seen(
        firm=row.stream_id,
        at=instant_of(fields(bytes(row.entry))[3]),
        by=str(said.get("by", "")),
        department=str(said.get("department", "")),
        role=str(said.get("role", "")),
        has_case=bool(said.get("case")),
        by_machine=bool(said.get("key")),
    )


def _strangers(seen: Iterable[Seen]) -> set[int]:
    """The firms looked at that have no decision in the log: they were never in a case."""
    firms = sorted({look.firm for look in seen})
    known = set()
    for at in range(0, len(firms), _STREAMS):
        rows = Entry.objects.filter(stream__in=firms[at : at + _STREAMS]).values_list("stream_id", "entry")
        known |= {stream for stream, entry in rows.iterator(PART) if bytes(entry)[KIND_AT] == Kind.DECISION}
    return set(firms) - known


def _instant(day: date) -> datetime:
    """The beginning of the day in Fuzhou."""
    return datetime.combine(day, time(), timezone.get_default_timezone())
