"""What happens to records while remedies run, and what an enterprise is told of a record that is new: read from their events."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.utils import timezone

from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.notices.recipients import Recipient
from rongxin.notices.telling import tell, template
from rongxin.policy.notices import NoticeValue
from rongxin.policy.repair import Way
from rongxin.policy.words import Polarity
from rongxin.records.barred import WITHDRAWAL
from rongxin.records.consuming import deliver
from rongxin.records.models import Effect, RecordEvent
from rongxin.records.queries import subjects_of
from rongxin.records.standing import standings
from rongxin.remedies.objections import actions as objections
from rongxin.remedies.repairs import actions as repairs
from rongxin.remedies.repairs.models import Repair
from rongxin.remedies.repairs.rules import prospect_of
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates.queries import held_among

ENDED: Final = "remedies"
TOLD: Final = "firms-told"
ENTERED: Final = "record_entered"
_ADVERSE: Final = Q(record__polarity=Polarity.ADVERSE)


@job(title="异议、修复跟上记录的变动")
def follow_acts(progress: Progress) -> dict[str, int]:
    """End what a withdrawn or over record leaves nothing to do about, and tell firms of new adverse records. Returns counts."""
    progress.phase("跟上记录的变动")
    ended = deliver(ENDED, _end_moot, effects=(*WITHDRAWAL, Effect.ERASED))
    told = deliver(TOLD, _tell_firms, effects=(Effect.RECORDED, Effect.CORRECTED), only=_ADVERSE)
    return {"ended": ended, "told": told, "over": _end_over()}


def _end_moot(events: Sequence[RecordEvent]) -> None:
    for number in dict.fromkeys(event.record.number for event in events):
        objections.end_moot(number)
        repairs.end_moot(number)


def _tell_firms(events: Sequence[RecordEvent]) -> None:
    """Whoever acts for a firm hears of an adverse record when it comes, with what can be done about it."""
    policy, records = rulebook.current(), [event.record for event in events]
    firms = subjects_of(records)
    held = held_among({firm.pk for firm in firms.values()})
    entered = template(policy, ENTERED)
    for event in events:
        record, firm = event.record, firms.get(event.record_id)
        if firm is None or firm.pk not in held:
            continue
        values = {
            NoticeValue.NUMBER: record.number,
            NoticeValue.TITLE: record.document_number or policy.kinds[record.kind].title,
            NoticeValue.OWNER: record.provider.name,
        }
        key = f"record:{record.number}:{record.version}"
        tell(policy, entered, key=key, to=[Recipient(uscc=firm.uscc)], values=values, happened_at=event.recorded_at)


def _end_over() -> int:
    """Applications for acts whose term ended by itself: nothing is left to repair."""
    policy, today = rulebook.current(), timezone.localdate()
    open_ = Repair.objects.filter(case__is_open=True).exclude(case__state="temporary")
    numbers = list(open_.values_list("record", flat=True))
    over = [
        number
        for number, found in standings(numbers, policy).items()
        if prospect_of(found, policy, today).way == Way.OVER
    ]
    return sum(repairs.end_moot(number) for number in over)
