"""Batches as the check leaves them, without the check."""

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.intake.models import FINISHED, Batch, BatchState, Channel
from rongxin.intake.moving import KIND
from rongxin.workflow.models import Case
from tests.factories import PENALTY, a_department

_NUMBERS = count(1)


def an_officer(department: Department, role: Role = Role.CLERK, username: str = "") -> Account:
    return Account.objects.get_or_create(
        username=username or f"{department.code}-{role}",
        defaults={"display_name": "示例经办人", "department": department, "role": role},
    )[0]


def a_batch(
    department: Department | None = None,
    *,
    kind: str = PENALTY,
    state: BatchState = BatchState.CHECKED,
    received_at: datetime | None = None,
    **columns: Any,
) -> Batch:
    """A checked batch; ``columns`` are those of Batch."""
    number = next(_NUMBERS)
    provider = department or a_department()
    instant = received_at or timezone.now()
    name = f"B-示例-{number:06d}"
    case = Case.objects.create(
        number=name,
        kind=KIND,
        title=f"示例{number}.csv",
        state=state,
        is_open=state not in FINISHED,
        owner=provider,
        opened_at=instant,
        state_since=instant,
        policy_digest="0" * 64,
    )
    return Batch.objects.create(
        **{
            "case": case,
            "number": name,
            "provider": provider,
            "kind": kind,
            "policy_digest": "0" * 64,
            "channel": Channel.PAGE,
            "state": state,
            "file_name": f"示例{number}.csv",
            "file_size": 1,
            "file_sha256": f"{number:064d}",
            "submitted_by": an_officer(provider),
            "received_at": instant,
            "checked_at": instant,
            **columns,
        }
    )


def a_waiting_batch(days: dict[str, dict[str, int]], department: Department | None = None, **columns: Any) -> Batch:
    """A batch whose acts were decided on ``days``: {ISO day: {display: acts}}."""
    return a_batch(department, decided_days=days, **columns)
