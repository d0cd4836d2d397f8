"""Two officers of the credit office of a city, and what they do with classes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.classification.adjusting import object_to
from rongxin.classification.models import Adjustment, Run, Use
from rongxin.classification.reading import Held, held
from rongxin.classification.running import classify_on
from rongxin.classification.using import propose
from rongxin.workflow.actions import take_step
from rongxin.workflow.keeping import keep_clocks
from tests.factories import a_department, an_account
from tests.remedies.town import Town, on

TODAY = date(2026, 11, 12)
IN_USE_ON = "2026-11-27"
"""Ten working days after TODAY are over the evening before."""


@dataclass
class City:
    """``first`` proposes, ``second`` approves."""

    town: Town
    first: Account
    second: Account

    def proposed(self, run: Run | None = None) -> Use:
        return propose(run or classify_on(TODAY, in_full=True), by=self.first)

    def shown(self, run: Run | None = None) -> Use:
        """A run that the enterprises are being shown."""
        use = self.proposed(run)
        take_step(use.case.number, "approve", by=self.second)
        use.case.refresh_from_db()
        return use

    def burdened(self) -> None:
        """The firm of the town comes to so many serious penalties that its next class is D."""
        for number in range(20):
            self.town.penalty(f"榕市监罚〔2026〕90{number}号", severity="serious")

    def used(self, run: Run | None = None, day: str = IN_USE_ON) -> Use:
        """A run in use, its days for objecting being over."""
        use = self.shown(run)
        with on(day):
            keep_clocks()
        use.refresh_from_db()
        assert use.is_current
        return use

    def object(self, use: Use) -> Adjustment:
        return object_to(use, "这条处罚已经另案撤销，请核实。", by=self.town.mandate(action=Action.CLASS_OBJECT))

    def answer(self, adjustment: Adjustment, outcome: str, months: int = 0, **more: Any) -> Adjustment:
        answers = {"outcome": outcome} | ({"months": str(months)} if months else {})
        given = {"reason": "已经核对来源记录"} | more
        take_step(adjustment.case.number, "draft", by=self.first, answers=answers, **given)
        take_step(adjustment.case.number, "decide", by=self.second)
        adjustment.refresh_from_db()
        return adjustment

    def held(self, today: date = TODAY) -> Held | None:
        return held([self.town.firm.pk], today).get(self.town.firm.pk)


def a_city(town: Town) -> City:
    return City(town, *two_officers())


def two_officers() -> tuple[Account, Account]:
    """Of the credit office: the one who proposes, the one who approves."""
    office = a_department("credit", "福州市示例信用办", region="350100")
    first, second = (an_account(Role.CITY_OFFICE, office, f"office-{name}") for name in ("first", "second"))
    return first, second


def shown_run(day: date, first: Account, second: Account) -> Use:
    """A run as of a day that the enterprises are being shown."""
    use = propose(classify_on(day, in_full=True), by=first)
    take_step(use.case.number, "approve", by=second)
    use.case.refresh_from_db()
    return use
