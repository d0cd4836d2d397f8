"""信息安全事件: registered, assessed, reported within the hours, remedied, told to the firms, closed by a second person."""

from typing import Final

from rongxin.accounts.permissions import Role
from rongxin.governance.incidents import effects
from rongxin.governance.incidents.effects import KIND, Measure
from rongxin.governance.incidents.models import Grade
from rongxin.policy.words import Title
from rongxin.workflow.table import Ask, AskKind, Party, Procedure, State, Step, Who
from rongxin.workflow.words import LOOKED

ASSESS: Final = "incidents/assess_days"
REMEDY: Final = "incidents/remedy_days"
_OFFICES: Final = tuple(
    Who(role, Party.CREDIT_OFFICE) for role in (Role.COUNTY_OFFICE, Role.CITY_OFFICE, Role.PROVINCE_OFFICE)
)
_GRADES: Final = Ask(
    "grade",
    Title(zh="分级", en="Grade"),
    AskKind.CHOICE,
    (
        (Grade.MINOR.value, Title(zh="一般", en="Minor")),
        (Grade.SERIOUS.value, Title(zh="较大", en="Serious")),
        (Grade.GRAVE.value, Title(zh="重大", en="Grave")),
    ),
)
_TO: Final = Ask(
    "to",
    Title(zh="报告给", en="To whom"),
    AskKind.CHOICE,
    tuple((word, Title(zh=zh, en=en)) for word, (zh, en) in effects.AUTHORITIES.items()),
)
_MEASURES: Final = Ask(
    "measure",
    Title(zh="处置措施", en="Measure"),
    AskKind.CHOICE,
    tuple((each.value, effects.MEASURES[each]) for each in Measure),
)
_RESULT: Final = Ask(
    "result",
    Title(zh="情况", en="How it stands"),
    AskKind.CHOICE,
    (
        ("done", Title(zh="已完成", en="Done")),
        ("needless", Title(zh="不需要", en="Not needed")),
        ("again", Title(zh="未完成（更正前面的登记）", en="Not done (corrects what was entered)")),
    ),
)
_REPORTED: Final = (Title(zh="生成有文号的报告，可以下载打印", en="A numbered report is issued, to be printed"),)

INCIDENT: Final = Procedure(
    name=KIND,
    title=Title(zh="信息安全事件", en="Incident of information security"),
    prefix="事件",
    first="registered",
    opening=Title(zh="发现登记", en="Registered"),
    notice="incident_registered",
    is_internal=True,
    states=(
        State("registered", Title(zh="待研判", en="To assess"), ASSESS, task=Title(zh="研判", en="Assess it")),
        State("doubted", Title(zh="拟不作为事件", en="Perhaps no incident"), ASSESS),
        State("reporting", Title(zh="待报告", en="To report"), REMEDY, task=Title(zh="报告主管部门", en="Report it")),
        State(
            "remedying", Title(zh="处置整改", en="Being remedied"), REMEDY, task=Title(zh="处置整改", en="Remedy it")
        ),
        State("telling", Title(zh="告知企业中", en="Firms are being told")),
        State("told", Title(zh="待复核办结", en="To close"), REMEDY, task=Title(zh="复核办结", en="Close it")),
        State("closed", Title(zh="已办结", en="Closed"), is_final=True),
        State("dismissed", Title(zh="不是信息安全事件", en="No incident"), is_final=True),
    ),
    steps=(
        Step(
            "assess_grave",
            Title(zh="研判：涉及国家安全或者公共利益，须报告", en="It touches national security or public interest"),
            ("registered",),
            "reporting",
            who=_OFFICES,
            needs_reason=True,
            asks=(_GRADES,),
            effect=effects.assess,
        ),
        Step(
            "assess",
            Title(zh="研判：不涉及，直接处置", en="It touches neither; remedy it"),
            ("registered",),
            "remedying",
            who=_OFFICES,
            needs_reason=True,
            asks=(_GRADES,),
            effect=effects.assess,
            follows=(Title(zh="按小时计的报告时限不再计", en="The hours for the report stop"),),
        ),
        Step(
            "doubt",
            Title(zh="拟不作为事件", en="Propose that it is no incident"),
            ("registered",),
            "doubted",
            who=_OFFICES,
            needs_reason=True,
            follows=(
                Title(
                    zh="由另一人确认；确认之前报告时限照计", en="A second person decides; the hours go on until then"
                ),
            ),
        ),
        Step(
            "dismiss",
            Title(zh="确认不是事件", en="Confirm: no incident"),
            ("doubted",),
            "dismissed",
            who=_OFFICES,
            four_eyes=("doubt",),
            needs_reason=True,
            effect=effects.end,
        ),
        Step(
            "maintain",
            Title(zh="仍按事件办理", en="It is an incident"),
            ("doubted",),
            "registered",
            who=_OFFICES,
            needs_reason=True,
        ),
        Step(
            "report",
            Title(zh="报告主管部门", en="Report to the authority"),
            ("reporting",),
            "remedying",
            who=_OFFICES,
            asks=(_TO,),
            effect=effects.report,
            follows=_REPORTED,
        ),
        Step(
            "tell",
            Title(zh="告知受影响企业", en="Tell the firms"),
            ("remedying",),
            "telling",
            who=_OFFICES,
            guard=effects.nobody_picked,
            needs_reason=True,
            asks=(LOOKED,),
            effect=effects.tell_firms,
            follows=(
                Title(
                    zh="理由就是写给企业的话：发生了什么、做了什么；其余由平台写进告知",
                    en="The reason is what the firms read: what happened, what was done; the rest is added",
                ),
            ),
        ),
        Step(
            "tell_nobody",
            Title(zh="没有受影响的企业", en="No firm is affected"),
            ("remedying",),
            "told",
            who=_OFFICES,
            guard=effects.somebody_picked,
            needs_reason=True,
        ),
        Step(
            "measure",
            Title(zh="登记一项处置", en="Enter a measure"),
            ("registered", "reporting", "remedying", "told"),
            who=_OFFICES,
            asks=(_MEASURES, _RESULT),
            effect=effects.measure,
            is_task=False,
            follows=(
                Title(
                    zh="移送的，在理由里写移送文书号，不写姓名", en="For a transfer, its document number as the reason"
                ),
            ),
        ),
        Step(
            "report_more",
            Title(zh="续报", en="Report more"),
            ("reporting", "remedying", "told"),
            who=_OFFICES,
            guard=effects.not_reported,
            needs_reason=True,
            asks=(_TO, LOOKED),
            effect=effects.report_more,
            is_task=False,
            follows=_REPORTED,
        ),
        Step(
            "reassess",
            Title(zh="改判：须报告", en="Assessed anew: it must be reported"),
            ("remedying", "told"),
            "reporting",
            who=_OFFICES,
            guard=effects.reported_already,
            needs_reason=True,
            asks=(_GRADES,),
            effect=effects.assess,
            is_task=False,
            follows=(Title(zh="报告时限仍从发现时起算", en="The hours count from the discovery"),),
        ),
        Step("all_told", Title(zh="企业都已告知", en="All firms told"), ("telling",), "told"),
        Step(
            "close",
            Title(zh="复核办结", en="Close"),
            ("told",),
            "closed",
            who=_OFFICES,
            four_eyes=("assess", "assess_grave", "report", "reassess", "tell", "tell_nobody"),
            guard=effects.unfinished,
            needs_reason=True,
            effect=effects.end,
        ),
        Step(
            "reopen",
            Title(zh="退回继续处置", en="Back to remedying"),
            ("told",),
            "remedying",
            who=_OFFICES,
            needs_reason=True,
            is_task=False,
            follows=(
                Title(zh="又发现受影响企业的，加进来再告知；告知过的不重复", en="Further firms can be added and told"),
            ),
        ),
    ),
)
