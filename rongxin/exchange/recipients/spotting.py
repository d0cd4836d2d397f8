"""Spot checks: an officer found an act still shown where its end was acknowledged, and keeps the evidence."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.exchange.recipients.models import Retraction, SpotCheck, SpotFile
from rongxin.exchange.recipients.queries import arrivals
from rongxin.exchange.recipients.registry import STREAM
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind
from rongxin.primitives.recognisers import suspects
from rongxin.workflow.evidence import LARGEST, media_type

LONGEST_URL: Final = 500
LONGEST_REASON: Final = 200


class Fault(StrEnum):
    """Why a spot check was not kept."""

    NOT_ENDED = "not_ended"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    TOO_EARLY = "too_early"
    FUTURE = "future"
    URL = "url"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    RETRACTED = "retracted"
    NO_REASON = "no_reason"


class NotSpotted(ValueError):
    """Nothing was kept; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@transaction.atomic
def spot(number: str, recipient: int, *, seen_at: datetime, url: str, content: bytes, by: Account) -> SpotCheck:
    """Keep that ``recipient`` still showed the act at ``url`` after it had acknowledged its end; the same screenshot twice is one.

    Raises PermissionDenied and NotSpotted.
    """
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    told = arrivals(number)
    if told is None:
        raise NotSpotted(Fault.NOT_ENDED)
    line = next((each for each in told.lines if each.recipient == recipient), None)
    if line is None or line.acknowledged_at is None:
        raise NotSpotted(Fault.NOT_ACKNOWLEDGED)
    url, found = url.strip(), media_type(content)
    for is_wrong, fault in (
        (seen_at <= line.acknowledged_at, Fault.TOO_EARLY),
        (seen_at > timezone.now(), Fault.FUTURE),
        (not _is_page(url), Fault.URL),
        (not content, Fault.EMPTY),
        (len(content) > LARGEST, Fault.TOO_LARGE),
        (not found, Fault.UNKNOWN),
    ):
        if is_wrong:
            raise NotSpotted(fault)
    digest = hashlib.sha256(content).hexdigest()
    if same := SpotCheck.objects.filter(recipient=recipient, number=number, sha256=digest).first():
        return same
    kept = SpotCheck.objects.create(
        recipient_id=recipient,
        number=number,
        position=told.position,
        seen_at=seen_at,
        url=url,
        sha256=digest,
        media_type=found,
        by=by,
        at=timezone.now(),
    )
    SpotFile.objects.create(spot=kept, content=content)
    log(Kind.EXCHANGE, STREAM, {"act": "recipient.spot", "record": number, "sha256": digest, "by": by.username})
    return kept


@transaction.atomic
def retract(spot_check: int, reason: str, by: Account) -> Retraction:
    """A spot check was wrong: it stays, and counts no longer. Raises PermissionDenied, NotSpotted and SpotCheck.DoesNotExist."""
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    kept = SpotCheck.objects.select_related("recipient").get(pk=spot_check)
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason or suspects(reason):
        raise NotSpotted(Fault.NO_REASON)
    made, is_new = Retraction.objects.get_or_create(
        spot=kept, defaults={"reason": reason, "by": by, "at": timezone.now()}
    )
    if not is_new:
        raise NotSpotted(Fault.RETRACTED)
    log(
        Kind.EXCHANGE,
        STREAM,
        {"act": "recipient.retract", "record": kept.number, "sha256": kept.sha256, "by": by.username},
    )
    return made


def spots_of(number: str) -> QuerySet[SpotCheck]:
    """The spot checks of an act, those that count no longer among them, the newest first."""
    return SpotCheck.objects.filter(number=number).select_related("recipient", "retraction").order_by("-pk")


def content_of(spot_check: int, by: Account) -> tuple[str, bytes]:
    """Media type and bytes of a screenshot. Raises PermissionDenied and SpotFile.DoesNotExist."""
    if not by.may(Action.RECIPIENT_KEEP, by.works_for):
        demand(by, Action.RECIPIENT_KEEP, by.works_for)
    file = SpotFile.objects.select_related("spot").get(pk=spot_check)
    return file.spot.media_type, bytes(file.content)


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    return is_whole and len(url) <= LONGEST_URL and url.isprintable() and not suspects(url)
