"""From the outbox of cases to notices: what each event tells, in which template."""

from datetime import date
from typing import Final

from rongxin.notices import recipients
from rongxin.notices.telling import Values, tell, template
from rongxin.policy.notices import NoticeValue
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.models import CaseEvent, EventKind
from rongxin.workflow.registry import procedure

CONSUMER: Final = "notices"
BY_TIME: Final = {
    EventKind.WARNED: "case_warned",
    EventKind.OVERDUE: "case_overdue",
    EventKind.ESCALATED: "case_escalated",
    EventKind.DUE_MOVED: "case_due_moved",
}
"""What time does to a case is told under these names; every pack has them."""

OF_EVERY_EVENT: Final = frozenset(
    {
        NoticeValue.NUMBER,
        NoticeValue.KIND,
        NoticeValue.TITLE,
        NoticeValue.STATE,
        NoticeValue.STEP,
        NoticeValue.REASON,
        NoticeValue.OWNER,
        NoticeValue.ON,
        NoticeValue.DUE_ON,
    }
)
GIVEN: Final = {
    "case_warned": OF_EVERY_EVENT | {NoticeValue.DAYS_LEFT},
    "case_overdue": OF_EVERY_EVENT,
    "case_escalated": OF_EVERY_EVENT | {NoticeValue.DAYS_LATE},
    "case_due_moved": OF_EVERY_EVENT | {NoticeValue.DUE_BEFORE},
}
"""Which values a template of these names may use; others may use those of every event."""


def consume(event: CaseEvent) -> None:
    """Tell of one event; nothing where nothing is to be told. Raises NoTemplate."""
    name = event.notice or BY_TIME.get(EventKind(event.kind), "")
    if not name:
        return
    policy = rulebook.current()
    told = template(policy, name)
    tell(
        policy,
        told,
        key=f"case-event:{event.position}",
        to=recipients.of_case(event.case, told.to),
        values=values_of(event),
        event=event,
        by=event.by,
        happened_at=event.at,
    )


def values_of(event: CaseEvent) -> Values:
    """All that an event of a case can tell."""
    case, table = event.case, procedure(event.case.kind)
    state, step, payload = table.by_state.get(event.target), table.by_step.get(event.step), event.payload
    before = payload.get("before")
    return {
        NoticeValue.NUMBER: case.number,
        NoticeValue.KIND: table.title,
        NoticeValue.TITLE: case.title,
        NoticeValue.STATE: state.title if state else event.target,
        NoticeValue.STEP: step.title if step else Title(zh="立案", en="Opened"),
        NoticeValue.REASON: event.reason,
        NoticeValue.OWNER: case.owner.name,
        NoticeValue.ON: event.on,
        NoticeValue.DUE_ON: event.due_on,
        NoticeValue.DUE_BEFORE: date.fromisoformat(before) if before and before != "None" else None,
        NoticeValue.DAYS_LEFT: payload.get("left"),
        NoticeValue.DAYS_LATE: payload.get("workdays_late"),
    }
