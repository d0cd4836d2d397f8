"""What events of the ledger say, in words of both languages; a word that is not known here is shown as it was logged."""

from collections.abc import Mapping
from typing import Any, Final

from rongxin.accounts.access import PURPOSES, Purpose
from rongxin.accounts.matrix import matrix
from rongxin.accounts.permissions import DataClass, Role
from rongxin.policy.words import Title
from rongxin.workflow.registry import UnknownProcedure, procedure

ACTS: Final[Mapping[str, Title]] = {
    "read": Title(zh="查看", en="Read"),
    "export": Title(zh="下载", en="Downloaded"),
    "print": Title(zh="打印", en="Printed"),
    "answer": Title(zh="接口查询", en="Asked by interface"),
}
WHATS: Final[Mapping[str, Title]] = {
    "record": Title(zh="记录", en="Records"),
    "case": Title(zh="案件", en="Cases"),
    "file": Title(zh="整份档案", en="The whole file"),
    "document": Title(zh="文书", en="Documents"),
    "batch": Title(zh="报送批次中的行", en="Rows of a batch"),
    "question": Title(zh="归属疑问", en="Questions whose a row is"),
    "told": Title(zh="告知情况", en="What it was told"),
    "text": Title(zh="公示文本", en="Texts for display"),
    "class": Title(zh="风险类别", en="Class of risk"),
}
FIELDS: Final[Mapping[str, Title]] = {
    DataClass.RESTRICTED: Title(zh="受限内容", en="Restricted"),
    DataClass.PERSONAL: Title(zh="涉及个人的内容", en="Telling of persons"),
}
CHANGES: Final[Mapping[str, Title]] = {
    "record.create": Title(zh="记入记录", en="Records entered"),
    "record.correct": Title(zh="更正记录", en="Records corrected"),
    "record.dispute": Title(zh="提出异议，已标注", en="Marked as disputed"),
    "record.end_dispute": Title(zh="异议办结，取消标注", en="Dispute settled"),
    "record.suspend": Title(zh="暂停公示", en="Display suspended"),
    "record.resume": Title(zh="恢复公示", en="Display resumed"),
    "record.repair": Title(zh="信用修复，停止公示", en="Record repaired"),
    "record.unrepair": Title(zh="撤销修复", en="Repair taken back"),
    "record.withdraw": Title(zh="撤回记录", en="Record withdrawn"),
    "record.annul": Title(zh="决定被撤销", en="Decision annulled"),
    "record.seal": Title(zh="封存记录", en="Record sealed"),
    "record.unseal": Title(zh="解除封存", en="Record unsealed"),
    "record.erase": Title(zh="删除内容", en="Contents erased"),
    "record.give": Title(zh="记录认定为本企业的", en="A record was found to be this firm's"),
    "record.take": Title(zh="记录不再认定为本企业的", en="A record is this firm's no longer"),
    "record.rest": Title(zh="登记一条记录依据什么", en="Said what a record rests on"),
    "record.rest_no_more": Title(zh="终止一项依据的登记", en="Ended what a record was said to rest on"),
    "record.clear": Title(zh="核对公示文本", en="Text cleared for display"),
    "subject.merge": Title(zh="与另一主体认定为同一家", en="Found to be one with another subject"),
    "subject.unmerge": Title(zh="撤销同一认定", en="Merge taken back"),
    "subject.split": Title(zh="记录分给另一主体", en="Records given to another subject"),
    "subject.rejoin": Title(zh="撤销拆分", en="Split taken back"),
    "subject.succeed": Title(zh="登记承继关系", en="Succession entered"),
    "subject.end_succession": Title(zh="终止承继关系", en="Succession ended"),
    "subject.judge": Title(zh="认定填报名称是不是本企业", en="Said whether a party as filed is this firm"),
    "subject.unjudge": Title(zh="撤销归属认定", en="That was taken back"),
    "document.issue": Title(zh="制发文书", en="Document issued"),
    "document.withdraw": Title(zh="撤回文书", en="Document withdrawn"),
    "serving.enter": Title(zh="登记送达", en="Official delivery recorded"),
    "serving.received": Title(zh="登记邮件已签收", en="Letter recorded as received"),
    "serving.returned": Title(zh="登记邮件退回", en="Letter recorded as returned"),
    "serving.void": Title(zh="送达登记作废", en="Record of a delivery was wrong"),
    "contact.enter": Title(zh="登记联系地址", en="Contact address entered"),
    "contact.remove": Title(zh="删除联系地址", en="Contact address removed"),
    "mandate.begin": Title(zh="有账号开始为本企业经办", en="An account began to act for the firm"),
    "mandate.end": Title(zh="有账号不再为本企业经办", en="An account acts for the firm no longer"),
    "unwinding.settle": Title(zh="办结消除影响清单的一项", en="Settled what had to be undone"),
    "incident.told": Title(zh="告知一起信息安全事件", en="Told of an incident of information security"),
    "shred": Title(zh="依法销毁内容", en="Contents destroyed by law"),
}
NO_ROLE: Final = Title(zh="—", en="—")
BY_KEY: Final = Title(zh="业务系统（接口）", en="A system, by interface")
_OF_TIME: Final[Mapping[str, Title]] = {
    "case.opened": Title(zh="立案", en="Opened"),
    "case.warned": Title(zh="临期提醒", en="Term running out"),
    "case.overdue": Title(zh="逾期", en="Overdue"),
    "case.escalated": Title(zh="转督办", en="Escalated"),
    "case.due_moved": Title(zh="期限调整", en="Term moved"),
}


def purpose_title(code: str) -> Title:
    """The purpose of a look."""
    return _known(PURPOSES, code)


def act_title(code: str) -> Title:
    """How it was looked at."""
    return _known(ACTS, code)


def what_title(code: str) -> Title:
    """What was looked at."""
    return _known(WHATS, code)


def fields_title(code: str) -> Title:
    """The class of the fields that were shown."""
    return _known(FIELDS, code)


def role_title(code: str) -> Title:
    """The role of whoever looked or acted, never who; a dash where none is known."""
    return matrix().roles[Role(code)].title if code in set(Role) else NO_ROLE


def looker_title(said: Mapping[str, Any]) -> Title:
    """As whom somebody looked: a department's system by its key, an enterprise at its own file, or an officer by role."""
    if said.get("key"):
        return BY_KEY
    code = str(said.get("role", ""))
    if code not in set(Role) and said.get("purpose") == Purpose.OWN:
        code = Role.ENTERPRISE
    return role_title(code)


def change_title(payload: Mapping[str, Any]) -> Title:
    """What became of the file; a step of a case by the words of its procedure."""
    act = str(payload["act"])
    return _of_case(act, payload) if act.startswith("case.") else _known(CHANGES, act)


def _of_case(act: str, payload: Mapping[str, Any]) -> Title:
    try:
        table = procedure(str(payload.get("procedure", "")))
    except UnknownProcedure:
        return _known(_OF_TIME, act)
    step = table.by_step.get(str(payload.get("step", "")))
    title = step.title if step else _known(_OF_TIME, act)
    return Title(zh=f"{table.title.zh}：{title.zh}", en=f"{table.title.en}: {title.en}")


def _known(words: Mapping[str, Title], code: str) -> Title:
    return words.get(code) or Title(zh=code, en=code)
