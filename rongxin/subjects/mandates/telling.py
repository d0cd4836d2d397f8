"""What the ledger is told of mandates, in the stream of their enterprise. An invitation gives no right yet; its proxy does."""

from rongxin.accounts.models import Account
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, firm_or_platform
from rongxin.subjects.mandates.models import Mandate


def tell(act: str, mandate: Mandate, *, by: Account | None, why: str = "") -> None:
    """Tell that ``mandate`` began or ended, in the transaction in which it does; ``why``: the EndReason."""
    told = {
        "act": act,
        "account": mandate.account.username,
        "role": mandate.role,
        "scope": list(mandate.scope),
        "until": mandate.until.isoformat() if mandate.until else "",
        "why": why,
        "by": by.username if by else "",
    }
    log(Kind.ADMIN, firm_or_platform(mandate.subject.uscc), told)
