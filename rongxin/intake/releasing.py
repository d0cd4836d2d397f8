"""What a second person decides over a checked batch, and what the sender may still stop."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.intake import files, jobs
from rongxin.intake.models import Batch, BatchState
from rongxin.intake.questions.actions import given_up
from rongxin.intake.questions.following import judging_in_turn
from rongxin.intake.questions.rows import answered_in, held_with_origin, rows_are_here
from rongxin.jobs.queries import run_state


class NotPossible(ValueError):
    """The batch is in a state in which this cannot be done; ``state`` tells which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class RowsGone(NotPossible):
    """The checked rows are no longer on the disk: the batch can be sent back or stopped, and then be sent again."""


@transaction.atomic
def release(number: str, by: Account) -> Batch:
    """Release a checked batch: its rows become records. Raises PermissionDenied for the sender and NotPossible otherwise."""
    batch = _decided(number, by)
    if not rows_are_here(batch):
        raise RowsGone(batch.state)
    batch.state = BatchState.RELEASED
    batch.run = jobs.record_batch.enqueue(number, key=number).pk
    batch.save()
    return batch


@transaction.atomic
def send_back(number: str, by: Account, *, reason: str) -> Batch:
    """Send a checked batch back to its sender with a reason; nothing of it becomes a record."""
    if not reason.strip():
        raise ValueError("a batch is sent back with a reason")
    judging_in_turn()
    batch = _decided(number, by)
    batch.state = BatchState.RETURNED
    batch.return_reason = reason.strip()[:500]
    batch.finished_at = batch.decided_at
    batch.save()
    given_up(batch, by)
    transaction.on_commit(lambda: files.drop_received(number))
    return batch


@transaction.atomic
def stop(number: str, by: Account) -> Batch:
    """Stop a batch before its release, by a person of the department who may send."""
    judging_in_turn()
    batch = held_with_origin(number)
    demand(by, Action.BATCH_SUBMIT, batch.provider)
    if batch.state not in (BatchState.RECEIVED, BatchState.MAPPING, BatchState.CHECKED):
        raise NotPossible(batch.state)
    run = run_state(batch.run) if batch.run else None
    if run is not None and not run.is_over:
        run.request_stop()
    batch.state = BatchState.STOPPED
    batch.stopped_by = by
    batch.finished_at = timezone.now()
    batch.save()
    given_up(batch, by)
    transaction.on_commit(lambda: files.drop_received(number))
    return batch


def _decided(number: str, by: Account) -> Batch:
    batch = held_with_origin(number)
    demand(by, Action.BATCH_RELEASE, batch.provider)
    if by.pk == batch.submitted_by_id:
        raise PermissionDenied("a batch is released by a second person")
    if answered_in(batch).filter(answered_by=by).exists():
        raise PermissionDenied("whoever said whose a row is does not release it")
    if batch.state != BatchState.CHECKED:
        raise NotPossible(batch.state)
    batch.decided_by = by
    batch.decided_at = timezone.now()
    return batch
