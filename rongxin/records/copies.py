"""Which acts others may hold a copy of and show: those on display, without those of sole traders (architecture §2).

An act is named here by the key of its first version, which never changes: a correction adds a version, not a place. Everything is
asked in sets; what comes back of millions of acts are arrays of keys.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

import numpy as np
import polars as pl
from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from rongxin.policy.pack import Policy
from rongxin.records.display import Moment, all_displayed, displayed, standing_disputes
from rongxin.records.models import Record, RecordContent, RecordEvent, Resolution
from rongxin.storage.parts import in_parts
from rongxin.subjects.models import Category

Keys = np.ndarray[Any, np.dtype[np.int64]]
_PART: Final = 50_000
LINES: Final[dict[str, Any]] = {
    "first": pl.Int64,
    "number": pl.String,
    "version": pl.Int64,
    "kind": pl.String,
    "severity": pl.String,
    "title": pl.String,
    "party_name": pl.String,
    "subject_name": pl.String,
    "subject_uscc": pl.String,
    "authority": pl.String,
    "document_number": pl.String,
    "decided_on": pl.Date,
    "valid_to": pl.Date,
    "recorded_at": pl.Datetime("us", "UTC"),
    "act_key": pl.String,
}
"""Columns of ``lines``, with ``disputed`` instead of ``act_key``."""


def of_sole_traders() -> QuerySet[Resolution]:
    """Standing resolutions to sole traders, or to what was merged into one."""
    is_one = Q(subject__category=Category.SOLE_TRADER) | Q(subject__merged_into__category=Category.SOLE_TRADER)
    return Resolution.objects.filter(is_one, ended_at=None)


def shown_acts(policy: Policy, moment: Moment) -> Keys:
    """The acts that others may show at ``moment``, in rising order: one pass over the table."""
    keys = np.sort(_array(all_displayed(policy, moment), _first()))
    shown: Keys = keys[~_is_among(keys, _acts_of_sole_traders())]
    return shown


def shown_acts_within(policy: Policy, moment: Moment, within: range) -> Keys:
    """The same of a range of keys, each act looked up: by another way to the same answer."""
    bounds = {"pk__gte": within.start, "pk__lt": within.stop}
    seconds = Record.objects.filter(version=2, supersedes__gte=within.start, supersedes__lt=within.stop)
    later: dict[str, Any] = {"version__gt": 1, "act_key__in": seconds.values("act_key")}
    records, sole = displayed(policy, moment), of_sole_traders()
    firsts = _array(records.filter(version=1, **bounds), _first())
    keys = np.sort(np.concatenate([firsts, _array(records.filter(**later), _first())]))
    of_firsts = _array(sole.filter(record__version=1, **_through("record", bounds)), F("record_id"))
    of_later = _array(sole.filter(**_through("record", later)), _first("record__"))
    return keys[~np.isin(keys, np.concatenate([of_firsts, of_later]))]


def first_versions(numbers: Iterable[str]) -> dict[str, int]:
    """{public number: key of the first version} of known acts; those of sole traders are left out."""
    same_act = of_sole_traders().filter(record__act_key=OuterRef("act_key"))
    found: dict[str, int] = {}
    for part in in_parts(sorted(set(numbers))):
        acts = Record.objects.filter(~Exists(same_act), number__in=part, version=1)
        found |= dict(acts.values_list("number", "pk"))
    return found


def last_first_version() -> int:
    """The highest key that the first version of an act may have; 0 where nothing was recorded."""
    return Record.objects.aggregate(last=Max("pk"))["last"] or 0


def touched(after: int, up_to: int, size: int) -> set[int]:
    """Which parts of ``size`` keys hold an act of which an event tells whose position lies beyond ``after``, up to ``up_to``."""
    events = RecordEvent.objects.filter(position__gt=after, position__lte=up_to)
    of_act = Record.objects.filter(act_key=OuterRef("act_key"), version=1).values("pk")
    found: set[int] = set()
    for told, first in (
        (events.filter(act_key=None), F("record_id")),
        (events.exclude(act_key=None), Subquery(of_act)),
    ):
        found |= {key // size for key in told.values_list(first, flat=True).distinct().order_by()}
    return found


def lines(policy: Policy, moment: Moment) -> Iterator[pl.DataFrame]:
    """What a list of records says of every act that others may show, part by part (LINES); no field of a decision."""
    of_subject = Resolution.objects.filter(record=OuterRef("pk"), ended_at=None)
    columns: dict[str, Any] = {
        "first": _first(),
        "title": Subquery(RecordContent.objects.filter(pk=OuterRef("pk")).values("title")),
        "subject_name": Subquery(of_subject.values(said=Coalesce("subject__merged_into__name", "subject__name"))[:1]),
        "subject_uscc": Subquery(of_subject.values(said=Coalesce("subject__merged_into__uscc", "subject__uscc"))[:1]),
    }
    own = {name: columns[name] if name in columns else F(name) for name in LINES}
    rows = all_displayed(policy, moment).values_list(*(each for each in own.values()))
    sole = _acts_of_sole_traders()
    disputed = pl.Series(sorted(_disputed(moment)), dtype=pl.String).implode()
    for part in _pieces(rows.iterator(chunk_size=_PART)):
        whole = pl.DataFrame(part, schema=LINES, orient="row")
        frame = whole.filter(pl.Series(~_is_among(whole["first"].to_numpy(), sole)))
        yield frame.with_columns(disputed=pl.col("act_key").is_in(disputed)).drop("act_key")


def _disputed(moment: Moment) -> set[str]:
    return {act for act in standing_disputes(moment).values_list("act_key", flat=True) if act is not None}


def _first(through: str = "") -> Case:
    """The key of the first version of an act; nearly all records are first versions."""
    first = Record.objects.filter(act_key=OuterRef(f"{through}act_key"), version=1).values("pk")
    return Case(When(**{f"{through}version": 1}, then=F(f"{through}pk")), default=Subquery(first))


def _through(relation: str, conditions: dict[str, Any]) -> dict[str, Any]:
    return {f"{relation}__{name}": value for name, value in conditions.items()}


def _acts_of_sole_traders() -> Keys:
    """Their acts in rising order; keys of later versions among them are no act's."""
    later = of_sole_traders().filter(record__supersedes__isnull=False)
    return np.sort(np.concatenate([_array(of_sole_traders(), F("record_id")), _array(later, _first("record__"))]))


def _is_among(keys: Keys, known: Keys) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Which of ``keys`` stand in ``known``, an array in rising order that is searched part after part."""
    if not known.size:
        return np.zeros(keys.size, dtype=np.bool_)
    places = np.minimum(np.searchsorted(known, keys), known.size - 1)
    among: np.ndarray[Any, np.dtype[np.bool_]] = known[places] == keys
    return among


def _array(rows: "QuerySet[Any]", column: Case | F) -> Keys:
    keys = rows.order_by().values_list(column, flat=True)
    return np.fromiter(keys.iterator(chunk_size=_PART), dtype=np.int64)


def _pieces(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while piece := list(islice(rows, _PART)):
        yield piece
