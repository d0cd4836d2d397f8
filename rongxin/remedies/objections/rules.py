"""Which outcomes an objection can have, and what must be true before it is answered so. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rongxin.policy.words import Title
from rongxin.remedies.objections.models import Ground, Outcome

OUTCOMES: Final[Mapping[str, frozenset[str]]] = {
    Ground.WRONG: frozenset({Outcome.CORRECTED, Outcome.DISPLAY_ENDED, Outcome.UNFOUNDED, Outcome.UNDECIDED}),
    Ground.NOT_MINE: frozenset({Outcome.CORRECTED, Outcome.DISPLAY_ENDED, Outcome.UNFOUNDED, Outcome.UNDECIDED}),
    Ground.EXPIRED: frozenset({Outcome.CORRECTED, Outcome.DISPLAY_ENDED, Outcome.UNFOUNDED, Outcome.UNDECIDED}),
    Ground.WRONGLY_LISTED: frozenset({Outcome.LEFT_LIST, Outcome.UNFOUNDED, Outcome.UNDECIDED}),
    Ground.MISSING: frozenset({Outcome.SUPPLEMENTED, Outcome.UNFOUNDED, Outcome.UNDECIDED}),
}
"""What can be answered to what."""
ENDS_DISPLAY: Final = frozenset({Outcome.DISPLAY_ENDED, Outcome.LEFT_LIST})


@dataclass(frozen=True)
class Facts:
    """How the record stands. ``version`` is the newest; ``is_theirs``: it belongs to the firm that objects."""

    version: int
    is_displayed: bool
    is_withdrawn: bool
    is_theirs: bool


def mismatch(ground: str, outcome: str) -> Title | None:
    """Why the outcome does not answer the ground; None when it does."""
    if outcome in OUTCOMES[ground]:
        return None
    return Title(zh="这种结果答复不了这种异议，请重选。", en="This outcome does not answer this ground.")


def not_done(ground: str, outcome: str, filed_version: int, facts: Facts | None) -> Title | None:
    """What must still happen before it can be answered so; None when it can. ``facts`` None: no record is known."""
    if outcome == Outcome.SUPPLEMENTED and (facts is None or not facts.is_theirs):
        return Title(
            zh="补充的记录还没有入库，或者没有归到这家企业。请先报送、发布，再批准答复。",
            en="The record is not here yet, or not under this enterprise. File and release it first.",
        )
    if outcome != Outcome.CORRECTED or facts is None or facts.is_withdrawn:
        return None
    if ground == Ground.NOT_MINE and facts.is_theirs:
        return Title(
            zh="这条记录还在这家企业名下。请先更正归属或者撤回，再批准答复。",
            en="The record is still under this enterprise. Correct whose it is, or withdraw it, first.",
        )
    if ground != Ground.NOT_MINE and facts.version <= filed_version:
        return Title(
            zh="更正后的版本还没有入库。请先报送更正、由第二人发布，再批准答复。",
            en="The corrected version is not here yet. File it and have it released first.",
        )
    return None
