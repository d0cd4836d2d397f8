"""Asking the ledger who was affected, in the background: the answer becomes rows, and the search says what it found."""

from django.db import transaction

from rongxin.governance.incidents.actions import PICKING, keep_affected
from rongxin.governance.incidents.models import Affected, Search, Why
from rongxin.ledger.logs import NoLog
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.tracing import FirmsFound, found_faulty, looked_at
from rongxin.subjects.models import Subject
from rongxin.workflow.models import Case


def answer(pk: int) -> int:
    """Answer one search, once; returns how many firms were found."""
    asked = Search.objects.select_related("incident", "department").get(pk=pk)
    if asked.found is not None:
        return asked.found
    sequence_all()  # looks of a moment ago count, too
    try:
        found = _asked_of_ledger(asked)
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
        if case.state in PICKING:
            keep_affected(rows)
        Search.objects.filter(pk=pk).update(found=len(rows), unknown=found.unknown, hidden=found.hidden)
    return len(rows)


def _asked_of_ledger(asked: Search) -> FirmsFound:
    codes = Subject.objects.exclude(uscc="").values_list("uscc", flat=True).iterator(chunk_size=10_000)
    if asked.why == Why.FAULTY:
        return found_faulty(codes)
    assert asked.since is not None
    assert asked.until is not None
    code = asked.department.code if asked.department else ""
    return looked_at(codes, asked.since, asked.until, username=asked.username, department=code)
