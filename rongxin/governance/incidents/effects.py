"""What the steps of an incident do: assessing, the official report, measures, telling firms, the end."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.utils import timezone, translation

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.documents.sheets import basis_of, template_of
from rongxin.governance.incidents.logged import log_incident
from rongxin.governance.incidents.models import Affected, Data, Grade, Incident, Search, Sort, System
from rongxin.governance.incidents.queries import is_searched
from rongxin.notices.recipients import Recipient
from rongxin.notices.telling import tell, template
from rongxin.policy.notices import NoticeValue
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.models import Case, CaseEvent
from rongxin.workflow.papers import issue_in
from rongxin.workflow.registry import procedure
from rongxin.workflow.table import Answer, Taken
from rongxin.workflow.words import demand_names_nobody

KIND: Final = "incident"
TEMPLATE: Final = "incident_report"
ENDED: Final = "incident_ended"
AUTHORITIES: Final = {
    "cyberspace": ("网信部门", "The cyberspace administration"),
    "police": ("公安机关", "The police"),
    "data": ("数据主管部门", "The data administration"),
    "superior": ("上级社会信用主管部门", "The credit office above"),
}


class Measure(StrEnum):
    """What is done about an incident: the checklist of its page."""

    EVIDENCE = "evidence"
    ACCESS = "access"
    FLAW = "flaw"
    CORRECTED = "corrected"
    RECALLED = "recalled"
    TRANSFERRED = "transferred"
    PREVENTED = "prevented"


MEASURES: Final = {
    Measure.EVIDENCE: Title(zh="保全日志等证据", en="Evidence kept"),
    Measure.ACCESS: Title(zh="停用账号、收回权限或者更换密钥", en="Accounts stopped, rights or keys changed"),
    Measure.FLAW: Title(zh="修补漏洞、缺陷", en="Flaw mended"),
    Measure.CORRECTED: Title(zh="更正被篡改的信息，消除影响", en="Data put right, effects undone"),
    Measure.RECALLED: Title(zh="追回或者要求删除外流的数据", en="Leaked data recalled"),
    Measure.TRANSFERRED: Title(zh="移送纪检监察、公安等机关", en="Transferred to the competent authority"),
    Measure.PREVENTED: Title(zh="防止再次发生的措施", en="Steps against a repetition"),
}


def incident_of(case: Case) -> Incident:
    """The incident of a case."""
    return Incident.objects.select_related("case", "case__owner", "concerned").get(case=case)


def measures_of(case: Case) -> dict[Measure, CaseEvent]:
    """The last entry of each measure, out of the log of the case."""
    entered = CaseEvent.objects.filter(case=case, step="measure").select_related("by", "department")
    return {Measure(event.payload["measure"]): event for event in entered.order_by("number")}


def values_of(incident: Incident) -> dict[NoticeValue, Title | str]:
    """What every notice of an incident may tell."""
    case = incident.case
    state = procedure(case.kind).by_state[case.state].title
    return {
        NoticeValue.NUMBER: case.number,
        NoticeValue.KIND: SORTS[Sort(incident.sort)],
        NoticeValue.OWNER: case.owner.name,
        NoticeValue.STATE: state,
        NoticeValue.DATA: Title(
            zh="、".join(DATA[Data(each)].zh for each in incident.data),
            en=", ".join(DATA[Data(each)].en for each in incident.data),
        ),
        NoticeValue.DISCOVERED: moment(incident.discovered_at),
        NoticeValue.REASON: incident.message,
    }


SORTS: Final = {
    Sort.LEAK: Title(zh="信用信息泄露", en="leak of credit data"),
    Sort.TAMPERING: Title(zh="信用信息被篡改", en="tampering with credit data"),
    Sort.MISUSE: Title(zh="违规使用信用信息", en="misuse of credit data"),
}
DATA: Final = {
    Data.PUBLIC: Title(zh="公示的记录", en="records on display"),
    Data.WITHHELD: Title(zh="依法不公示的记录", en="records that are not displayed"),
    Data.PAPERS: Title(zh="案件材料和文书", en="papers and documents of cases"),
    Data.CONTACTS: Title(zh="企业登记的联系地址", en="contact addresses of enterprises"),
    Data.LOGS: Title(zh="查询和操作日志", en="logs of looks and operations"),
}


def moment(instant: datetime) -> Title:
    """An instant as offices write it."""
    here = timezone.localtime(instant)
    zh = f"{here.year}年{here.month}月{here.day}日{here.hour}时{here.minute:02d}分"
    return Title(zh=zh, en=f"{here:%Y-%m-%d %H:%M}")


# ── effects ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def assess(taken: Taken) -> None:
    """Keep the grade, and whether a report is due."""
    _demand_handling(taken)
    must_report = taken.step.target == "reporting"
    grade = str(taken.answers["grade"])
    Incident.objects.filter(case=taken.case).update(grade=grade, must_report=must_report)
    log_incident(taken.case, "assessed", taken.by, grade=grade, must_report=must_report)


def report(taken: Taken) -> dict[str, Answer]:
    """The report to the authority: its instant stops the hours."""
    incident = incident_of(taken.case)
    incident.reported_at, incident.reported_to = taken.at, str(taken.answers["to"])
    incident.save(update_fields=["reported_at", "reported_to"])
    late = incident.reported_at > incident.report_due_at
    told = [f"本报告晚于报告时限（{moment(incident.report_due_at).zh}）。{taken.reason}"] if late else [taken.reason]
    paragraphs = [*_account(incident), *(words for words in told if words)]
    return _issued(taken, "关于信息安全事件的报告", paragraphs, is_late=late)


def report_more(taken: Taken) -> dict[str, Answer]:
    """A further report: what the reason says, and how it stands."""
    demand_names_nobody(taken)
    incident = incident_of(taken.case)
    first = (
        f"{incident.case.number}号事件已于{moment(incident.reported_at).zh}报告，现续报如下："
        if incident.reported_at
        else ""
    )
    return _issued(taken, "关于信息安全事件的续报", [first, taken.reason])


def measure(taken: Taken) -> None:
    """A transfer names its document, and nobody."""
    _demand_handling(taken)
    if taken.answers["measure"] == Measure.TRANSFERRED and taken.answers["result"] == "done" and not taken.reason:
        title = Title(zh="移送文书号（写在理由里）", en="Number of the transfer, as the reason")
        raise NotPossible(Barred(Bar.BAD_ANSWER, title))
    entered, result = str(taken.answers["measure"]), str(taken.answers["result"])
    log_incident(taken.case, "measured", taken.by, measure=entered, result=result)


def tell_firms(taken: Taken) -> None:
    """Keep the words; the job tells the firms, each once."""
    from rongxin.governance.incidents.jobs import tell_affected

    _demand_handling(taken)
    demand_names_nobody(taken)
    Incident.objects.filter(case=taken.case).update(message=taken.reason)
    tell_affected.enqueue(taken.case.number, key=taken.case.number)


def end(taken: Taken) -> None:
    """Whoever registered it hears that it was dealt with; whose looks were searched for is forgotten."""
    _demand_handling(taken)
    incident = incident_of(taken.case)
    Search.objects.filter(incident=incident).update(username="")
    firms = Affected.objects.filter(incident=incident)
    log_incident(
        taken.case,
        "ended",
        taken.by,
        state=taken.step.target,
        firms=firms.count(),
        told=firms.filter(told_at__isnull=False).count(),
    )
    policy = rulebook.current()
    state = procedure(KIND).by_state[taken.step.target].title
    tell(
        policy,
        template(policy, ENDED),
        key=f"incident:{incident.pk}:ended",
        to=[Recipient(account=incident.reported_by)],
        values=values_of(incident) | {NoticeValue.STATE: state},
        by=taken.by,
    )


# ── guards ───────────────────────────────────────────────────────────────────────────────────────────────────────────
_SEARCHED: Final = Title(
    zh="正在从账本查找受影响的企业，查完再定。", en="The ledger is being searched; wait for the answer."
)


def nobody_picked(case: Case, officer: Account | None) -> Title | None:
    """Firms are told when some are picked, and no search is still on its way to more."""
    if is_searched(case):
        return _SEARCHED
    if Affected.objects.filter(incident__case=case).exists():
        return None
    return Title(zh="还没有选定受影响的企业；确实没有的，选“没有受影响的企业”。", en="No affected firm is picked yet.")


def somebody_picked(case: Case, officer: Account | None) -> Title | None:
    """That nobody is affected cannot be said of a list with firms, nor before a search has its answer."""
    if is_searched(case):
        return _SEARCHED
    if Affected.objects.filter(incident__case=case, told_at=None).exists():
        return Title(
            zh="已选定受影响的企业，须告知；选错的先移出。",
            en="Affected firms are picked; tell them, or take them out.",
        )
    return None


def not_reported(case: Case, officer: Account | None) -> Title | None:
    """A further report follows a first one."""
    if incident_of(case).reported_at is None:
        return Title(zh="还没有首次报告。", en="There is no first report yet.")
    return None


def reported_already(case: Case, officer: Account | None) -> Title | None:
    """What was reported is reported further, not anew."""
    if incident_of(case).reported_at is not None:
        return Title(zh="已经报告过，用“续报”。", en="It was reported; report more.")
    return None


def unfinished(case: Case, officer: Account | None) -> Title | None:
    """Nothing is closed with a measure open, without one, or by whoever registered it."""
    entered = measures_of(case)
    if not any(event.payload["result"] == "done" for event in entered.values()):
        return Title(zh="处置清单里还没有已完成的措施。", en="No measure of the checklist is done yet.")
    if any(event.payload["result"] == "again" for event in entered.values()):
        return Title(zh="处置清单里还有没完成的措施。", en="A measure of the checklist is not done.")
    if officer is not None and incident_of(case).reported_by_id == officer.pk:
        return Title(zh="须由另一人办结：事件是您登记的。", en="You registered it; a second person closes it.")
    return None


def _demand_handling(taken: Taken) -> None:
    if taken.by is not None:
        demand(taken.by, Action.INCIDENT_HANDLE, taken.case.owner)


def _account(incident: Incident) -> list[str]:
    """The paragraphs of the first report."""
    case = incident.case
    estimate = f"；估计涉及企业{incident.estimate}家" if incident.estimate is not None else ""
    concerned = f"；涉及单位：{incident.concerned.name}" if incident.concerned else ""
    system = _in_chinese(System(incident.system).label)
    done = [MEASURES[key].zh for key, event in measures_of(case).items() if event.payload["result"] == "done"]
    measures = (
        "；".join([*([incident.containment.rstrip("。；")] if incident.containment else []), *done]) or "正在处置"
    )
    grade = _in_chinese(Grade(incident.grade).label)
    return [
        f"本单位于{moment(incident.discovered_at).zh}发现一起{SORTS[Sort(incident.sort)].zh}事件（{case.number}）。现报告如下：",
        f"经过：{incident.description}",
        f"涉及的数据：{'、'.join(DATA[Data(each)].zh for each in incident.data)}；涉及系统：{system}{concerned}{estimate}。",
        f"研判：{grade}。已采取的措施：{measures}。",
    ]


def _in_chinese(label: object) -> str:
    """A label as documents say it, whatever language the officer reads."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(label)


def _issued(taken: Taken, title: str, paragraphs: list[str], *, is_late: bool = False) -> dict[str, Answer]:
    _demand_handling(taken)
    rules = rulebook.current()
    values = {
        "title": title,
        "addressee": AUTHORITIES[str(taken.answers["to"])][0],
        "paragraphs": [words for words in paragraphs if words],
        "basis": basis_of(rules, template_of(rules, TEMPLATE)),
    }
    issued = issue_in(taken, TEMPLATE, values, authority=taken.case.owner)
    to = str(taken.answers["to"])
    log_incident(taken.case, "reported", taken.by, to=to, document=issued["document"], late=is_late)
    return issued
