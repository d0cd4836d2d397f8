"""A small ledger for tests, written from the specification ledger/1 and the definitions of RFC 6962 §2.1; slow and plain."""

import base64
import hashlib
import hmac
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.tools.ledger_vectors import LOG_KEY, WITNESS_KEY

ORIGIN = "ledger.example/credit/2026"
WITNESS = "witness.example/province"
ALGORITHMS = {1: "sha256", 2: "sm3"}


def stream_id(suite: int, firm: str, key: bytes = b"\x33" * 32) -> bytes:
    return hmac.digest(key, f"ledger/1|stream|firm|{firm}".encode(), ALGORITHMS[suite])


def signature_line(name: str, kind: bytes, seed: bytes, text: bytes, before: bytes = b"") -> str:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    key_id = hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]
    return f"— {name} {base64.b64encode(key_id + before + key.sign(text)).decode()}\n"


def compact(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def index_path(number: int) -> str:
    text = str(number).zfill(3 * -(-len(str(number)) // 3))
    groups = [text[at : at + 3] for at in range(0, len(text), 3)]
    return "/".join(["x" + group for group in groups[:-1]] + groups[-1:])


@dataclass
class Event:
    kind: int
    stream: bytes
    payload: str
    salt: bytes
    entry: bytes
    state: str = "opened"


@dataclass
class Log:
    """Events in order, their Merkle tree, and every file that is made of them."""

    suite: int = 1
    origin: str = ORIGIN
    seed: bytes = LOG_KEY[0]
    events: list[Event] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    cuts: dict[int, int] = field(default_factory=dict)
    _trees: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def hashed(self, data: bytes) -> bytes:
        return hashlib.new(ALGORITHMS[self.suite], data).digest()

    # -- appending

    def add(
        self, kind: int, stream: bytes, payload: str, time: int | None = None, salt: bytes | None = None, **changed: Any
    ) -> int:
        """Append one event; ``changed`` falsifies fields of its entry: number, previous, magic, suite."""
        index = len(self.events)
        mine = [at for at, event in enumerate(self.events) if event.stream == stream] if index < 3000 else []
        return self.append(
            kind, stream, payload, len(mine), self.leaves[mine[-1]] if mine else bytes(32), time, salt, **changed
        )

    def append(
        self,
        kind: int,
        stream: bytes,
        payload: str,
        number: int,
        previous: bytes,
        time: int | None = None,
        salt: bytes | None = None,
        magic: bytes = b"LGR1",
        suite: int | None = None,
    ) -> int:
        index = len(self.events)
        time = 1767225600000 + 1000 * index if time is None else time
        salt = hashlib.sha256(b"salt %d" % index).digest() if salt is None else salt
        commit = self.hashed(b"ledger/1|payload" + b"\x0a" + salt + payload.encode())
        entry = magic + struct.pack(">BBQ32sQ32s32s", kind, suite or self.suite, time, stream, number, previous, commit)
        self.events.append(Event(kind, stream, payload, salt, entry))
        self.leaves.append(self.hashed(b"\x00" + entry))
        return index

    def cut(self, lines: list[bytes] | None = None) -> int:
        """A heads map of all events so far, and the event that holds its root."""
        size = len(self.events)
        lines = self.heads(size) if lines is None else lines
        root = self.tree([self.hashed(b"\x00" + line) for line in lines])
        payload = compact({"act": "heads", "root": root.hex(), "size": size, "lines": len(lines)})
        self.cuts[size] = self.add(9, stream_id(self.suite, "system"), payload)
        return size

    def heads(self, size: int) -> list[bytes]:
        counts: dict[bytes, int] = {}
        last: dict[bytes, bytes] = {}
        for event, leaf in zip(self.events[:size], self.leaves, strict=False):
            counts[event.stream] = counts.get(event.stream, 0) + 1
            last[event.stream] = leaf
        return sorted(stream + counts[stream].to_bytes(8) + last[stream] for stream in counts)

    # -- RFC 6962 §2.1

    def tree(self, leaves: list[bytes]) -> bytes:
        if not leaves:
            return self.hashed(b"")
        if len(leaves) == 1:
            return leaves[0]
        split = 1 << (len(leaves) - 1).bit_length() - 1
        return self.hashed(b"\x01" + self.tree(leaves[:split]) + self.tree(leaves[split:]))

    def subtree(self, start: int, end: int) -> bytes:
        if end - start < 2:
            return self.leaves[start] if end > start else self.hashed(b"")
        if (start, end) not in self._trees:
            split = start + (1 << (end - start - 1).bit_length() - 1)
            self._trees[start, end] = self.hashed(b"\x01" + self.subtree(start, split) + self.subtree(split, end))
        return self._trees[start, end]

    def root(self, size: int) -> bytes:
        return self.subtree(0, size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return inclusion(self.subtree, index, 0, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return [] if old in (0, new) else self._consistency(old, 0, new, True)

    def _consistency(self, old: int, start: int, end: int, whole: bool) -> list[bytes]:
        if old == end - start:
            return [] if whole else [self.subtree(start, end)]
        split = 1 << (end - start - 1).bit_length() - 1
        if old <= split:
            return [*self._consistency(old, start, start + split, whole), self.subtree(start + split, end)]
        return [*self._consistency(old - split, start + split, end, False), self.subtree(start, start + split)]

    # -- files

    def note(self, size: int, witnesses: tuple[tuple[str, bytes], ...] = (), root: bytes | None = None) -> str:
        text = f"{self.origin}\n{size}\n{base64.b64encode(root or self.root(size)).decode()}\n"
        lines = signature_line(self.origin, b"\x01", self.seed, text.encode())
        for name, seed in witnesses:
            time = 1767225660
            signed = f"cosignature/v1\ntime {time}\n{text}".encode()
            lines += signature_line(name, b"\x04", seed, signed, time.to_bytes(8))
        return f"{text}\n{lines}"

    def opening(self, index: int) -> dict[str, Any]:
        event = self.events[index]
        if event.state == "opened":
            return {"salt": event.salt.hex(), "payload": event.payload}
        seal = {"sealed_until": "2027-01-01", "order": "榕调〔2026〕1号"} if event.state == "sealed" else {}
        return {"salt": event.state, "payload": event.state, **seal}

    def event(self, index: int, size: int) -> dict[str, Any]:
        path = [node.hex() for node in self.inclusion(index, size)]
        return {"index": index, "entry": self.events[index].entry.hex(), **self.opening(index), "path": path}

    def proof(self, index: int, size: int) -> dict[str, Any]:
        witnesses = ((WITNESS, WITNESS_KEY[0]),)
        note = self.note(size, witnesses)
        return {"format": "ledger-proof/1", "suite": self.suite, **self.event(index, size), "checkpoint": note}

    def stream(self, stream: bytes, size: int, cut: int | None) -> dict[str, Any]:
        mine = [at for at, event in enumerate(self.events[:size]) if event.stream == stream]
        return {
            "format": "ledger-stream/1",
            "suite": self.suite,
            "stream": stream.hex(),
            "checkpoint": self.note(size),
            "events": [self.event(at, size) for at in mine],
            "heads": None if cut is None else self.line(stream, size, cut),
        }

    def line(self, stream: bytes, size: int, cut: int) -> dict[str, Any]:
        lines = self.heads(cut)
        at = next(at for at, line in enumerate(lines) if line.startswith(stream))
        hashes = [self.hashed(b"\x00" + line) for line in lines]
        path = inclusion(lambda start, end: self.tree(hashes[start:end]), at, 0, len(lines))
        return {
            "size": cut,
            "count": len(lines),
            "line": lines[at].hex(),
            "at": at,
            "path": [node.hex() for node in path],
            "event": self.event(self.cuts[cut], size),
        }

    def export(self, folder: Path, sizes: tuple[int, ...] = ()) -> Path:
        """The folder an auditor gets; ``sizes`` are those of the earlier checkpoints, with the partial tiles of their time."""
        size = len(self.events)
        for part in ("checkpoints", "heads", "tile/entries"):
            (folder / part).mkdir(parents=True)
        (folder / "checkpoint").write_text(self.note(size), encoding="utf-8")
        for at in sorted({*sizes, size}):
            (folder / f"checkpoints/{at}").write_text(self.note(at), encoding="utf-8")
            self.write_tiles(folder / "tile", at)
        for cut, index in self.cuts.items():
            (folder / f"heads/{cut}").write_bytes(b"".join(self.heads(cut)))
            (folder / f"heads/{cut}.json").write_text(
                compact({"index": index, **self.opening(index)}), encoding="utf-8"
            )
        (folder / "payloads.jsonl").write_text("".join(self.payload_line(at) for at in range(size)), encoding="utf-8")
        public = {"name": self.origin, "type": "ed25519", "public": LOG_KEY[1]}
        (folder / "keys.json").write_text(compact({"origin": self.origin, "suite": self.suite, "keys": [public]}))
        return folder

    def payload_line(self, index: int) -> str:
        event = self.events[index]
        said = self.opening(index) if event.state == "opened" else {event.state: True}
        return compact({"index": index, **said}) + "\n"

    def write_tiles(self, top: Path, size: int) -> None:
        frames = [struct.pack(">H", len(event.entry)) + event.entry for event in self.events[:size]]
        write_tile_row(top / "entries", frames)
        level, span = 0, 1
        while size // span:
            starts = range(0, size - span + 1, span)
            write_tile_row(top / str(level), [self.subtree(start, start + span) for start in starts])
            level, span = level + 1, span * 256


def write_tile_row(folder: Path, items: list[bytes]) -> None:
    for number in range(-(-len(items) // 256)):
        part = items[number * 256 : number * 256 + 256]
        path = folder / (index_path(number) + ("" if len(part) == 256 else f".p/{len(part)}"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(part))


def inclusion(subtree: Any, index: int, start: int, end: int) -> list[bytes]:
    """RFC 6962 §2.1.1 over any tree that tells the hash of leaves ``start`` to ``end``."""
    if end - start <= 1:
        return []
    split = 1 << (end - start - 1).bit_length() - 1
    if index < split:
        return [*inclusion(subtree, index, start, start + split), subtree(start + split, end)]
    return [*inclusion(subtree, index - split, start + split, end), subtree(start, start + split)]


def random_log(suite: int, count: int, firms: int = 5, cuts: tuple[int, ...] = ()) -> Log:
    """Events of some firms in an order that looks random and is the same every time."""
    log = Log(suite)
    while len(log.events) < count:
        if len(log.events) in cuts:
            log.cut()
            continue
        choice = hashlib.sha256(b"choice %d" % len(log.events)).digest()
        firm = stream_id(suite, f"示例{choice[0] % firms}")
        log.add(1 + choice[1] % 8, firm, compact({"act": "read", "n": len(log.events)}))
    return log
