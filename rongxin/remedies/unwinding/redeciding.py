"""重新认定: the authority of a record that lost a support ends it, or finds that it stands on other grounds; two people."""

from typing import Final

from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import demand
from rongxin.policy.words import Title
from rongxin.records import supports
from rongxin.records.actions import locked_position, note
from rongxin.records.bearing import Sort
from rongxin.records.display import Moment
from rongxin.records.models import Effect
from rongxin.records.supports import NotNamed, Ref
from rongxin.remedies.unwinding.actions import REDECIDING, newest
from rongxin.remedies.unwinding.models import Redecision
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.models import Case
from rongxin.workflow.table import Answer, Procedure, State, Step, Taken, Who
from rongxin.workflow.words import LOOKED, demand_names_nobody

TERM: Final = "unwinding/redecide_days"
PUBLIC_REASON: Final = "所依据的决定不再成立，本记录一并撤回。"
_CLERK, _REVIEWER, _HEAD = Who(Role.CLERK), Who(Role.REVIEWER), Who(Role.HEAD)
_NO_GROUND: Final = Title(
    zh="没有别的、无争议的依据。先在这条记录的页面登记另一项依据，再选这一步；没有的，终止。",
    en="There is no other undisputed ground. Enter one on the page of the record first, or end it.",
)


def redecision_of(case: Case) -> Redecision:
    """What a case decides anew."""
    return Redecision.objects.select_related("case__owner").get(case=case)


def no_other_ground(case: Case, officer: Account | None) -> Title | None:
    """That it stands can be said only with another support that bears it now and is not disputed."""
    ref = Ref(Sort.RECORD, redecision_of(case).number)
    return None if supports.other_grounds(ref, rulebook.current(), Moment.now()) else _NO_GROUND


def _end(taken: Taken) -> dict[str, Answer]:
    """The record is withdrawn: what rests on it in turn is suspended with it, and whoever looked at it is told by its own case."""
    if taken.by is None:
        raise NotPossible(Barred(Bar.NOT_YOURS))
    demand(taken.by, Action.RECORD_WITHDRAW, taken.case.owner)
    locked_position()
    redecision = redecision_of(taken.case)
    event = note(
        newest(redecision.number),
        Effect.WITHDRAWN,
        by=taken.by.username,
        basis=f"重新认定（{taken.case.number}）：终止；失去的依据 {redecision.support}",
        told=taken.case.number,
        reason=PUBLIC_REASON,
    )
    Redecision.objects.filter(pk=redecision.pk).update(decided_at=timezone.now())
    return {"position": event.position}


def _stand(taken: Taken) -> dict[str, Answer]:
    """The record stands on its other grounds: the lost supports end, its display is resumed."""
    if taken.by is None:
        raise NotPossible(Barred(Bar.NOT_YOURS))
    demand(taken.by, Action.RECORD_WITHDRAW, taken.case.owner)
    locked_position()
    redecision = redecision_of(taken.case)
    try:
        event = supports.stand(
            newest(redecision.number),
            rulebook.current(),
            by=taken.by.username,
            basis=f"重新认定（{taken.case.number}）：另有依据，继续有效",
            told=taken.case.number,
        )
    except NotNamed:
        raise NotPossible(Barred(Bar.GUARD, _NO_GROUND)) from None
    Redecision.objects.filter(pk=redecision.pk).update(decided_at=timezone.now())
    return {"position": event.position} if event else {}


REDECISION: Final = Procedure(
    name=REDECIDING,
    title=Title(zh="重新认定", en="Decision anew"),
    prefix="重认",
    first="lost",
    opening=Title(zh="依据有变", en="A support changed"),
    notice="redecision_opened",
    is_internal=True,
    states=(
        State(
            "lost",
            Title(zh="待认定", en="To decide"),
            within=TERM,
            task=Title(zh="重新认定", en="Decide anew"),
            must_be_timed=False,
        ),
        State("ending", Title(zh="拟终止，待批准", en="To end, to approve"), within=TERM, must_be_timed=False),
        State("standing", Title(zh="拟继续有效，待批准", en="To stand, to approve"), within=TERM, must_be_timed=False),
        State("ended", Title(zh="已终止", en="Ended"), is_final=True),
        State("stands", Title(zh="继续有效", en="Stands on other grounds"), is_final=True),
        State("moot", Title(zh="已无须认定", en="Nothing left to decide"), is_final=True),
    ),
    steps=(
        Step(
            "propose_end",
            Title(zh="拟终止", en="Propose to end it"),
            ("lost",),
            "ending",
            who=(_CLERK, _REVIEWER),
            needs_reason=True,
            asks=(LOOKED,),
            effect=demand_names_nobody,
        ),
        Step(
            "propose_stand",
            Title(zh="拟认定另有依据、继续有效", en="Propose that it stands on other grounds"),
            ("lost",),
            "standing",
            who=(_CLERK, _REVIEWER),
            needs_reason=True,
            guard=no_other_ground,
            asks=(LOOKED,),
            effect=demand_names_nobody,
            follows=(
                Title(
                    zh="写明靠哪一项依据；被提出异议的、已经撤销撤回的依据不算",
                    en="Say on which ground; one that is disputed, withdrawn or annulled does not count",
                ),
            ),
        ),
        Step(
            "end",
            Title(zh="批准终止", en="Approve the end"),
            ("ending",),
            "ended",
            who=(_REVIEWER, _HEAD),
            four_eyes=("propose_end",),
            effect=_end,
            follows=(
                Title(zh="这条记录撤回，不再公示，不能恢复", en="The record is withdrawn for good"),
                Title(zh="查过它的单位由平台另送更正通知", en="Whoever looked at it is told"),
            ),
        ),
        Step(
            "stand",
            Title(zh="批准继续有效", en="Approve that it stands"),
            ("standing",),
            "stands",
            who=(_REVIEWER, _HEAD),
            four_eyes=("propose_stand",),
            guard=no_other_ground,
            effect=_stand,
            follows=(Title(zh="失去的依据终止登记，暂停的公示恢复", en="The lost support ends; display is resumed"),),
        ),
        Step(
            "redraft",
            Title(zh="退回", en="Send back"),
            ("ending", "standing"),
            "lost",
            who=(_REVIEWER, _HEAD),
            needs_reason=True,
        ),
        Step("moot", Title(zh="记录已经终止", en="The record ended"), ("lost", "ending", "standing"), "moot"),
    ),
)
