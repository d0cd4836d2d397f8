"""Applying for a repair: one application for the act; twice, at two offices or by a proxy, it is the same one."""

from datetime import date
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import Denied, demand
from rongxin.departments.models import Department
from rongxin.departments.queries import determining
from rongxin.policy.words import Title
from rongxin.records.standing import Standing, is_of, standing_of
from rongxin.remedies.repairs.models import Ground, Repair
from rongxin.remedies.repairs.rules import possible
from rongxin.remedies.repairs.workflow import KIND
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.models import Subject
from rongxin.workflow.actions import open_case, take_step
from rongxin.workflow.statements import checked_words

_CAN_END: Final = ("applied", "to_complete", "accepted", "drafted", "refused", "review")


class Bar(StrEnum):
    """Why nothing was applied for."""

    NO_RECORD = "no_record"
    NOT_NOW = "not_now"
    NO_COMMITMENT = "no_commitment"


class NotApplied(ValueError):
    """Nothing was kept; ``words`` say why it is not possible now."""

    def __init__(self, bar: Bar, words: Title | None = None) -> None:
        super().__init__(bar)
        self.bar = bar
        self.words = words


def apply(number: str, ground: Ground, statement: str, *, has_committed: bool, by: Mandate) -> Repair:
    """Apply for the repair of an act of the firm of the mandate. While one is under way, that one is given.

    Raises PermissionDenied, NotApplied, BadWords.
    """
    if not by.may(Action.REPAIR_APPLY):
        raise Denied(Action.REPAIR_APPLY, by.firm.uscc)
    return _applied(by.firm, number, ground, statement, has_committed, login=by.account)


def apply_at_counter(
    firm: Subject, number: str, ground: Ground, statement: str, *, has_committed: bool, by: Account
) -> Repair:
    """The same, entered by an officer for a firm that came with its papers."""
    demand(by, Action.CASE_ACT, by.works_for)
    return _applied(firm, number, ground, statement, has_committed, officer=by)


def end_moot(number: str) -> int:
    """Nothing is left to repair: open applications for the act are over. Returns how many."""
    over = list(Repair.objects.filter(record=number, case__state__in=_CAN_END).values_list("case__number", flat=True))
    for case in over:
        take_step(case, "end", by=None)
    return len(over)


@transaction.atomic
def _applied(
    firm: Subject,
    number: str,
    ground: Ground,
    statement: str,
    has_committed: bool,
    *,
    login: Account | None = None,
    officer: Account | None = None,
) -> Repair:
    words, policy, today = checked_words(statement), rulebook.current(), timezone.localdate()
    in_turn(f"repair: {number}")
    with asks(PLATFORM):
        standing = standing_of(number, policy)
        if standing is None or not is_of(standing, firm):
            raise NotApplied(Bar.NO_RECORD)
        same = Repair.objects.select_related("case").filter(record=number, case__is_open=True).first()
        if same is not None:
            return same
        if why := possible(standing, policy, today, ground).why_not:
            raise NotApplied(Bar.NOT_NOW, why)
        if not has_committed:
            raise NotApplied(Bar.NO_COMMITMENT)
        record, by, owner = standing.record, login or officer, _owner(standing)
        assert by is not None
        case = open_case(
            KIND,
            title=f"{firm.name}：{record.document_number or record.number}",
            owner=owner,
            handler=officer.department if officer else None,
            by=by,
            firm=firm.uscc,
        )
        return Repair.objects.create(
            case=case,
            subject=firm,
            record=number,
            version=record.version,
            document=record.document_number,
            ground=ground,
            statement=words,
            commitment_code=_commitment_code(owner.region, today),
            commitment=str(policy.value("repairs/commitment", today).value),
            applied_by=login,
        )


def _owner(standing: Standing) -> Department:
    """谁认定、谁修复: the department that determined it, where it is one of the platform's; else the one that filed it."""
    record = standing.record
    return determining(record.authority_uscc, record.authority) or record.provider


def _commitment_code(region: str, on: date) -> str:
    """Six digits of the division, eight of the day, six in order (信用承诺 2022)."""
    begins = f"{region[:6]:0<6}{on:%Y%m%d}"
    in_turn(f"commitment: {begins}")
    last = Repair.objects.filter(commitment_code__startswith=begins).order_by("-commitment_code").first()
    number = int(last.commitment_code[len(begins) :]) + 1 if last else 1
    return f"{begins}{number:06d}"
