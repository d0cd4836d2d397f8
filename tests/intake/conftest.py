from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl
import pytest
import time_machine

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.departments import actions as departments
from rongxin.departments.models import Department
from rongxin.intake import jobs, releasing
from rongxin.intake.models import Batch
from rongxin.intake.receiving import receive
from rongxin.policy.pack import Policy
from rongxin.rulebook import actions as rulebook
from rongxin.rulebook import queries as rulebook_queries
from rongxin.subjects.registration import register
from tests.factories import the_pack
from tests.intake.tables import TEA, TEA_NAME
from tests.ledger.told import demand_all_told

PASSWORD = "a-long-demonstration-password"
TODAY = "2026-11-20T10:00:00+08:00"  # a Friday


@pytest.fixture(scope="session")
def policy() -> Policy:
    return the_pack()[0]


@pytest.fixture
def _friday() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=True):
        yield


@dataclass(frozen=True)
class Office:
    """A department with its clerk and its reviewer."""

    department: Department
    clerk: Account
    reviewer: Account

    def send(self, table: bytes, *, kind: str = "administrative_penalty", name: str = "本周.csv") -> Batch:
        """The clerk sends a table; it is checked at once."""
        receipt = receive([table], file_name=name, kind=kind, provider=self.department, by=self.clerk, check_now=True)
        return receipt.batch

    def release(self, batch: Batch) -> Batch:
        """The reviewer releases it, and the worker records it."""
        releasing.release(batch.number, self.reviewer)
        jobs.record_batch.call_now(batch.number)
        batch.refresh_from_db()
        return batch


def open_office(code: str = "demo") -> Office:
    department = departments.enter(code, "福州市示例市场监督管理局", region="990000")
    return Office(
        department=department,
        clerk=open_account(f"{code}-clerk", PASSWORD, display_name="录入员甲", department=department, role=Role.CLERK),
        reviewer=open_account(
            f"{code}-reviewer", PASSWORD, display_name="审核员乙", department=department, role=Role.REVIEWER
        ),
    )


@pytest.fixture
def office(db: None, policy: Policy, _friday: None) -> Iterator[Office]:
    """The office of the department ``demo`` on a platform with rules and one registered company.

    Whatever a test did, the ledger was told of it in the end.
    """
    rulebook_queries.forget()
    rulebook.seed(policy, {})
    register(pl.DataFrame({"uscc": [TEA], "name": [TEA_NAME]}), source="示例", on=date(2026, 1, 5))
    yield open_office()
    demand_all_told()
