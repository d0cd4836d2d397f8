"""Who is a recipient: registered and ended by two people each, with keys that are shown once."""

import secrets
from enum import StrEnum
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.accounts.sealing import digest_of
from rongxin.exchange.recipients.models import Address, Call, CallState, Recipient, RecipientKey, Sort
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.primitives.recognisers import suspects
from rongxin.primitives.uscc import is_valid, normalise_code
from rongxin.storage.askers import ENTRANCE, PLATFORM, asks

STREAM: Final = Subject(Of.SYSTEM, "recipients")
"""Whose stream of the ledger recipients, their keys and their acknowledgements are in."""
MARK: Final = "rx"
PREFIX_LENGTH: Final = 14
MOST_KEYS: Final = 2
LONGEST_NAME: Final = 100
LONGEST_REASON: Final = 200


class Problem(StrEnum):
    """Why nothing was kept."""

    NO_NAME = "no_name"
    TOO_LONG = "too_long"
    WRONG_CODE = "wrong_code"
    NO_OFFICE = "no_office"
    PERSON = "person"
    KNOWN = "known"
    SAME_PERSON = "same_person"
    NOT_NOW = "not_now"
    NO_REASON = "no_reason"
    TOO_MANY_KEYS = "too_many_keys"


class NotKept(ValueError):
    """Nothing was kept; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@transaction.atomic
def propose(*, name: str, uscc: str, sort: Sort, office: str, by: Account) -> Recipient:
    """Propose to register an organisation. Raises PermissionDenied and NotKept."""
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    name, office, uscc = " ".join(name.split()), " ".join(office.split()), normalise_code(uscc)
    for is_wrong, problem in (
        (not name, Problem.NO_NAME),
        (not is_valid(uscc), Problem.WRONG_CODE),
        (not office, Problem.NO_OFFICE),
        (max(len(name), len(office)) > LONGEST_NAME, Problem.TOO_LONG),
        (bool(suspects(office)), Problem.PERSON),
    ):
        if is_wrong:
            raise NotKept(problem)
    try:
        with transaction.atomic():
            made = Recipient.objects.create(
                name=name, uscc=uscc, sort=sort, office=office, proposed_by=by, proposed_at=timezone.now()
            )
    except IntegrityError:
        raise NotKept(Problem.KNOWN) from None
    _tell("recipient.propose", made, by)
    return made


@transaction.atomic
def approve(recipient: int, by: Account) -> Recipient:
    """Register what another officer proposed. Raises PermissionDenied, NotKept and Recipient.DoesNotExist."""
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    held = _held(recipient)
    if held.registered_at or held.ended_at:
        raise NotKept(Problem.NOT_NOW)
    if held.proposed_by_id == by.pk:
        raise NotKept(Problem.SAME_PERSON)
    held.registered_by, held.registered_at = by, timezone.now()
    held.save(update_fields=["registered_by", "registered_at"])
    _tell("recipient.register", held, by)
    return held


@transaction.atomic
def drop(recipient: int, by: Account) -> Recipient:
    """A proposal comes to nothing: whoever made it takes it back, or another refuses it. Raises as ``approve`` does."""
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    held = _held(recipient)
    if held.registered_at or held.ended_at:
        raise NotKept(Problem.NOT_NOW)
    held.ended_by, held.ended_at = by, timezone.now()
    held.save(update_fields=["ended_by", "ended_at"])
    _tell("recipient.drop", held, by)
    return held


@transaction.atomic
def propose_end(recipient: int, reason: str, by: Account) -> Recipient:
    """Propose that an organisation be a recipient no longer; it stays one until another officer ends it. Raises as above."""
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    reason = " ".join(reason.split())
    if not reason:
        raise NotKept(Problem.NO_REASON)
    if len(reason) > LONGEST_REASON:
        raise NotKept(Problem.TOO_LONG)
    if suspects(reason):
        raise NotKept(Problem.PERSON)
    held = _held(recipient)
    if not held.is_registered or held.end_proposed_at:
        raise NotKept(Problem.NOT_NOW)
    held.end_proposed_by, held.end_proposed_at, held.end_reason = by, timezone.now(), reason
    held.save(update_fields=["end_proposed_by", "end_proposed_at", "end_reason"])
    _tell("recipient.propose_end", held, by)
    return held


@transaction.atomic
def keep_on(recipient: int, by: Account) -> Recipient:
    """The proposal to end it is taken back or refused. Raises as above."""
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    held = _held(recipient)
    if not held.end_proposed_at or held.ended_at:
        raise NotKept(Problem.NOT_NOW)
    held.end_proposed_by, held.end_proposed_at, held.end_reason = None, None, ""
    held.save(update_fields=["end_proposed_by", "end_proposed_at", "end_reason"])
    _tell("recipient.keep_on", held, by)
    return held


@transaction.atomic
def end(recipient: int, by: Account) -> Recipient:
    """End what another officer proposed to end: no key and no address is in use from now on. What it did not acknowledge stays
    so, and is said. Raises as above.
    """
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    held = _held(recipient)
    if not held.end_proposed_at or held.ended_at:
        raise NotKept(Problem.NOT_NOW)
    if held.end_proposed_by_id == by.pk:
        raise NotKept(Problem.SAME_PERSON)
    held.ended_by, held.ended_at = by, timezone.now()
    held.save(update_fields=["ended_by", "ended_at"])
    with asks(PLATFORM):
        RecipientKey.objects.filter(recipient=held, ended_at=None).update(ended_at=held.ended_at)
        end_addresses(held)
    _tell("recipient.end", held, by)
    return held


def end_addresses(recipient: Recipient) -> None:
    """The present address is called no longer, nor is what waits for it sent."""
    Call.objects.filter(address__recipient=recipient, state=CallState.WAITING).update(state=CallState.GIVEN_UP)
    Address.objects.filter(recipient=recipient, ended_at=None).update(ended_at=timezone.now())


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def make_key(recipient: int, by: Account) -> str:
    """A key in clear, for the only time. Two may be in use, to change over. Raises PermissionDenied and NotKept."""
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    held = _held(recipient)
    if not held.is_registered:
        raise NotKept(Problem.NOT_NOW)
    with asks(PLATFORM):
        if RecipientKey.objects.filter(recipient=held, ended_at=None).count() >= MOST_KEYS:
            raise NotKept(Problem.TOO_MANY_KEYS)
        prefix = MARK + secrets.token_hex((PREFIX_LENGTH - len(MARK)) // 2)
        key = f"{prefix}.{secrets.token_urlsafe(32)}"
        RecipientKey.objects.create(
            recipient=held, prefix=prefix, digest=digest_of(key), made_by=by, made_at=timezone.now()
        )
    _tell("recipient.key", held, by, key=prefix)
    return key


@transaction.atomic
def end_key(recipient: int, prefix: str, by: Account) -> None:
    """The key is in use no longer, at once; ending it twice changes nothing. Raises PermissionDenied and DoesNotExist."""
    demand(by, Action.RECIPIENT_KEEP, by.works_for)
    held = _held(recipient)
    with asks(PLATFORM):
        ended = RecipientKey.objects.filter(recipient=held, prefix=prefix, ended_at=None).update(
            ended_at=timezone.now()
        )
    if ended:
        _tell("recipient.end_key", held, by, key=prefix)


def recipient_of(key: str) -> Recipient | None:
    """The recipient that a key in use speaks for; None for any other text."""
    prefix, _, secret = key.partition(".")
    if len(prefix) != PREFIX_LENGTH or not prefix.startswith(MARK) or not secret:
        return None
    with asks(ENTRANCE):
        found = RecipientKey.objects.select_related("recipient").filter(prefix=prefix, ended_at=None).first()
    if found is None or not secrets.compare_digest(found.digest, digest_of(key)):
        return None
    return found.recipient if found.recipient.is_registered else None


def _held(recipient: int) -> Recipient:
    return Recipient.objects.select_for_update().get(pk=recipient)


def _tell(act: str, recipient: Recipient, by: Account, **more: str) -> None:
    log(Kind.ADMIN, STREAM, {"act": act, "recipient": recipient.uscc, "by": by.username, **more})
