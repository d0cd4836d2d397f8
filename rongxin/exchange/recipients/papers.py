"""同步证明 and 停止公示告知: who dropped an act, and that it is not to be displayed, as numbered documents.

They name the act by its number, its document number and its authority, and tell nothing of what it says or why its display ended.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from rongxin.departments.models import Department
from rongxin.documents.issuing import issue
from rongxin.documents.models import Document
from rongxin.documents.sheets import basis_of, template_of
from rongxin.exchange.recipients.models import Paper
from rongxin.exchange.recipients.queries import Arrivals
from rongxin.ledger.logs import latest_checkpoint
from rongxin.ledger.models import Log
from rongxin.notices.recipients import overseers
from rongxin.records.withdrawing import Envelope
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks

CERTIFICATE: Final = "sync_certificate"
NOTICE: Final = "withdrawal_notice"
SIGNED: Final = "平台自动出具"


def certificate(record: Envelope, told: Arrivals, *, firm: str, firm_name: str) -> Document:
    """同步证明: as of now, when each recipient was given the end of display and acknowledged it, or that it did not.

    Issued anew where anything of it has changed, or on another day; else it is the one issued before.
    """
    lines = [
        f"{_act(record)}，自{_at(told.ended_at)}起停止公示（数据变更序号 {told.position}）。",
        f"截至{_at(told.as_of)}，当时登记在册的数据接收单位共{len(told.lines)}家，"
        f"已确认撤下{told.acknowledged}家，没有确认{told.open}家：",
        *_lines(told),
        *_ledger(),
        "确认是接收单位自己作出的；本证明记载其作出的时间，不代替对其网页的检查。",
    ]
    same = [told.position, [(a.recipient, a.acknowledged_at, a.served_at, a.spots, a.ended_at) for a in told.lines]]
    return _issued(CERTIFICATE, "同步证明", record, lines, same, firm=firm, addressee=firm_name)


def notice(record: Envelope, told: Arrivals, *, firm: str) -> Document:
    """停止公示告知: for anybody who still shows the act. One for each end of display."""
    lines = [
        f"{_act(record)}，已自{_at(told.ended_at)}起停止公示。",
        "任何单位、网站、平台自该时起不得再公示或者向他人提供该条信息；仍在展示的，应当立即撤下。",
        "现在的状态可以凭记录编号在本平台公示网站查询。",
    ]
    return _issued(NOTICE, "停止公示告知书", record, lines, [told.position], firm=firm, addressee="各有关单位")


def _issued(
    template: str, title: str, record: Envelope, lines: list[str], same: Any, *, firm: str, addressee: str
) -> Document:
    policy = rulebook.current()
    day = timezone.localdate().isoformat() if template == CERTIFICATE else ""
    said = hashlib.sha256(json.dumps([template, day, same], default=str).encode()).hexdigest()
    with asks(PLATFORM), transaction.atomic():
        found = Paper.objects.filter(number=record.number, template=template, said=said).select_related("document")
        if (paper := found.first()) and not paper.document.withdrawal:
            return paper.document
        values = {
            "title": title,
            "addressee": addressee,
            "paragraphs": lines,
            "basis": basis_of(policy, template_of(policy, template)),
            "reply_by": None,
            "contact": None,
            "delivery": None,
        }
        document = issue(template, values, authority=_authority(record.provider), by=SIGNED, firm=firm or None)
        if not paper:
            Paper.objects.create(number=record.number, template=template, said=said, document=document)
    return document


def _authority(provider: Department) -> Department:
    """The nearest credit office over the department, or the department itself where there is none."""
    return next(iter(overseers(provider)), provider)


def _act(record: Envelope) -> str:
    number = f"，文号{record.document_number}" if record.document_number else ""
    return f"{record.authority}作出的公共信用信息（记录编号 {record.number}{number}）"


def _lines(told: Arrivals) -> Iterator[str]:
    for at, line in enumerate(told.lines, 1):
        served = f"{_at(line.served_at)}取得，" if line.served_at else "没有来取，"
        said = f"{_at(line.acknowledged_at)}确认撤下" if line.acknowledged_at else "没有确认"
        ended = f"；{_at(line.ended_at)}起不再是接收单位" if line.ended_at else ""
        spots = f"；确认以后抽查发现仍在展示{line.spots}次" if line.spots else ""
        yield f"{at}. {line.name}：{served}{said}{ended}{spots}。"


def _ledger() -> Iterator[str]:
    log = Log.objects.order_by("-pk").first()
    checkpoint = latest_checkpoint(log) if log else None
    if log and checkpoint:
        yield f"存证账本 {log.origin} 已签署到第 {checkpoint.cut.size} 条。"


def _at(instant: datetime) -> str:
    here = timezone.localtime(instant)
    return f"{here.year}年{here.month}月{here.day}日{here.hour}时{here.minute:02d}分"
