"""Opening the two procedures from record events, and settling what a person settles."""

from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.events import who
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.documents.issuing import NotWithdrawn, withdraw
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, firm_or_platform
from rongxin.primitives.recognisers import words_of_persons
from rongxin.records.display import Moment, known
from rongxin.records.models import Effect, Record, RecordEvent
from rongxin.records.queries import firms_of
from rongxin.remedies.unwinding.models import Item, ItemSort, Outcome, Redecision, Unwinding
from rongxin.remedies.unwinding.rules import HAPPENED
from rongxin.storage.askers import PLATFORM, asks
from rongxin.workflow.actions import open_case
from rongxin.workflow.models import Case

KIND: Final = "unwinding"
REDECIDING: Final = "redecision"
SETTLING: Final = ("undoing",)
"""The states in which items are settled."""
LONGEST_REASON: Final = 300


class Problem(StrEnum):
    """Why an item was not settled."""

    NOT_NOW = "not_now"
    SETTLED = "settled"
    NO_REASON = "no_reason"
    TOO_LONG = "too_long"
    PERSON = "person"
    NOT_YOURS = "not_yours"


class NotSettled(ValueError):
    """Nothing was kept; ``problem`` says why, ``about`` what of the words."""

    def __init__(self, problem: Problem, about: str = "") -> None:
        super().__init__(f"{problem} {about}".strip())
        self.problem, self.about = problem, about


@transaction.atomic
def open_unwinding(event: RecordEvent) -> Unwinding:
    """Open the case of one event of a record, once; its checklist is made in the background."""
    from rongxin.remedies.unwinding.jobs import find_affected

    record, effect = event.record, Effect(event.effect)
    with asks(PLATFORM):
        case = open_case(
            KIND,
            title=f"{_called(record)}{HAPPENED[effect].zh}，消除影响",
            owner=record.provider,
            firm=firms_of([record])[record.pk] or None,
            key=f"{record.act_key}:{event.position}",
        )
        if found := Unwinding.objects.filter(case=case).first():
            return found
        unwinding = Unwinding.objects.create(
            case=case,
            number=record.number,
            version=record.version,
            position=event.position,
            effect=effect,
            happened_at=event.effective_at,
        )
        find_affected.enqueue(case.number, key=case.number)
    return unwinding


@transaction.atomic
def open_redecision(effect: Record, support: str, cause: RecordEvent) -> Redecision:
    """Open the case in which the authority of ``effect`` decides anew, once for one ``cause``: the suspension of the effect, or
    the correction of its support.
    """
    with asks(PLATFORM):
        case = open_case(
            REDECIDING,
            title=f"{_called(effect)}的依据有变，重新认定",
            owner=effect.provider,
            firm=firms_of([effect])[effect.pk] or None,
            key=f"{effect.act_key}:{cause.position}",
        )
        if found := Redecision.objects.filter(case=case).first():
            return found
        return Redecision.objects.create(
            case=case,
            number=effect.number,
            support=support,
            is_suspended=cause.effect == Effect.SUSPENDED,
        )


@transaction.atomic
def settle(item: int, outcome: Outcome, *, by: Account, reason: str, names_nobody: bool = False) -> Item:
    """Settle an open document (or an effect that no procedure here decides): looked at and left, or withdrawn.

    Raises PermissionDenied, NotSettled and Item.DoesNotExist.
    """
    number = Item.objects.select_related("unwinding").get(pk=item).unwinding.case_id
    with asks(PLATFORM):
        case = Case.objects.select_for_update().get(pk=number)
    demand(by, Action.CASE_ACT, case.owner)
    found = Item.objects.select_related("document__authority", "unwinding").get(pk=item)
    if case.state not in SETTLING:
        raise NotSettled(Problem.NOT_NOW)
    if found.outcome or found.redecision_id or found.sort == ItemSort.OFFICE:
        raise NotSettled(Problem.SETTLED)
    words = _words(reason, names_nobody=names_nobody)
    if outcome == Outcome.WITHDRAWN:
        if found.document is None or not by.may(Action.DOCUMENT_ISSUE, found.document.authority):
            raise NotSettled(Problem.NOT_YOURS)
        with asks(PLATFORM):
            try:
                withdraw(found.document, by=by.display_name, reason=words)
            except NotWithdrawn:
                raise NotSettled(Problem.SETTLED) from None
    found.outcome, found.reason, found.settled_by, found.settled_at = outcome, words, by, timezone.now()
    with asks(PLATFORM):
        found.save(update_fields=["outcome", "reason", "settled_by", "settled_at"])
    said = {"act": "unwinding.settle", "case": case.number, "sort": found.sort, "of": found.ref, "outcome": outcome}
    log(Kind.DECISION, firm_or_platform(case.firm), {**said, **who(by)})
    return found


def _words(reason: str, *, names_nobody: bool) -> str:
    words = " ".join(reason.split())
    if not words:
        raise NotSettled(Problem.NO_REASON)
    if len(words) > LONGEST_REASON:
        raise NotSettled(Problem.TOO_LONG)
    found = words_of_persons(words)
    if found and not names_nobody:
        raise NotSettled(Problem.PERSON, found)
    return words


def newest(number: str) -> Record:
    """The newest version of a record; raises Record.DoesNotExist."""
    return known(Moment.now()).select_related("provider").get(number=number)


def _called(record: Record) -> str:
    return record.document_number or record.number
