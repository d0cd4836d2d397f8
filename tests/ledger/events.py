"""Events for tests of the log."""

from django.db import transaction

from rongxin.ledger import logs
from rongxin.ledger.actions import Event, log_many
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.models import Log
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.signing import checkpoint

FIRM = Subject(Of.FIRM, "91990000MA0000015Q")
OTHER = Subject(Of.FIRM, "91990000MA0000023K")


def logged(*subjects: Subject, act: str = "read") -> None:
    """One access to each of ``subjects``, committed together."""
    with transaction.atomic():
        log_many(Kind.ACCESS, [Event(subject, {"act": act, "at": at}) for at, subject in enumerate(subjects)])


def signed_log(count: int = 6) -> Log:
    """A log with so many events of two firms in turn, sequenced and signed."""
    logged(*([FIRM, OTHER] * count)[:count])
    sequence_all()
    checkpoint(logs.current())
    return logs.current()
