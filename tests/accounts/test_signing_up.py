import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from rongxin.accounts.actions import TooManySignUps, new_login_name, open_account, sign_up
from rongxin.accounts.keys import make_key
from rongxin.accounts.models import STAFF_ROLES, Account, AccountEvent, EventKind, SignUp
from rongxin.accounts.permissions import Action, Face, Role
from tests.factories import a_department
from tests.workflow.conftest import on

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-demonstration-password"


def test_a_login_of_an_enterprise_belongs_to_no_department_and_may_nothing() -> None:
    login = sign_up(new_login_name(), PASSWORD, place="10.0.0.1")
    assert (login.department_id, login.held.face, login.is_staff_member) == (None, Face.ENTERPRISE, False)
    assert not any(login.may(action, a_department()) for action in Action)
    assert AccountEvent.objects.get(account=login).kind == EventKind.OPENED


def test_no_system_speaks_for_an_enterprise() -> None:
    with pytest.raises(ValueError, match="enterprise"):
        make_key(sign_up(new_login_name(), PASSWORD, place="10.0.0.1"), label="示例")


def test_login_names_tell_nothing() -> None:
    names = {new_login_name() for _ in range(200)}
    assert len(names) == 200
    assert all(name.startswith("qy") and name[2:].isdigit() and len(name) == 10 for name in names)


def test_so_many_from_one_place_in_a_day() -> None:
    with on("2026-11-12"):
        for _ in range(10):
            sign_up(new_login_name(), PASSWORD, place="10.0.0.1")
        with pytest.raises(TooManySignUps):
            sign_up(new_login_name(), PASSWORD, place="10.0.0.1")
        sign_up(new_login_name(), PASSWORD, place="10.0.0.2")
    with on("2026-11-13", "10:01"):
        sign_up(new_login_name(), PASSWORD, place="10.0.0.1")


def test_the_place_is_kept_as_a_digest_only() -> None:
    sign_up(new_login_name(), PASSWORD, place="10.0.0.1")
    assert "10.0.0.1" not in SignUp.objects.get().place


def test_a_weak_password_opens_nothing() -> None:
    with pytest.raises(ValidationError):
        sign_up(new_login_name(), "123456789012", place="10.0.0.1")
    assert not Account.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - set(STAFF_ROLES)))
def test_only_staff_are_opened_for_a_department(role: Role) -> None:
    with pytest.raises(ValueError, match=role):
        open_account("somebody", PASSWORD, display_name="示例", department=a_department(), role=role)


@pytest.mark.parametrize("role", list(Role))
def test_the_database_gives_staff_a_department_and_nobody_else(role: Role) -> None:
    department = a_department()
    with pytest.raises(DatabaseError), transaction.atomic():
        wrong = None if role in STAFF_ROLES else department
        Account.objects.create(username="wrong", display_name="示例", department=wrong, role=role)
    right = department if role in STAFF_ROLES else None
    assert Account.objects.create(username="right", display_name="示例", department=right, role=role).pk
