"""企业询问: asked, answered by one person, approved by another, told in an official document."""

from typing import Final

from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import demand
from rongxin.documents.sheets import basis_of, template_of
from rongxin.policy.words import Title
from rongxin.primitives.uscc import is_valid
from rongxin.remedies.inquiries.models import About, Inquiry, Outcome
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.papers import issue_in
from rongxin.workflow.statements import AN_ANSWER
from rongxin.workflow.table import Ask, AskKind, Party, Procedure, State, Step, Taken, Who
from rongxin.workflow.words import LOOKED, demand_names_nobody

KIND: Final = "inquiry"
TERM: Final = "inquiries/answer_days"
TEMPLATE: Final = "inquiry_answer"
_CLERK, _REVIEWER, _HEAD = Who(Role.CLERK), Who(Role.REVIEWER), Who(Role.HEAD)
_OFFICES: Final = tuple(Who(role, Party.CREDIT_OFFICE) for role in (Role.COUNTY_OFFICE, Role.CITY_OFFICE))
_OUTCOMES: Final = (
    (Outcome.EXPLAINED.value, Title(zh="说明原因（写在下面）", en="The reason, written below")),
    (Outcome.NOT_OURS.value, Title(zh="本单位没有查询或者决定", en="This department did neither")),
    (Outcome.WITHHELD.value, Title(zh="依法不予说明（写明依据）", en="Not told by law (say which)")),
)


def _draft(taken: Taken) -> None:
    """Keep the answer, if it tells of no person."""
    demand_names_nobody(taken, AN_ANSWER)
    Inquiry.objects.filter(case=taken.case).update(outcome=taken.answers["outcome"], answer=taken.reason)


def _answer(taken: Taken) -> dict[str, int | bool | str]:
    """The answer goes out as a document of the department."""
    inquiry = Inquiry.objects.select_related("subject").get(case=taken.case)
    if taken.by is not None:
        demand(taken.by, Action.DOCUMENT_ISSUE, taken.case.owner)
    subject, owner = inquiry.subject, taken.case.owner
    asked = "查询你单位信用信息" if inquiry.about == About.LOOK else "对你单位作出决定"
    code = f"（统一社会信用代码 {subject.uscc}）" if subject.uscc and is_valid(subject.uscc) else ""
    about = f"（{inquiry.reference}）" if inquiry.reference else ""
    rules = rulebook.current()
    values = {
        "title": "关于企业询问的答复",
        "addressee": subject.name,
        "paragraphs": [
            f"你单位{code}询问本单位{inquiry.happened_on:%Y}年{inquiry.happened_on.month}月{inquiry.happened_on.day}日"
            f"{asked}{about}的原因。现答复如下：",
            f"{Outcome(inquiry.outcome).label}。{inquiry.answer}",
            "你单位对本答复有异议的，可以向本单位或者信用信息牵头部门提出。",
        ],
        "basis": basis_of(rules, template_of(rules, TEMPLATE)),
    }
    return issue_in(taken, TEMPLATE, values, authority=owner)


INQUIRY: Final = Procedure(
    name=KIND,
    title=Title(zh="企业询问", en="Inquiry of an enterprise"),
    prefix="询问",
    first="asked",
    opens=(_CLERK, _REVIEWER, *_OFFICES),
    opening=Title(zh="提出询问", en="Asked"),
    states=(
        State(
            "asked",
            Title(zh="待答复", en="To answer"),
            within=TERM,
            task=Title(zh="拟答复", en="Draft the answer"),
            must_be_timed=False,
        ),
        State(
            "drafted",
            Title(zh="待批准", en="To approve"),
            within=TERM,
            task=Title(zh="批准答复", en="Approve"),
            must_be_timed=False,
        ),
        State("answered", Title(zh="已答复", en="Answered"), is_final=True),
        State("withdrawn", Title(zh="已撤回", en="Withdrawn"), is_final=True),
    ),
    steps=(
        Step(
            "draft",
            Title(zh="拟答复", en="Draft the answer"),
            ("asked",),
            "drafted",
            who=(_CLERK, _REVIEWER),
            needs_reason=True,
            asks=(
                Ask("outcome", Title(zh="答复", en="Answer"), AskKind.CHOICE, _OUTCOMES),
                LOOKED,
            ),
            effect=_draft,
            follows=(
                Title(zh="理由就是给企业的答复，批准后写进答复书", en="The reason is the answer the enterprise gets"),
            ),
        ),
        Step(
            "answer",
            Title(zh="批准并答复", en="Approve and answer"),
            ("drafted",),
            "answered",
            who=(_REVIEWER, _HEAD),
            four_eyes=("draft",),
            effect=_answer,
            follows=(Title(zh="生成有文号的答复书，告知企业", en="A numbered document is issued"),),
        ),
        Step(
            "redraft",
            Title(zh="退回重拟", en="Send back"),
            ("drafted",),
            "asked",
            who=(_REVIEWER, _HEAD),
            needs_reason=True,
        ),
        Step(
            "withdraw",
            Title(zh="撤回询问", en="Withdraw"),
            ("asked", "drafted"),
            "withdrawn",
            who=(_CLERK, *_OFFICES),
            needs_reason=True,
            is_task=False,
            follows=(Title(zh="企业表示不再询问时用；写明谁、什么时候说的", en="When the enterprise asks no more"),),
        ),
    ),
)
