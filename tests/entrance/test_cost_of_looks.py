"""What a look costs: one statement for a page, whether it is about a few firms or about many."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.intake.models import CodeFault, FaultKind, FaultState
from rongxin.intake.receiving import receive
from rongxin.ledger.entries import Kind
from rongxin.ledger.models import Pending
from tests.factories import PENALTY, a_department, a_record, a_subject, an_account, at
from tests.intake.coverage.batches import an_officer
from tests.intake.questions.conftest import TRADE, TRADE_NAME, unclear
from tests.intake.tables import CODE, DOCUMENT, NAME, as_csv, penalty
from tests.workflow.conftest import in_force, rules, toy_is_known  # noqa: F401

pytestmark = pytest.mark.django_db
NOW: Final = at("2026-11-20")
FEW: Final = 3
MANY: Final = 15


@pytest.fixture
def office(toy_is_known: None) -> Iterator[Department]:  # noqa: F811
    with time_machine.travel(NOW, tick=False):
        in_force(rules())
        yield a_department("own", "福州市示例局", region="350100")


def some_texts(office: Department, count: int) -> str:
    for _ in range(count):
        a_record(a_subject(), department=office, violation_facts="没有明码标价", penalty_content=None)
    return "/desk/texts/together"


def some_rows(office: Department, count: int) -> str:
    firms = [a_subject() for _ in range(count)]
    rows = [
        penalty(**{NAME: firm.name, CODE: firm.uscc, DOCUMENT: f"榕示罚〔2026〕{firm.pk}号", "处罚决定日期": "某日"})
        for firm in firms
    ]
    return f"/desk/batches/{_sent(office, rows)}?all=1"


def some_questions(office: Department, count: int) -> str:
    if count == FEW:
        a_subject(TRADE_NAME, TRADE)
    _sent(office, [unclear(1000 * count + number) for number in range(count)])
    return "/desk/questions"


def some_codes(office: Department, count: int) -> str:
    clerk = an_officer(office)
    for number in range(count):
        CodeFault.objects.create(
            provider=office,
            kind=PENALTY,
            batch="B-1",
            row=1000 * count + number,
            field="party_uscc",
            value=f"9135{count}{number}",
            fault=FaultKind.WRONG,
            problem="code_length",
            found_on=date(2026, 11, 20),
            state=FaultState.CONFIRMED,
            subject=a_subject(),
            mended_by=clerk,
            mended_at=NOW,
            note="示例",
        )
    return "/desk/codes?state=all"


def _sent(office: Department, rows: list[dict[str, str]]) -> str:
    clerk = an_officer(office)
    file = as_csv(rows)
    return receive([file], file_name="a.csv", kind=PENALTY, provider=office, by=clerk, check_now=True).batch.number


@pytest.mark.parametrize("some", [some_texts, some_rows, some_questions, some_codes])
def test_a_page_about_many_firms_asks_as_many_statements_as_one_about_few(
    some: Callable[[Department, int], str], office: Department
) -> None:
    client = Client()
    client.force_login(an_account(Role.REVIEWER, office, "visitor"))
    told, asked = [], []
    for count in (FEW, MANY):
        place = some(office, count)
        client.get(place)  # what a process remembers is remembered
        before = Pending.objects.filter(kind=Kind.ACCESS).count()
        with CaptureQueriesContext(connection) as statements:
            assert client.get(place).status_code == 200
        told.append(Pending.objects.filter(kind=Kind.ACCESS).count() - before)
        # Whether rules were released is asked again after some seconds of the clock on the wall.
        asked.append([each["sql"] for each in statements if "rulebook_release" not in each["sql"]])
    # Rows that may be the same few firms tell each of those; elsewhere each row is another firm's.
    assert told[0] >= 1
    assert some is some_questions or told[1] >= MANY, told
    assert len(asked[0]) == len(asked[1])
    assert [sum("INSERT INTO ledger_pending" in each for each in part) for part in asked] == [1, 1]
