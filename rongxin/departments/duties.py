"""Which department must deliver which item of the catalogue: entering, ending, and saying that there is nothing to send."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from rongxin.departments.actions import DEPARTMENTS
from rongxin.departments.models import Department, Duty
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind


class NoSuchItem(LookupError):
    """The catalogue in force has no item of this code."""


@transaction.atomic
def enter_duty(
    department: Department,
    item: str,
    *,
    known: Iterable[str],
    since: date,
    by: str,
    power_code: str = "",
    power_title: str = "",
) -> Duty:
    """Enter that ``department`` must deliver ``item`` from ``since`` on, or bring the standing duty up to date.

    ``known``: the codes of the catalogue in force. ``by``: who enters it, empty for the platform. Raises NoSuchItem.
    """
    if item not in set(known):
        raise NoSuchItem(item)
    duty, _ = Duty.objects.update_or_create(
        department=department,
        item=item,
        until=None,
        defaults={"power_code": power_code, "power_title": power_title},
        create_defaults={"since": since, "power_code": power_code, "power_title": power_title},
    )
    _tell("duty.enter", duty, duty.since, by)
    return duty


@transaction.atomic
def end_duty(duty: Duty, *, on: date, by: str) -> None:
    """The duty ends on the day ``on``, last day included; an ended duty stays as it is."""
    if duty.until is None:
        duty.until = on
        duty.save(update_fields=["until"])
        _tell("duty.end", duty, on, by)


@transaction.atomic
def say_nothing_new(duty: Duty, *, on: date, by: str) -> None:
    """The department says that it has nothing to send for the period in which ``on`` lies."""
    duty.nothing_new_on, duty.nothing_new_by = on, by
    duty.save(update_fields=["nothing_new_on", "nothing_new_by"])
    _tell("duty.nothing_new", duty, on, by)


def _tell(act: str, duty: Duty, on: date, by: str) -> None:
    told = {"act": act, "department": duty.department.code, "item": duty.item, "on": on.isoformat(), "by": by}
    log(Kind.ADMIN, DEPARTMENTS, told)


def standing_duties(on: date) -> list[Duty]:
    """The duties in force on the day, with their departments, in the order of regions and codes."""
    begun = Duty.objects.filter(since__lte=on).exclude(until__lt=on)
    return list(begun.select_related("department").order_by("department__region", "department__code", "item"))
