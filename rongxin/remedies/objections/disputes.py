"""The mark “disputed” on a record: set when the first objection to it is filed, taken off when the last one is over."""

from rongxin.records.actions import note
from rongxin.records.models import Effect
from rongxin.records.standing import Standing, standing_of
from rongxin.remedies.objections.models import Objection
from rongxin.rulebook import queries as rulebook
from rongxin.storage.turns import in_turn


def begin(number: str, *, case: str, by: str) -> None:
    """Mark the record; nothing where it is marked, or is withdrawn. Inside a transaction."""
    in_turn(f"dispute: {number}")
    found = standing_of(number, rulebook.current())
    if found is not None and not found.is_disputed and not found.is_withdrawn:
        note(found.record, Effect.DISPUTED, by=by, basis=f"异议 {case}", told=case)


def end(number: str, *, case: str, by: str) -> None:
    """Take the mark off, unless another objection to the record still runs. Inside a transaction."""
    in_turn(f"dispute: {number}")
    others = Objection.objects.filter(record=number, case__is_open=True).exclude(case__number=case)
    running = others.exclude(case__state="answered")
    found = standing_of(number, rulebook.current())
    if found is not None and found.is_disputed and not running.exists():
        note(found.record, Effect.DISPUTE_ENDED, by=by, basis=f"异议 {case}", told=case)


def standing_for(objection: Objection) -> Standing | None:
    """How the record objected to stands now; None for what is missing and still unknown."""
    return standing_of(objection.record, rulebook.current()) if objection.record else None
