"""Who may take a step of a case, and why not: the same answer for the page, the board and the step itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role, Scope
from rongxin.departments.models import Department
from rongxin.policy.words import Title
from rongxin.workflow.models import Case
from rongxin.workflow.table import OPENING, Outsider, Party, Step, Who


class Bar(StrEnum):
    """Why a step cannot be taken."""

    NOT_FROM_HERE = "not_from_here"
    PLATFORM_ONLY = "platform_only"
    NOT_YOURS = "not_yours"
    SECOND_PERSON = "second_person"
    GUARD = "guard"
    NOT_YET_OVER = "not_yet_over"
    ALREADY_OVER = "already_over"
    LONGEST = "longest"
    NO_TERM = "no_term"
    NO_REASON = "no_reason"
    REASON_TOO_LONG = "reason_too_long"
    NAMES_A_NUMBER = "names_a_number"
    BAD_ANSWER = "bad_answer"
    CONTRARY = "contrary"
    """What was answered does not go together, or with the case."""


@dataclass(frozen=True, slots=True)
class Barred:
    """Why not. ``words``: those of a guard, or of what is contrary, or the title of the field that was not answered; ``most`` of a
    number.
    """

    bar: Bar
    words: Title | None = None
    most: int | None = None


class NotPossible(ValueError):
    """A step that cannot be taken; ``barred`` says why. Nothing was changed."""

    def __init__(self, barred: Barred) -> None:
        super().__init__(barred.bar)
        self.barred = barred


def office(case: Case, party: Party, officer: Account) -> Department | None:
    """The department for which ``officer`` would act as ``party`` of the case; None when the officer is not of it."""
    match party:
        case Party.OWNER:
            return case.owner if case.owner_id == officer.department_id else None
        case Party.HANDLER:
            return case.handler if case.handler_id == officer.department_id else None
    serves = Scope.REGION in officer.scopes_of(Action.CASE_ACT)
    return case.owner if serves and officer.may(Action.CASE_ACT, case.owner) else None


def belongs_to(case: Case, who: Iterable[Who], officer: Account) -> bool:
    """Whether the officer is one of ``who`` for this case, and may act on cases there at all."""
    if not officer.is_staff_member:
        return False
    for each in who:
        department = office(case, each.of, officer)
        if department is not None and Role(officer.role) == each.role and officer.may(Action.CASE_ACT, department):
            return True
    return False


def stands_outside(case: Case, outside: Iterable[Outsider], account: Account) -> bool:
    """Whether the account is one of ``outside`` for this case: a login of an enterprise that is in use."""
    return account.is_active and not account.is_staff_member and any(each.is_one(case, account) for each in outside)


def barred(case: Case, step: Step, officer: Account | None, taken: Iterable[str], today: date) -> Barred | None:
    """Why ``step`` is not possible for ``officer`` (None: the platform) now; None when it is.

    ``taken``: the names of the steps of this case that the officer took.
    """
    if bar := _by_the_table(case, step, officer, taken) or _by_the_clock(case, step, today):
        return Barred(bar)
    words = step.guard(case, officer) if step.guard else None
    return Barred(Bar.GUARD, words) if words else None


def is_over(case: Case, today: date) -> bool:
    """Whether the last day has passed; never by a calendar that is not announced."""
    return case.due_on is not None and not case.is_provisional and case.due_on < today


def is_late(case: Case, today: date) -> bool:
    """Whether the offices are late. While the case is with somebody else, the term that is over is not theirs."""
    return is_over(case, today) and not case.is_paused


def _by_the_table(case: Case, step: Step, officer: Account | None, taken: Iterable[str]) -> Bar | None:
    if case.state not in step.sources:
        return Bar.NOT_FROM_HERE
    if officer is not None and not step.is_for_people:
        return Bar.PLATFORM_ONLY
    if step.is_for_people and (officer is None or not _is_one_of(case, step, officer)):
        return Bar.NOT_YOURS
    own = {*taken, *((OPENING,) if officer is not None and case.opened_by_id == officer.pk else ())}
    return None if own.isdisjoint(step.four_eyes) else Bar.SECOND_PERSON


def _is_one_of(case: Case, step: Step, account: Account) -> bool:
    return belongs_to(case, step.who, account) or stands_outside(case, step.outside, account)


def _by_the_clock(case: Case, step: Step, today: date) -> Bar | None:
    if step.on_lapse and not is_over(case, today):
        return Bar.NOT_YET_OVER
    # A term that is over cannot be lengthened; where nobody can tell whether it is, it can.
    return Bar.ALREADY_OVER if step.extends and is_over(case, today) else None
