"""Where a recipient is woken: it names an https address, shows that it is its own, and is then told that there is something new.

A call says how far the feed has come, under an id, and nothing else. ``X-Rongxin-Signature`` is the HMAC-SHA256, in hex, of
``<X-Rongxin-Timestamp>.<body>`` under the secret. At least once: the same call may come again, under the same id.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.accounts.sealing import Unsealable, seal, unseal
from rongxin.exchange.recipients.models import Address, Call, CallAttempt, CallKind, CallState, Recipient
from rongxin.exchange.recipients.outgoing import Answered, Outcome, fault_of, post
from rongxin.exchange.recipients.registry import STREAM, NotKept, Problem, end_addresses
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind
from rongxin.records.changes import last_position
from rongxin.storage.askers import PLATFORM, asks

WAITS: Final = (10, 60, 300, 1800, 7200, 21600, 43200)
"""Seconds from one attempt to the next; after the last a call is given up. The next event makes another."""
AT_ONCE: Final = 50


class NotAnAddress(ValueError):
    """It is not written as an address that may be called."""


@transaction.atomic
def set_address(recipient: Recipient, url: str) -> str:
    """Name where to call; returns the secret, for the only time. It takes the place of the one before, and is called for a proof
    first. Raises NotAnAddress.
    """
    if fault_of(url):
        raise NotAnAddress(url)
    held = Recipient.objects.select_for_update().get(pk=recipient.pk)
    secret = secrets.token_urlsafe(32)
    with asks(PLATFORM):
        end_addresses(held)
        made = Address.objects.create(recipient=held, url=url, secret=seal(secret), made_at=timezone.now())
        _ask(made, CallKind.CHALLENGE, 0)
    log(Kind.EXCHANGE, STREAM, {"act": "recipient.address", "recipient": held.uscc})
    return secret


@transaction.atomic
def forget_address(recipient: Recipient) -> None:
    """Call nowhere any more."""
    held = Recipient.objects.select_for_update().get(pk=recipient.pk)
    with asks(PLATFORM):
        end_addresses(held)
    log(Kind.EXCHANGE, STREAM, {"act": "recipient.no_address", "recipient": held.uscc})


def address_of(recipient: Recipient) -> Address | None:
    """Where it is called, if anywhere."""
    with asks(PLATFORM):
        return Address.objects.filter(recipient=recipient, ended_at=None).first()


def calls_of(recipient: Recipient, *, limit: int) -> list[tuple[Call, list[CallAttempt]]]:
    """The last calls, the newest first, each with what became of its attempts."""
    with asks(PLATFORM):
        calls = list(
            Call.objects.filter(address__recipient=recipient).select_related("address").order_by("-made_at")[:limit]
        )
        tried: dict[Any, list[CallAttempt]] = {}
        for attempt in CallAttempt.objects.filter(call__in=calls).order_by("pk"):
            tried.setdefault(attempt.call_id, []).append(attempt)
    return [(call, tried.get(call.pk, [])) for call in calls]


@transaction.atomic
def call_again(recipient: int, by: Account) -> Call:
    """Have the present address called now, whatever became of earlier calls. Raises PermissionDenied and NotKept."""
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    held = Recipient.objects.select_for_update().get(pk=recipient)
    with asks(PLATFORM):
        address = Address.objects.filter(recipient=held, ended_at=None).first()
        if address is None or not held.is_registered:
            raise NotKept(Problem.NOT_NOW)
        kind = CallKind.WAKE if address.proved_at else CallKind.CHALLENGE
        call = _ask(address, kind, last_position()[0])
        Call.objects.filter(pk=call.pk).update(due_at=timezone.now())
    log(Kind.ADMIN, STREAM, {"act": "recipient.call", "recipient": held.uscc, "by": by.username})
    return call


# ── sending: the work of the platform ────────────────────────────────────────────────────────────────────────────────
def plan() -> int:
    """A call for every proved address that was not told of the newest yet; what still waits tells the newest instead."""
    newest, _ = last_position()
    stale = Address.objects.filter(ended_at=None, proved_at__isnull=False, woken__lt=newest)
    for address in stale:
        with transaction.atomic():
            _ask(address, CallKind.WAKE, newest)
            Address.objects.filter(pk=address.pk).update(woken=newest)
    return len(stale)


def due(now: datetime) -> QuerySet[Call]:
    """The calls to be made now."""
    return (
        Call.objects.filter(state=CallState.WAITING, due_at__lte=now, address__ended_at=None)
        .select_related("address")
        .order_by("due_at")
    )


def send_due() -> int:
    """Make the calls that are due; how many were taken. Each is written down by itself: a crash repeats one at most."""
    return sum(_send(call) for call in _claimed(due(timezone.now())[:AT_ONCE]))


def _claimed(calls: Iterable[Call]) -> Iterable[Call]:
    """One at a time, put off first: another worker that comes along meanwhile passes it over."""
    for call in calls:
        wait = timedelta(seconds=WAITS[min(call.attempts, len(WAITS) - 1)])
        taken = Call.objects.filter(pk=call.pk, state=CallState.WAITING, attempts=call.attempts).update(
            attempts=call.attempts + 1, due_at=timezone.now() + wait
        )
        if taken:
            call.attempts += 1
            yield call


def _send(call: Call) -> bool:
    answered = _challenge(call) if call.kind == CallKind.CHALLENGE else _wake(call)
    is_taken = answered.outcome == Outcome.TAKEN
    with transaction.atomic():
        CallAttempt.objects.create(call=call, at=timezone.now(), outcome=answered.outcome, status=answered.status)
        if is_taken:
            Call.objects.filter(pk=call.pk).update(state=CallState.TAKEN)
            if call.kind == CallKind.CHALLENGE:
                Address.objects.filter(pk=call.address_id).update(proved_at=timezone.now())
        elif call.attempts >= len(WAITS):
            Call.objects.filter(pk=call.pk).update(state=CallState.GIVEN_UP)
    return is_taken


def _wake(call: Call) -> Answered:
    return _post(call, {"id": str(call.pk), "newest": call.newest})


def _challenge(call: Call) -> Answered:
    """The address is the recipient's when what answers there knows the secret: ``{"answer": HMAC-SHA256(secret, challenge)}``."""
    challenge = secrets.token_urlsafe(24)
    answered = _post(call, {"id": str(call.pk), "challenge": challenge})
    if answered.outcome != Outcome.TAKEN:
        return answered
    try:
        said = json.loads(answered.body)["answer"]
        expected = hmac.new(unseal(call.address.secret).encode(), challenge.encode(), hashlib.sha256).hexdigest()
        is_right = hmac.compare_digest(str(said).encode(), expected.encode())
    except (ValueError, KeyError, TypeError, RecursionError):
        is_right = False
    return answered if is_right else Answered(Outcome.WRONG_ANSWER, answered.status)


def _post(call: Call, told: dict[str, Any]) -> Answered:
    try:
        secret = unseal(call.address.secret)
    except Unsealable:
        return Answered(Outcome.UNREACHABLE)
    body, stamp = json.dumps(told).encode(), str(int(time.time()))
    signed = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Rongxin",
        "X-Rongxin-Timestamp": stamp,
        "X-Rongxin-Signature": signed,
    }
    return post(call.address.url, body, headers)


def _ask(address: Address, kind: CallKind, newest: int) -> Call:
    """The call that waits, telling the newest; at most one of a kind waits."""
    waiting = Call.objects.filter(address=address, kind=kind, state=CallState.WAITING)
    if waiting.update(newest=newest):
        return waiting.get()
    now = timezone.now()
    try:
        with transaction.atomic():
            return Call.objects.create(address=address, kind=kind, newest=newest, made_at=now, due_at=now)
    except IntegrityError:
        return waiting.get()
