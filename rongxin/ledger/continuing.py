"""The log that follows another: at the turn of a year, and where a part of the old one was lost for good."""

from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.ledger import logs
from rongxin.ledger.actions import log as log_event
from rongxin.ledger.entries import PLATFORM, Kind
from rongxin.ledger.models import Log
from rongxin.ledger.notes import Note, NoteRefused
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.signing import checkpoint
from rongxin.storage.turns import in_turn


class NothingToFollow(ValueError):
    """The note is not the last word of a log of this platform, or nothing says what was lost."""


def turn_year(old: Log, origin: str) -> Log:
    """Begin the log ``origin``, whose first event commits to the last checkpoint of ``old``. Raises SigningRefused."""
    while True:
        sequence_all()
        signed = checkpoint(old)
        with transaction.atomic():
            in_turn(logs.SEQUENCING)
            cut = logs.latest_cut(old)
            if signed is None or cut is None or cut.size != signed.cut.size:
                continue  # Something was sequenced since: sign that first.
            new = _begin(origin, signed.note, {})
        sequence_all()
        return new


def follow_lost(old: Log, note: Note, lost: str) -> Log:
    """Begin a log after ``old``, of which more was signed than the database has: ``note`` is the newest checkpoint known.

    Its first event commits to ``note`` and says what was ``lost``. Raises NothingToFollow.
    """
    if not lost.strip():
        raise NothingToFollow("say what was lost")
    try:
        logs.key_of(old).demand(note)
    except NoteRefused as error:
        raise NothingToFollow(str(error)) from error
    with transaction.atomic():
        in_turn(logs.SEQUENCING)
        if Log.objects.filter(pk__gt=old.pk).exists():
            raise NothingToFollow(f"{old.origin} is followed already")
        cut = logs.latest_cut(old)
        year = logs.year_of(timezone.now())
        origin = f"{environment.ledger_base()}/{year}-{Log.objects.count() + 1}"
        new = _begin(origin, str(note), {"lost": lost.strip(), "kept": cut.size if cut else 0})
    sequence_all()
    return new


def _begin(origin: str, after: str, more: dict[str, object]) -> Log:
    new = logs.begin(origin)
    log_event(Kind.ADMIN, PLATFORM, {"act": "log.begin", "after": after, **more})
    return new
