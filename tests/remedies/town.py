"""A department that penalised a firm, the firm's login and its proxy, and the credit office that reviews."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import time_machine

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.departments.models import Department
from rongxin.records.models import Record
from rongxin.remedies.objections.actions import object_to
from rongxin.remedies.objections.models import Ground as ObjectionGround
from rongxin.remedies.objections.models import Objection
from rongxin.remedies.repairs.actions import apply
from rongxin.remedies.repairs.models import Ground, Repair
from rongxin.subjects.mandates.queries import demand
from rongxin.subjects.models import Subject
from rongxin.workflow.actions import take_step
from rongxin.workflow.models import CaseEvent
from tests.factories import a_department, a_record, an_account, at
from tests.subjects.mandates.firms import Hall, a_firm, a_hall, a_login, a_proxy

DAY = "2026-11-12"
GRANT = {"outcome": "grant", "verified": "papers"}


@dataclass
class Town:
    """``record``: a general penalty of June, past its shortest display; it may be displayed until June of the next year."""

    hall: Hall
    department: Department
    clerk: Account
    reviewer: Account
    head: Account
    firm: Subject
    login: Account
    proxy: Account
    record: Record

    def mandate(self, login: Account | None = None, action: Action = Action.REPAIR_APPLY) -> Any:
        return demand(login or self.login, self.firm.uscc, action)

    def apply(self, number: str = "", login: Account | None = None, ground: Ground = Ground.FULFILLED) -> Repair:
        words = "罚款已于2026年7月1日缴清，标签已经全部更换。"
        return apply(number or self.record.number, ground, words, has_committed=True, by=self.mandate(login))

    def object(
        self, number: str = "", ground: ObjectionGround = ObjectionGround.WRONG, login: Account | None = None
    ) -> Objection:
        by = self.mandate(login, Action.OBJECTION_MAKE)
        return object_to(number or self.record.number, ground, "罚款金额与决定书不一致。", by=by)

    def take(self, thing: Repair | Objection | Any, step: str, by: Account | None, **more: Any) -> CaseEvent:
        given = {"reason": "已经核对"} | more
        event = take_step(thing.case.number, step, by=by, **given)
        thing.refresh_from_db()
        thing.case.refresh_from_db()
        return event

    def granted(self, repair: Repair) -> None:
        self.take(repair, "accept", self.clerk)
        self.take(repair, "draft", self.clerk, answers=GRANT, reason="罚款已经缴清，违法行为已经纠正")
        self.take(repair, "grant", self.reviewer)

    def penalty(self, document: str = "", **more: Any) -> Record:
        given: dict[str, Any] = {"decided_on": date(2026, 6, 1), "recorded_at": at("2026-06-03"), "batch": ""} | more
        if document:
            given["penalty_document_no"] = document
        return a_record(self.firm, department=self.department, **given)


def a_town() -> Town:
    hall = a_hall()
    department = a_department("market", "福州市示例市场监督管理局", region="350100")
    login, proxy, firm = a_login(), a_login(), a_firm()
    hall.held(login, firm)
    a_proxy(login, firm, proxy, Action.FILE_READ, Action.REPAIR_APPLY, Action.OBJECTION_MAKE)
    town = Town(
        hall,
        department,
        an_account(Role.CLERK, department, "market-clerk"),
        an_account(Role.REVIEWER, department, "market-reviewer"),
        an_account(Role.HEAD, department, "market-head"),
        firm,
        login,
        proxy,
        None,  # type: ignore[arg-type]
    )
    town.record = town.penalty(penalty_document_no="榕示市监罚〔2026〕64号")
    return town


@contextmanager
def on(day: str, clock: str = "10:00") -> Iterator[None]:
    with time_machine.travel(at(day, clock), tick=False):
        yield
