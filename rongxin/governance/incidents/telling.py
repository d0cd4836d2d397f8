"""Telling the affected firms: each once, some in a transaction, with an event in its own stream of the ledger."""

from contextlib import suppress
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.governance.incidents.effects import KIND, values_of
from rongxin.governance.incidents.logged import log_incident
from rongxin.governance.incidents.models import Affected, Incident
from rongxin.governance.incidents.queries import telling_key
from rongxin.jobs.progress import Progress
from rongxin.ledger.actions import Event, log_many
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.notices.recipients import Recipient
from rongxin.notices.telling import tell, template
from rongxin.records.telling import digest_of
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.models import Case

TOLD: Final = "incident_told"
PART: Final = 100


def tell_all(case: Case, progress: Progress) -> int:
    """Tell every firm that was not told yet, then say so in the case; returns how many. Begun again it goes on where it was."""
    incident = Incident.objects.select_related("case__owner").get(case=case)
    told = 0
    while part := _tell_part(incident):
        told += part
        progress.advance(part)
    with suppress(NotPossible):  # another process was faster
        take_step(case.number, "all_told", by=None)
    return told


def cases_to_tell() -> list[Case]:
    """Cases whose firms are being told."""
    return list(Case.objects.filter(kind=KIND, state="telling"))


@transaction.atomic
def _tell_part(incident: Incident) -> int:
    waiting = Affected.objects.select_for_update().filter(incident=incident, told_at=None)
    rows = list(waiting.order_by("uscc")[:PART])
    if not rows:
        return 0
    policy = rulebook.current()
    tell(
        policy,
        template(policy, TOLD),
        key=telling_key(incident),
        to=[Recipient(uscc=row.uscc) for row in rows],
        values=values_of(incident),
    )
    said = {"act": "incident.told", "case": incident.case.number, "sort": incident.sort}
    log_many(Kind.SECURITY, (Event(Subject(Of.FIRM, row.uscc), said) for row in rows))
    log_incident(incident.case, "told", None, count=len(rows), firms=digest_of(row.uscc for row in rows))
    Affected.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=timezone.now())
    return len(rows)
