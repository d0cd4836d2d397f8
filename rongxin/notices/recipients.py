"""Who is told: a department, an account, or a market entity; and who that is for an event of a case."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role, Scope
from rongxin.departments.models import Department
from rongxin.departments.regions import covers, stem
from rongxin.policy.notices import To
from rongxin.workflow.models import Case

SubjectOf = Callable[[Case], str]
_subjects: dict[str, SubjectOf] = {}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Exactly one of the three is given; ``uscc`` is a unified code."""

    department: Department | None = None
    account: Account | None = None
    uscc: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of a notice that name it."""
        return {"department": self.department, "account": self.account, "uscc": self.uscc}

    @property
    def query(self) -> Q:
        """Notices to it."""
        if self.uscc:
            return Q(uscc=self.uscc)
        return Q(account=self.account) if self.account else Q(department=self.department)


def name_subject(kind: str, of: SubjectOf) -> None:
    """Say how the unified code of the enterprise is found that cases of the procedure ``kind`` are about."""
    _subjects[kind] = of


def knows_subject(kind: str) -> bool:
    """Whether cases of the procedure say which enterprise they are about."""
    return kind in _subjects


def of_case(case: Case, told: Iterable[To]) -> tuple[Recipient, ...]:
    """Who they are for this case, each once, in the order of the template."""
    return tuple(dict.fromkeys(recipient for to in told for recipient in _who(case, to)))


def _who(case: Case, to: To) -> Iterator[Recipient]:
    match to:
        case To.OWNER:
            yield Recipient(department=case.owner)
        case To.HANDLER if case.handler is not None:
            yield Recipient(department=case.handler)
        case To.HEAD:
            heads = Account.objects.filter(department=case.owner, role=Role.HEAD, is_active=True).order_by("pk")
            # Where no head has an account, the department itself hears of it.
            yield from [Recipient(account=head) for head in heads] or [Recipient(department=case.owner)]
        case To.CREDIT_OFFICE:
            yield from (Recipient(department=office) for office in credit_offices(case.owner))
        case To.OPENER if case.opened_by is not None:
            yield Recipient(account=case.opened_by)
        case To.SUBJECT:
            yield Recipient(uscc=_subjects[case.kind](case))


def credit_offices(of: Department) -> list[Department]:
    """The credit office that oversees the department: that of the county where there is one, else of the city, the province.

    Several where a region has more than one; none where nobody with such a role has an account.
    """
    offices = overseers(of)
    return [office for office in offices if len(stem(office.region)) == len(stem(offices[0].region))]


def overseers(of: Department) -> list[Department]:
    """All credit offices over the department, the nearest first, where somebody with such a role has an account."""
    return overseers_in(of.region)


def overseers_in(region: str) -> list[Department]:
    """The same of a region."""
    serving = Account.objects.filter(is_active=True, role__in=_overseers()).values("department")
    offices = [office for office in Department.objects.filter(pk__in=serving) if covers(office.region, region)]
    return sorted(offices, key=lambda office: -len(stem(office.region)))


def _overseers() -> list[Role]:
    return [role for role in Role if Scope.REGION in matrix().roles[role].scopes(Action.CASE_ACT)]
