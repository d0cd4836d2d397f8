"""自主申报: unverified until an office looked at it; the enterprise shows, hides and withdraws it whenever it likes."""

from typing import Final

from rongxin.accounts.permissions import Action, Role
from rongxin.policy.words import Title
from rongxin.remedies.declarations import effects
from rongxin.remedies.declarations.models import How
from rongxin.subjects.mandates.outside import the_firm
from rongxin.workflow.table import Ask, AskKind, Party, Procedure, State, Step, Who

KIND: Final = effects.KIND
TERM: Final = "declarations/verify_days"
FIRM: Final = the_firm(Action.DECLARATION_MAKE)
OFFICERS: Final = (
    Who(Role.CLERK),
    Who(Role.REVIEWER),
    Who(Role.HEAD),
    *(Who(role, Party.CREDIT_OFFICE) for role in (Role.COUNTY_OFFICE, Role.CITY_OFFICE, Role.PROVINCE_OFFICE)),
)
_HOW: Final = Ask(
    "how",
    Title(zh="怎样核实的", en="How"),
    AskKind.CHOICE,
    (
        (How.ORIGINAL.value, Title(zh="核对原件", en="Original seen")),
        (How.ISSUER.value, Title(zh="向出具单位核实", en="Asked whoever issued it")),
        (How.SYSTEM.value, Title(zh="系统比对", en="Compared by a system")),
    ),
)
_LIVING: Final = ("declared", "proposed", "verified", "unverifiable")

DECLARATION: Final = Procedure(
    name=KIND,
    title=Title(zh="自主申报", en="Declaration of an enterprise"),
    prefix="申报",
    first="declared",
    opens_outside=(FIRM,),
    opening=Title(zh="申报", en="Declared"),
    notice="declaration_made",
    is_seen_by_firm=True,
    states=(
        State(
            "declared",
            Title(zh="未核实", en="Unverified"),
            within=TERM,
            task=Title(zh="核实申报", en="Look at the declaration"),
            must_be_timed=False,
        ),
        State(
            "proposed",
            Title(zh="待复核", en="To confirm"),
            within=TERM,
            task=Title(zh="复核", en="Confirm"),
            must_be_timed=False,
        ),
        State("verified", Title(zh="已核实", en="Verified")),
        State("unverifiable", Title(zh="未能核实", en="Could not be verified")),
        State("withdrawn", Title(zh="企业已撤回", en="Withdrawn"), is_final=True),
        State("replaced", Title(zh="已有新的一版", en="Replaced"), is_final=True),
        State("expired", Title(zh="已到期", en="Expired"), is_final=True),
        State("struck", Title(zh="经查核不实", en="Found false"), is_final=True),
    ),
    steps=(
        Step(
            "verify",
            Title(zh="核实", en="Verify"),
            ("declared",),
            "verified",
            who=OFFICERS,
            asks=(_HOW,),
            guard=effects.one_is_enough,
            effect=effects.verify,
            follows=(Title(zh="标为“自主申报 · 已核实”，仍不是信用记录", en="Marked verified; still no record"),),
            notice="declaration_verified",
        ),
        Step(
            "propose",
            Title(zh="拟核实", en="Propose as verified"),
            ("declared",),
            "proposed",
            who=OFFICERS,
            asks=(_HOW,),
            guard=effects.two_are_needed,
            effect=effects.propose,
        ),
        Step(
            "confirm",
            Title(zh="复核通过", en="Confirm"),
            ("proposed",),
            "verified",
            who=OFFICERS,
            four_eyes=("propose",),
            guard=effects.stands,
            effect=effects.verify,
            follows=(Title(zh="标为“自主申报 · 已核实”，仍不是信用记录", en="Marked verified; still no record"),),
            notice="declaration_verified",
        ),
        Step(
            "send_back",
            Title(zh="退回重核", en="Send back"),
            ("proposed",),
            "declared",
            who=OFFICERS,
            needs_reason=True,
            effect=effects.unpropose,
        ),
        Step(
            "cannot",
            Title(zh="无法核实", en="Cannot be verified"),
            ("declared", "proposed"),
            "unverifiable",
            who=OFFICERS,
            is_task=False,
            needs_reason=True,
            reason_is_told=True,
            effect=effects.unpropose,
            follows=(
                Title(zh="理由告知企业；仍作“未核实”，没有别的后果", en="The enterprise is told why; nothing else"),
            ),
            notice="declaration_unverifiable",
        ),
        Step(
            "ask_again",
            Title(zh="补充后再请核实", en="Ask again"),
            ("unverifiable",),
            "declared",
            outside=(FIRM,),
            guard=effects.stands,
            restarts=True,
        ),
        Step(
            "publish",
            Title(zh="公开", en="Publish"),
            _LIVING,
            outside=(FIRM,),
            guard=effects.may_publish,
            effect=effects.publish,
        ),
        Step(
            "hide",
            Title(zh="不公开", en="Hide"),
            _LIVING,
            outside=(FIRM,),
            guard=effects.is_published,
            effect=effects.hide,
        ),
        Step(
            "expire", Title(zh="到期", en="Expired"), _LIVING, "expired", guard=effects.is_over, effect=effects.expire
        ),
        Step(
            "withdraw",
            Title(zh="撤回", en="Withdraw"),
            _LIVING,
            "withdrawn",
            outside=(FIRM,),
            is_task=False,
            effect=effects.withdraw,
            follows=(Title(zh="马上不再显示；经过保留", en="Shown no more at once; the history stays"),),
        ),
        Step("replace", Title(zh="有新的一版", en="Replaced"), _LIVING, "replaced", effect=effects.replace),
        Step("strike", Title(zh="经查核不实", en="Found false"), _LIVING, "struck"),
    ),
)
