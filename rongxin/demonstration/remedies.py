"""Objections and repairs under way about made-up penalties: each as far as somebody can go on with it."""

from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.demonstration.authorities import SHOWN
from rongxin.demonstration.codes import numbered_code
from rongxin.demonstration.staff import FIRM, WINDOW
from rongxin.departments.queries import NoSuchDepartment, department
from rongxin.policy.words import Severity
from rongxin.records.display import Moment, displayed, known
from rongxin.records.queries import subjects_of
from rongxin.records.standing import standing_of
from rongxin.remedies.objections.actions import object_at_counter, object_to
from rongxin.remedies.objections.models import Ground as ObjectionGround
from rongxin.remedies.objections.models import Objection
from rongxin.remedies.repairs.actions import apply_at_counter
from rongxin.remedies.repairs.models import Ground, Repair
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates.queries import NoMandate, demand
from rongxin.subjects.models import Category, Subject
from rongxin.workflow.actions import take_step

_KIND: Final = "administrative_penalty"
_HELD: Final = 1
_PAID: Final = "罚款已经缴清，示例违法行为已经改正。"
_WRONG: Final = "记录里的罚款金额与决定书不一致（示例）。"


@transaction.atomic
def remedy_some() -> None:
    """File a few, each as far as it is; once."""
    staff = {each.username: each for each in Account.objects.filter(username__in=(SHOWN.clerk, WINDOW))}
    if len(staff) < 2 or Objection.objects.exists() or Repair.objects.exists():
        return
    clerk, window = staff[SHOWN.clerk], staff[WINDOW]
    _object_as_firm()
    minor, general = _penalties(Severity.MINOR, 3), _penalties(Severity.GENERAL, 5)
    # The history is shorter than the shortest display: repaired is what is not displayed, or waits for nothing.
    repairs = [(*each, Ground.FULFILLED) for each in minor] + [(*each, Ground.REORGANISATION) for each in general[:2]]
    for place, (number, firm, ground) in enumerate(repairs):
        case = apply_at_counter(firm, number, ground, _PAID, has_committed=True, by=window).case.number
        if place % 3 > 0:
            take_step(case, "accept", by=clerk)
        if place % 3 > 1:
            given = {"outcome": "grant", "verified": "own_records"}
            take_step(case, "draft", by=clerk, reason="罚款已经缴清，违法行为已经纠正", answers=given)
    for place, (number, firm) in enumerate(general[2:]):
        case = object_at_counter(firm, number, ObjectionGround.WRONG, _WRONG, by=window).case.number
        if place > 0:
            take_step(case, "draft", by=clerk, reason="与决定书原件一致", answers={"outcome": "unfounded"})


def _penalties(severity: Severity, most: int) -> list[tuple[str, Subject]]:
    """Penalties of the department that is shown, on organisations: numbers and whose they are."""
    try:
        shown = department(SHOWN.code)
    except NoSuchDepartment:
        return []
    records = known(Moment.now()).filter(provider=shown, kind=_KIND, severity=severity)
    part = list(records.order_by("pk")[: most * 3])
    firms = subjects_of(part)
    of_firms = [(record.number, firms[record.pk]) for record in part if record.pk in firms]
    return [(number, firm) for number, firm in of_firms if firm.category != Category.SOLE_TRADER][:most]


def _object_as_firm() -> None:
    """The login that is shown objects to a penalty of its own, not the one of the first page."""
    firm = Account.objects.filter(username=FIRM).first()
    if firm is None:
        return
    try:
        mandate = demand(firm, numbered_code("9", "1", _HELD), Action.OBJECTION_MAKE)
    except NoMandate:
        return
    policy, moment = rulebook.current(), Moment.now()
    records = displayed(policy, moment).filter(kind=_KIND, party_code=mandate.firm.uscc)
    for record in records.order_by("decided_on", "pk"):
        found = standing_of(record.number, policy)
        if found is not None and record.recorded_at < timezone.now():
            object_to(record.number, ObjectionGround.EXPIRED, "义务已经履行完毕，请核对（示例）。", by=mandate)
            return
