"""Filing an objection: in the firm's own window, or at a counter."""

from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import Denied, demand
from rongxin.departments.models import Department
from rongxin.records.standing import Standing, is_of, standing_of
from rongxin.remedies.objections import disputes
from rongxin.remedies.objections.models import Ground, Objection
from rongxin.remedies.objections.workflow import KIND
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.models import Subject
from rongxin.workflow.actions import open_case, take_step
from rongxin.workflow.statements import checked_words

LONGEST_DOCUMENT: Final = 128


class Bar(StrEnum):
    """Why nothing was filed."""

    NO_RECORD = "no_record"
    WITHDRAWN = "withdrawn"
    NO_DOCUMENT = "no_document"


class NotFiled(ValueError):
    """Nothing was kept; ``bar`` says why."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(bar)
        self.bar = bar


def object_to(number: str, ground: Ground, statement: str, *, by: Mandate) -> Objection:
    """Object to a record of the firm of the mandate. While an objection to it on this ground runs, that one is given.

    Raises PermissionDenied, NotFiled, BadWords.
    """
    _demand(by)
    return _filed(by.firm, number, ground, statement, login=by.account)


def object_at_counter(firm: Subject, number: str, ground: Ground, statement: str, *, by: Account) -> Objection:
    """The same, entered by an officer for a firm that came or wrote."""
    demand(by, Action.CASE_ACT, by.works_for)
    return _filed(firm, number, ground, statement, officer=by)


@transaction.atomic
def miss(document: str, owner: Department, statement: str, *, by: Mandate) -> Objection:
    """Say that a record is missing that ``owner`` should have filed. Raises PermissionDenied, NotFiled, BadWords."""
    _demand(by)
    firm, name = by.firm, " ".join(document.split())
    if not 1 <= len(name) <= LONGEST_DOCUMENT:
        raise NotFiled(Bar.NO_DOCUMENT)
    words = checked_words(statement)
    in_turn(f"objection: {firm.uscc} {name}")
    with asks(PLATFORM):
        same = _running(firm, Ground.MISSING).filter(document=name, case__owner=owner).first()
        if same is not None:
            return same
        title = f"{firm.name}：{name} 没有归集"
        case = open_case(KIND, title=title, owner=owner, by=by.account, firm=firm.uscc)
        return Objection.objects.create(
            case=case, subject=firm, document=name, ground=Ground.MISSING, statement=words, applied_by=by.account
        )


def end_moot(number: str) -> int:
    """The record was withdrawn: objections to it that nobody answered yet are over. Returns how many."""
    over = list(
        Objection.objects.filter(record=number, case__state__in=("filed", "drafted", "review")).values_list(
            "case__number", flat=True
        )
    )
    for case in over:
        take_step(case, "end", by=None)
    return len(over)


@transaction.atomic
def _filed(
    firm: Subject,
    number: str,
    ground: Ground,
    statement: str,
    *,
    login: Account | None = None,
    officer: Account | None = None,
) -> Objection:
    words = checked_words(statement)
    in_turn(f"objection: {number}")
    with asks(PLATFORM):
        found = _standing(firm, number)
        same = _running(firm, ground).filter(record=number).first()
        if same is not None:
            return same
        record, by = found.record, login or officer
        assert by is not None
        case = open_case(
            KIND,
            title=f"{firm.name}：{record.document_number or record.number}",
            owner=record.provider,
            handler=officer.department if officer else None,
            by=by,
            firm=firm.uscc,
        )
        objection = Objection.objects.create(
            case=case,
            subject=firm,
            record=number,
            version=record.version,
            document=record.document_number,
            ground=ground,
            statement=words,
            applied_by=login,
        )
        disputes.begin(number, case=case.number, by=by.username)
        return objection


def _demand(by: Mandate) -> None:
    if not by.may(Action.OBJECTION_MAKE):
        raise Denied(Action.OBJECTION_MAKE, by.firm.uscc)


def _standing(firm: Subject, number: str) -> Standing:
    found = standing_of(number, rulebook.current())
    if found is None or not is_of(found, firm):
        raise NotFiled(Bar.NO_RECORD)
    if found.is_withdrawn:
        raise NotFiled(Bar.WITHDRAWN)
    return found


def _running(firm: Subject, ground: Ground) -> QuerySet[Objection]:
    return Objection.objects.select_related("case").filter(subject=firm, ground=ground, case__is_open=True)
