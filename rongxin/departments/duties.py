"""Which department must deliver which item of the catalogue: entering, ending, and saying that there is nothing to send."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from rongxin.departments.models import Department, Duty


class NoSuchItem(LookupError):
    """The catalogue in force has no item of this code."""


@transaction.atomic
def enter_duty(
    department: Department, item: str, *, known: Iterable[str], since: date, power_code: str = "", power_title: str = ""
) -> Duty:
    """Enter that ``department`` must deliver ``item`` from ``since`` on, or bring the standing duty up to date.

    ``known``: the codes of the catalogue in force. Raises NoSuchItem.
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
    return duty


def end_duty(duty: Duty, *, on: date) -> None:
    """The duty ends on the day ``on``, last day included; an ended duty stays as it is."""
    if duty.until is None:
        duty.until = on
        duty.save(update_fields=["until"])


def say_nothing_new(duty: Duty, *, on: date, by: str) -> None:
    """The department says that it has nothing to send for the period in which ``on`` lies."""
    duty.nothing_new_on, duty.nothing_new_by = on, by
    duty.save(update_fields=["nothing_new_on", "nothing_new_by"])


def standing_duties(on: date) -> list[Duty]:
    """The duties in force on the day, with their departments, in the order of regions and codes."""
    begun = Duty.objects.filter(since__lte=on).exclude(until__lt=on)
    return list(begun.select_related("department").order_by("department__region", "department__code", "item"))
