"""公示时限: what waits for release, and which batch to release first."""

from datetime import date
from html import unescape

import pytest
import time_machine
from django.test import Client

from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.policy.pack import Policy
from tests.desk.test_pages import as_officer
from tests.factories import a_department, a_record, at, the_rules
from tests.intake.coverage.batches import a_waiting_batch, an_officer

pytestmark = pytest.mark.django_db

NOW = at("2026-11-20")  # a Friday


@pytest.fixture
def unit() -> Department:
    """A department on a platform that has been at work since January."""
    the_rules()
    unit = a_department()
    a_record(department=unit, decided_on=date(2026, 1, 5), recorded_at=at("2026-01-06"))
    return unit


def text(client: Client, address: str = "/desk/clocks") -> str:
    with time_machine.travel(NOW, tick=False):
        answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_what_is_due_first_stands_first(unit: Department) -> None:
    relaxed = a_waiting_batch({"2026-11-20": {"public": 30}}, unit)
    overdue = a_waiting_batch({"2026-11-09": {"public": 4}}, unit)
    soon = a_waiting_batch({"2026-11-17": {"public": 2}, "2026-11-11": {"public": 1}}, unit)

    page = text(as_officer(an_officer(unit)))

    table = page[page.index("<tbody>") :]
    assert table.index(overdue.number) < table.index(soon.number) < table.index(relaxed.number)
    assert overdue.number in page[page.index("先发布这一批") : page.index("<tbody>")]
    for words in ("逾期 2 个工作日", "今天到期", "剩 4 个工作日", "剩 7 个工作日", "等待发布的 37 件里，4 件已经逾期"):
        assert words in " ".join(page.split()), words


def test_the_menu_and_the_first_page_count_what_is_urgent(unit: Department) -> None:
    a_waiting_batch({"2026-11-09": {"public": 4}, "2026-11-17": {"public": 2}, "2026-11-20": {"public": 30}}, unit)

    page = " ".join(text(as_officer(an_officer(unit)), "/desk/").split())

    assert '<b class="hot">6</b>' in page
    assert "4 件已经过了公示期限" in page
    assert "2 件快到公示期限" in page


def test_a_deadline_over_days_not_announced_is_provisional_and_never_overdue(unit: Department) -> None:
    a_waiting_batch({"2026-12-24": {"public": 5}}, unit)
    with time_machine.travel(at("2027-03-01"), tick=False):
        page = " ".join(unescape(as_officer(an_officer(unit)).get("/desk/clocks").content.decode()).split())

    assert "期限暂定" in page
    assert "逾期 " not in page
    assert 'class="hot"' not in page


def test_nothing_waits(unit: Department) -> None:
    assert "没有等待发布的记录" in text(as_officer(an_officer(unit)))


def test_each_sees_the_own_department_and_a_credit_office_all(unit: Department) -> None:
    batch = a_waiting_batch({"2026-11-17": {"public": 2}}, unit)
    other = a_department("other", "福州市示例他局", short_name="示例他局")

    assert batch.number not in text(as_officer(an_officer(other)))
    seen = text(as_officer(an_officer(other, Role.CITY_OFFICE)))
    assert batch.number in seen
    assert unit.short_name in seen


def test_the_file_says_the_same(unit: Department) -> None:
    batch = a_waiting_batch({"2026-11-09": {"public": 4}}, unit)
    with time_machine.travel(NOW, tick=False):
        answer = as_officer(an_officer(unit)).get("/desk/clocks.csv")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[1].split(",")[:5] == ["2026-11-18", "逾期未公示", "0", "2", batch.number]


@pytest.mark.parametrize("number", [1, 15])
def test_queries_do_not_grow(
    unit: Department, policy_kept: Policy, number: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(number):
        a_waiting_batch({"2026-11-09": {"public": 4}, "2026-11-17": {"public": 2}}, unit)
    client = as_officer(an_officer(unit))

    with django_assert_max_num_queries(14):  # type: ignore[operator]
        text(client)


@pytest.fixture
def policy_kept(unit: Department) -> Policy:
    """The rules read once before queries are counted."""
    return the_rules()
