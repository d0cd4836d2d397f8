"""Why an enterprise has its class: the engine's explanation, on the snapshot and under the plan of a run, so in its own numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from rongxin.accounts.access import Access
from rongxin.classification.models import Run, Use
from rongxin.classification.reading import Reckoned, reckoned
from rongxin.classification.running import results_of, snapshot_of
from rongxin.engine.risk.explaining import Explanation, explain
from rongxin.engine.risk.plans import Plan
from rongxin.engine.risk.snapshots import Reader
from rongxin.records.queries import by_keys
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.models import Subject

PAST: Final = 36


class NotClassified(LookupError):
    """The run knows no class of the enterprise: a sole trader, never classified, or one that was registered later."""


class Unexplained(LookupError):
    """The snapshot of the run is gone; its results are kept and say the points of each indicator."""


@dataclass(frozen=True, slots=True)
class Told:
    """The explanation of an enterprise in a run, and the plan that names the indicators."""

    run: Run
    plan: Plan
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Past:
    """A class that was in use, and from when until when."""

    run: Run
    since: datetime
    until: datetime | None
    reckoned: Reckoned


def explained(run: Run, firm: Subject, access: Access) -> Told:
    """Why ``firm`` has its class in ``run``. Raises NotLogged, NotClassified, and Unexplained where the snapshot is gone."""
    firm = firm.merged_into or firm
    access.look([firm.uscc], "class")
    results = results_of(run)
    try:
        snapshot = snapshot_of(run)
    except FileNotFoundError as gone:
        raise Unexplained from gone
    tables = Reader(snapshot).subject_tables(firm.pk, results.plan)
    try:
        return Told(run, results.plan, explain(results.plan, tables, firm.pk, results.presence()))
    except KeyError as unknown:
        raise NotClassified from unknown


@asks(PLATFORM)
def history_of(firm: Subject) -> list[Past]:
    """The classes of the runs that were in use, the newest first; at most the last PAST."""
    firm = firm.merged_into or firm
    used = Use.objects.select_related("run").exclude(since=None).order_by("-since")[:PAST]
    found = []
    for use in used:
        told = reckoned(use.run, [firm.pk]).get(firm.pk)
        if told is not None and use.since is not None:
            found.append(Past(use.run, use.since, use.until, told))
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """A record that an explanation names. ``provider``: the department that filed it."""

    number: str
    kind: str
    document_number: str
    authority: str
    provider: str
    decided_on: date


def sources_of(explanation: Explanation) -> dict[int, Named]:
    """The records that the explanation names, by their keys; one query."""
    keys = {source.record for factor in explanation.factors for source in factor.sources}
    keys |= {share.record for factor in explanation.factors for share in factor.shares}
    keys |= {aside.record for aside in explanation.aside} | {effect.record for effect in explanation.without}
    return {
        key: Named(each.number, each.kind, each.document_number, each.authority, each.provider.name, each.decided_on)
        for key, each in by_keys(keys).items()
    }
