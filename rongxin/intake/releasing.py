"""What a second person decides over a checked batch, and what the sender may still stop: the steps of its case by name."""

from django.core.exceptions import PermissionDenied

from rongxin.accounts.models import Account
from rongxin.intake import workflow
from rongxin.intake.models import Batch
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import Bar
from rongxin.workflow.barring import NotPossible as Refused


class NotPossible(ValueError):
    """The batch is in a state in which this cannot be done; ``state`` tells which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class RowsGone(NotPossible):
    """The checked rows are no longer on the disk: the batch can be sent back or stopped, and then be sent again."""


def release(number: str, by: Account) -> Batch:
    """Release a checked batch: its rows become records. Raises PermissionDenied for the sender and NotPossible otherwise."""
    return _taken(number, workflow.RELEASE, by)


def send_back(number: str, by: Account, *, reason: str) -> Batch:
    """Send a checked batch back to its sender with a reason; nothing of it becomes a record."""
    if not reason.strip():
        raise ValueError("a batch is sent back with a reason")
    return _taken(number, workflow.SEND_BACK, by, reason=reason)


def stop(number: str, by: Account) -> Batch:
    """Stop a batch before its release, by a person of the department who may send."""
    return _taken(number, workflow.STOP, by)


def tell_columns(number: str, by: Account) -> Batch:
    """Have a batch that waited for its columns checked with them."""
    return _taken(number, workflow.TELL_COLUMNS, by)


def _taken(number: str, step: str, by: Account, *, reason: str = "") -> Batch:
    batches = Batch.objects.select_related("provider")
    try:
        take_step(number, step, by=by, reason=reason)
    except Refused as refusal:
        match refusal.barred:
            case why if why.words == workflow.ROWS_GONE:
                raise RowsGone(batches.get(number=number).state) from None
            case why if why.bar in (Bar.NOT_YOURS, Bar.SECOND_PERSON, Bar.GUARD):
                raise PermissionDenied(f"{step} of {number}") from None
            case why if why.bar == Bar.NOT_FROM_HERE:
                raise NotPossible(batches.get(number=number).state) from None
        raise
    return batches.get(number=number)
