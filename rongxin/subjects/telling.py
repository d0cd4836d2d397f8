"""What the ledger is told of who is who: a decision, in the stream of every subject that it is about."""

from collections.abc import Iterable, Mapping
from typing import Any

from rongxin.ledger.actions import Event, log_many
from rongxin.ledger.entries import Kind, firm_or_platform
from rongxin.subjects.models import Judgement, Subject


def tell(act: str, about: Iterable[Subject], told: Mapping[str, Any], *, by: str) -> None:
    """Tell each subject the same, in the transaction of what is told; ``told`` holds codes, days and closed words."""
    payload = {"act": act, **told, "by": by}
    log_many(Kind.DECISION, [Event(firm_or_platform(subject.uscc), payload) for subject in about])


def tell_judgements(act: str, judgements: Iterable[Judgement], *, by: str) -> None:
    """Tell the subjects of ``judgements`` that a party as filed was said to be them or not, or that this was taken back."""
    for judgement in judgements:
        tell(act, (judgement.subject,), {"verdict": judgement.verdict, "department": judgement.provider}, by=by)
