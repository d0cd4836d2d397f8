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


def changed(uscc: str, payload: dict[str, Any], kind: Kind = Kind.RECORD) -> None:
    """A change of the firm's file."""
    with transaction.atomic():
        log(kind, Subject(Of.FIRM, uscc), payload)


def signed() -> None:
    """Everything that waits is sequenced and covered by a checkpoint."""
    sequence_all()
    checkpoint(logs.current())
