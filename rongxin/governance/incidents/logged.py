"""What the ledger is told of an incident: what was done, by whom and when. Never a reason, a text, or the account whose looks are
searched for; of firms their number and a commitment to which, and to each firm that it was told.
"""

from typing import Any, Final

from rongxin.accounts.events import SECURITY, who
from rongxin.accounts.models import Account
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind
from rongxin.workflow.models import Case

_PLATFORM: Final = {"by": "", "department": "", "role": ""}


def log_incident(case: Case, act: str, by: Account | None, **said: Any) -> None:
    """Tell it in the stream of the platform's security, in the transaction of what was done. ``by`` None: the platform."""
    whose = who(by) if by else _PLATFORM
    log(Kind.SECURITY, SECURITY, {"act": f"incident.{act}", "case": case.number, **said, **whose})
