"""异议 as one table: two people of the provider answer, the enterprise may have another office review."""

from typing import Final

from rongxin.accounts.permissions import Action, Role
from rongxin.policy.words import Title
from rongxin.remedies.objections import effects
from rongxin.remedies.objections.models import Outcome
from rongxin.subjects.mandates.outside import the_firm
from rongxin.workflow.table import Ask, AskKind, Party, Procedure, State, Step, Who
from rongxin.workflow.words import LOOKED

KIND: Final = "objection"
TERM: Final = "objections/answer_days"
_CLERK, _REVIEWER, _HEAD = Who(Role.CLERK), Who(Role.REVIEWER), Who(Role.HEAD)
_OFFICES: Final = tuple(Who(role, Party.CREDIT_OFFICE) for role in (Role.COUNTY_OFFICE, Role.CITY_OFFICE))
_WINDOW: Final = Who(Role.WINDOW, Party.HANDLER)
_FIRM: Final = the_firm(Action.OBJECTION_MAKE)
_OUTCOMES: Final = (
    (Outcome.CORRECTED.value, Title(zh="已更正（更正版须先入库）", en="Corrected (the new version must be here)")),
    (Outcome.SUPPLEMENTED.value, Title(zh="已补充（记录须先入库）", en="Supplemented (the record must be here)")),
    (Outcome.DISPLAY_ENDED.value, Title(zh="停止公示（批准时即时停止）", en="Display ends, with the approval")),
    (Outcome.LEFT_LIST.value, Title(zh="移出名单（批准时即时停止公示）", en="Taken off the list, with the approval")),
    (Outcome.UNFOUNDED.value, Title(zh="异议不成立（说明理由）", en="Unfounded (say why)")),
    (Outcome.UNDECIDED.value, Title(zh="暂时不能查清（企业说明附在记录旁）", en="Undecided; its words stand beside")),
)

OBJECTION: Final = Procedure(
    name=KIND,
    title=Title(zh="信用信息异议", en="Objection"),
    prefix="异议",
    first="filed",
    opens=(_WINDOW, _CLERK, _REVIEWER, *_OFFICES),
    opens_outside=(_FIRM,),
    opening=Title(zh="提出异议", en="Filed"),
    notice="objection_filed",
    is_seen_by_firm=True,
    states=(
        State(
            "filed", Title(zh="待核实", en="To check"), within=TERM, task=Title(zh="核实，拟答复", en="Check, draft")
        ),
        State("drafted", Title(zh="待批准", en="To approve"), within=TERM, task=Title(zh="批准答复", en="Approve")),
        State(
            "answered",
            Title(zh="已答复，可以申请复核", en="Answered; a review may be asked for"),
            within="objections/ask_review_days",
            pauses=True,
        ),
        State(
            "review",
            Title(zh="复核中", en="Under review"),
            within="objections/review_days",
            task=Title(zh="复核答复", en="Review the answer"),
        ),
        State("closed", Title(zh="办结", en="Closed"), is_final=True),
        State("withdrawn", Title(zh="已撤回", en="Withdrawn"), is_final=True),
        State("moot", Title(zh="记录已撤回，终止", en="Ended: the record is withdrawn"), is_final=True),
    ),
    steps=(
        Step(
            "draft",
            Title(zh="拟答复", en="Draft the answer"),
            ("filed",),
            "drafted",
            who=(_CLERK, _REVIEWER),
            needs_reason=True,
            reason_is_told=True,
            asks=(Ask("outcome", Title(zh="结果", en="Outcome"), AskKind.CHOICE, _OUTCOMES), LOOKED),
            effect=effects.draft,
            follows=(Title(zh="理由就是给企业的答复，批准后写进答复书", en="The reason is the answer"),),
        ),
        Step(
            "extend",
            Title(zh="延长核实期限", en="Extend"),
            ("filed", "drafted"),
            who=(_REVIEWER, _HEAD),
            needs_reason=True,
            reason_is_told=True,
            extends="objections/longest_extension",
            is_task=False,
            follows=(Title(zh="企业会看到延长的理由和新的到期日", en="The enterprise reads the reason"),),
            notice="objection_extended",
        ),
        Step(
            "answer",
            Title(zh="批准并答复", en="Approve and answer"),
            ("drafted",),
            "answered",
            who=(_REVIEWER, _HEAD),
            four_eyes=("draft",),
            effect=effects.answer,
            follows=(
                Title(zh="生成有文号的答复书，告知企业", en="A numbered document is issued"),
                Title(
                    zh="需要停止公示的即时停止；“异议中”标注同时取消", en="Display ends where it must; the mark goes"
                ),
            ),
            notice="objection_answered",
        ),
        Step(
            "redraft",
            Title(zh="退回重拟", en="Send back"),
            ("drafted",),
            "filed",
            who=(_REVIEWER, _HEAD),
            needs_reason=True,
        ),
        Step("close", Title(zh="期满未申请复核", en="No review asked in time"), ("answered",), "closed", on_lapse=True),
        Step(
            "ask_review",
            Title(zh="申请复核", en="Ask for a review"),
            ("answered",),
            "review",
            outside=(_FIRM,),
            guard=effects.is_reviewable,
            needs_reason=True,
            reason_is_told=True,
            effect=effects.ask_review,
            follows=(Title(zh="由信用牵头部门没有经办过的人复核", en="The credit office reviews it"),),
            notice="objection_review_asked",
        ),
        Step(
            "uphold",
            Title(zh="维持答复", en="Uphold the answer"),
            ("review",),
            "closed",
            who=_OFFICES,
            four_eyes=("draft", "answer"),
            needs_reason=True,
            reason_is_told=True,
            effect=effects.over,
            notice="objection_upheld",
        ),
        Step(
            "overturn",
            Title(zh="答复有误，退回重新核实", en="Wrong: to be answered anew"),
            ("review",),
            "filed",
            who=_OFFICES,
            four_eyes=("draft", "answer"),
            needs_reason=True,
            reason_is_told=True,
            restarts=True,
            effect=effects.reopen,
            notice="objection_overturned",
        ),
        Step(
            "accept",
            Title(zh="接受答复", en="Accept the answer"),
            ("answered",),
            "closed",
            outside=(_FIRM,),
            is_task=False,
        ),
        Step(
            "withdraw",
            Title(zh="撤回异议", en="Withdraw"),
            ("filed", "drafted", "review"),
            "withdrawn",
            outside=(_FIRM,),
            is_task=False,
            effect=effects.over,
            follows=(Title(zh="“异议中”标注取消；以后可以再提", en="The mark goes; it can be filed again"),),
        ),
        Step(
            "end",
            Title(zh="记录已撤回，终止", en="Ended: the record is withdrawn"),
            ("filed", "drafted", "review"),
            "moot",
            effect=effects.over,
            is_task=False,
            notice="objection_moot",
        ),
    ),
)
