#!/usr/bin/env python3
"""榕信账本独立验证程序。Independent verifier of a Rongxin ledger, after the specification ledger/1.

    python3 verify_ledger.py proof FILE [--key NAME=HEX ...]
    python3 verify_ledger.py consistency OLD_NOTE NEW_NOTE PROOF.json [--key NAME=HEX ...]
    python3 verify_ledger.py export FOLDER [--key NAME=HEX ...] [--since NOTE]

One file, Python 3.11 or later, the standard library alone: nothing of the platform is imported, nothing is written, nothing
is asked of a network. Signatures are checked where the module ``cryptography`` is installed. §n names the section of
ledger/1 that a part follows; docs/auditor.md leads a newcomer through it.

Exit codes: 0 all that was checked is right; 1 something is wrong; 2 the files or arguments cannot be read; 3 a key was given
but ``cryptography`` is missing, so that no signature was checked (all else is right).
"""

import argparse
import base64
import binascii
import hashlib
import io
import json
import os
import re
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

Hash = Callable[[bytes], bytes]

ENTRY = 118  # bytes of an entry, §4
FRAME = 2 + ENTRY  # an entry in a bundle: its length as two bytes, then itself
WIDTH = 256  # hashes in a whole tile, §5
LINE = 72  # bytes of a line of a heads map, §6
KINDS = {
    1: ("记录", "record"),
    2: ("查阅", "access"),
    3: ("决定", "decision"),
    4: ("抽取", "draw"),
    5: ("状态", "status"),
    6: ("管理", "admin"),
    7: ("交换", "exchange"),
    8: ("销毁", "erasure"),
    9: ("总表", "heads"),
    10: ("安全", "security"),
}  # §7
RECORD, ERASURE, HEADS = 1, 8, 9
RECORD_LINE = re.compile(r"[0-9A-Z-]{1,40} [1-9][0-9]{0,8} \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LOG_SIGNATURE, WITNESS_SIGNATURE = b"\x01", b"\x04"  # types of C2SP signed-note and cosignature/v1, §5
HEX_32 = re.compile(r"[0-9a-f]{64}")
ANCHORED = 2  # witnesses that a checkpoint needs to count as anchored, §5


class Unreadable(Exception):
    """The files or arguments are not what they should be at all; nothing is said about the ledger."""


class Wrong(Exception):
    """A check failed; ``index`` where one entry is at fault."""

    def __init__(self, why: str, index: int | None = None) -> None:
        super().__init__(why)
        self.why, self.index = why, index

    def __str__(self) -> str:
        return self.why if self.index is None else f"第 {self.index} 条 entry {self.index}: {self.why}"


# ---------------------------------------------------------------- §2 hashing


def suite_hash(suite: int) -> Hash:
    """The hash of a suite (§2): 1 is SHA-256, 2 is SM3; any other is refused (§10)."""
    if suite == 1:
        sha256 = hashlib.sha256
        return lambda data: sha256(data).digest()
    if suite != 2:
        raise Wrong(f"未知的算法套件 {suite} · unknown suite {suite}")
    try:
        hashlib.new("sm3", b"")
    except ValueError:
        raise Unreadable(
            "本机 Python 的 OpenSSL 没有 SM3，无法验证套件 2 的账本；请换用 OpenSSL 3 编译的 Python · "
            "the OpenSSL of this Python has no SM3, so a ledger of suite 2 cannot be verified; use a Python with OpenSSL 3"
        ) from None
    return lambda data: hashlib.new("sm3", data).digest()


def commitment(hashed: Hash, salt: bytes, payload: bytes) -> bytes:
    """What an entry holds instead of the payload (§3)."""
    return hashed(b"ledger/1|payload\n" + salt + payload)


def leaf_hash(hashed: Hash, entry: bytes) -> bytes:
    return hashed(b"\x00" + entry)


def node_hash(hashed: Hash, left: bytes, right: bytes) -> bytes:
    return hashed(b"\x01" + left + right)


# ---------------------------------------------------------------- §2 proofs (RFC 9162 §2.1.3.2 and §2.1.4.2)


def check_inclusion(hashed: Hash, leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> None:
    """The leaf stands at ``index`` of the tree of ``size`` leaves with that root; the path has no node too many or too few."""
    if index >= size:
        raise Wrong(f"序号 {index} 不小于树的大小 {size} · index {index} is not below the tree size {size}", index)
    at, last, reached = index, size - 1, leaf
    for node in path:
        if last == 0:
            raise Wrong("证明路径有多余的节点 · the path has surplus nodes", index)
        if at & 1 or at == last:
            reached = node_hash(hashed, node, reached)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            reached = node_hash(hashed, reached, node)
        at, last = at >> 1, last >> 1
    if last:
        raise Wrong("证明路径缺少节点 · the path lacks nodes", index)
    if reached != root:
        raise Wrong(
            "条目不在检查点的树里（根不符） · the entry is not in the tree of the checkpoint (other root)", index
        )


def check_consistency(hashed: Hash, old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> None:
    """The tree of ``new`` leaves begins with the tree of ``old`` leaves; the path is consumed to the last node."""
    if old > new:
        raise Wrong(
            f"旧检查点（{old}）比新检查点（{new}）大 · the old checkpoint ({old}) is larger than the new one ({new})"
        )
    if old in (0, new):
        check_same(hashed, old, new, path, old_root, new_root)
        return
    nodes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not path:
        raise Wrong("一致性证明是空的 · the consistency proof is empty")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise Wrong("一致性证明有多余的节点 · the consistency proof has surplus nodes")
        if at & 1 or at == last:
            first, second = node_hash(hashed, node, first), node_hash(hashed, node, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(hashed, second, node)
        at, last = at >> 1, last >> 1
    if last:
        raise Wrong("一致性证明没有用到新树的末端 · the consistency proof does not reach the end of the new tree")
    if first != old_root:
        raise Wrong("一致性证明得不出旧检查点的根 · the consistency proof does not give the root of the old checkpoint")
    if second != new_root:
        raise Wrong("一致性证明得不出新检查点的根 · the consistency proof does not give the root of the new checkpoint")


def check_same(hashed: Hash, old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> None:
    """The two ends of consistency that need no proof: the same size, and the empty tree."""
    if path:
        raise Wrong("一致性证明应当是空的，却有节点 · the consistency proof should be empty but has nodes")
    for size, root in ((old, old_root), (new, new_root)):
        if size == 0 and root != hashed(b""):
            raise Wrong("空树的根不对 · the root of the empty tree is wrong")
    if old == new and old_root != new_root:
        raise Wrong("大小相同，根却不同：两份历史 · same size but other root: two histories")


def perfect_root(hashed: Hash, hashes: list[bytes]) -> bytes:
    """The root over a power of two of neighbouring hashes."""
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [hashed(b"\x01" + left + right) for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]


class Tree:
    """A growing RFC 6962 tree of which only the unfinished tiles are kept: ``levels[n]`` holds the hashes of the last,
    unfinished tile of level n (§5). The lowest level takes whole tiles only; what is left over is given to ``root``."""

    def __init__(self, hashed: Hash) -> None:
        self.hashed = hashed
        self.levels: dict[int, list[bytes]] = {}
        self.finished: dict[int, int] = {}

    def add(self, leaves: list[bytes]) -> Iterator[tuple[int, int, list[bytes]]]:
        """Take one whole tile of leaves; yields (level, number, hashes) of each upper tile that is finished by it."""
        level, tile = 0, leaves
        while len(tile) == WIDTH:
            if level:
                yield level, self.finished.get(level, 0), tile
                self.levels[level] = []
                self.finished[level] = self.finished.get(level, 0) + 1
            level += 1
            self.levels.setdefault(level, []).append(perfect_root(self.hashed, tile))
            tile = self.levels[level]

    def root(self, rest: list[bytes]) -> bytes:
        """The root of all tiles added and of ``rest``, the fewer than 256 leaves after them."""
        parts: list[bytes] = []
        for level in sorted(self.levels, reverse=True):
            parts += self._perfect(self.levels[level])
        parts += self._perfect(rest)
        if not parts:
            return self.hashed(b"")
        reached = parts.pop()
        while parts:
            reached = node_hash(self.hashed, parts.pop(), reached)
        return reached

    def _perfect(self, hashes: list[bytes]) -> Iterator[bytes]:
        """The roots of the largest perfect trees over the hashes, from the left."""
        at = 0
        for bit in reversed(range(len(hashes).bit_length())):
            if len(hashes) >> bit & 1:
                yield perfect_root(self.hashed, hashes[at : at + (1 << bit)])
                at += 1 << bit


# ---------------------------------------------------------------- §5 checkpoints and signatures


class Signature(NamedTuple):
    name: str
    key_id: bytes
    value: bytes


class Checkpoint(NamedTuple):
    """A signed note: its text, the three lines of it, and the signature lines."""

    text: bytes
    origin: str
    size: int
    root: bytes
    signatures: tuple[Signature, ...]


class Key(NamedTuple):
    """A public key that the person at the keyboard trusts."""

    name: str
    public: bytes

    def id(self, kind: bytes) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + kind + self.public).digest()[:4]


def exact_base64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError(text)
    return data


def read_checkpoint(data: bytes, name: str) -> Checkpoint:
    """Take a signed note apart (C2SP signed-note and tlog-checkpoint): three lines, an empty one, signature lines."""
    try:
        note = data.decode()
        text, signatures = note.split("\n\n")
        origin, size, root = text.split("\n")
        if (
            not signatures.endswith("\n")
            or not re.fullmatch(r"0|[1-9][0-9]{0,18}", size)
            or not origin.isprintable()
            or not origin
        ):
            raise ValueError(name)
        lines = tuple(read_signature(line) for line in signatures[:-1].split("\n"))
        decoded = exact_base64(root)
    except (ValueError, binascii.Error):
        decoded = b""
    if len(decoded) != 32:
        raise Unreadable(f"{name}：不是检查点（残缺或格式不对） · {name}: not a checkpoint (cut off or malformed)")
    return Checkpoint((text + "\n").encode(), origin, int(size), decoded, lines)


def read_signature(line: str) -> Signature:
    found = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)", line)
    data = exact_base64(found[2]) if found else b""
    if found is None or len(data) < 5:
        raise ValueError(line)
    return Signature(found[1], data[:4], data[4:])


def read_key(text: str) -> Key:
    """``NAME=HEX`` of the command line; the name may hold an equals sign, the key cannot."""
    name, _, public = text.rpartition("=")
    if not name or not HEX_32.fullmatch(public):
        raise argparse.ArgumentTypeError(f"应为 名称=64位十六进制公钥 · expected NAME=HEX (64 digits): {text}")
    return Key(name, bytes.fromhex(public))


def ed25519() -> Callable[[bytes, bytes, bytes], bool] | None:
    """(public key, signature, message) → valid; None where ``cryptography`` is not installed."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None

    def valid(public: bytes, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return valid


class Signers:
    """The keys given with ``--key``, and what they say of checkpoints (§5)."""

    def __init__(self, keys: list[Key]) -> None:
        self.keys = keys
        self.valid = ed25519()
        self.checked = 0
        self.anchored = 0

    def check(self, note: Checkpoint, name: str) -> None:
        """The log named in the note signed it with a key given; every other line of a key given is valid too."""
        if not self.keys or self.valid is None:
            return
        by_log, witnesses = False, set()
        for line in note.signatures:
            for key in self.keys:
                if key.name != line.name:
                    continue
                if line.key_id == key.id(LOG_SIGNATURE):
                    self._demand(key, line.value, note.text, name)
                    by_log = by_log or key.name == note.origin
                elif line.key_id == key.id(WITNESS_SIGNATURE):
                    self._demand(key, line.value[8:], cosigned(line.value[:8], note.text), name)
                    witnesses.add(key.name)
        if not by_log:
            raise Wrong(
                f"{name}：没有 {note.origin} 用所给公钥作出的签名 · "
                f"{name}: no signature of {note.origin} by a key given"
            )
        self.checked += 1
        self.anchored += len(witnesses) >= ANCHORED

    def _demand(self, key: Key, signature: bytes, message: bytes, name: str) -> None:
        assert self.valid is not None
        if len(signature) != 64 or not self.valid(key.public, signature, message):
            raise Wrong(f"{name}：{key.name} 的签名无效 · {name}: the signature of {key.name} is not valid")

    def tell(self, report: "Report") -> None:
        if not self.keys:
            report.unchecked("签名：没有给出可信公钥（--key） · signatures: no trusted key was given (--key)")
        elif self.valid is None:
            report.unchecked("签名：没有安装 cryptography · signatures: the module cryptography is not installed")
        elif self.checked:
            report.right(
                f"签名：{self.checked:,} 个检查点由所给公钥签名，其中 {self.anchored:,} 个有 {ANCHORED} 家以上见证 · "
                f"signatures: {self.checked:,} checkpoints signed by the keys given, {self.anchored:,} of "
                f"them with {ANCHORED} or more witnesses"
            )


def cosigned(time: bytes, text: bytes) -> bytes:
    """What a witness signs (C2SP cosignature/v1): the time in seconds, then the text of the note."""
    return b"cosignature/v1\ntime %d\n" % int.from_bytes(time) + text


# ---------------------------------------------------------------- §4 entries


class Entry(NamedTuple):
    """The fields of an entry (§4) beside its bytes."""

    kind: int
    time: int
    stream: bytes
    number: int
    previous: bytes
    commit: bytes


def valid_starts(suite: int) -> frozenset[bytes]:
    """The first six bytes an entry of this log can have: ``LGR1``, a kind that exists, the suite of the log."""
    return frozenset(b"LGR1" + bytes([kind, suite]) for kind in KINDS)


def read_entry(entry: bytes, suite: int, index: int) -> Entry:
    if len(entry) != ENTRY:
        raise Wrong(
            f"条目长 {len(entry)} 字节，应为 {ENTRY} · the entry has {len(entry)} bytes instead of {ENTRY}", index
        )
    if entry[:6] not in valid_starts(suite):
        raise Wrong(start_fault(entry, suite), index)
    return Entry(entry[4], *struct.unpack(">Q32sQ32s32s", entry[6:]))


def start_fault(entry: bytes, suite: int) -> str:
    if entry[:4] != b"LGR1":
        return "条目不以 LGR1 开头 · the entry does not begin with LGR1"
    if entry[5] != suite:
        return f"条目的套件是 {entry[5]}，账本的是 {suite} · the entry is of suite {entry[5]}, the log of {suite}"
    return f"没有种类 {entry[4]} · there is no kind {entry[4]}"


FRESH = bytes(48)


class Streams:
    """What the next event of each stream has to follow (§4).

    A stream is kept as the number of its events, the leaf of the last one and its time: 8 + 32 + 8 bytes. The first 40 are at
    once what the next entry must carry at its offset 46 and what stands on the stream's line of a heads map (§6).
    """

    def __init__(self, hashed: Hash, suite: int, report: "Report") -> None:
        self.hashed, self.suite, self.report = hashed, suite, report
        self.starts = valid_starts(suite)
        self.last: dict[bytes, bytes] = {}

    def follow(self, entries: list[bytes], first: int) -> list[bytes]:
        """Check entries that stand one after the other from index ``first``; returns their leaf hashes."""
        hashed, last, starts = self.hashed, self.last, self.starts
        leaves: list[bytes] = []
        for entry in entries:
            leaf = hashed(b"\x00" + entry)
            stream = entry[14:46]
            before = last.get(stream, FRESH)
            if entry[46:86] != before[:40] or entry[6:14] < before[40:] or entry[:6] not in starts:
                self._explain(entry, before, first + len(leaves))
            last[stream] = (int.from_bytes(entry[46:54]) + 1 & 0xFFFFFFFFFFFFFFFF).to_bytes(8) + leaf + entry[6:14]
            leaves.append(leaf)
        return leaves

    def _explain(self, entry: bytes, before: bytes, index: int) -> None:
        try:
            check_next(read_entry(entry, self.suite, index), before, index)
        except Wrong as wrong:
            self.report.wrong(wrong)

    def lines(self) -> Iterator[bytes]:
        """The lines of the heads map at this moment (§6), sorted by stream."""
        for stream in sorted(self.last):
            yield stream + self.last[stream][:40]


def check_next(entry: Entry, before: bytes, index: int) -> None:
    """An event follows the last one of its stream: number, previous leaf, time (§4)."""
    count, leaf, time = struct.unpack(">Q32sQ", before)
    if entry.number != count:
        raise Wrong(
            f"流内编号应为 {count}，却是 {entry.number}（有缺、有重或被移动） · "
            f"number {entry.number} in its stream where {count} was due (a gap, a repeat or a move)",
            index,
        )
    if entry.previous != leaf:
        raise Wrong("与同一流的上一条不衔接 · does not follow the previous event of its stream", index)
    if entry.time < time:
        raise Wrong("时间早于同一流的上一条 · its time is before that of the previous event of its stream", index)


# ---------------------------------------------------------------- what is told


def printable(text: str) -> str:
    """Text of a file made harmless for a terminal: control and direction marks are written out."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


@dataclass
class Report:
    """What is found: a line of Chinese and one of English, a single one for each fault. All faults are counted, the first
    ``shown`` of them printed."""

    shown: int = 20
    faults: int = 0
    skipped: int = 0
    first: Wrong | None = None

    def right(self, text: str) -> None:
        self._tell("通过 OK      ", text)

    def note(self, text: str) -> None:
        self._tell("注意 NOTE    ", text)

    def unchecked(self, text: str) -> None:
        self.skipped += 1
        self._tell("未核 SKIPPED ", text)

    def _tell(self, mark: str, text: str) -> None:
        zh, _, en = text.partition(" · ")
        print(f"{mark}{zh}\n             {en}")

    def wrong(self, wrong: Wrong) -> None:
        self.faults += 1
        if wrong.index is not None and (self.first is None or wrong.index < (self.first.index or 0)):
            self.first = wrong
        if self.faults <= self.shown:
            print(f"错误 WRONG   {wrong}")

    def unchanged(self, faults: int) -> bool:
        """Whether no fault came after that many."""
        return self.faults == faults

    def verdict(self) -> bool:
        """Print the result; whether nothing was wrong."""
        if not self.faults:
            skipped = "；有未核项 · some things were not checked" if self.skipped else ""
            print(f"结论 RESULT  核对过的全部正确 · all that was checked is right{skipped}")
            return True
        if self.faults > self.shown:
            print(
                f"错误 WRONG   另有 {self.faults - self.shown:,} 处未列出 · {self.faults - self.shown:,} more not listed"
            )
        if self.first is not None:
            print(f"最先 FIRST   {self.first}")
        print(f"结论 RESULT  不可信：{self.faults:,} 处错误 · not to be trusted: {self.faults:,} faults")
        return False


# ---------------------------------------------------------------- JSON


def read_file(path: Path, limit: int = 1 << 30) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise Unreadable(f"打不开 {path} · cannot open {path}: {error.strerror}") from None


def read_json(data: bytes | str, name: str) -> dict[str, Any]:
    """A JSON object without a key twice and without fractions."""
    try:
        found = json.loads(data, object_pairs_hook=without_repeats, parse_constant=refuse, parse_float=refuse)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unreadable(f"{name}：不是规定的 JSON · {name}: not the JSON it should be")
    return found


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated key")
    return found


def refuse(text: str) -> None:
    raise ValueError(text)


def value(source: dict[str, Any], name: str, kind: type) -> Any:
    found = source.get(name)
    if type(found) is not kind or (isinstance(found, int) and not 0 <= found < 1 << 63):
        raise Unreadable(f"缺少 {name} 或者写法不对 · {name} is missing or malformed")
    return found


def unhex(text: Any, size: int | None, name: str) -> bytes:
    """Lower-case hexadecimal; another length than ``size`` bytes is a fault, other characters are not readable."""
    if not isinstance(text, str) or not re.fullmatch(r"(?:[0-9a-f]{2})*", text):
        raise Unreadable(f"{name} 不是小写十六进制 · {name} is not lower-case hexadecimal")
    if size is not None and len(text) != 2 * size:
        raise Wrong(
            f"{name} 长 {len(text) // 2} 字节，应为 {size} · {name} has {len(text) // 2} bytes instead of {size}"
        )
    return bytes.fromhex(text)


def read_path(source: dict[str, Any]) -> list[bytes]:
    return [unhex(node, 32, "path") for node in value(source, "path", list)]


def check_opening(hashed: Hash, source: dict[str, Any], commit: bytes, index: int) -> str:
    """Salt and payload open the commitment (§3), or both are erased or sealed; returns what holds."""
    salt, payload = value(source, "salt", str), value(source, "payload", str)
    for word in ("erased", "sealed"):
        if salt == word or (payload == word and not HEX_32.fullmatch(salt)):
            if salt != payload:
                raise Wrong(f"salt 和 payload 应同为 {word} · salt and payload must both be {word}", index)
            if word == "sealed":
                check_seal(source)
            return word
    demand_commitment(hashed, unhex(salt, 32, "salt"), payload, commit, index)
    return "opened"


def check_seal(source: dict[str, Any]) -> None:
    """A sealed payload says until when and by which order (§9)."""
    try:
        date.fromisoformat(value(source, "sealed_until", str))
    except ValueError:
        raise Unreadable("sealed_until 不是日期 · sealed_until is not a date") from None
    if not value(source, "order", str):
        raise Unreadable("密封没有文号 · the sealing names no order")


def demand_commitment(hashed: Hash, salt: bytes, payload: str, commit: bytes, index: int) -> None:
    try:
        same = commitment(hashed, salt, payload.encode()) == commit
    except UnicodeEncodeError:
        same = False
    if not same:
        raise Wrong("内容或盐与条目的承诺值不符 · payload or salt do not open the commitment of the entry", index)


# ---------------------------------------------------------------- §10 proof bundles


@dataclass(frozen=True)
class Event:
    """One event of a bundle after all its own checks."""

    index: int
    leaf: bytes
    entry: Entry
    opened: str
    payload: str


@dataclass(frozen=True)
class Bundle:
    """What every event of a bundle is checked against."""

    suite: int
    hashed: Hash
    checkpoint: Checkpoint

    def event(self, source: dict[str, Any]) -> Event:
        """Entry, commitment and inclusion of one event."""
        index = value(source, "index", int)
        try:
            data = unhex(source.get("entry"), None, "entry")
            entry = read_entry(data, self.suite, index)
            leaf, note = leaf_hash(self.hashed, data), self.checkpoint
            check_inclusion(self.hashed, leaf, index, note.size, read_path(source), note.root)
            opened = check_opening(self.hashed, source, entry.commit, index)
        except Wrong as wrong:
            raise Wrong(wrong.why, index) from None
        return Event(index, leaf, entry, opened, source["payload"])


def verify_proof(path: Path, signers: Signers, report: Report) -> None:
    """``proof``: a bundle of one event, of one stream or of one published record."""
    source = read_json(read_file(path), path.name)
    verifiers = {"ledger-proof/1": verify_event, "ledger-stream/1": verify_stream, "ledger-record/1": verify_record}
    verify = verifiers.get(value(source, "format", str))
    if verify is None:
        raise Unreadable(f"format 不是 {'、'.join(verifiers)} 中的一种 · format is none of {', '.join(verifiers)}")
    suite = value(source, "suite", int)
    hashed = suite_hash(suite)
    checkpoint = read_checkpoint(value(source, "checkpoint", str).encode("utf-8", "replace"), "checkpoint")
    signers.check(checkpoint, "checkpoint")
    verify(source, Bundle(suite, hashed, checkpoint), report)
    tell_checkpoint(checkpoint, report)


def tell_checkpoint(note: Checkpoint, report: Report) -> None:
    short = base64.b64encode(note.root).decode()[:16]
    report.note(
        f"请与纸质报告或公告上的一行核对：{note.origin}，{note.size}，{short} · "
        f"compare with a printed report or gazette: {note.origin}, {note.size}, {short}"
    )


def verify_event(source: dict[str, Any], bundle: Bundle, report: Report) -> None:
    event = bundle.event(source)
    size = bundle.checkpoint.size
    report.right(f"第 {event.index} 条在大小为 {size} 的账本里 · entry {event.index} is in the log of size {size}")
    zh, en = KINDS[event.entry.kind]
    moment, number, stream = beijing(event.entry.time), event.entry.number, event.entry.stream.hex()
    report.note(
        f"{zh}，{moment}，流 {stream} 的第 {number} 号 · {en}, {moment} (UTC+8), number {number} of stream {stream}"
    )
    if event.opened == "opened":
        report.right("内容与承诺值相符 · the payload opens the commitment: " + printable(event.payload))
    elif event.opened == "erased":
        report.note("内容已依法销毁，条目仍在 · the payload was erased; the entry stays")
    else:
        order, until = printable(source["order"]), source["sealed_until"]
        report.note(f"内容密封至 {until}，文号 {order} · the payload is sealed until {until} by order {order}")


def beijing(time: int) -> str:
    try:
        moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=time)
    except OverflowError:
        return f"{time} ms"
    return moment.astimezone(timezone(timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S")


def verify_stream(source: dict[str, Any], bundle: Bundle, report: Report) -> None:
    """All events of one stream: none missing in between (§4), none missing at the end of the last cut (§6)."""
    stream = unhex(value(source, "stream", str), 32, "stream")
    events = [bundle.event(event) for event in objects(source, "events")]
    before, index = FRESH, -1
    for event in events:
        if event.entry.stream != stream:
            raise Wrong("条目属于另一个流 · the entry is of another stream", event.index)
        check_next(event.entry, before, event.index)
        if event.index <= index:
            raise Wrong("序号没有递增 · the index does not rise", event.index)
        before, index = struct.pack(">Q32sQ", event.entry.number + 1, event.leaf, event.entry.time), event.index
    counts = {word: sum(event.opened == word for event in events) for word in ("opened", "erased", "sealed")}
    report.right(
        f"流 {stream.hex()}：{len(events)} 条，编号 0 起不缺，前后衔接，都在大小为 {bundle.checkpoint.size} 的账本里 · "
        f"stream {stream.hex()}: {len(events)} events, numbered from 0 without gap, chained, all in the log of that size"
    )
    report.right(
        f"内容：{counts['opened']} 条与承诺值相符，{counts['erased']} 条已销毁，{counts['sealed']} 条密封 · "
        f"payloads: {counts['opened']} open their commitments, {counts['erased']} erased, {counts['sealed']} sealed"
    )
    if source.get("heads", 0) is None:
        report.unchecked("末尾是否有缺：文件不含总表 · whether some are missing at the end: the file has no heads map")
    else:
        verify_end(value(source, "heads", dict), stream, events, bundle, report)


def objects(source: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = value(source, name, list)
    if not all(isinstance(item, dict) for item in found):
        raise Unreadable(f"{name} 写法不对 · {name} is malformed")
    return list(found)


def verify_end(heads: dict[str, Any], stream: bytes, events: list[Event], bundle: Bundle, report: Report) -> None:
    """The stream's line of the heads map names the number of events before the cut and the last of them (§6)."""
    size, count = value(heads, "size", int), value(heads, "count", int)
    event = bundle.event(value(heads, "event", dict))
    claim = read_claim(event.entry, event.opened, event.payload, event.index)
    if (claim.size, claim.lines) != (size, count) or event.index < size:
        raise Wrong("总表事件说的是另一个总表 · the heads event is about another map", event.index)
    line = unhex(heads.get("line"), LINE, "line")
    check_line(bundle.hashed, line, value(heads, "at", int), count, read_path(heads), claim.root)
    covered = [event for event in events if event.index < size]
    last = covered[-1].leaf if covered else bytes(32)
    if line != stream + len(covered).to_bytes(8) + last:
        told = int.from_bytes(line[32:40])
        raise Wrong(
            f"总表说截至 {size} 有 {told} 条，文件里有 {len(covered)} 条，或末条不同 · "
            f"the heads map says {told} events up to {size}, the file has {len(covered)}, or another last one"
        )
    report.right(
        f"末尾不缺：总表（截至 {size}）证明当时共 {len(covered)} 条；之后的 "
        f"{len(events) - len(covered)} 条要等下一次总表 · "
        f"none missing at the end: the heads map (cut at {size}) shows {len(covered)} events; "
        f"{len(events) - len(covered)} later ones wait for the next map"
    )


def check_line(hashed: Hash, line: bytes, at: int, count: int, path: list[bytes], root: bytes) -> None:
    try:
        check_inclusion(hashed, leaf_hash(hashed, line), at, count, path, root)
    except Wrong as wrong:
        raise Wrong(f"总表中的一行 line of the heads map: {wrong.why}") from None


def verify_record(source: dict[str, Any], bundle: Bundle, report: Report) -> None:
    """A line ``number version time`` in a tree of SHA-256 to whose root an event commits: the record was published by then."""
    event = bundle.event(value(source, "event", dict))
    if event.entry.kind != RECORD or event.opened != "opened":
        raise Wrong("不是公示事件，或者内容没有公开 · not an event of publication, or not open", event.index)
    said = read_json(event.payload, "publish")
    if said.get("act") != "record.publish":
        raise Wrong("不是公示事件 · not an event of publication", event.index)
    root, count = unhex(said.get("root"), 32, "root"), value(said, "count", int)
    line = value(source, "line", str)
    if not RECORD_LINE.fullmatch(line):
        raise Wrong("记录的一行写法不对 · the line of the record is malformed", event.index)
    hashed = suite_hash(1)
    try:
        leaf = leaf_hash(hashed, line.encode())
        check_inclusion(hashed, leaf, value(source, "at", int), count, read_path(source), root)
    except Wrong as wrong:
        raise Wrong(f"记录的一行 line of the record: {wrong.why}", event.index) from None
    number, version, at = line.split(" ")
    report.right(
        f"记录 {number} 第 {version} 版在第 {event.index} 条的 {count:,} 条公示记录之中 · "
        f"record {number}, version {version}, is among the {count:,} records published with entry {event.index}"
    )
    entered = beijing(int(datetime.strptime(at, "%Y-%m-%dT%H:%M:%S%z").timestamp() * 1000))
    report.note(
        f"平台说 {entered} 记入，{beijing(event.entry.time)} 记账（北京时间）；账本大小 {bundle.checkpoint.size} · "
        f"the platform says it was entered {entered} and logged {beijing(event.entry.time)} (UTC+8)"
    )


class Claim(NamedTuple):
    """What a heads event says of its map (§6)."""

    event: int
    size: int
    root: bytes
    lines: int


def read_claim(entry: Entry, opened: str, payload: str, index: int) -> Claim:
    if entry.kind != HEADS:
        raise Wrong("不是总表事件 · not a heads event", index)
    if opened != "opened":
        raise Wrong("总表事件的内容没有公开 · the payload of the heads event is not open", index)
    return parse_claim(payload, index)


def parse_claim(payload: str, index: int) -> Claim:
    said = read_json(payload, "heads")
    if said.get("act") != "heads":
        raise Wrong("总表事件的内容不对 · the payload of the heads event is not one", index)
    return Claim(index, value(said, "size", int), unhex(said.get("root"), 32, "root"), value(said, "lines", int))


# ---------------------------------------------------------------- §2 consistency


def verify_consistency(old: Path, new: Path, proof: Path, signers: Signers, report: Report) -> None:
    """``consistency``: the log of the new checkpoint is a continuation of the log of the old one."""
    notes = [read_checkpoint(read_file(path), path.name) for path in (old, new)]
    for note, path in zip(notes, (old, new), strict=True):
        signers.check(note, path.name)
    source = read_json(read_file(proof), proof.name)
    if source.get("format") != "ledger-consistency/1":
        raise Unreadable("format 不是 ledger-consistency/1 · format is not ledger-consistency/1")
    hashed = suite_hash(value(source, "suite", int))
    if notes[0].origin != notes[1].origin:
        raise Wrong("两个检查点属于不同的账本 · the two checkpoints are of different logs")
    if (value(source, "old", int), value(source, "new", int)) != (notes[0].size, notes[1].size):
        raise Wrong("证明的大小与检查点不符 · the sizes of the proof are not those of the checkpoints")
    check_consistency(hashed, notes[0].size, notes[1].size, read_path(source), notes[0].root, notes[1].root)
    report.right(
        f"大小为 {notes[1].size} 的账本原样包含大小为 {notes[0].size} 的账本 · "
        f"the log of size {notes[1].size} holds the log of size {notes[0].size} unchanged"
    )
    tell_checkpoint(notes[1], report)


# ---------------------------------------------------------------- §5 the folder of an export


def number_path(number: int) -> str:
    """The path of a tile (C2SP tlog-tiles): groups of three digits, all but the last with ``x`` before."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


TILE_NAME = re.compile(r"(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class Export:
    """The files of an export. What is too short, too long or missing is a fault, not an accident."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.newest = read_checkpoint(read_file(folder / "checkpoint", 1 << 20), "checkpoint")
        self.size = self.newest.size
        self._cached = (-1, b"")

    def width(self, number: int, level: int = 0) -> int:
        """How many hashes the tile has in the tree of the newest checkpoint; zero or less if it has none."""
        return min(WIDTH, (self.size >> 8 * level) - number * WIDTH)

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile as far as the newest checkpoint reaches."""
        name, data = self._read(str(level), number, self.width(number, level))
        whole = WIDTH if "." not in name else self.width(number, level)
        if len(data) != 32 * whole:
            raise Wrong(
                f"{name} 长 {len(data)} 字节，应为 {32 * whole} · {name} has {len(data)} bytes instead of {32 * whole}"
            )
        return data[: 32 * self.width(number, level)]

    def bundle(self, number: int) -> bytes:
        """The entries of a bundle, each with its length before it, as far as the newest checkpoint reaches."""
        if self._cached[0] != number:
            name, data = self._read("entries", number, self.width(number))
            self._cached = number, self._framed(name, data, number)
        return self._cached[1]

    def entry(self, index: int) -> bytes:
        start = index % WIDTH * FRAME + 2
        return self.bundle(index // WIDTH)[start : start + ENTRY]

    def _read(self, kind: str, number: int, width: int) -> tuple[str, bytes]:
        name = f"tile/{kind}/{number_path(number)}"
        if width < WIDTH and (self.folder / f"{name}.p/{width}").exists():
            name = f"{name}.p/{width}"
        try:
            with (self.folder / name).open("rb") as file:
                return name, file.read(1 << 16)
        except OSError:
            wanted = name if width == WIDTH else f"{name}.p/{width}"
            raise Wrong(f"缺少文件 {wanted} · the file {wanted} is missing") from None

    def _framed(self, name: str, data: bytes, number: int) -> bytes:
        """The bundle if it is entries of 118 bytes each and nothing else; else the fault of the first that is not."""
        width = self.width(number)
        whole = WIDTH if "." not in name else width
        same = len(data) == whole * FRAME and data[::FRAME] == bytes(whole) and data[1::FRAME] == bytes([ENTRY]) * whole
        if same:
            return data[: width * FRAME]
        for at in range(whole):
            frame = data[at * FRAME : (at + 1) * FRAME]
            length, index = int.from_bytes(frame[:2]), number * WIDTH + at
            if len(frame) == FRAME and length != ENTRY:
                raise Wrong(
                    f"条目长 {length} 字节，应为 {ENTRY} · the entry has {length} bytes instead of {ENTRY}", index
                )
            if len(frame) < FRAME:
                raise Wrong(f"{name} 在这一条中断 · {name} is cut off here", index)
        raise Wrong(f"{name} 末尾有多余的字节 · {name} has surplus bytes at its end")

    def names(self, kind: str, pattern: str) -> Iterator[str]:
        folder = self.folder / kind
        if folder.is_dir():
            with os.scandir(folder) as found:
                yield from (item.name for item in found if re.fullmatch(pattern, item.name))

    def suite(self) -> int:
        """From keys.json, else from the first entry; every entry is compared with it."""
        path = self.folder / "keys.json"
        if path.exists():
            return int(value(read_json(read_file(path), "keys.json"), "suite", int))
        return self.entry(0)[5] if self.size else 1


class Kept(NamedTuple):
    """A checkpoint whose root has to come out on the way: a file of the export, or the one given with ``--since``."""

    size: int
    name: str
    is_given: bool = False


class ExportCheck:
    """``export``: one pass over all entries, then one over the payloads and one over the files that are left."""

    def __init__(self, export: Export, since: Path | None, signers: Signers, report: Report) -> None:
        self.export, self.since, self.signers, self.report = export, since, signers, report
        self.suite = export.suite()
        self.hashed = suite_hash(self.suite)
        self.tree = Tree(self.hashed)
        self.streams = Streams(self.hashed, self.suite, report)
        self.claims = self._read_claims()
        self.cuts = sorted(self.claims, reverse=True)
        self.kept: list[Kept] = []
        self.heads_events: list[int] = []

    def run(self) -> None:
        self.kept = self._find_checkpoints()
        self._entries()
        self._heads_events()
        payloads = self.export.folder / "payloads.jsonl"
        if payloads.exists():
            Payloads(self.export, self.hashed, self.report).check(payloads)
        else:
            self.report.unchecked("内容：导出中没有 payloads.jsonl · payloads: the export has no payloads.jsonl")
        self._other_tiles()
        tell_checkpoint(self.export.newest, self.report)

    # -- checkpoints (§5)

    def _find_checkpoints(self) -> list[Kept]:
        """All checkpoints by size, the last one first to be taken; each larger than the newest is a fault."""
        found = [Kept(int(name), f"checkpoints/{name}") for name in self._sizes("checkpoints")]
        found.append(Kept(self.export.size, "checkpoint"))
        if self.since is not None:
            found.append(Kept(read_checkpoint(read_file(self.since), self.since.name).size, self.since.name, True))
        for late in sorted(kept for kept in found if kept.size > self.export.size):
            self.report.wrong(
                Wrong(
                    f"{late.name} 比最新检查点（{self.export.size}）大：末尾被截去 · "
                    f"{late.name} is larger than the newest checkpoint ({self.export.size}): the end was cut off"
                )
            )
        return sorted((kept for kept in found if kept.size <= self.export.size), reverse=True)

    def _sizes(self, kind: str) -> Iterator[str]:
        return self.export.names(kind, r"0|[1-9][0-9]{0,18}")

    def _checkpoints(self, first: int, leaves: list[bytes]) -> None:
        """Compare all checkpoints from size ``first`` up to that many leaves more with the tree of the entries."""
        while self.kept and self.kept[-1].size <= first + len(leaves):
            kept = self.kept.pop()
            try:
                path = self.since if self.since is not None and kept.is_given else self.export.folder / kept.name
                note = read_checkpoint(read_file(path, 1 << 20), kept.name)
                self._checkpoint(note, kept, self.tree.root(leaves[: kept.size - first]))
            except Wrong as wrong:
                self.report.wrong(wrong)
            except Unreadable as unreadable:
                self.report.wrong(Wrong(str(unreadable)))

    def _checkpoint(self, note: Checkpoint, kept: Kept, root: bytes) -> None:
        if note.size != kept.size:
            raise Wrong(f"{kept.name} 写的大小是 {note.size} · {kept.name} says size {note.size}")
        if note.origin != self.export.newest.origin:
            raise Wrong(f"{kept.name} 属于另一个账本 · {kept.name} is of another log")
        if note.root != root:
            raise Wrong(
                f"{kept.name} 的根与前 {note.size} 条不符：另一份历史，或条目被改动 · "
                f"{kept.name}: its root is not that of the first {note.size} entries: another history, or "
                "entries were changed"
            )
        self.signers.check(note, kept.name)

    # -- entries, streams, tree, tiles (§4, §5)

    def _entries(self) -> None:
        size, faults, count = self.export.size, self.report.faults, len(self.kept)
        if 0 in self.claims:
            self._map(self.claims[self.cuts.pop()])
        for number in range(-(-size // WIDTH)):
            bundle = self.export.bundle(number)
            first = number * WIDTH
            leaves = self._bundle(bundle, first)
            self._compare_tile(0, number, leaves)
            if len(leaves) < WIDTH:
                break
            self._checkpoints(first, leaves[:-1])
            for tile in self.tree.add(leaves):
                self._compare_tile(*tile)
            self._checkpoints(first + WIDTH, [])
            tell_progress(first, size)
        rest = leaves if size % WIDTH else []
        self._checkpoints(size - len(rest), rest)
        self._unfinished_tiles()
        if self.report.unchanged(faults):
            self._tell_entries(count)

    def _bundle(self, bundle: bytes, first: int) -> list[bytes]:
        """Follow the streams through a bundle, stopping at every cut of a heads map; returns the leaf hashes."""
        entries = [bundle[at : at + ENTRY] for at in range(2, len(bundle), FRAME)]
        kinds = bundle[6::FRAME]
        if bytes([HEADS]) in kinds:
            self.heads_events += [first + at for at, kind in enumerate(kinds) if kind == HEADS]
        leaves: list[bytes] = []
        while self.cuts and self.cuts[-1] <= first + len(entries):
            cut = self.cuts.pop()
            leaves += self.streams.follow(entries[len(leaves) : cut - first], first + len(leaves))
            self._map(self.claims[cut])
        return leaves + self.streams.follow(entries[len(leaves) :], first + len(leaves))

    def _compare_tile(self, level: int, number: int, hashes: list[bytes]) -> None:
        try:
            tile = self.export.tile(level, number)
        except Wrong as wrong:
            self.report.wrong(wrong)
            return
        if tile == b"".join(hashes):
            return
        at = next(at for at, found in enumerate(hashes) if found != tile[32 * at : 32 * at + 32])
        name = f"tile/{level}/{number_path(number)}"
        self.report.wrong(
            Wrong(
                f"与哈希瓦片 {name} 第 {at} 个不符 · not what hash {at} of {name} says",
                (number * WIDTH + at) * WIDTH**level,
            )
        )

    def _unfinished_tiles(self) -> None:
        for level, hashes in self.tree.levels.items():
            if hashes:
                self._compare_tile(level, self.tree.finished.get(level, 0), hashes)

    def _tell_entries(self, checkpoints: int) -> None:
        size, streams = self.export.size, len(self.streams.last)
        self.report.right(
            f"条目 {size:,} 条，{streams:,} 个流：格式、编号不缺、前后衔接、时间不倒退 · "
            f"{size:,} entries of {streams:,} streams: form, numbers without gap, chains, time never falling"
        )
        self.report.right(
            f"检查点 {checkpoints:,} 个和全部哈希瓦片：都由这些条目算得 · "
            f"{checkpoints:,} checkpoints and all hash tiles: all come out of these entries"
        )

    # -- heads maps (§6)

    def _read_claims(self) -> dict[int, Claim]:
        """What the opened heads events claim, by the size of the cut."""
        claims = {}
        for name in self.export.names("heads", r"(0|[1-9][0-9]{0,18})\.json"):
            source = read_json(read_file(self.export.folder / "heads" / name), f"heads/{name}")
            claim = parse_claim(value(source, "payload", str), value(source, "index", int))
            if claim.size != int(name[:-5]):
                self.report.wrong(
                    Wrong(f"heads/{name} 说的是 {claim.size} · heads/{name} is about {claim.size}", claim.event)
                )
            claims[int(name[:-5])] = claim
        for size in sorted(int(name) for name in self._sizes("heads")):
            if size not in claims:
                self.report.wrong(Wrong(f"总表 heads/{size} 没有它的事件 · the map heads/{size} has no event"))
        return claims

    def _map(self, claim: Claim) -> None:
        """Make the map of the cut from the entries; the file and the root in the event must be the same."""
        name, tree, leaves, count = f"heads/{claim.size}", Tree(self.hashed), [], 0
        try:
            file: io.BufferedIOBase = (self.export.folder / name).open("rb")
        except OSError:
            self.report.wrong(Wrong(f"缺少文件 {name} · the file {name} is missing", claim.event))
            file = io.BytesIO()
        with file:
            same = True
            for line in self.streams.lines():
                if same and file.read(LINE) != line:
                    same = False
                    why = f"{name} 第 {count} 行与条目不符或缺少 · line {count} of {name} is wrong or missing"
                    self.report.wrong(Wrong(why, claim.event))
                leaves.append(leaf_hash(self.hashed, line))
                count += 1
                if len(leaves) == WIDTH:
                    list(tree.add(leaves))
                    leaves = []
            if same and file.read(1):
                self.report.wrong(Wrong(f"{name} 有多余的行 · {name} has surplus lines", claim.event))
        if (claim.lines, claim.root) != (count, tree.root(leaves)):
            why = "总表事件的根或行数不是由条目算得的 · root or line count of the heads event do not come out of the entries"
            self.report.wrong(Wrong(why, claim.event))

    def _heads_events(self) -> None:
        """Every heads event of the log is opened by a file, and every file by an event after its cut."""
        faults = self.report.faults
        opened = {claim.event for claim in self.claims.values()}
        for index in self.heads_events:
            if index not in opened:
                self.report.wrong(Wrong("总表事件没有对应的总表文件 · no file of heads/ opens this heads event", index))
        for size, claim in sorted(self.claims.items()):
            try:
                self._heads_event(size, claim)
            except Wrong as wrong:
                self.report.wrong(wrong)
        if not self.claims and not self.heads_events:
            self.report.unchecked("总表：账本中还没有 · heads maps: the log has none yet")
        elif self.report.unchanged(faults):
            count, last = len(self.claims), max(self.claims)
            self.report.right(
                f"总表 {count:,} 个，最后一个截至 {last:,}：每行都由条目算得，与事件中的根相符 · "
                f"{count:,} heads maps, the last cut at {last:,}: every line comes out of the entries, the "
                "roots are those of the events"
            )

    def _heads_event(self, size: int, claim: Claim) -> None:
        if not size <= claim.event < self.export.size:
            raise Wrong(
                "总表事件不在截点之后、账本之内 · the heads event is not after its cut and inside the log", claim.event
            )
        source = read_json(read_file(self.export.folder / f"heads/{size}.json"), f"heads/{size}.json")
        entry = read_entry(self.export.entry(claim.event), self.suite, claim.event)
        opened = check_opening(self.hashed, source, entry.commit, claim.event)
        read_claim(entry, opened, source["payload"], claim.event)

    # -- what is left (§5)

    def _other_tiles(self) -> None:
        """Tiles kept from smaller sizes are beginnings of the ones checked; files beyond the checkpoint are told."""
        beyond = unknown = 0
        top = self.export.folder / "tile"
        for folder, _, names in os.walk(top):
            for name in names:
                relative = (Path(folder) / name).relative_to(top).as_posix()
                found = TILE_NAME.fullmatch(relative)
                if found is None:
                    unknown += 1
                    continue
                number, width = int(found[2].replace("x", "").replace("/", "")), int(found[3] or WIDTH)
                level = 0 if found[1] == "entries" else int(found[1])
                reach = self.export.width(number, level)
                beyond += width > reach
                if width != reach and reach > 0:
                    self._compare_beginning(relative, found[1], number, width)
        if beyond:
            self.report.note(
                f"{beyond:,} 个瓦片文件超出最新检查点，未核对 · "
                f"{beyond:,} tile files reach beyond the newest checkpoint"
            )
        if unknown:
            self.report.note(f"tile 中有 {unknown:,} 个不认识的文件 · {unknown:,} files in tile are not known")

    def _compare_beginning(self, relative: str, kind: str, number: int, width: int) -> None:
        unit = FRAME if kind == "entries" else 32
        checked = self.export.bundle(number) if kind == "entries" else self.export.tile(int(kind), number)
        data = read_file(self.export.folder / "tile" / relative, 1 << 16)
        common = min(len(checked), width * unit)
        if len(data) != width * unit or data[:common] != checked[:common]:
            self.report.wrong(
                Wrong(f"tile/{relative} 与较新的瓦片不符 · tile/{relative} is not the beginning of the newer tile")
            )


def tell_progress(done: int, size: int) -> None:
    """On a terminal, for long exports: how far it is."""
    if done % (1 << 18) == 0 and size > 1 << 18 and sys.stderr.isatty():
        print(f"\r… {done:,} / {size:,}", end="\r", file=sys.stderr, flush=True)


# ---------------------------------------------------------------- §3 payloads of an export


class Payloads:
    """``payloads.jsonl``: each line opens the commitment of its entry, or says that it is erased or sealed (§9)."""

    def __init__(self, export: Export, hashed: Hash, report: Report) -> None:
        self.export, self.hashed, self.report = export, hashed, report
        self.seen = bytearray(-(-export.size // 8))
        self.opened = self.sealed = 0
        self.erased: set[int] = set()
        self.named: set[int] = set()

    def check(self, path: Path) -> None:
        faults = self.report.faults
        with path.open("rb") as lines:
            for at, line in enumerate(lines, 1):
                try:
                    self._line(line, at)
                except Wrong as wrong:
                    self.report.wrong(wrong)
        if self.report.unchanged(faults):
            missing = self.export.size - self.opened - self.sealed - len(self.erased)
            self.report.right(
                f"内容：{self.opened:,} 条与承诺值相符，{len(self.erased):,} 条已销毁，{self.sealed:,} "
                f"条密封，{missing:,} 条未给出 · "
                f"payloads: {self.opened:,} open their commitments, {len(self.erased):,} erased, "
                f"{self.sealed:,} sealed, {missing:,} not given"
            )
        if silent := len(self.erased - self.named):
            self.report.note(
                f"{silent:,} 条已销毁的内容，没有找到写明其序号的销毁事件 · "
                f"{silent:,} erased payloads are named by no erasure event that is open here"
            )

    def _line(self, line: bytes, at: int) -> None:
        """Plain json.loads, for speed: a line says nothing beyond what the commitment proves."""
        try:
            source = json.loads(line)
            index = source["index"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Wrong(
                f"payloads.jsonl 第 {at} 行读不了或残缺 · line {at} of payloads.jsonl is not readable or cut off"
            ) from None
        if type(index) is not int or not 0 <= index < self.export.size:
            raise Wrong(
                f"payloads.jsonl 第 {at} 行的序号不在账本内 · line {at} of payloads.jsonl has an index outside the log"
            )
        if self.seen[index >> 3] >> (index & 7) & 1:
            raise Wrong("同一条的内容出现两次 · the payload of the entry is given twice", index)
        self.seen[index >> 3] |= 1 << (index & 7)
        if source.get("erased") is True:
            self.erased.add(index)
        elif source.get("sealed") is True:
            self.sealed += 1
        else:
            self._open(source, index)

    def _open(self, source: dict[str, Any], index: int) -> None:
        entry, salt, payload = self.export.entry(index), source.get("salt"), source.get("payload")
        if not isinstance(salt, str) or not isinstance(payload, str) or not HEX_32.fullmatch(salt):
            raise Wrong("盐或内容缺少或者写法不对 · salt or payload are missing or malformed", index)
        demand_commitment(self.hashed, bytes.fromhex(salt), payload, entry[86:], index)
        self.opened += 1
        if entry[4] == ERASURE:
            self.named.update(erased_by(payload))


def erased_by(payload: str) -> Iterable[int]:
    """The indexes that an erasure event names (§7)."""
    try:
        said = json.loads(payload)
    except ValueError:
        return []
    named = said.get("indexes", [said.get("index")]) if isinstance(said, dict) else []
    return [index for index in named if type(index) is int] if isinstance(named, list) else []


def verify_export(folder: Path, since: Path | None, signers: Signers, report: Report) -> None:
    ExportCheck(Export(folder), since, signers, report).run()


# ---------------------------------------------------------------- command line


def arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="榕信账本独立验证 · independent verifier of a Rongxin ledger (ledger/1)"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    proof = commands.add_parser("proof", help="一个事件或一家企业的证明文件 · a bundle of one event or one stream")
    proof.add_argument("file", type=Path)
    consistency = commands.add_parser("consistency", help="两个检查点之间的一致性 · consistency of two checkpoints")
    for name in ("old", "new", "proof"):
        consistency.add_argument(name, type=Path)
    export = commands.add_parser("export", help="整个导出文件夹 · a whole export")
    export.add_argument("folder", type=Path)
    export.add_argument("--since", type=Path, metavar="NOTE", help="您以前留存的检查点 · a checkpoint that you kept")
    for command in (proof, consistency, export):
        command.add_argument(
            "--key",
            type=read_key,
            action="append",
            default=[],
            metavar="NAME=HEX",
            help="可信的公钥，可给多个 · a public key you trust",
        )
    return parser.parse_args(given)


def verify(given: argparse.Namespace, signers: Signers, report: Report) -> None:
    if given.command == "proof":
        verify_proof(given.file, signers, report)
    elif given.command == "consistency":
        verify_consistency(given.old, given.new, given.proof, signers, report)
    else:
        verify_export(given.folder, given.since, signers, report)


def main(given: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = arguments(given)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    signers, report = Signers(options.key), Report()
    try:
        verify(options, signers, report)
    except Wrong as wrong:
        report.wrong(wrong)
    except Unreadable as unreadable:
        print(f"读不了 UNREADABLE {unreadable}")
        return 2
    except BrokenPipeError:  # whoever reads the output has seen enough
        return 2
    except OSError as error:
        print(f"读不了 UNREADABLE {error}")
        return 2
    signers.tell(report)
    if not report.verdict():
        return 1
    return 3 if options.key and signers.valid is None else 0


if __name__ == "__main__":
    sys.exit(main())
