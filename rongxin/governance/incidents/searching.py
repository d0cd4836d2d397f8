"""Asking the ledger who was affected, in the background: the answer becomes rows, and the search says what it found.

Rows and answer are kept in one transaction, so that a process that dies has done nothing and is simply begun again.
"""

from collections.abc import Iterable

from django.db import transaction

from rongxin.governance.incidents.actions import PICKING, keep_affected
from rongxin.governance.incidents.logged import log_incident
from rongxin.governance.incidents.models import Affected, Search, Why
from rongxin.jobs.progress import Progress
from rongxin.ledger.logs import NoLog
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.tracing import FirmsFound, found_faulty, looked_at
from rongxin.subjects.models import Subject
from rongxin.workflow.models import Case


def answer(pk: int, progress: Progress) -> int:
    """Answer one search, once; returns how many firms were found."""
    asked = Search.objects.select_related("incident", "department").get(pk=pk)
    if asked.found is not None:
        return asked.found
    sequence_all()  # looks of a moment ago count, too
    try:
        found = _asked_of_ledger(asked, progress)
    except NoLog:
        found = FirmsFound()
    rows = [
        Affected(
            incident=asked.incident,
            uscc=code,
            why=Why.LOOKED,
            looks=each.count,
            first_at=each.first_at,
            last_at=each.last_at,
        )
        for code, each in found.looks.items()
    ] + [Affected(incident=asked.incident, uscc=code, why=Why.FAULTY) for code in found.faulty]
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=asked.incident.case_id)
        answered = Search.objects.get(pk=pk).found
        if answered is not None:  # another process was faster
            return answered
        if case.state in PICKING:
            keep_affected(asked.incident, rows, None)
        Search.objects.filter(pk=pk).update(found=len(rows), unknown=found.unknown, hidden=found.hidden)
        log_incident(case, "found", None, count=len(rows), unknown=found.unknown, hidden=found.hidden)
    return len(rows)


def _codes() -> Iterable[str]:
    return Subject.objects.exclude(uscc="").values_list("uscc", flat=True).iterator(chunk_size=10_000)


def _asked_of_ledger(asked: Search, progress: Progress) -> FirmsFound:
    if asked.why == Why.FAULTY:
        return found_faulty(_codes, progress)
    assert asked.since is not None
    assert asked.until is not None
    code = asked.department.code if asked.department else ""
    return looked_at(_codes, asked.since, asked.until, progress, username=asked.username, department=code)
