"""Asking why."""

import re
from datetime import date
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import Denied, demand
from rongxin.departments.models import Department
from rongxin.primitives.recognisers import suspects
from rongxin.remedies.inquiries.models import About, Inquiry
from rongxin.remedies.inquiries.workflow import KIND
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.models import Subject
from rongxin.workflow.actions import open_case

# A number of a document, a record or a case; never a sentence.
_REFERENCE: Final = re.compile(r"[\w\-〔〕（）()]{0,60}")
_TITLES: Final = {About.LOOK: "询问为何被查询", About.DECISION: "询问为何这样决定"}


class Problem(StrEnum):
    """Why it cannot be asked so."""

    DAY = "day"
    REFERENCE = "reference"


class NotAsked(ValueError):
    """Nothing was kept; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@transaction.atomic
def ask_why(
    subject: Subject,
    owner: Department,
    about: About,
    *,
    happened_on: date,
    reference: str = "",
    by: Account | None = None,
) -> Inquiry:
    """Ask ``owner`` why it looked at or decided about ``subject``. ``by`` enters it; None is the enterprise itself.

    Asking the same thing while it is open is the same inquiry. Raises PermissionDenied and NotAsked.
    """
    if by is not None:
        demand(by, Action.CASE_ACT, owner)
    reference = "".join(reference.split())
    if happened_on > timezone.localdate():
        raise NotAsked(Problem.DAY)
    if not _REFERENCE.fullmatch(reference) or suspects(reference):
        raise NotAsked(Problem.REFERENCE)
    same = {"subject": subject, "about": about, "happened_on": happened_on, "reference": reference}
    found = Inquiry.objects.select_related("case").filter(case__owner=owner, case__is_open=True, **same).first()
    if found is not None:
        return found
    case = open_case(KIND, title=f"{subject.name}{_TITLES[about]}", owner=owner, by=by, firm=subject.uscc)
    return Inquiry.objects.create(case=case, **same)


@transaction.atomic
def ask_about_event(mandate: Mandate, owner: Department, *, event: str, happened_on: date, reference: str) -> Inquiry:
    """Ask ``owner``, in the enterprise's own window, about the look that is ``event`` of the ledger (``log/index``).

    Each event is asked about once: asking again is the same inquiry, answered or not. ``mandate`` was demanded for this request,
    and the event is of its enterprise. Raises PermissionDenied.
    """
    if not mandate.may(Action.LOOK_ASK):
        raise Denied(Action.LOOK_ASK, mandate.firm.uscc)
    in_turn(f"inquiry: {event}")
    with asks(PLATFORM):  # the case is the department's; the enterprise sees of it what stands beside the event
        if found := Inquiry.objects.select_related("case").filter(event=event).first():
            return found
        words = "".join(reference.split())
        if not _REFERENCE.fullmatch(words) or suspects(words):
            words = ""
        firm, about = mandate.firm, About.LOOK
        case = open_case(KIND, title=f"{firm.name}{_TITLES[about]}", owner=owner, firm=firm.uscc)
        return Inquiry.objects.create(
            case=case, subject=firm, about=about, happened_on=happened_on, reference=words, event=event
        )
