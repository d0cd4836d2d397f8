"""Three companies that are easily mistaken for one another, an office, and a file whose rows ask."""

from dataclasses import dataclass
from datetime import date

import polars as pl
import pytest

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.intake.models import Batch, Question
from rongxin.primitives.uscc import make
from rongxin.subjects.models import Subject
from rongxin.subjects.registration import register
from tests.intake.conftest import PASSWORD, Office, _friday, office, policy  # noqa: F401
from tests.intake.tables import CODE, DOCUMENT, NAME, TEA, TEA_NAME, as_csv, penalty

TRADE, TRADE_NAME = make("9", "1", "990000", "MA000002"), "福州示例榕海贸易有限公司"
FAR, FAR_NAME = make("9", "1", "990000", "MA000012"), "厦门示例榕海贸易有限公司"
SHOP, SHOP_NAME = make("9", "2", "990000", "MA000099"), "示例榕海贸易商店"


@dataclass(frozen=True)
class Desk:
    """The office with its companies; ``second``: another reviewer, ``lead_officer``: of the lead office."""

    office: Office
    second: Account
    lead_officer: Account

    def send(self, *rows: dict[str, str], name: str = "本周.csv") -> Batch:
        return self.office.send(as_csv(rows), name=name)

    def question(self, **changes: str) -> Question:
        """The one question of a batch with a good row and a row with ``changes``."""
        batch = self.send(penalty(), unclear(**changes))
        return Question.objects.get(batch=batch)


def unclear(number: int = 2, **changes: str) -> dict[str, str]:
    """A penalty by name only, the name shortened."""
    row = {NAME: "福州市示例榕海贸易公司", CODE: "", DOCUMENT: f"榕示市监罚〔2026〕{500 + number}号"}
    return penalty(**row | changes)


def one_off(code: str = TRADE) -> str:
    """``code`` with its thirteenth character wrong."""
    return code[:12] + ("7" if code[12] != "7" else "8") + code[13:]


def subject(code: str) -> Subject:
    return Subject.objects.get(uscc=code)


@pytest.fixture
def desk(office: Office) -> Desk:  # noqa: F811
    register(
        pl.DataFrame(
            {
                "uscc": [TRADE, FAR, SHOP, TEA],
                "name": [TRADE_NAME, FAR_NAME, SHOP_NAME, TEA_NAME],
                "former_name": [None, None, None, "福州示例榕海商贸有限公司"],
                "status": ["存续", "注销", "存续", "存续"],
                "registration_number": ["110000006000374", None, None, None],
            }
        ),
        source="示例登记库",
        on=date(2026, 1, 5),
    )
    department = office.department

    def account(name: str, role: Role) -> Account:
        return open_account(name, PASSWORD, display_name=f"{role.value} {name}", department=department, role=role)

    return Desk(
        office=office, second=account("second", Role.REVIEWER), lead_officer=account("lead-officer", Role.CITY_OFFICE)
    )
