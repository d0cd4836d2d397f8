"""Who the departments are."""

from rongxin.departments.models import Department


class NoSuchDepartment(LookupError):
    """No department bears this code."""


def department(code: str) -> Department:
    """The department with ``code``; raises NoSuchDepartment."""
    found = Department.objects.filter(code=code).first()
    if found is None:
        raise NoSuchDepartment(code)
    return found


def providers() -> list[Department]:
    """Departments that may send data, in the order of regions."""
    return list(Department.objects.filter(provides=True))
