"""A department files its own count of a month."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.intake.coverage.filing import CountFault, Filing, file_counts, source_counts
from rongxin.intake.models import SourceCount
from rongxin.policy.pack import Policy
from tests.factories import LICENCE, PENALTY, a_department, at
from tests.intake.coverage.batches import an_officer

pytestmark = pytest.mark.django_db

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def unit(policy: Policy) -> Department:
    return a_department()


@pytest.fixture
def clerk(unit: Department) -> Account:
    return an_officer(unit)


def test_filing_again_replaces_and_says_who_and_when(policy: Policy, unit: Department, clerk: Account) -> None:
    other = an_officer(unit, username="demo-second")
    with time_machine.travel(at("2026-11-03"), tick=False):
        file_counts(clerk, unit, OCTOBER, [Filing(kind=PENALTY, produced=40, own_published=40)], policy)
    with time_machine.travel(at("2026-11-05"), tick=False):
        mended = Filing(kind=PENALTY, produced=45, own_published=40, unreported=2, unreported_basis=" 涉密 ")
        file_counts(other, unit, OCTOBER, [mended], policy)

    line = SourceCount.objects.get()
    assert (line.produced, line.own_published, line.unreported, line.unreported_basis) == (45, 40, 2, "涉密")
    assert (line.by, line.filed_at) == (other, at("2026-11-05"))
    assert source_counts(OCTOBER, [unit]) == {(unit.pk, PENALTY): line}


@pytest.mark.parametrize(
    ("filing", "field", "code"),
    [
        (Filing(kind=PENALTY, produced=3, own_published=4), "own_published", "more_than_produced"),
        (Filing(kind=PENALTY, produced=3, own_published=0, unreported=4, unreported_basis="x"), "unreported",
         "more_than_produced"),
        (Filing(kind=PENALTY, produced=3, own_published=0, unreported=1, unreported_basis=" "), "unreported_basis",
         "basis_needed"),
        (Filing(kind=PENALTY, produced=3, own_published=0, unreported_basis="涉密"), "unreported", "number_needed"),
        (Filing(kind=PENALTY, produced=-1, own_published=0), "produced", "out_of_range"),
        (Filing(kind=PENALTY, produced=10**9, own_published=0), "produced", "out_of_range"),
        (Filing(kind=PENALTY, produced=9, own_published=0, unreported=1, unreported_basis="x" * 301),
         "unreported_basis", "too_long"),
        (Filing(kind="registration", produced=1, own_published=0), "kind", "no_such_kind"),
        (Filing(kind="nothing", produced=1, own_published=0), "kind", "no_such_kind"),
    ],
)  # fmt: skip
def test_numbers_that_contradict_one_another_are_refused_and_nothing_is_kept(
    policy: Policy, unit: Department, clerk: Account, filing: Filing, field: str, code: str
) -> None:
    good = Filing(kind=LICENCE, produced=1, own_published=1)
    with pytest.raises(CountFault) as refused:
        file_counts(clerk, unit, OCTOBER, [good, filing], policy)

    assert (refused.value.field, refused.value.code) == (field, code)
    assert not SourceCount.objects.exists()


@pytest.mark.parametrize("month", [date(2027, 1, 1), date(2026, 10, 2)])
def test_only_a_month_that_has_begun_can_be_counted(
    policy: Policy, unit: Department, clerk: Account, month: date
) -> None:
    with time_machine.travel(at("2026-11-22"), tick=False), pytest.raises(CountFault):
        file_counts(clerk, unit, month, [Filing(kind=PENALTY, produced=1, own_published=1)], policy)


def test_only_the_departments_own_clerk_files(policy: Policy, unit: Department) -> None:
    stranger = an_officer(a_department("other", "示例他局"))
    filing = [Filing(kind=PENALTY, produced=1, own_published=1)]
    for officer in (stranger, an_officer(unit, Role.REVIEWER), an_officer(unit, Role.CITY_OFFICE)):
        with pytest.raises(PermissionDenied):
            file_counts(officer, unit, OCTOBER, filing, policy)
