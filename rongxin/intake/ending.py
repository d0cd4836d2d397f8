"""Removals from lists take effect when their batch is checked: they only lighten a burden, so they wait for nobody.

Everything else of the batch waits for release as always (docs/decisions/0006-removal-waits-for-nobody.md).
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from rongxin.engine.sheets import FileFinding
from rongxin.intake.checking import CheckedFile
from rongxin.intake.models import Batch
from rongxin.policy.pack import Policy
from rongxin.records.appending import Origin, append
from rongxin.records.display import Moment
from rongxin.records.removals import over, removals, without_entry

IN_EFFECT: Final = "removals_in_effect"
WITHOUT_ENTRY: Final = "removals_without_entry"


@dataclass(frozen=True)
class Ended:
    """``waiting``: the accepted rows that still wait for release. ``findings``: what the batch page says of removals."""

    waiting: pl.DataFrame
    findings: tuple[FileFinding, ...] = ()


def end_at_once(batch: Batch, checked: CheckedFile, policy: Policy, origin: Origin) -> Ended:
    """Record the removals among the accepted rows in the open transaction.

    All stay in the file of accepted rows: a release passes over what the batch has recorded already.
    """
    accepted = checked.accepted
    if policy.kinds[batch.kind].credit.listing is None:
        return Ended(accepted)
    moment = Moment.now()
    past = over(accepted, moment.day)
    lost = without_entry(past)
    ended = removals(past, batch.provider, policy, moment)
    if ended.height:
        for part in checked.recordable(ended):
            append(part, origin)
    counts = {IN_EFFECT: ended.height, WITHOUT_ENTRY: lost.height}
    return Ended(
        waiting=accepted.join(ended, on="row", how="anti", maintain_order="left"),
        findings=tuple(FileFinding(code, {"count": str(count)}) for code, count in counts.items() if count),
    )
