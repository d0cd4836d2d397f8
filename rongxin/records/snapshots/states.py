"""Which records may not count, and why: asked of the one gate (records.display), not decided here."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import polars as pl
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from rongxin.engine.risk.layout import State
from rongxin.policy.pack import Policy
from rongxin.records.display import (
    Moment,
    all_known,
    lost_supports,
    over_when_first_recorded,
    standing_disputes,
    standing_ends,
)
from rongxin.records.models import Record

STATES: Final[dict[str, Any]] = {"record": pl.Int64, "state": pl.UInt8}
_AT_ONCE: Final = 100_000


def all_states(policy: Policy, moment: Moment) -> pl.DataFrame:
    """STATES of all records that may not count for what happened to their acts, by record; what was withheld is not among them."""
    records = all_known(moment)
    return _states(
        (state, records.filter(act_key__in=acts.values(key))) for state, key, acts in _reasons(policy, moment)
    )


def states_of(staged: str, policy: Policy, moment: Moment) -> pl.DataFrame:
    """The same of the records in the temporary table ``staged``, each looked up."""
    records = Record.objects.filter(pk__in=RawSQL(f"SELECT record FROM {staged}", []))  # noqa: S611 (a name of ours)
    return _states(
        (state, records.filter(Exists(acts.filter(**{key: OuterRef("act_key")}))))
        for state, key, acts in _reasons(policy, moment)
    )


def _reasons(policy: Policy, moment: Moment) -> list[tuple[State, str, QuerySet[Any]]]:
    """State, and the acts that have it with the name of their key: the graver first."""
    return [
        (State.ENDED, "act_key", standing_ends(moment)),
        (State.ENDED, "act_key", over_when_first_recorded(policy)),
        (State.UNSUPPORTED, "effect_act", lost_supports(policy, moment)),
        (State.DISPUTED, "act_key", standing_disputes(moment)),
    ]


def _states(reasons: Iterator[tuple[State, QuerySet[Record]]]) -> pl.DataFrame:
    frames = [
        pl.DataFrame({"record": keys}, schema={"record": pl.Int64}).with_columns(state=pl.lit(state.value, pl.UInt8))
        for state, records in reasons
        for keys in _keys(records)
    ]
    found = pl.concat([pl.DataFrame(schema=STATES), *frames])
    return found.unique("record", keep="first", maintain_order=True).sort("record")


def _keys(records: QuerySet[Record]) -> Iterator[list[int]]:
    """The keys, so many at once that no list of all of them stands in memory."""
    keys = records.order_by().values_list("pk", flat=True).iterator(chunk_size=_AT_ONCE)
    while part := list(islice(keys, _AT_ONCE)):
        yield part
