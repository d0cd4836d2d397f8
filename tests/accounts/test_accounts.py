from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role, Scope
from rongxin.accounts.queries import demand, departments_within_reach, within_reach
from rongxin.departments import actions as departments
from rongxin.departments.models import Duty
from tests.factories import PASSWORD, an_account

pytestmark = pytest.mark.django_db

COUNTY, CITY, PROVINCE = "350102", "350100", "350000"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(Action))
def test_an_action_needs_the_role_and_the_place(role: Role, action: Action) -> None:
    mine = departments.enter("demo", "福州市示例局", region=CITY)
    below = departments.enter("below", "鼓楼示例局", region=COUNTY)
    beside = departments.enter("beside", "厦门市示例局", region="350200")
    above = departments.enter("above", "省示例局", region=PROVINCE)
    officer = an_account(role, mine)
    # What an enterprise may do is no department's.
    scopes = officer.held.scopes(action) - {Scope.ENTERPRISE}

    on_platform = Scope.PLATFORM in scopes
    assert officer.may(action, mine) == bool(scopes)
    assert officer.may(action, below) == (on_platform or Scope.REGION in scopes)
    for foreign in (beside, above):
        assert officer.may(action, foreign) == on_platform
    reached = {each for each in (mine, below, beside, above) if officer.may(action, each) and not on_platform}
    assert set(departments_within_reach(officer, action)) == reached
    Duty.objects.bulk_create(
        Duty(department=each, item="1", since=date(2026, 1, 5)) for each in (mine, below, beside, above)
    )
    rows = within_reach(officer, action, Duty.objects.select_related("department"), "department")
    assert {duty.department for duty in rows} == reached
    if not scopes:
        with pytest.raises(PermissionDenied):
            demand(officer, action, mine)


def test_a_role_outside_the_matrix_is_refused_by_the_database() -> None:
    mine = departments.enter("demo", "福州市示例局", region=CITY)
    officer = open_account("officer", PASSWORD, display_name="甲", department=mine, role=Role.CLERK)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=officer.pk).update(role="root")


def test_an_account_that_is_switched_off_may_nothing() -> None:
    mine = departments.enter("demo", "福州市示例局", region="990000")
    officer = open_account("officer", PASSWORD, display_name="甲", department=mine, role=Role.CLERK)
    officer.is_active = False
    assert not any(officer.may(action, mine) for action in Action)


@pytest.mark.parametrize("weak", ["short", "password1234", "officer-officer", "123456789012"])
def test_a_weak_password_opens_no_account(weak: str) -> None:
    mine = departments.enter("demo", "福州市示例局", region="990000")
    with pytest.raises(ValidationError):
        open_account("officer-officer", weak, display_name="甲", department=mine, role=Role.CLERK)


def test_five_failures_lock_the_login_for_a_while() -> None:
    mine = departments.enter("demo", "福州市示例局", region="990000")
    open_account("officer", PASSWORD, display_name="甲", department=mine, role=Role.CLERK)
    client = Client()
    for _ in range(5):
        client.post("/login", {"username": "officer", "password": "wrong"})
    answer = client.post("/login", {"username": "officer", "password": PASSWORD})
    assert answer.status_code == 429
    assert client.get("/desk/").status_code == 302
