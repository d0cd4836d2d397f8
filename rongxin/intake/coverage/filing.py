"""A department files what it decided in a month: its own count, which coverage is measured against.

One line for each department, kind and month. Filing again replaces it: that is how a mistake is undone. Who filed last,
and when, stays with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.departments.models import Department
from rongxin.intake.models import SourceCount
from rongxin.policy.pack import Policy

MOST: Final = 10_000_000
LONGEST_BASIS: Final = 300


class CountFault(ValueError):
    """The numbers contradict one another; ``field`` is the one to mend, ``code`` says why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What a department says of one kind in a month: acts decided, those it published itself, those it does not report
    and on which basis.
    """

    kind: str
    produced: int
    own_published: int
    unreported: int = 0
    unreported_basis: str = ""


@transaction.atomic
def file_counts(
    by: Account, provider: Department, month: date, filings: Iterable[Filing], policy: Policy
) -> list[SourceCount]:
    """Keep the counts of a month that has begun, all or none.

    Raises PermissionDenied for others than the department's own clerks, CountFault for numbers that cannot be.
    """
    demand(by, Action.COUNT_FILE, provider)
    if month.day != 1 or month > timezone.localdate():
        raise CountFault("month", "month_to_come")
    kept = []
    for filing in filings:
        if fault := fault_of(filing, policy):
            raise fault
        line, _made = SourceCount.objects.update_or_create(
            provider=provider,
            kind=filing.kind,
            month=month,
            defaults={
                "produced": filing.produced,
                "own_published": filing.own_published,
                "unreported": filing.unreported,
                "unreported_basis": filing.unreported_basis.strip(),
                "by": by,
                "filed_at": timezone.now(),
            },
        )
        kept.append(line)
    return kept


def source_counts(month: date, providers: Iterable[Department] = ()) -> dict[tuple[int, str], SourceCount]:
    """What was filed for a month: {(provider, kind): line}; of all providers when none is named."""
    filed = SourceCount.objects.filter(month=month).select_related("by")
    if chosen := list(providers):
        filed = filed.filter(provider__in=chosen)
    return {(line.provider_id, line.kind): line for line in filed}


def fault_of(filing: Filing, policy: Policy) -> CountFault | None:
    """What is wrong with the numbers, or None."""
    kind = policy.kinds.get(filing.kind)
    basis = filing.unreported_basis.strip()
    numbers = ("produced", "own_published", "unreported")
    faults = (
        ("kind", "no_such_kind", kind is None or kind.credit.envelope is None),
        *((name, "out_of_range", not 0 <= getattr(filing, name) <= MOST) for name in numbers),
        ("own_published", "more_than_produced", filing.own_published > filing.produced),
        ("unreported", "more_than_produced", filing.unreported > filing.produced),
        ("unreported_basis", "basis_needed", filing.unreported > 0 and not basis),
        ("unreported", "number_needed", filing.unreported == 0 and bool(basis)),
        ("unreported_basis", "too_long", len(basis) > LONGEST_BASIS),
    )
    return next((CountFault(field, code) for field, code, holds in faults if holds), None)
