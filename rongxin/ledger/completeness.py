"""The heads map of a day: how many events every stream has, committed to by an event, so that nobody cuts off an end unseen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.ledger import logs
from rongxin.ledger.actions import log as log_event
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.heads import LINE
from rongxin.ledger.models import HeadsMap, Log, Stream
from rongxin.ledger.tree.frontier import Frontier
from rongxin.primitives.files import write_file
from rongxin.storage.turns import in_turn

HEADS: Final = Subject(Of.SYSTEM, "heads")


def map_heads(log: Log) -> HeadsMap | None:
    """Commit to the heads of all streams as they are now; None where nothing was sequenced since the last map.

    The event of a map is sequenced after its cut, and a map of nothing but the event before it would follow itself for ever.
    """
    with transaction.atomic():
        in_turn(logs.SEQUENCING)
        cut = logs.latest_cut(log)
        last = HeadsMap.objects.filter(cut__log=log).select_related("cut").order_by("-cut__size").first()
        if cut is None or (last is not None and cut.size <= last.cut.size + 1):
            return None
        frontier, lines = Frontier(log.hashing), bytearray()
        for line in _lines(log):
            frontier.append(log.hashing.leaf(line))
            lines += line
        root = frontier.root()
        write_file(path_of(log, cut.size), bytes(lines))
        log_event(Kind.HEADS, HEADS, {"act": "heads", "root": root.hex(), "size": cut.size, "lines": frontier.size})
        return HeadsMap.objects.create(
            cut=cut,
            number=HeadsMap.objects.filter(cut__log=log).count(),
            lines=frontier.size,
            root=root,
            made_at=timezone.now(),
        )


def path_of(log: Log, size: int) -> Path:
    """The lines of the map of the cut at ``size``. Restricted: they tell how often each stream is written."""
    return logs.folder_of(log) / "heads" / str(size)


def lines_of(heads: HeadsMap) -> list[bytes]:
    """The lines of a map, in order of stream ids."""
    data = path_of(heads.cut.log, heads.cut.size).read_bytes()
    return [data[at : at + LINE.size] for at in range(0, len(data), LINE.size)]


def _lines(log: Log) -> Iterator[bytes]:
    """Bytes are sorted alike by both databases."""
    rows = Stream.objects.filter(log=log).order_by("stream").values_list("stream", "count", "head")
    for stream, count, head in rows.iterator(chunk_size=10_000):
        yield LINE.pack(bytes(stream), count, bytes(head))
