"""What the ledger is told of an incident: what was done, by whom and when. Never a reason, a text, or the account whose looks are
searched for; of firms their number and a commitment to which, and to each firm that it was told.
"""

from typing import Any, Final

from rongxin.accounts.models import Account
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.workflow.models import Case

SECURITY: Final = Subject(Of.SYSTEM, "security")


def log_incident(case: Case, act: str, by: Account | None, **said: Any) -> None:
    """Tell it in the stream of the platform's security, in the transaction of what was done. ``by`` None: the platform."""
    whose = (
        {"by": by.username, "department": by.works_for.code, "role": by.role}
        if by
        else {"by": "", "department": "", "role": ""}
    )
    log(Kind.SECURITY, SECURITY, {"act": f"incident.{act}", "case": case.number, **said, **whose})
