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


def determining(uscc: str, name: str) -> Department | None:
    """The authority that determined something, by its unified code or else its name; None where it is none of ours."""
    found = Department.objects.filter(determines=True)
    of_code = found.filter(uscc=uscc).first() if uscc else None
    return of_code or (found.filter(name=name).first() if name else None)
