"""Who delivers what the catalogue asks for, when it last did, and who is silent."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Max
from django.utils import timezone

from rongxin.departments.duties import standing_duties
from rongxin.departments.models import Department, Duty
from rongxin.intake.models import Batch, BatchState
from rongxin.policy.catalogue import Every, ItemInForce, due_on, period_of
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.storage.askers import PLATFORM, asks

# A batch that could not be read, was stopped or went back has delivered nothing.
DELIVERED = (BatchState.RECEIVED, BatchState.CHECKED, BatchState.RELEASED, BatchState.RECORDED, BatchState.NOTHING_NEW)


class Reporting(StrEnum):
    """How a duty stands. ``event``: the item falls due only when something was decided."""

    DONE = "done"
    DUE = "due"
    SILENT = "silent"
    EVENT = "event"


@dataclass(frozen=True)
class DutyLine:
    """One department's duty on a day.

    ``last_received_on``: day of its last batch of the kind that delivered something. ``due``: last day for the next sending;
    ``days_silent``: days beyond it. ``nothing_new_on``: it said there is nothing to send.
    """

    duty: Duty
    item: ItemInForce
    last_received_on: date | None
    nothing_new_on: date | None
    due: date | None
    days_silent: int
    state: Reporting


def duty_lines(policy: Policy, today: date, *, of: Collection[Department] | None = None) -> list[DutyLine]:
    """Every standing duty with what was delivered, in two queries; those of the departments ``of``."""
    items = {each.item.code: each for each in policy.catalogue}
    duties = [duty for duty in standing_duties(today) if duty.item in items and (of is None or duty.department in of)]
    last = _last_received()
    return [
        _line(duty, items[duty.item], last.get((duty.department_id, items[duty.item].item.kind)), today)
        for duty in duties
    ]


def kinds_in_order(policy: Policy, department: Department, today: date) -> tuple[list[RecordKind], list[RecordKind]]:
    """The kinds in the order of the catalogue: those whose items are duties of the department, and all others."""
    place = {each.item.kind: (number, each.item.code) for number, each in enumerate(policy.catalogue)}
    duties = {duty.item for duty in standing_duties(today) if duty.department_id == department.pk}
    in_order = sorted(policy.kinds.values(), key=lambda kind: place.get(kind.name, (len(place), ""))[0])
    own = [kind for kind in in_order if kind.name in place and place[kind.name][1] in duties]
    return own, [kind for kind in in_order if kind not in own]


def _last_received() -> dict[tuple[int, str], date]:
    rows = (
        Batch.objects.filter(state__in=DELIVERED)
        .values("provider", "kind")
        .annotate(last=Max("received_at"))
        .order_by()
    )
    # Whether each department delivers is public.
    with asks(PLATFORM):
        return {(row["provider"], row["kind"]): timezone.localdate(row["last"]) for row in rows}


def _line(duty: Duty, item: ItemInForce, received: date | None, today: date) -> DutyLine:
    frequency = item.item.frequency
    said = max((day for day in (received, duty.nothing_new_on) if day is not None), default=None)
    due = due_on(frequency, since=duty.since, last_sent=said)
    return DutyLine(
        duty=duty,
        item=item,
        last_received_on=received,
        nothing_new_on=duty.nothing_new_on,
        due=due,
        days_silent=max(0, (today - due).days) if due else 0,
        state=_state(frequency.every, said, due, today),
    )


def _state(every: Every, said: date | None, due: date | None, today: date) -> Reporting:
    if due is None:
        return Reporting.EVENT
    if today > due:
        return Reporting.SILENT
    is_of_this_period = said is not None and period_of(said, every) == period_of(today, every)
    return Reporting.DONE if is_of_this_period else Reporting.DUE


@dataclass(frozen=True)
class Delivered:
    """How one item of the catalogue is delivered: by how many departments, how many are silent, when the last batch came."""

    departments: int = 0
    silent: int = 0
    last_received_on: date | None = None


def delivered_by_item(lines: Iterable[DutyLine]) -> dict[str, Delivered]:
    """The lines summed by item code."""
    sums: dict[str, Delivered] = {}
    for line in lines:
        before = sums.get(line.item.item.code, Delivered())
        days = [day for day in (before.last_received_on, line.last_received_on) if day]
        sums[line.item.item.code] = Delivered(
            before.departments + 1, before.silent + (line.state == Reporting.SILENT), max(days, default=None)
        )
    return sums
