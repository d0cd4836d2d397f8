"""Asking why."""

import re
from datetime import date
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.departments.models import Department
from rongxin.primitives.recognisers import suspects
from rongxin.remedies.inquiries.models import About, Inquiry
from rongxin.remedies.inquiries.workflow import KIND
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
