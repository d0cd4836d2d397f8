"""What is on its way outside: claimed by one worker, tried, tried again after growing pauses, given up and said so.

Nothing is sent while a transaction is open. A claim is written before, the end after; whoever dies between the two leaves a claim
that lapses, and the message goes out again under the same id. So outside it is at least once, and a receiver that heeds the id
(Message-ID, Idempotency-Key) has it once.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import resolve_url
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.models import Account
from rongxin.accounts.sealing import Unsealable
from rongxin.notices import contacts
from rongxin.notices.channels import channel, is_on
from rongxin.notices.channels.channel import FOR_GOOD, OF_THE_ADDRESS, OF_THE_CHANNEL, Channel, Failure, Message, Reason
from rongxin.notices.models import Attempt, Sending, SendingState
from rongxin.policy.notices import ChannelName, OutsideValue, filled_in
from rongxin.rulebook import queries as rulebook

log = logging.getLogger(__name__)
CLAIM: Final = timedelta(minutes=5)
"""Longer than any attempt can take; a claim that is older was a worker's that died."""
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=12)
MOST_AT_ONCE: Final = 500


class NotGivenUp(ValueError):
    """Only what was given up is tried again by hand."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sending that this worker has, at its ``attempt``-th attempt."""

    sending: Sending
    attempt: int


def send_due() -> dict[str, int]:
    """Send what is due by every channel that is switched on; returns how many went out, failed, and were given up."""
    counts = {"sent": 0, "failed": 0, "given_up": 0}
    for name in ChannelName:
        if is_on(name):
            with channel(name) as way:
                _round(name, way, counts)
    return counts


def _round(name: ChannelName, way: Channel, counts: dict[str, int]) -> None:
    for _ in range(MOST_AT_ONCE):
        claim = claim_next(name)
        if claim is None:
            return
        reason = _try(way, claim.sending)
        counts[_end(claim, reason)] += 1
        if reason in OF_THE_CHANNEL:
            log.warning("%s: %s; the others wait", name, reason)
            return


def claim_next(name: ChannelName) -> Claim | None:
    """Take the next one that is due, so that nobody else does; None when there is none.

    One whose claim lapsed is written down as stopped and taken over, or given up at the last attempt.
    """
    now = timezone.now()
    live = [SendingState.WAITING, SendingState.TAKEN]
    due = Sending.objects.filter(channel=name, state__in=live, due_at__lte=now).order_by("due_at", "pk")
    if not due.exists():  # an idle worker takes no write lock
        return None
    with transaction.atomic():
        while sending := _locked(due).first():
            if sending.state == SendingState.TAKEN:
                _note(sending, Reason.STOPPED, now)
                if sending.attempts >= sending.allowed:
                    sending.state, sending.reason = SendingState.GAVE_UP, Reason.STOPPED
                    sending.save(update_fields=["state", "reason"])
                    continue
            sending.state, sending.due_at = SendingState.TAKEN, now + CLAIM
            sending.attempts += 1
            sending.save(update_fields=["state", "due_at", "attempts"])
            return Claim(sending, sending.attempts)
    return None


def _locked(due: QuerySet[Sending]) -> QuerySet[Sending]:
    return due.select_related("notice").select_for_update(of=("self",), skip_locked=True)


def _try(way: Channel, sending: Sending) -> Reason | None:
    """One attempt outside any transaction; None when the other side took it."""
    contact = contacts.contact_of(sending)
    if contact is None:
        return Reason.NO_ADDRESS
    try:
        way.send(_message(sending, contacts.address_of(contact)))
    except Unsealable:
        return Reason.UNREADABLE
    except Failure as failure:
        return failure.reason
    except Exception as error:
        # Whatever it is, it must not keep the others back; its words may hold the address.
        log.error("sending %s: %s", sending.pk, type(error).__name__)
        return Reason.FAULT
    return None


def _login_of(sending: Sending) -> str:
    """The route by which whoever it is to comes in: enterprises have a window of their own."""
    return str(settings.LOGIN_URL) if sending.mandate_id is None else "enterprise:login"


def _message(sending: Sending, address: str) -> Message:
    notice, policy = sending.notice, rulebook.current()
    text = policy.outside_texts[sending.channel]
    values = {
        OutsideValue.PLATFORM: environment.platform_name,
        OutsideValue.ADDRESS: f"{environment.site()}{resolve_url(_login_of(sending))}",
        OutsideValue.NUMBER: f"{notice.pk}",
    }
    named = {str(name): value for name, value in values.items()}
    if text.subject is None:
        return Message(sending.message_id, address, "", filled_in(text.body.zh, named))
    both = f"{filled_in(text.body.zh, named)}\n\n{filled_in(text.body.en, named)}\n"
    return Message(sending.message_id, address, filled_in(text.subject.zh, named), both)


@transaction.atomic
def _end(claim: Claim, reason: Reason | None) -> str:
    """Write down how the attempt ended, unless the claim lapsed and somebody else has it now."""
    now = timezone.now()
    sending = Sending.objects.select_for_update(of=("self",)).get(pk=claim.sending.pk)
    if sending.state != SendingState.TAKEN or sending.attempts != claim.attempt:
        return "sent" if reason is None else "failed"
    _note(sending, reason, now)
    outcome = "failed"
    if reason is None:
        sending.state, sending.sent_at, sending.reason, outcome = SendingState.SENT, now, "", "sent"
    elif reason in FOR_GOOD or sending.attempts >= sending.allowed:
        sending.state, sending.reason, outcome = SendingState.GAVE_UP, reason, "given_up"
    else:
        sending.state, sending.reason, sending.due_at = SendingState.WAITING, reason, now + pause(sending.attempts)
    sending.save(update_fields=["state", "sent_at", "reason", "due_at"])
    _note_of_address(sending)
    return outcome


def _note_of_address(sending: Sending) -> None:
    contact = contacts.contact_of(sending)
    if contact is None:
        return
    if sending.state == SendingState.SENT:
        contacts.note_taken(contact)
    elif sending.state == SendingState.GAVE_UP and sending.reason in OF_THE_ADDRESS:
        contacts.note_refused(contact)


def _note(sending: Sending, reason: Reason | None, now: datetime) -> None:
    Attempt.objects.create(
        sending=sending, number=sending.attempts, at=now, is_sent=reason is None, reason=reason or ""
    )


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 5, 15, 45 minutes …, at most half a day."""
    factor: int = 3 ** (min(attempts, 10) - 1)
    return min(FIRST_PAUSE * factor, LONGEST_PAUSE)


@transaction.atomic
def send_again(sending: Sending, *, by: Account) -> None:
    """Try anew what was given up, with as many attempts as at first and under the same id. Raises NotGivenUp.

    Who may is asked by the caller.
    """
    now = timezone.now()
    found = Sending.objects.select_for_update(of=("self",)).get(pk=sending.pk)
    if found.state != SendingState.GAVE_UP:
        raise NotGivenUp(found.state)
    found.state, found.due_at = SendingState.WAITING, now
    found.allowed = found.attempts + environment.notice_attempts
    found.save(update_fields=["state", "due_at", "allowed"])
    Attempt.objects.create(sending=found, number=found.attempts, at=now, by=by)
