"""From record events to cases: what falls is unwound, what lost a support is decided anew, what came back is asked about."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from django.utils import timezone

from rongxin.notices.recipients import Recipient
from rongxin.notices.telling import tell, template
from rongxin.policy.notices import NoticeValue
from rongxin.records.models import Effect, RecordEvent
from rongxin.remedies.unwinding.actions import open_redecision, open_unwinding
from rongxin.remedies.unwinding.models import Redecision, Unwinding
from rongxin.remedies.unwinding.rules import FALLS
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.writing import events_last

CONSUMER: Final = "unwinding"
CAME_BACK: Final = "unwinding_came_back"


def consume(events: Sequence[RecordEvent]) -> None:
    """Open and move cases for some events, in order. Whatever was opened before is found again."""
    with events_last():
        for event in events:
            match event.effect:
                case Effect.SUSPENDED:
                    open_redecision(event.record, lost_support(event), event)
                case Effect.REPAIR_REVOKED:
                    _came_back(event)
                case _:
                    open_unwinding(event)
                    if event.effect in FALLS:
                        _over(event.record.number)


def lost_support(event: RecordEvent) -> str:
    """The number of what was lost first, from the words of the suspension: 记录 <number>、…"""
    _, _, told = event.basis.partition("：")
    return told.partition("、")[0].rpartition(" ")[2][:64]


def _over(number: str) -> None:
    """Nothing is left to decide about a record that is gone itself."""
    for each in Redecision.objects.filter(number=number, case__is_open=True).select_related("case"):
        with suppress(NotPossible):  # the step that withdrew it ends the case, too
            take_step(each.case.number, "moot", by=None)


def _came_back(event: RecordEvent) -> None:
    """The repair was taken back. What was undone stays undone until a person says otherwise; the office is asked once."""
    policy = rulebook.current()
    undone = Unwinding.objects.filter(
        number=event.record.number, effect=Effect.REPAIRED, position__lt=event.position, came_back_at=None
    )
    for unwinding in undone.select_related("case__owner").order_by("pk"):
        case = unwinding.case
        Unwinding.objects.filter(pk=unwinding.pk).update(came_back_at=timezone.now())
        tell(
            policy,
            template(policy, CAME_BACK),
            key=f"unwinding:{unwinding.pk}:came_back:{event.position}",
            to=[Recipient(department=case.owner)],
            values={NoticeValue.NUMBER: case.number, NoticeValue.TITLE: case.title},
        )
        if case.is_open:
            with suppress(NotPossible):
                take_step(case.number, "came_back", by=None)
