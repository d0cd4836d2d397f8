"""What an auditor sees of the ledger: the state, checks and exports that were asked for, weekly reports of looks.

Accounts are told by user name here and nowhere else. What the log says of an enterprise is not shown, only counted.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import Denied, demand, departments_within_reach
from rongxin.departments.models import Department
from rongxin.disclosure.fault_words import fault_title
from rongxin.disclosure.ledger_state import LogState, log_state
from rongxin.jobs.models import Run
from rongxin.ledger import auditing, logs
from rongxin.ledger.jobs import export_log, verify_log
from rongxin.ledger.models import Audit, Pending, Task
from rongxin.ledger.verifying import OF_ENTRY
from rongxin.policy.words import Title
from rongxin.storage.askers import PLATFORM, asks

_JOBS: Final = {Task.VERIFY: verify_log, Task.EXPORT: export_log}
PAST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Something that was asked for. ``run``: how far its job is, None where that was tidied away."""

    audit: Audit
    run: Run | None
    is_there: bool

    @property
    def is_over(self) -> bool:
        return self.audit.ended_at is not None

    @property
    def faults(self) -> tuple[Title, ...]:
        """What was found wrong, as far as it was kept."""
        return tuple(fault_title(line) for line in self.audit.told)

    @property
    def first_wrong(self) -> int | None:
        """The lowest entry among them: where to begin."""
        found = (OF_ENTRY.match(line) for line in self.audit.told)
        return min((int(each[1]) for each in found if each), default=None)

    @property
    def has_failed(self) -> bool:
        return not self.is_over and self.run is not None and self.run.is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the ledger stands. ``waiting``: events that are not sequenced; ``unsigned``: entries that no checkpoint covers."""

    log: LogState | None
    waiting: int
    unsigned: int
    verifications: tuple[AuditLine, ...]
    exports: tuple[AuditLine, ...]
    weeks: tuple[tuple[date, int], ...]


def standing(auditor: Account, name: str = "") -> Standing:
    """How a log stands and what auditors asked of it. Raises PermissionDenied."""
    demand(auditor, Action.LEDGER_READ, auditor.works_for)
    log = log_state(name)
    with asks(PLATFORM):  # the tables of the log are the platform's alone; what is counted here tells of no enterprise
        cut = logs.latest_cut(logs.found(log.origin)) if log else None
        signed = log.newest.size if log and log.newest else 0
        weeks = Audit.objects.filter(task=Task.LOOKS).order_by("-day").values_list("day", "wrong")[:PAST]
        return Standing(
            log=log,
            waiting=Pending.objects.count(),
            unsigned=(cut.size if cut else 0) - signed,
            verifications=_lines(log, Task.VERIFY),
            exports=_lines(log, Task.EXPORT),
            weeks=tuple((day, wrong) for day, wrong in weeks if day is not None),
        )


def ask(auditor: Account, name: str, task: Task, *, with_contents: bool = False) -> Audit:
    """Begin a verification or an export of the log; the one under way where there is one. Raises PermissionDenied and NoLog."""
    _demand(auditor, task)
    log = log_state(name)
    if log is None:
        raise logs.NoLog(name)
    with asks(PLATFORM), transaction.atomic():
        under_way = [line for line in _lines(log, task) if not line.is_over and not line.has_failed]
        if under_way:
            return under_way[0].audit
        audit = auditing.begin(logs.found(log.origin), task, by=auditor.username, with_contents=with_contents)
        _JOBS[task].enqueue(audit.pk, key=_key(audit))
        return audit


def audit_line(auditor: Account, pk: int) -> AuditLine:
    """How far something is that was asked for. Raises PermissionDenied and Audit.DoesNotExist."""
    demand(auditor, Action.LEDGER_READ, auditor.works_for)
    with asks(PLATFORM):
        return _line(Audit.objects.select_related("log").get(pk=pk, task__in=_JOBS))


def export_file(auditor: Account, pk: int) -> Path:
    """The file of an export. Raises PermissionDenied, Audit.DoesNotExist, and FileNotFoundError once it was removed or where it is
    not for this auditor.
    """
    demand(auditor, Action.LEDGER_READ, auditor.works_for)
    if not may_export(auditor):
        raise FileNotFoundError(pk)
    with asks(PLATFORM):
        audit = Audit.objects.get(pk=pk, task=Task.EXPORT, ended_at__isnull=False)
    path = auditing.path_of(audit)
    if not path.is_file():
        raise FileNotFoundError(path)
    return path


def week_report(auditor: Account, monday: date) -> tuple[Audit, dict[str, Any], dict[str, Department]] | None:
    """The report of a week, of the departments within the auditor's reach; None where there is none. Raises PermissionDenied."""
    demand(auditor, Action.LEDGER_READ, auditor.works_for)
    within = {each.code: each for each in departments_within_reach(auditor, Action.LEDGER_READ)}
    with asks(PLATFORM):
        audit = Audit.objects.filter(task=Task.LOOKS, day=monday).order_by("-pk").first()
    if audit is None:
        return None
    told = dict(audit.told)
    told["departments"] = [each for each in told["departments"] if each["code"] in within]
    told["findings"] = [each for each in told["findings"] if each["department"] in within]
    return audit, told, within


def may_export(auditor: Account) -> bool:
    """An export is of the whole platform: for an auditor within whose reach every department is."""
    return len(departments_within_reach(auditor, Action.LEDGER_READ)) == Department.objects.count()


def _demand(auditor: Account, task: Task) -> None:
    demand(auditor, Action.LEDGER_READ, auditor.works_for)
    if task == Task.EXPORT and not may_export(auditor):
        raise Denied(Action.LEDGER_READ, "the whole platform")


def _lines(log: LogState | None, task: Task) -> tuple[AuditLine, ...]:
    if log is None:
        return ()
    rows = list(Audit.objects.filter(log__origin=log.origin, task=task).select_related("log").order_by("-pk")[:PAST])
    runs = {run.key: run for run in Run.objects.filter(key__in=[_key(row) for row in rows]).order_by("pk")}
    return tuple(_line(row, runs.get(_key(row))) for row in rows)


def _line(audit: Audit, run: Run | None = None) -> AuditLine:
    found = run or Run.objects.filter(key=_key(audit)).order_by("-pk").first()
    return AuditLine(audit=audit, run=found, is_there=audit.task == Task.EXPORT and auditing.path_of(audit).is_file())


def _key(audit: Audit) -> str:
    return f"ledger-audit-{audit.pk}"
