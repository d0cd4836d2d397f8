"""What the ledger was told in a test, in the order in which it was."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rongxin.accounts.events import UNTOLD
from rongxin.accounts.models import AccountEvent
from rongxin.departments.models import Department
from rongxin.documents.models import Document, Withdrawal
from rongxin.ledger.bundles import Opening
from rongxin.ledger.entries import PLATFORM, Kind, Of, Subject, fields, stream_id
from rongxin.ledger.logs import stream_key
from rongxin.ledger.models import Entry, Log, Pending
from rongxin.ledger.proving import openings
from rongxin.notices.models import ContactChange, Serving, ServingNote, ServingNoteKind
from rongxin.records.models import Clearing, Effect, RecordEvent, Untold
from rongxin.records.telling import ACTS
from rongxin.subjects.mandates.models import Mandate, MandateEnd
from rongxin.workflow.models import CaseEvent


def told(kind: Kind, subject: Subject | None = None, *, act: str = "") -> list[dict[str, Any]]:
    """The payloads of ``kind``, of entries first and then of what waits; those of ``subject`` and of acts that begin with ``act``.

    What is sealed is opened; what was erased is left out.
    """
    waiting = Pending.objects.filter(kind=kind).order_by("pk")
    if subject is not None:
        waiting = waiting.filter(of=subject.of, identifier=subject.identifier)
    texts = [*_entered(kind, subject), *waiting.values_list("payload", flat=True)]
    payloads = [json.loads(text) for text in texts]
    return [payload for payload in payloads if payload["act"].startswith(act)]


def _entered(kind: Kind, subject: Subject | None) -> Iterator[str]:
    for log in Log.objects.order_by("pk"):
        rows = Entry.objects.filter(log=log).order_by("index")
        if subject is not None:
            identifier = stream_id(log.hashing, stream_key(log.origin), subject)
            rows = rows.filter(stream__stream=identifier)
        of_kind = [row for row in rows if fields(bytes(row.entry))[1] == kind]
        opened = openings(log, of_kind, sealed_too=True)
        yield from (shown.payload for row in of_kind if isinstance(shown := opened[row.index], Opening))


def acts(kind: Kind, subject: Subject | None = None) -> list[str]:
    """The same by their names alone."""
    return [payload["act"] for payload in told(kind, subject)]


def of(uscc: str) -> Subject:
    """The stream of an enterprise."""
    return Subject(Of.FIRM, uscc)


def demand_all_told() -> None:
    """What the tables of events hold, and what the ledger was told, are the same, row by row. Enterprises are told of the
    records of a batch when it comes to its end; that is compared once every batch did.
    """
    events = Counter(RecordEvent.objects.values_list("effect", flat=True))
    bulk = {effect: events.pop(effect, 0) for effect in (Effect.RECORDED, Effect.CORRECTED)}
    assert Counter(each["act"] for each in told(Kind.RECORD) if "record" in each and each["act"] in ACTS.values()) == {
        ACTS[Effect(effect)]: count for effect, count in events.items()
    }
    chunks = [each for each in told(Kind.RECORD, PLATFORM) if each["act"] == "record.chunk"]
    assert sum(each["count"] for each in chunks) == sum(bulk.values())
    assert sum(each["corrected"] for each in chunks) == bulk[Effect.CORRECTED]
    for effect, count in bulk.items() if not Untold.objects.exists() else ():
        assert sum(each["count"] for each in told(Kind.RECORD, act=ACTS[effect])) == count
    assert len(told(Kind.RECORD, act="record.clear")) == Clearing.objects.count()

    steps = CaseEvent.objects.values_list("case__number", "step", "target")
    cases = told(Kind.DECISION, act="case.")
    assert sorted((each["case"], each["step"], each["state"]) for each in cases) == sorted(steps)

    kept = AccountEvent.objects.exclude(kind__in=UNTOLD).values_list("account__username", "kind")
    accounts = told(Kind.ADMIN, act="account.") + [
        each for each in told(Kind.SECURITY, act="account.") if each["account"]
    ]
    assert sorted((each["account"], each["act"].removeprefix("account.")) for each in accounts) == sorted(kept)

    counts = {
        "document.issue": Document.objects.count(),
        "document.withdraw": Withdrawal.objects.count(),
        "mandate.begin": Mandate.objects.count(),
        "mandate.end": MandateEnd.objects.count(),
        "department.enter": Department.objects.count(),
        "serving.enter": Serving.objects.count(),
        "contact.enter": ContactChange.objects.filter(is_removal=False).count(),
        "contact.remove": ContactChange.objects.filter(is_removal=True).count(),
    } | {f"serving.{kind}": ServingNote.objects.filter(kind=kind).count() for kind in ServingNoteKind.values}
    rest = [each["act"] for kind in (Kind.STATUS, Kind.ADMIN) for each in told(kind)]
    assert {act: rest.count(act) for act in counts} == counts


__all__ = ["PLATFORM", "Kind", "acts", "demand_all_told", "of", "told"]
