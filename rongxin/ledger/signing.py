"""Checkpoints: signed only after what is signed was read back from the database and hashed a second time.

Never signed behind what was signed before: a platform that was restored from an older backup stops here.
"""

from django.db import transaction
from django.utils import timezone

from rongxin.ledger import logs
from rongxin.ledger.durability import durable
from rongxin.ledger.models import Checkpoint, Cut, Log
from rongxin.ledger.notes import Checkpoint as Told
from rongxin.ledger.notes import Note
from rongxin.ledger.publishing import publish, published
from rongxin.ledger.rows import stored
from rongxin.ledger.tree.frontier import Frontier
from rongxin.storage.turns import in_turn

_SIGNING = "ledger: signing"


class SigningRefused(RuntimeError):
    """The log is not what it was when it was signed last, or its rows are not what was hashed: nothing is signed."""


def checkpoint(log: Log, *, seen: Note | None = None, rebuild: bool = False) -> Checkpoint | None:
    """Sign what is sequenced and publish it; the newest checkpoint, None where the log is empty.

    ``seen``: the newest note that a witness holds; after a restore it tells more than our own files. ``rebuild``: write all
    published files anew. Raises SigningRefused.
    """
    for told in filter(None, (published(log), _told(log, seen))):
        _demand_ahead(log, told[1])
    with durable(), transaction.atomic():
        in_turn(_SIGNING)
        cut, last = logs.latest_cut(log), logs.latest_checkpoint(log)
        if cut is None:
            return None
        if last is None or last.cut.size < cut.size:
            _demand_same(log, last, cut)
            last = _sign(log, cut)
    publish(log, last, rebuild=rebuild)
    return last


def _told(log: Log, seen: Note | None) -> tuple[Note, Told] | None:
    if seen is None:
        return None
    logs.key_of(log).demand(seen)
    return seen, Told.of(seen.text)


def _demand_ahead(log: Log, signed: Told) -> None:
    """Raise SigningRefused unless the database has every entry that ``signed`` covers."""
    cut = Cut.objects.filter(log=log, size=signed.size).first()
    if cut is not None and bytes(cut.root) == signed.root:
        return
    latest = logs.latest_cut(log)
    have = latest.size if latest else 0
    if have < signed.size:
        raise SigningRefused(
            f"{log.origin}: {signed.size} entries were signed, the database has {have}: it was restored from an older backup. "
            "Nothing is signed in this log any more; restore a newer backup, or begin a new log: docs/ledger.md"
        )
    raise SigningRefused(f"{log.origin}: at {signed.size} entries another root was signed: docs/ledger.md")


def _demand_same(log: Log, last: Checkpoint | None, cut: Cut) -> None:
    """Read the rows since ``last``, hash them again, and raise SigningRefused unless they give the root of ``cut``."""
    suite = log.hashing
    frontier = Frontier(suite)
    if last is not None:
        note = Note.parsed(last.note)
        logs.key_of(log).demand(note)
        frontier = logs.frontier_of(log, last.cut)
        if (frontier.size, frontier.root()) != (Told.of(note.text).size, Told.of(note.text).root):
            raise SigningRefused(f"{log.origin}: the cut at {frontier.size} is not what was signed")
    for part in stored(log, frontier.size, cut.size, "index", "entry", "leaf"):
        for index, entry, leaf in part:
            hashed = suite.leaf(bytes(entry))
            if index != frontier.size or hashed != bytes(leaf):
                raise SigningRefused(f"{log.origin}: entry {index} was not stored as it was hashed")
            frontier.append(hashed)
    if (frontier.size, frontier.root()) != (cut.size, bytes(cut.root)):
        raise SigningRefused(f"{log.origin}: the stored entries give another root at {cut.size}")


def _sign(log: Log, cut: Cut) -> Checkpoint:
    told = Told(log.origin, cut.size, bytes(cut.root))
    note = Note(told.text, (logs.signer(log).sign(told.text),))
    return Checkpoint.objects.create(cut=cut, note=str(note), signed_at=timezone.now())
