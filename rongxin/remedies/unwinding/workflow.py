"""消除影响: the checklist is made and the offices told by the platform; people settle the rest; the firm gets a document."""

from typing import Final

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import demand
from rongxin.documents.sheets import basis_of, template_of
from rongxin.notices.recipients import Recipient
from rongxin.notices.telling import tell, template
from rongxin.policy.notices import NoticeValue
from rongxin.policy.words import Title
from rongxin.remedies.unwinding.actions import KIND
from rongxin.remedies.unwinding.queries import items_of, unwinding_of_case
from rongxin.remedies.unwinding.rules import Stand, stand_of, was_decided
from rongxin.remedies.unwinding.statement import addressee_of, paragraphs_of
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.models import Case
from rongxin.workflow.papers import issue_in
from rongxin.workflow.table import Answer, Procedure, State, Step, Taken, Who

TERM: Final = "unwinding/undo_days"
TEMPLATE: Final = "unwinding_statement"
ENDED: Final = "unwinding_ended"
_CLERK, _REVIEWER, _HEAD = Who(Role.CLERK), Who(Role.REVIEWER), Who(Role.HEAD)
_ISSUED: Final = (
    Title(zh="生成有文号的消除影响情况说明，告知企业", en="A numbered document is issued and the firm told"),
)


def unsettled(case: Case, officer: Account | None) -> Title | None:
    """Nothing is told the firm as undone while something is open."""
    left = [item for item in items_of(unwinding_of_case(case)) if stand_of(item) != Stand.DONE]
    if not left:
        return None
    return Title(zh=f"清单里还有 {len(left)} 项没有办完。", en=f"{len(left)} items of the checklist are open.")


def unsettled_or_decided(case: Case, officer: Account | None) -> Title | None:
    """One person issues the document only where nobody had to decide anything."""
    if why := unsettled(case, officer):
        return why
    if any(was_decided(item) for item in items_of(unwinding_of_case(case))):
        return Title(zh="有经过认定的事项，须两个人：先提出办结。", en="Something was decided: two people sign.")
    return None


def unsettled_or_plain(case: Case, officer: Account | None) -> Title | None:
    """Where nothing was decided one person is enough."""
    if why := unsettled(case, officer):
        return why
    if not any(was_decided(item) for item in items_of(unwinding_of_case(case))):
        return Title(zh="没有须认定的事项，审核员可以直接出具说明。", en="Nothing was decided: issue it directly.")
    return None


def _issue(taken: Taken) -> dict[str, Answer]:
    """The document says what was undone; the firm is told in the same transaction."""
    if taken.by is not None:
        demand(taken.by, Action.DOCUMENT_ISSUE, taken.case.owner)
    unwinding, rules = unwinding_of_case(taken.case), rulebook.current()
    values = {
        "title": "消除影响情况说明",
        "addressee": addressee_of(unwinding),
        "paragraphs": paragraphs_of(unwinding, rules),
        "basis": basis_of(rules, template_of(rules, TEMPLATE)),
    }
    issued = issue_in(taken, TEMPLATE, values, authority=taken.case.owner)
    if taken.case.firm:
        tell(
            rules,
            template(rules, ENDED),
            key=f"unwinding:{unwinding.pk}:ended",
            to=[Recipient(uscc=taken.case.firm)],
            values={
                NoticeValue.NUMBER: str(issued["document"]),
                NoticeValue.TITLE: taken.case.title,
                NoticeValue.OWNER: taken.case.owner.name,
            },
            by=taken.by,
        )
    return issued


UNWINDING: Final = Procedure(
    name=KIND,
    title=Title(zh="消除影响", en="Undoing effects"),
    prefix="消除",
    first="finding",
    opening=Title(zh="记录有变", en="A record changed"),
    states=(
        State("finding", Title(zh="正在形成清单", en="The checklist is being made")),
        State(
            "undoing",
            Title(zh="办理中", en="Being undone"),
            within=TERM,
            task=Title(zh="逐项消除影响", en="Settle the checklist"),
            must_be_timed=False,
        ),
        State(
            "concluding",
            Title(zh="待批准办结", en="To approve"),
            within=TERM,
            task=Title(zh="批准办结", en="Approve"),
            must_be_timed=False,
        ),
        State("undone", Title(zh="影响已消除", en="Undone"), is_final=True),
        State("nothing", Title(zh="没有须消除的影响", en="Nothing to undo"), is_final=True),
    ),
    steps=(
        Step(
            "found",
            Title(zh="清单已形成，更正通知已送出", en="The checklist is made, the offices are told"),
            ("finding",),
            "undoing",
            notice="unwinding_found",
        ),
        Step(
            "found_nothing",
            Title(
                zh="没有依据它的，没有单位查过，没有文书写到它",
                en="Nothing rests on it, nobody looked, no document names it",
            ),
            ("finding",),
            "nothing",
        ),
        Step(
            "conclude",
            Title(zh="提出办结", en="Propose the end"),
            ("undoing",),
            "concluding",
            who=(_CLERK, _REVIEWER),
            guard=unsettled_or_plain,
        ),
        Step(
            "issue",
            Title(zh="出具说明并办结", en="Issue the statement"),
            ("undoing",),
            "undone",
            who=(_REVIEWER, _HEAD),
            guard=unsettled_or_decided,
            effect=_issue,
            follows=_ISSUED,
        ),
        Step(
            "approve",
            Title(zh="批准并出具说明", en="Approve and issue the statement"),
            ("concluding",),
            "undone",
            who=(_REVIEWER, _HEAD),
            four_eyes=("conclude",),
            guard=unsettled,
            effect=_issue,
            follows=_ISSUED,
        ),
        Step(
            "send_back",
            Title(zh="退回", en="Send back"),
            ("concluding",),
            "undoing",
            who=(_REVIEWER, _HEAD),
            needs_reason=True,
        ),
        Step(
            "came_back",
            Title(zh="修复被撤销，记录恢复", en="The repair was taken back"),
            ("finding", "undoing", "concluding"),
            follows=(
                Title(
                    zh="已经消除的不自动恢复，由人另行决定", en="What was undone stays undone until a person decides"
                ),
            ),
        ),
    ),
)
