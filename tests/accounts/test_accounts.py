import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from rongxin.accounts.actions import open_account
from rongxin.accounts.permissions import EVERYWHERE, HOLDS, Action, Role
from rongxin.accounts.queries import demand
from rongxin.departments import actions as departments

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-demonstration-password"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("own", [True, False])
def test_an_action_needs_the_role_and_the_own_department_unless_the_role_serves_all(
    role: Role, action: Action, own: bool
) -> None:
    mine = departments.enter("demo", "福州市示例局", region="990000")
    other = departments.enter("other", "福州市示例二局", region="990000")
    officer = open_account("officer", PASSWORD, display_name="甲", department=mine, role=role)

    allowed = officer.may(action, mine if own else other)
    assert allowed == ((own or role in EVERYWHERE) and action in HOLDS[role])
    if not allowed:
        with pytest.raises(PermissionDenied):
            demand(officer, action, mine if own else other)


def test_no_role_both_sends_and_releases() -> None:
    assert not any({Action.BATCH_SUBMIT, Action.BATCH_RELEASE} <= actions for actions in HOLDS.values())


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
        client.post("/desk/login", {"username": "officer", "password": "wrong"})
    answer = client.post("/desk/login", {"username": "officer", "password": PASSWORD})
    assert answer.status_code == 429
    assert client.get("/desk/").status_code == 302
