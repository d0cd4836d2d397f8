"""Entering and changing departments."""

from typing import Final

from django.db import transaction

from rongxin.departments.models import Department
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, Of, Subject

DEPARTMENTS: Final = Subject(Of.SYSTEM, "departments")
"""Whose stream of the ledger departments, their duties and what they call columns are in."""


@transaction.atomic
def enter(
    code: str,
    name: str,
    *,
    short_name: str = "",
    region: str,
    uscc: str = "",
    determines: bool = True,
    provides: bool = True,
) -> Department:
    """Enter a department, or bring the one with this code up to date."""
    given = {
        "name": name,
        "short_name": short_name or name,
        "region": region,
        "uscc": uscc,
        "determines": determines,
        "provides": provides,
    }
    if (known := Department.objects.filter(code=code, **given).first()) is not None:
        return known
    entered, is_new = Department.objects.update_or_create(code=code, defaults=given)
    told = {"act": "department.enter" if is_new else "department.change", "department": code, **given}
    log(Kind.ADMIN, DEPARTMENTS, told)
    return entered
