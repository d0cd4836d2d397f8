"""The claim of an enterprise as one table. A code proves that the firm stands behind the login; a second officer confirms."""

from typing import Final

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.policy.words import Title
from rongxin.subjects.mandates import effects, guards
from rongxin.workflow.models import Case
from rongxin.workflow.table import Ask, AskKind, Outsider, Party, Procedure, State, Step, Who

NAME: Final = "claim"
HAND_OVER: Final = "hand_over"
SEND_LETTER: Final = "send_letter"
ISSUES_CODE: Final = (HAND_OVER, SEND_LETTER)
"""Steps that print a code; they are taken by ``actions.issue_code``."""

_OFFICERS: Final = (
    Who(Role.WINDOW),
    Who(Role.COUNTY_OFFICE, Party.CREDIT_OFFICE),
    Who(Role.CITY_OFFICE, Party.CREDIT_OFFICE),
)


def _claims(case: Case, account: Account) -> bool:
    return case.opened_by_id == account.pk


_CLAIMANT: Final = Outsider(Title(zh="申请认领的企业账号", en="The login that claims"), _claims)
_HOLDER: Final = Outsider(Title(zh="原经办账号", en="The holder to date"), guards.is_replaced)

CLAIM: Final = Procedure(
    name=NAME,
    title=Title(zh="企业认领", en="Claim of an enterprise"),
    prefix="认领",
    first="visit",
    opens_outside=(_CLAIMANT,),
    states=(
        State(
            "visit",
            Title(zh="已提交，待核验", en="Submitted, to be proved"),
            within="mandates/visit_days",
            pauses=True,
            task=Title(zh="核对材料，交付验证码", en="Check the papers, hand the code over"),
        ),
        State("to_send", Title(zh="待寄验证码", en="Letter to send"), within="mandates/letter_days"),
        State("code_out", Title(zh="待填验证码", en="Awaiting the code"), within="mandates/enter_days", pauses=True),
        State(
            "objecting",
            Title(zh="原经办账号异议期", en="The holder may object"),
            within="mandates/objection_days",
            pauses=True,
        ),
        State("contested", Title(zh="有异议待复核", en="Contested"), within="mandates/confirm_days"),
        State("entered", Title(zh="待复核", en="To confirm"), within="mandates/confirm_days"),
        State("confirmed", Title(zh="已确认", en="Confirmed"), is_final=True),
        State("refused", Title(zh="不予认领", en="Refused"), is_final=True),
        State("lapsed", Title(zh="逾期失效", en="Lapsed"), is_final=True),
        State("withdrawn", Title(zh="已撤回", en="Withdrawn"), is_final=True),
    ),
    steps=(
        Step(
            HAND_OVER,
            Title(zh="打印并当面交付验证码", en="Print the code and hand it over"),
            ("visit", "to_send"),
            "code_out",
            who=_OFFICERS,
            guard=guards.codes_left,
            asks=(
                Ask(
                    "papers",
                    Title(zh="核对的材料", en="Papers checked"),
                    AskKind.CHOICE,
                    choices=(
                        (
                            "licence_and_letter",
                            Title(zh="营业执照和加盖公章的介绍信", en="Licence and a letter under the firm's seal"),
                        ),
                        (
                            "licence_and_representative",
                            Title(
                                zh="营业执照，法定代表人（负责人）到场",
                                en="Licence, and its representative present",
                            ),
                        ),
                    ),
                ),
            ),
            follows=(
                Title(
                    zh="下载验证码告知单（PDF），打印后当面交付",
                    en="The paper with the code is downloaded for printing",
                ),
            ),
            notice="claim_code_issued",
        ),
        Step(
            SEND_LETTER,
            Title(zh="打印验证码信函", en="Print the letter with the code"),
            ("to_send",),
            "code_out",
            who=_OFFICERS,
            guard=guards.codes_left,
            follows=(
                Title(
                    zh="下载信函（PDF），寄往登记住所", en="The letter is downloaded, to go to the registered address"
                ),
            ),
            notice="claim_code_issued",
        ),
        Step(
            "enter",
            Title(zh="填写验证码", en="Enter the code"),
            ("code_out",),
            "entered",
            outside=(_CLAIMANT,),
            guard=guards.has_no_holder,
            notice="claim_code_entered",
        ),
        Step(
            "enter_replacing",
            Title(zh="填写验证码（更换经办账号）", en="Enter the code (change of representative)"),
            ("code_out",),
            "objecting",
            outside=(_CLAIMANT,),
            guard=guards.has_holder,
            notice="claim_holder_may_object",
        ),
        Step("consent", Title(zh="同意更换", en="Agree"), ("objecting",), "entered", outside=(_HOLDER,)),
        Step(
            "object",
            Title(zh="提出异议", en="Object"),
            ("objecting",),
            "contested",
            outside=(_HOLDER,),
            needs_reason=True,
            notice="claim_contested",
        ),
        Step(
            "uncontested",
            Title(zh="期满无异议", en="No objection in time"),
            ("objecting",),
            "entered",
            on_lapse=True,
        ),
        Step(
            "confirm",
            Title(zh="复核通过", en="Confirm"),
            ("entered",),
            "confirmed",
            who=_OFFICERS,
            four_eyes=ISSUES_CODE,
            guard=guards.holder_is_the_one_replaced,
            effect=effects.begin,
            follows=(
                Title(zh="该账号可以查看本企业档案", en="The login sees the file of the enterprise"),
                Title(zh="原经办账号及其代理人同时终止", en="The holder to date and its proxies end"),
            ),
            notice="claim_confirmed",
        ),
        Step(
            "confirm_contested",
            Title(zh="异议不成立，复核通过", en="Confirm in spite of the objection"),
            ("contested",),
            "confirmed",
            who=_OFFICERS,
            four_eyes=ISSUES_CODE,
            guard=guards.holder_is_the_one_replaced,
            needs_reason=True,
            effect=effects.begin,
            follows=(Title(zh="原经办账号及其代理人同时终止", en="The holder to date and its proxies end"),),
            notice="claim_confirmed",
        ),
        Step(
            "refuse",
            Title(zh="不予认领", en="Refuse"),
            ("visit", "to_send", "entered", "contested"),
            "refused",
            who=_OFFICERS,
            is_task=False,
            needs_reason=True,
            effect=effects.void_code,
            notice="claim_refused",
        ),
        Step(
            "ask_for_letter",
            Title(zh="改为寄信", en="Have it sent by letter"),
            ("visit", "code_out"),
            "to_send",
            outside=(_CLAIMANT,),
            guard=guards.letter_is_possible,
            effect=effects.by_letter,
        ),
        Step(
            "come_instead",
            Title(zh="改为到窗口", en="Come to the window instead"),
            ("to_send", "code_out"),
            "visit",
            outside=(_CLAIMANT,),
            guard=guards.codes_left,
            effect=effects.at_counter,
        ),
        Step(
            "withdraw",
            Title(zh="撤回认领", en="Withdraw"),
            ("visit", "to_send", "code_out", "objecting", "contested", "entered"),
            "withdrawn",
            outside=(_CLAIMANT,),
            effect=effects.void_code,
        ),
        Step(
            "lapse",
            Title(zh="逾期失效", en="Lapse"),
            ("visit", "code_out"),
            "lapsed",
            on_lapse=True,
            effect=effects.void_code,
            notice="claim_lapsed",
        ),
    ),
)
