"""两书同达: the notice that goes with a decision and says how, from when and where it can be repaired.

Its words follow from the record and the rules of the day, so it is issued when it is first wanted, in the series of the department,
once for each version of the record (国办发〔2025〕22号: the decision and the repair notice are served together).
"""

from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.documents.issuing import issue
from rongxin.documents.models import Document
from rongxin.policy.pack import Policy
from rongxin.policy.repair import Prospect, Way
from rongxin.policy.words import Severity
from rongxin.records.standing import Standing
from rongxin.remedies.repairs.effects import FREE, governing
from rongxin.remedies.repairs.models import RepairNotice
from rongxin.remedies.repairs.rules import prospect_of
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn

TEMPLATE: Final = "repair_notice"
TIERS: Final = {Severity.MINOR: "轻微", Severity.GENERAL: "一般", Severity.SERIOUS: "严重"}


class NoNotice(LookupError):
    """The act is not adverse, or nothing can be said of its repair."""


def notice_for(standing: Standing, access: Access) -> Document:
    """The notice of repair of an adverse act, issued if it is wanted for the first time. Raises NoNotice and NotLogged."""
    if standing.subject is not None:
        access.look([standing.subject.uscc], "document", act="print")
    return issued_for(standing)


@transaction.atomic
def issued_for(standing: Standing) -> Document:
    """The same for the work of the platform."""
    policy, record = rulebook.current(), standing.record
    found = prospect_of(standing, policy, timezone.localdate())
    if found.way in (Way.NOT_ADVERSE, Way.UNKNOWN_SEVERITY) or standing.subject is None or standing.is_withdrawn:
        raise NoNotice(record.number)
    in_turn(f"repair-notice: {record.number}")
    with asks(PLATFORM):
        kept = RepairNotice.objects.filter(record=record.number, version=record.version).first()
        if kept is not None:
            return kept.document
        values = {
            "title": "信用修复告知书",
            "addressee": standing.subject.name,
            "paragraphs": list(_paragraphs(standing, found, policy)),
            "basis": f"《关于进一步完善信用修复制度的实施方案》（国办发〔2025〕22号）；{governing(timezone.localdate())}",
        }
        document = issue(TEMPLATE, values, authority=record.provider, by="平台", firm=standing.subject.uscc)
        RepairNotice.objects.create(record=record.number, version=record.version, document=document)
        return document


def _paragraphs(standing: Standing, found: Prospect, policy: Policy) -> list[str]:
    record, firm = standing.record, standing.subject
    assert firm is not None
    about = f"你单位（统一社会信用代码 {firm.uscc}）的《{record.document_number or record.number}》"
    decided = _day(record.decided_on)
    if found.way == Way.ELSEWHERE and found.where is not None:
        return [f"{about}，{decided}由{record.authority}作出。", f"需要修复的：{found.where.zh}。", FREE]
    tier = TIERS.get(Severity(found.severity), "")
    shown = (
        f"公示期自{decided}起，最长至{_day(found.last_on)}，到期自动停止公示。"
        if found.last_on
        else "这类信息依法不向社会公示。"
    )
    when = f"{_day(found.first_on)}起" if found.first_on and found.first_on > record.decided_on else "履行义务以后"
    return [
        f"{about}，{decided}由{record.authority}作出，属于{tier}失信信息。{shown}",
        f"你单位纠正失信行为、履行完毕决定确定的义务以后，可以自{when}申请信用修复：登录本平台企业窗口，在这条记录旁边点“申请修复”，"
        "也可以到政务服务窗口。材料只要履行义务的证明和信用承诺书；本单位能查到的履行情况不要求你单位提供。",
        "准予修复的，停止公示、共享和使用同时生效，一次申请，各处同时撤下。认为信息有误的，可以随时提出异议，不影响申请修复。",
        FREE,
    ]


def _day(on: date | None) -> str:
    return f"{on.year}年{on.month}月{on.day}日" if on else ""
