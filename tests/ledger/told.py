"""What the ledger was told in a test, in the order in which it was."""

import json
from typing import Any

from rongxin.ledger.entries import PLATFORM, Kind, Of, Subject
from rongxin.ledger.models import Pending


def told(kind: Kind, subject: Subject | None = None, *, act: str = "") -> list[dict[str, Any]]:
    """The payloads of ``kind`` that wait; those of ``subject`` and of acts that begin with ``act``."""
    waiting = Pending.objects.filter(kind=kind).order_by("pk")
    if subject is not None:
        waiting = waiting.filter(of=subject.of, identifier=subject.identifier)
    payloads = [json.loads(payload) for payload in waiting.values_list("payload", flat=True)]
    return [payload for payload in payloads if payload["act"].startswith(act)]


def acts(kind: Kind, subject: Subject | None = None) -> list[str]:
    """The same by their names alone."""
    return [payload["act"] for payload in told(kind, subject)]


def of(uscc: str) -> Subject:
    """The stream of an enterprise."""
    return Subject(Of.FIRM, uscc)


__all__ = ["PLATFORM", "Kind", "acts", "of", "told"]
