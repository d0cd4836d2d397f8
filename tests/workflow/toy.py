"""A toy procedure: one table and nothing else. It is what the tests take for a real one."""

from rongxin.accounts.permissions import Role
from rongxin.policy.words import Title
from rongxin.workflow.table import Ask, AskKind, Party, Procedure, State, Step, Taken, Who

CLERK, REVIEWER = Who(Role.CLERK), Who(Role.REVIEWER)
OFFICE = Who(Role.CITY_OFFICE, Party.CREDIT_OFFICE)
TERM, SUPPLEMENT, MOST = "procedures/toy_decide", "procedures/toy_supplement", "procedures/toy_longest"
GROUNDS = (("incomplete", Title(zh="材料不全", en="Incomplete")), ("early", Title(zh="期限未到", en="Too early")))

effects: list[Taken] = []


def note_effect(taken: Taken) -> dict[str, int | bool | str]:
    """What a real procedure would do to its own rows."""
    effects.append(taken)
    return {"decided": True}


TOY = Procedure(
    name="toy",
    title=Title(zh="示例事项", en="Toy procedure"),
    prefix="示例",
    first="received",
    opens=(CLERK,),
    states=(
        State("received", Title(zh="待受理", en="Received"), within="procedures/toy_accept"),
        State(
            "checking",
            Title(zh="审核中", en="In review"),
            within=TERM,
            task=Title(zh="审核并拟定", en="Check and draft"),
        ),
        State("supplement", Title(zh="待补正", en="To complete"), within=SUPPLEMENT, pauses=True),
        State("drafted", Title(zh="待批准", en="To approve"), within=TERM),
        State("granted", Title(zh="准予", en="Granted"), is_final=True),
        State("refused", Title(zh="不予", en="Refused"), is_final=True),
    ),
    steps=(
        Step("accept", Title(zh="受理", en="Accept"), ("received",), "checking", who=(CLERK,), notice="accepted"),
        Step(
            "refuse",
            Title(zh="不予受理", en="Do not accept"),
            ("received",),
            "refused",
            who=(REVIEWER,),
            needs_reason=True,
        ),
        Step("draft", Title(zh="拟准予", en="Draft grant"), ("checking",), "drafted", who=(CLERK, REVIEWER)),
        Step(
            "return_once",
            Title(zh="一次性告知补正", en="Ask for completion"),
            ("checking",),
            "supplement",
            who=(CLERK, REVIEWER),
            needs_reason=True,
            asks=(Ask("ground", Title(zh="缺什么", en="What is missing"), AskKind.CHOICE, GROUNDS),),
        ),
        Step(
            "extend",
            Title(zh="延长期限", en="Extend the term"),
            ("checking", "drafted"),
            who=(REVIEWER,),
            needs_reason=True,
            extends=MOST,
        ),
        Step("completed", Title(zh="已补正", en="Completed"), ("supplement",), "checking", who=(CLERK, REVIEWER)),
        Step("uncompleted", Title(zh="逾期未补正", en="Not completed"), ("supplement",), "checking", on_lapse=True),
        Step(
            "approve",
            Title(zh="批准", en="Approve"),
            ("drafted",),
            "granted",
            who=(REVIEWER, OFFICE),
            four_eyes=("draft",),
            effect=note_effect,
            follows=(Title(zh="书面告知申请人", en="The applicant is told in writing"),),
            notice="granted",
        ),
        Step(
            "redraft",
            Title(zh="退回重拟", en="Send back"),
            ("drafted",),
            "checking",
            who=(REVIEWER,),
            needs_reason=True,
        ),
    ),
)
