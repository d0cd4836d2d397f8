"""The one way to what is not public about a firm: a query that returns it takes an Access and logs the look before it answers.

A list shows public heads only (numbers, kinds, authorities, dates, states, the firm as on the register) and is no look. What a
look says of itself stands in docs/ledger.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

from rongxin.accounts.events import who
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import DataClass, Role
from rongxin.ledger.actions import Event, log_access
from rongxin.ledger.entries import Of, Subject
from rongxin.policy.words import Title


class Purpose(StrEnum):
    """What somebody looks for; the firm reads it."""

    OWN = "own"
    INTAKE = "intake"
    CASE = "case"
    CLEARING = "clearing"
    WITHDRAWAL = "withdrawal"
    SUPERVISION = "supervision"
    AUDIT = "audit"
    IDENTITY = "identity"


PURPOSES: Final[Mapping[str, Title]] = {
    Purpose.OWN: Title(zh="查看本企业档案", en="The enterprise's own file"),
    Purpose.INTAKE: Title(zh="归集核对", en="Checking what was sent"),
    Purpose.CASE: Title(zh="办理案件", en="Handling a case"),
    Purpose.CLEARING: Title(zh="核对公示文本", en="Clearing texts for display"),
    Purpose.WITHDRAWAL: Title(zh="撤回更正", en="Withdrawing or correcting"),
    Purpose.SUPERVISION: Title(zh="监督检查", en="Supervision"),
    Purpose.AUDIT: Title(zh="审计", en="Audit"),
    Purpose.IDENTITY: Title(zh="认定归属", en="Saying whose a row is"),
}
_BY_ROLE: Final[Mapping[str, Purpose]] = {Role.AUDITOR: Purpose.AUDIT, Role.INSPECTOR: Purpose.SUPERVISION}

Act = Literal["read", "export", "print", "answer"]
"""A page; a download (CSV, XLSX); a PDF or what is made to be printed; an answer to a machine."""
What = Literal["record", "case", "file", "document", "batch", "question", "told", "text", "class"]


def purpose_of(account: Account, usual: Purpose) -> Purpose:
    """What ``account`` looks for on a page that serves ``usual``: auditors audit and inspectors supervise, wherever they look."""
    return _BY_ROLE.get(account.role, usual)


@dataclass(frozen=True, slots=True)
class Access:
    """Who looks, what for, and in which case or batch. One for a request: a firm is told of a request once."""

    actor: Account
    purpose: Purpose
    case: str = ""
    _told: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    def look(
        self, firms: Iterable[str], what: What, *, fields: DataClass = DataClass.RESTRICTED, act: Act = "read"
    ) -> None:
        """Log that what is not public about ``firms`` (unified codes, one for each piece) is about to be shown: one event for each
        firm that this request has not told yet, durable when this returns. Raises NotLogged: then nothing may be shown.
        """
        pieces = Counter(firm for firm in firms if firm and firm not in self._told)
        if not pieces:
            return
        log_access(
            Event(Subject(Of.FIRM, firm), self._payload(what, fields, act, count)) for firm, count in pieces.items()
        )
        self._told.update(pieces)

    def _payload(self, what: What, fields: DataClass, act: Act, count: int) -> dict[str, Any]:
        return {
            "act": act,
            **who(self.actor),
            "purpose": self.purpose.value,
            "case": self.case,
            "what": what,
            "fields": fields.value,
            "count": count,
        }
