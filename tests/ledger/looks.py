"""Looks and changes of a firm's file in the agreed words, as the platform logs them."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from rongxin.ledger import logs
from rongxin.ledger.actions import Event as Told
from rongxin.ledger.actions import Sealing, log, log_many
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.signing import checkpoint
from rongxin.records.models import Record
from rongxin.records.telling import firms_to_tell, tell_firms
from rongxin.subjects.models import Subject as Firm
from tests.factories import some_records


def a_look(**more: Any) -> dict[str, Any]:
    """What a look says."""
    told = {
        "act": "read",
        "by": "tax-0007",
        "department": "own",
        "role": "clerk",
        "purpose": "case",
        "case": "询问-2026-0001",
        "what": "record",
        "fields": "restricted",
        "count": 1,
    }
    return told | more


def looked_at(uscc: str, *payloads: dict[str, Any], is_sealed: bool = False) -> None:
    """These looks at the firm, one after another."""
    sealing = (
        Sealing(timezone.localdate() + timedelta(days=90), "榕信封〔2026〕3号", "a-1", "b-2") if is_sealed else None
    )
    subject = Subject(Of.FIRM, uscc)
    with transaction.atomic():
        log_many(Kind.ACCESS, [Told(subject, payload, sealing) for payload in payloads])


def entered(firm: Firm, number: int = 1, *, batch: str = "B-20261120-0001") -> list[Record]:
    """So many records of the firm, the whole of a batch: entered, and told as the end of the batch tells."""
    made = some_records(number, firm, batch=batch)
    firms = firms_to_tell(batch)
    with transaction.atomic():
        tell_firms(batch, firms)
    return made


def changed(uscc: str, payload: dict[str, Any], kind: Kind = Kind.RECORD) -> None:
    """A change of the firm's file."""
    with transaction.atomic():
        log(kind, Subject(Of.FIRM, uscc), payload)


def signed() -> None:
    """Everything that waits is sequenced and covered by a checkpoint."""
    sequence_all()
    checkpoint(logs.current())
