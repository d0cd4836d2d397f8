"""What the steps of a claim do, in their transaction."""

from rongxin.accounts.permissions import Role
from rongxin.subjects.mandates.ending import end, take_turn
from rongxin.subjects.mandates.guards import claim_in, holder_is_the_one_replaced
from rongxin.subjects.mandates.models import Claim, EndReason, Mandate, Way
from rongxin.subjects.mandates.queries import holder_of
from rongxin.subjects.mandates.telling import tell
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.table import Answer, Taken


def begin(taken: Taken) -> dict[str, Answer] | None:
    """The login holds the enterprise; the holder to date and its proxies do not any more."""
    claim = claim_in(taken.case)
    take_turn(claim.subject)
    if words := holder_is_the_one_replaced(taken.case, taken.by):
        raise NotPossible(Barred(Bar.GUARD, words))
    before = holder_of(claim.subject)
    if before is not None and taken.by is not None:
        end(before, EndReason.REPLACED, by=taken.by)
    made = Mandate.objects.create(
        subject=claim.subject,
        account=claim.account,
        role=Role.ENTERPRISE,
        case=taken.case,
        began_at=taken.at,
    )
    tell("mandate.begin", made, by=taken.by)
    return {"replaced": before is not None}


def void_code(taken: Taken) -> None:
    """The code that is out is taken no longer."""
    Claim.objects.filter(case=taken.case).update(digest="")


def by_letter(taken: Taken) -> None:
    """The next code goes by letter; the one that is out is void."""
    Claim.objects.filter(case=taken.case).update(digest="", way=Way.LETTER)


def at_counter(taken: Taken) -> None:
    """The next code is handed over; the one that is out is void."""
    Claim.objects.filter(case=taken.case).update(digest="", way=Way.COUNTER)
