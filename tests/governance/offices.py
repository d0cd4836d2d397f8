"""A county, its city and province with credit offices, and a bureau of the county, for tests of incidents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.governance.incidents.actions import Told, register
from rongxin.governance.incidents.models import Data, FoundBy, Incident, Sort, System
from rongxin.workflow.actions import take_step
from rongxin.workflow.models import Case, CaseEvent
from tests.factories import a_department
from tests.intake.coverage.batches import an_officer


@dataclass(frozen=True)
class Offices:
    """The bureau with its clerk; the county's office with two officers; the offices of the city and the province above."""

    bureau: Department
    clerk: Account
    office: Department
    first: Account
    second: Account
    city: Department
    city_officer: Account
    province: Department
    auditor: Account

    def register(self, discovered_at: datetime, by: Account | None = None, **more: Any) -> Incident:
        told = {
            "sort": Sort.MISUSE,
            "found_by": FoundBy.STAFF,
            "system": System.PLATFORM,
            "data": [Data.WITHHELD],
            "discovered_at": discovered_at,
            "description": "某账号在没有办理事项的情况下成批查看企业未公示的记录。",
        }
        return register(Told(**told | more), self.office, by or self.clerk)

    def take(self, incident: Incident, step: str, by: Account | None = None, **answers: str) -> CaseEvent:
        reason = answers.pop("reason", "示例理由")
        return take_step(incident.case.number, step, by=by or self.first, reason=reason, answers=answers)


def open_offices() -> Offices:
    bureau = a_department("bureau", "鼓楼区示例市场监督管理局", region="350102")
    office = a_department("office", "鼓楼区示例信用信息牵头办公室", region="350102")
    city = a_department("city", "福州市示例信用信息牵头办公室", region="350100")
    province = a_department("province", "福建省示例信用信息牵头办公室", region="350000")
    an_officer(province, Role.PROVINCE_OFFICE, "province-officer")
    return Offices(
        bureau=bureau,
        clerk=an_officer(bureau, Role.CLERK, "clerk"),
        office=office,
        first=an_officer(office, Role.COUNTY_OFFICE, "first"),
        second=an_officer(office, Role.COUNTY_OFFICE, "second"),
        city=city,
        city_officer=an_officer(city, Role.CITY_OFFICE, "city-officer"),
        province=province,
        auditor=an_officer(office, Role.AUDITOR, "auditor"),
    )


def state(incident: Incident) -> str:
    return Case.objects.get(pk=incident.case_id).state
