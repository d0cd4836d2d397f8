from html import unescape

import pytest
from django.test import Client

from rongxin.accounts.matrix import matrix
from rongxin.accounts.permissions import Action, Face, Role
from rongxin.departments import actions as departments
from tests.desk.test_pages import as_officer
from tests.factories import an_account, the_rules

pytestmark = pytest.mark.django_db


def logged_in(role: Role) -> Client:
    department = departments.enter("demo", "福州市示例局", region="350100")
    the_rules()
    return as_officer(an_account(role, department))


@pytest.mark.parametrize("role", [role for role in Role if matrix().roles[role].face == Face.DESK])
def test_the_page_tells_every_right_of_the_matrix_and_no_other(role: Role) -> None:
    page = unescape(logged_in(role).get("/desk/rights").content.decode())
    page = page[page.index("<main") : page.index("</main>")]
    may, others = page.split("由其他角色办理")

    for action in Action:
        title = matrix().actions[action].title.zh
        assert (title in may) == bool(matrix().roles[role].scopes(action))
        assert not (title in may and title in others)


@pytest.mark.parametrize("role", [role for role in Role if matrix().roles[role].face != Face.DESK])
def test_the_workbench_is_closed_to_whoever_is_no_officer(role: Role) -> None:
    client = logged_in(role)

    assert {client.get(f"/desk/{page}").status_code for page in ("", "rights", "batches", "subjects")} == {403}
