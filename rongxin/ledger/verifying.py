"""The whole log recomputed from its rows: what a superuser of the database changed, removed or put in is told with its entry."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from rongxin.ledger import logs
from rongxin.ledger.bundles import Opening
from rongxin.ledger.completeness import path_of
from rongxin.ledger.contents import Unopenable
from rongxin.ledger.entries import FIRST, KIND_AT, LENGTH, Kind, Of, Subject, commitment, fields, is_known, stream_id
from rongxin.ledger.heads import heads_map, heads_root
from rongxin.ledger.models import Checkpoint, Cut, Entry, HeadsMap, Log, Pending, Stream
from rongxin.ledger.notes import Checkpoint as Told
from rongxin.ledger.notes import Note, NoteRefused
from rongxin.ledger.proving import Stored, openings
from rongxin.ledger.publishing import published
from rongxin.ledger.rows import PART, stored
from rongxin.ledger.suites import WIDTH
from rongxin.ledger.tree.frontier import Frontier

OF_ENTRY: Final = re.compile(r"entry (\d+)\b")
"""How a line begins that is about one entry, with its index."""
Head = tuple[int, bytes, int]
"""Number of events, last leaf, last time."""


@dataclass
class Recomputed:
    """The log as its entries tell it."""

    frontier: Frontier
    heads: dict[bytes, Head] = field(default_factory=dict)
    rows: dict[bytes, int] = field(default_factory=dict)


def verify(log: Log, *, contents: bool = True, done: Callable[[int], None] = lambda read: None) -> Iterator[str]:
    """Each thing that is wrong with ``log``, one line; nothing where all is right.

    Entries, numbers and chains of streams, times, the tree at every cut, signatures, what was published, heads maps and, with
    ``contents``, that every event still says what was committed to. ``done`` is told how many entries were read, those whose
    contents were opened counted again.
    """
    seen = Recomputed(Frontier(log.hashing))
    cuts = {cut.size: cut for cut in Cut.objects.filter(log=log)}
    maps = {heads.cut.size: heads for heads in HeadsMap.objects.filter(cut__log=log).select_related("cut")}
    yield from _entries(log, seen, cuts, maps, done)
    yield from _end(log, seen, cuts)
    yield from _checkpoints(log, cuts)
    if contents:
        yield from _contents(log, seen.frontier.size, done)


def _entries(
    log: Log, seen: Recomputed, cuts: dict[int, Cut], maps: dict[int, HeadsMap], done: Callable[[int], None]
) -> Iterator[str]:
    """Every entry in order; every cut where it stands, once all before it was read."""
    suite, frontier = log.hashing, seen.frontier
    latest = Entry.objects.filter(log=log).order_by("-index").values_list("index", flat=True).first()
    end = max(-1 if latest is None else latest, max(cuts, default=0) - 1) + 1
    stops = set(cuts)
    for begin in range(0, end, PART):
        (rows,) = stored(log, begin, min(end, begin + PART), "index", "entry", "leaf", "stream_id", "number")
        expected = begin
        for index, packed, leaf, row, number in rows:
            while expected < index:
                yield f"entry {expected} is missing"
                expected += 1
            expected += 1
            entry = bytes(packed)
            hashed = suite.leaf(entry)
            yield from _entry(seen, index, entry, hashed, bytes(leaf), row, number, suite.number)
            frontier.append(hashed)
            if frontier.size in stops:
                yield from _cut(log, seen, cuts[frontier.size], maps.get(frontier.size))
        for missing in range(expected, min(end, begin + PART)):
            yield f"entry {missing} is missing"
        done(min(end, begin + PART))


def _entry(
    seen: Recomputed, index: int, entry: bytes, hashed: bytes, leaf: bytes, row: int, number: int, suite: int
) -> Iterator[str]:
    if hashed != leaf:
        yield f"entry {index}: its leaf is another"
    if len(entry) != LENGTH:
        yield f"entry {index}: {len(entry)} bytes"
        return
    magic, kind, of_suite, time, stream, told, previous, _ = fields(entry)
    if of_suite != suite or not is_known(magic, kind):
        yield f"entry {index}: not an entry of this log"
    count, head, last = seen.heads.get(stream, (0, FIRST, 0))
    if told != count or number != told:
        yield f"entry {index}: number {told} in its stream, {count} expected"
    if previous != head:
        yield f"entry {index}: follows another event of its stream"
    if time < last:
        yield f"entry {index}: earlier than the event before it in its stream"
    if seen.rows.setdefault(stream, row) != row:
        yield f"entry {index}: filed in another stream"
    seen.heads[stream] = told + 1, hashed, time


def _cut(log: Log, seen: Recomputed, cut: Cut, heads: HeadsMap | None) -> Iterator[str]:
    if seen.frontier.root() != bytes(cut.root) or seen.frontier.packed() != bytes(cut.frontier):
        yield f"the entries up to {cut.size - 1} give another root than they were kept with"
    if heads is not None:
        lines = heads_map((stream, count, head) for stream, (count, head, _) in seen.heads.items())
        if heads_root(log.hashing, lines) != bytes(heads.root) or len(lines) != heads.lines:
            yield f"the heads of streams at {cut.size} are not those of its map"
        path = path_of(log, cut.size)
        if not path.exists() or path.read_bytes() != b"".join(lines):
            yield f"the file of the heads map at {cut.size} is missing or changed"


def _end(log: Log, seen: Recomputed, cuts: dict[int, Cut]) -> Iterator[str]:
    """What was sequenced last, and where every stream is said to end."""
    size = seen.frontier.size
    if size and size not in cuts:
        yield f"{size} entries are there, the last cut has {max(cuts, default=0)}"
    ends = Stream.objects.filter(log=log).values_list("stream", "count", "head", "time")
    left = dict(seen.heads)
    for stream, count, head, time in ends.iterator(chunk_size=10_000):
        if left.pop(bytes(stream), None) != (count, bytes(head), time):
            yield f"stream {bytes(stream).hex()} does not end as its entries do"
    for stream in left:
        yield f"stream {stream.hex()} is missing"


def _checkpoints(log: Log, cuts: dict[int, Cut]) -> Iterator[str]:
    key, signed = logs.key_of(log), set()
    for checkpoint in Checkpoint.objects.filter(cut__log=log).select_related("cut").iterator(chunk_size=10_000):
        size = checkpoint.cut.size
        signed.add(size)
        try:
            note = Note.parsed(checkpoint.note)
            key.demand(note)
            told = Told.of(note.text)
        except NoteRefused as error:
            yield f"the checkpoint of {size}: {error}"
            continue
        if told != Told(log.origin, size, bytes(checkpoint.cut.root)):
            yield f"the checkpoint of {size} says {told.size} entries with another root"
    try:
        newest = published(log)
    except NoteRefused as error:
        yield f"the published checkpoint: {error}"
        return
    if newest is not None:
        at = cuts.get(newest[1].size)
        if at is None or bytes(at.root) != newest[1].root:
            yield f"the published checkpoint of {newest[1].size} entries is not of this log: entries were removed or changed"
        elif newest[1].size not in signed:
            yield f"the published checkpoint of {newest[1].size} is missing in the database"
    elif signed:
        yield "no checkpoint is published"


@dataclass(slots=True)
class Opened:
    """The columns of an entry that its contents are checked with."""

    index: int
    entry: Stored
    stream_id: int
    number: int
    salt: Stored | None
    payload: Stored | None
    key: Stored | None


def _contents(log: Log, size: int, done: Callable[[int], None]) -> Iterator[str]:
    """Every event that was not erased still opens to what was committed to, and an erasure tells of every one that was."""
    suite, erased = log.hashing, Erased()
    for begin in range(0, size, PART):
        (part,) = stored(log, begin, min(size, begin + PART), *Opened.__slots__)
        rows = [Opened(*row) for row in part]
        for found in _openable(log, rows):
            if isinstance(found, str):
                yield found
                continue
            row, opening = found
            if opening is None:
                erased.note_gone(row)
            elif commitment(suite, opening.salt, opening.payload.encode()) != bytes(row.entry)[-WIDTH:]:
                yield f"entry {row.index} does not say what was committed to"
            elif bytes(row.entry)[KIND_AT] == Kind.ERASURE:
                erased.note_erasure(row.stream_id, row.number, opening.payload)
        done(size + min(size, begin + PART))
    for payload, of, identifier in Pending.objects.filter(kind=Kind.ERASURE).values_list("payload", "of", "identifier"):
        stream = stream_id(suite, logs.stream_key(log.origin), Subject(Of(of), identifier))
        for row_id in Stream.objects.filter(log=log, stream=stream).values_list("pk", flat=True):
            erased.note_erasure(row_id, size, payload)
    for index in erased.untold():
        yield f"entry {index} was emptied, and no erasure tells of it"


@dataclass
class Erased:
    """Events that are empty, and what erasures say of them."""

    gone: list[tuple[int, int, int]] = field(default_factory=list)
    single: set[tuple[int, int]] = field(default_factory=set)
    whole: dict[int, int] = field(default_factory=dict)

    def note_gone(self, row: Opened) -> None:
        self.gone.append((row.stream_id, row.number, row.index))

    def note_erasure(self, stream: int, number: int, payload: str) -> None:
        """``payload`` of the erasure that is event ``number`` of ``stream``: one event, or all that came before."""
        told = json.loads(payload)
        if "index" in told:
            self.single.add((stream, told["index"]))
        else:
            self.whole[stream] = max(number, self.whole.get(stream, 0))

    def untold(self) -> Iterator[int]:
        """Index of each empty event that no erasure accounts for."""
        for stream, number, index in self.gone:
            if (stream, index) not in self.single and number >= self.whole.get(stream, 0):
                yield index


def _openable(log: Log, rows: list[Opened]) -> Iterator[str | tuple[Opened, Opening | None]]:
    """Each row with what it says, None where it is empty; a line for each whose contents were changed."""
    try:
        told = openings(log, rows, sealed_too=True)
    except Unopenable:
        if len(rows) == 1:
            yield f"entry {rows[0].index}: its contents were changed or their key is missing"
            return
        for at in (slice(None, len(rows) // 2), slice(len(rows) // 2, None)):
            yield from _openable(log, rows[at])
        return
    for row in rows:
        opening = told[row.index]
        if isinstance(opening, Opening):
            yield row, opening
        elif (row.salt, row.payload, row.key) == (None, None, None):
            yield row, None
        else:
            yield f"entry {row.index}: half of its contents is gone"
