"""Pure decisions about unwinding: which event asks for it, and how an item stands."""

from enum import StrEnum
from typing import Final

from django.db.models import F, Q

from rongxin.policy.words import Title
from rongxin.records.display import LOST
from rongxin.records.models import Effect
from rongxin.remedies.unwinding.models import Item, Outcome

FALLS: Final = (Effect.WITHDRAWN, Effect.ANNULLED, Effect.REPAIRED, Effect.ERASED)
"""After these a record is off display, and what heard of it hears of that."""
MATERIAL: Final = ("party_name", "party_code", "kind", "severity", "amount_fen", "basis")
"""Whom, what, how grave, how much and why: a correction of these reaches further than the record."""
HAPPENED: Final = {
    Effect.CORRECTED: Title(zh="更正", en="corrected"),
    Effect.WITHDRAWN: Title(zh="撤回", en="withdrawn"),
    Effect.ANNULLED: Title(zh="决定被撤销", en="annulled"),
    Effect.REPAIRED: Title(zh="信用修复", en="repaired"),
    Effect.ERASED: Title(zh="内容删除", en="erased"),
}

_SAME: Final = Q(
    **{f"record__supersedes__{name}": F(f"record__{name}") for name in MATERIAL if name != "amount_fen"}
) & (
    Q(record__supersedes__amount_fen=F("record__amount_fen"))
    | Q(record__supersedes__amount_fen=None, record__amount_fen=None)
)
WANTED: Final = (
    Q(effect__in=(*FALLS, Effect.REPAIR_REVOKED))
    | Q(effect=Effect.SUSPENDED, basis__startswith=LOST)
    | Q(effect=Effect.CORRECTED, record__supersedes__isnull=False) & ~_SAME
)
"""The record events that are of concern, for the database: a material correction is one that the version before does not equal."""


class Stand(StrEnum):
    """How an item of the checklist stands."""

    OPEN = "open"
    DECIDING = "deciding"
    DONE = "done"


def stand_of(item: Item) -> Stand:
    """How it stands; of an effect its own case says it."""
    if item.outcome:
        return Stand.DONE
    if item.redecision is not None:
        return Stand.DECIDING if item.redecision.case.is_open else Stand.DONE
    return Stand.OPEN


def was_decided(item: Item) -> bool:
    """Whether somebody had to decide about it, so that two people sign for the end."""
    return item.redecision is not None or item.outcome in (Outcome.NOTED, Outcome.WITHDRAWN)
