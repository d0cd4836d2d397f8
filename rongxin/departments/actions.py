"""Entering and changing departments."""

from rongxin.departments.models import Department


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
    found, _ = Department.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "short_name": short_name or name,
            "region": region,
            "uscc": uscc,
            "determines": determines,
            "provides": provides,
        },
    )
    return found
