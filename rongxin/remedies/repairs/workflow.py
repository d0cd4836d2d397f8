"""信用修复 as one table: the authority that determined the act accepts, decides with two people, and its refusal is reviewed."""

from typing import Final

from rongxin.accounts.permissions import Action, Role
from rongxin.policy.words import Title
from rongxin.remedies.repairs import effects
from rongxin.remedies.repairs.models import Refusal
from rongxin.remedies.repairs.rules import DEFECTS
from rongxin.subjects.mandates.outside import the_firm
from rongxin.workflow.table import Ask, AskKind, Party, Procedure, State, Step, Who
from rongxin.workflow.words import LOOKED

KIND: Final = "repair"
DECIDE: Final = "repairs/decide_days"
_CLERK, _REVIEWER, _HEAD = Who(Role.CLERK), Who(Role.REVIEWER), Who(Role.HEAD)
_OFFICES: Final = tuple(Who(role, Party.CREDIT_OFFICE) for role in (Role.COUNTY_OFFICE, Role.CITY_OFFICE))
_WINDOW: Final = Who(Role.WINDOW, Party.HANDLER)
_FIRM: Final = the_firm(Action.REPAIR_APPLY)
_LACKS: Final = (("yes", Title(zh="缺少或者不合格", en="Missing or unfit")),)
_VERIFIED: Final = (
    ("own_records", Title(zh="本单位系统里的缴款、整改记录", en="Own records of payment or correction")),
    ("papers", Title(zh="核对企业提交的材料", en="The papers that were handed in")),
    ("visit", Title(zh="现场核查", en="A visit")),
    ("ruling", Title(zh="法院裁定书", en="The court's ruling")),
)
_OUTCOMES: Final = (
    (effects.GRANT, Title(zh="准予修复", en="Grant")),
    (effects.REFUSE, Title(zh="不予修复", en="Refuse")),
)
_REFUSALS: Final = tuple(
    (each.value, Title(zh=str(each.label), en=each.name.replace("_", " ").lower())) for each in Refusal
)
_OPEN: Final = ("applied", "to_complete", "accepted", "drafted")

REPAIR: Final = Procedure(
    name=KIND,
    title=Title(zh="信用修复", en="Credit repair"),
    prefix="修复",
    first="applied",
    opens=(_WINDOW, _CLERK, _REVIEWER, *_OFFICES),
    opens_outside=(_FIRM,),
    opening=Title(zh="提出修复申请", en="Applied for"),
    notice="repair_applied",
    is_seen_by_firm=True,
    states=(
        State("applied", Title(zh="待受理", en="To accept"), within="repairs/accept_days"),
        State("to_complete", Title(zh="待补正", en="To complete"), within="repairs/complete_days", pauses=True),
        State("accepted", Title(zh="审查中", en="Examined"), within=DECIDE, task=Title(zh="拟办意见", en="Propose")),
        State("drafted", Title(zh="待批准", en="To approve"), within=DECIDE, task=Title(zh="批准决定", en="Decide")),
        State("temporary", Title(zh="重整期间暂时修复", en="Repaired while a plan is performed")),
        State(
            "refused",
            Title(zh="不予修复，可以申请复核", en="Refused; a review may be asked for"),
            within="repairs/ask_review_days",
            pauses=True,
        ),
        State(
            "review",
            Title(zh="复核中", en="Under review"),
            within="repairs/review_days",
            task=Title(zh="复核决定", en="Review the decision"),
        ),
        State("granted", Title(zh="准予修复", en="Granted"), is_final=True),
        State("closed", Title(zh="不予修复", en="Refused"), is_final=True),
        State("lapsed", Title(zh="逾期未补正，终止", en="Not completed in time"), is_final=True),
        State("withdrawn", Title(zh="已撤回", en="Withdrawn"), is_final=True),
        State("moot", Title(zh="记录已撤回或者期满，终止", en="Ended: nothing is left to repair"), is_final=True),
        State("revoked", Title(zh="已撤销修复", en="Revoked"), is_final=True),
    ),
    steps=(
        Step(
            "accept",
            Title(zh="受理", en="Accept"),
            ("applied",),
            "accepted",
            who=(_CLERK, _REVIEWER),
            effect=effects.accept,
            follows=(Title(zh="生成受理通知书，告知企业", en="A notice of acceptance is issued"),),
            notice="repair_accepted",
        ),
        Step(
            "extend",
            Title(zh="延长办理期限", en="Extend"),
            ("accepted", "drafted"),
            who=(_REVIEWER, _HEAD),
            needs_reason=True,
            reason_is_told=True,
            extends="repairs/longest_extension",
            is_task=False,
            notice="repair_extended",
        ),
        Step(
            "draft",
            Title(zh="提出拟办意见", en="Propose"),
            ("accepted",),
            "drafted",
            who=(_CLERK, _REVIEWER),
            needs_reason=True,
            asks=(
                Ask("outcome", Title(zh="拟办意见", en="Proposal"), AskKind.CHOICE, _OUTCOMES),
                Ask(
                    "verified",
                    Title(zh="怎样核实的（准予时必填）", en="How it was verified (to grant)"),
                    AskKind.CHOICE,
                    _VERIFIED,
                    is_required=False,
                ),
                Ask(
                    "refusal",
                    Title(zh="不予修复的原因（不予时必填）", en="Why it is refused"),
                    AskKind.CHOICE,
                    _REFUSALS,
                    is_required=False,
                ),
                LOOKED,
            ),
            effect=effects.draft,
            follows=(Title(zh="理由会写进决定书", en="The reason goes into the decision"),),
        ),
        Step(
            "ask_to_complete",
            Title(zh="一次告知补正", en="Tell all that is missing"),
            ("applied", "accepted"),
            "to_complete",
            who=(_CLERK, _REVIEWER),
            guard=effects.told_once,
            needs_reason=True,
            reason_is_told=True,
            asks=(
                *(
                    Ask(f"lacks_{defect}", title, AskKind.CHOICE, _LACKS, is_required=False)
                    for defect, title in DEFECTS.items()
                ),
                LOOKED,
            ),
            effect=effects.ask_to_complete,
            follows=(
                Title(zh="只能告知一次：请一次列全", en="Once only: list everything"),
                Title(zh="补正期间暂停计时", en="The clock stands still meanwhile"),
            ),
            notice="repair_to_complete",
        ),
        Step(
            "complete",
            Title(zh="已补齐，提交", en="Completed"),
            ("to_complete",),
            "applied",
            outside=(_FIRM,),
            notice="repair_completed",
        ),
        Step(
            "grant",
            Title(zh="批准：准予修复", en="Approve: granted"),
            ("drafted",),
            "granted",
            who=(_REVIEWER, _HEAD),
            four_eyes=("draft",),
            guard=effects.is_grant,
            effect=effects.grant,
            follows=(
                Title(zh="即时停止公示、共享和使用，各处同时", en="Display, sharing and use end now, everywhere"),
                Title(zh="生成准予修复决定书，告知企业和使用单位", en="The decision is issued and told"),
            ),
            notice="repair_granted",
        ),
        Step(
            "grant_temporarily",
            Title(zh="批准：重整期间暂时修复", en="Approve: while the plan is performed"),
            ("drafted",),
            "temporary",
            who=(_REVIEWER, _HEAD),
            four_eyes=("draft",),
            guard=effects.is_temporary,
            effect=effects.grant,
            notice="repair_granted",
        ),
        Step(
            "refuse",
            Title(zh="批准：不予修复", en="Approve: refused"),
            ("drafted",),
            "refused",
            who=(_REVIEWER, _HEAD),
            four_eyes=("draft",),
            guard=effects.is_refusal,
            effect=effects.refuse,
            follows=(Title(zh="生成不予修复决定书，写明理由和救济途径", en="A decision with its reasons is issued"),),
            notice="repair_refused",
        ),
        Step(
            "redraft",
            Title(zh="退回重拟", en="Send back"),
            ("drafted",),
            "accepted",
            who=(_REVIEWER, _HEAD),
            needs_reason=True,
        ),
        Step(
            "perform_plan",
            Title(zh="重整计划执行完毕，转为正式修复", en="The plan was performed: for good"),
            ("temporary",),
            "granted",
            who=(_REVIEWER, _HEAD),
            needs_reason=True,
            is_task=False,
            notice="repair_granted",
        ),
        Step("close", Title(zh="期满未申请复核", en="No review asked in time"), ("refused",), "closed", on_lapse=True),
        Step(
            "ask_review",
            Title(zh="申请复核", en="Ask for a review"),
            ("refused",),
            "review",
            outside=(_FIRM,),
            needs_reason=True,
            reason_is_told=True,
            follows=(Title(zh="由信用牵头部门没有经办过的人复核", en="The credit office reviews it"),),
            notice="repair_review_asked",
        ),
        Step(
            "uphold",
            Title(zh="维持不予修复", en="Uphold the refusal"),
            ("review",),
            "closed",
            who=_OFFICES,
            four_eyes=("draft", "refuse"),
            needs_reason=True,
            reason_is_told=True,
            notice="repair_upheld",
        ),
        Step(
            "overturn",
            Title(zh="决定有误，退回重新办理", en="Wrong: to be decided anew"),
            ("review",),
            "accepted",
            who=_OFFICES,
            four_eyes=("draft", "refuse"),
            needs_reason=True,
            reason_is_told=True,
            restarts=True,
            effect=effects.reopen,
            notice="repair_overturned",
        ),
        Step(
            "lapse",
            Title(zh="逾期未补正，终止", en="Not completed in time"),
            ("to_complete",),
            "lapsed",
            on_lapse=True,
            notice="repair_lapsed",
        ),
        Step("withdraw", Title(zh="撤回申请", en="Withdraw"), _OPEN, "withdrawn", outside=(_FIRM,), is_task=False),
        Step(
            "end",
            Title(zh="记录已撤回或者期满，终止", en="Ended: nothing is left to repair"),
            (*_OPEN, "refused", "review"),
            "moot",
            is_task=False,
            notice="repair_moot",
        ),
        Step(
            "fail_plan",
            Title(zh="撤销暂时修复", en="The temporary repair is revoked"),
            ("temporary",),
            "revoked",
            is_task=False,
        ),
    ),
)
