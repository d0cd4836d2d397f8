"""Bundles of one event and of one stream, and the signatures on their checkpoints (ledger/1, §5, §6, §10)."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import slow
from tests.tools.ledger_building import ORIGIN, WITNESS, Log, compact, random_log, stream_id
from tests.tools.ledger_running import PROGRAM, SUITES, TRUST, TRUST_WITNESS, flipped, run, saved, vector_log
from tests.tools.ledger_vectors import LOG_KEY, NOTE, WITNESS_KEY
from tools import verify_ledger
from tools.verify_ledger import Wrong


@SUITES
def test_a_bundle_is_right(suite: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = vector_log(suite)
    for index in range(7):
        assert run("proof", saved(tmp_path, log.proof(index, 7)), *TRUST, *TRUST_WITNESS) == 0
        assert printed_payload(log.events[index].payload) in capsys.readouterr().out


def printed_payload(payload: str) -> str:
    return f"the payload opens the commitment: {payload}"


def change(found: dict[str, Any], name: str, bit: int) -> dict[str, Any]:
    """The bundle with one bit of one field changed."""
    if name in ("entry", "salt"):
        return {**found, name: flipped(bytes.fromhex(found[name]), bit % (4 * len(found[name]))).hex()}
    if name == "index":
        return {**found, "index": found["index"] ^ 1 << bit % 62}
    if name == "path":
        at = bit % len(found["path"])
        path = [*found["path"]]
        path[at] = flipped(bytes.fromhex(path[at]), bit % 256).hex()
        return {**found, "path": path}
    if name == "payload":
        data = found["payload"].encode()
        return {**found, "payload": flipped(data, bit % (8 * len(data))).decode("utf-8", "surrogateescape")}
    origin, size, root, *rest = found["checkpoint"].split("\n")
    if name == "size":
        size = str(int(size) ^ 1 << bit % 62)
    else:
        root = base64.b64encode(flipped(base64.b64decode(root), bit % 256)).decode()
    return {**found, "checkpoint": "\n".join((origin, size, root, *rest))}


@pytest.mark.parametrize("name", ["entry", "salt", "index", "path", "payload", "size", "root"])
@given(index=st.integers(0, 6), bit=st.integers(0, 4000))
@settings(max_examples=slow())
def test_a_bundle_with_one_bit_changed_is_refused(
    name: str, index: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = vector_log(1 + bit % 2)
    changed = change(log.proof(index, 7), name, bit)
    folder = tmp_path_factory.mktemp("bundle")
    path = folder / "bundle.json"
    path.write_bytes(json.dumps(changed).encode())
    assert run("proof", path, *TRUST) == 1


def test_every_bit_of_an_entry_counts() -> None:
    log = vector_log(1)
    bundle = verify_ledger.Bundle(1, verify_ledger.suite_hash(1), verify_ledger.read_checkpoint(NOTE.encode(), "note"))
    source = log.event(2, 7)
    for bit in range(118 * 8):
        with pytest.raises(Wrong):
            bundle.event({**source, "entry": flipped(log.events[2].entry, bit).hex()})


SMALL_FAULTS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], int, str]] = {
    "unknown suite": (lambda found: {**found, "suite": 3}, 1, "unknown suite 3"),
    "the other suite": (lambda found: {**found, "suite": 2}, 1, "the entry is of suite 1, the log of 2"),
    "entry too short": (lambda found: {**found, "entry": found["entry"][:-2]}, 1, "117 bytes"),
    "entry too long": (lambda found: {**found, "entry": found["entry"] + "00"}, 1, "119 bytes"),
    "surplus node": (lambda found: {**found, "path": [*found["path"], "00" * 32]}, 1, "surplus nodes"),
    "missing node": (lambda found: {**found, "path": found["path"][:-1]}, 1, "lacks nodes"),
    "short node": (lambda found: {**found, "path": ["00" * 31, *found["path"][1:]]}, 1, "31 bytes"),
    "index beyond": (lambda found: {**found, "index": 7}, 1, "not below the tree size 7"),
    "only the salt erased": (lambda found: {**found, "salt": "erased"}, 1, "must both be erased"),
    "only the payload sealed": (lambda found: {**found, "payload": "sealed"}, 1, "do not open"),
    "sealed without order": (lambda found: {**found, "salt": "sealed", "payload": "sealed"}, 2, "sealed_until"),
    "no salt": (lambda found: {**found, "salt": None}, 2, "salt is missing"),
    "index true": (lambda found: {**found, "index": True}, 2, "index is missing or malformed"),
    "negative index": (lambda found: {**found, "index": -1}, 2, "index is missing or malformed"),
    "capitals": (lambda found: {**found, "entry": found["entry"].upper()}, 2, "not lower-case"),
    "another format": (lambda found: {**found, "format": "ledger-proof/2"}, 2, "format is none of"),
    "no checkpoint": (lambda found: {**found, "checkpoint": "x"}, 2, "not a checkpoint"),
}


@pytest.mark.parametrize("fault", SMALL_FAULTS)
def test_a_bundle_with_a_fault_is_refused_with_its_reason(
    fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    falsify, code, reason = SMALL_FAULTS[fault]
    assert run("proof", saved(tmp_path, falsify(vector_log(1).proof(3, 7)))) == code
    assert reason in capsys.readouterr().out


def test_a_sealed_bundle_says_until_when(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = vector_log(1)
    log.events[1].state = "sealed"
    assert run("proof", saved(tmp_path, log.proof(1, 7))) == 0
    assert "密封至 2027-01-01，文号 榕调〔2026〕1号" in capsys.readouterr().out


def test_a_payload_cannot_write_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = Log()
    log.add(1, stream_id(1, "示例"), '{"a":"\x1b[2J\u202e"}')
    assert run("proof", saved(tmp_path, log.proof(0, 1))) == 0
    assert r"\u001b[2J\u202e" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format":"ledger-proof/1","format":"x"}', "NaN", "[" * 100000])
def test_what_is_no_bundle_is_not_readable(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(text)
    assert run("proof", path) == 2
    assert run("proof", tmp_path / "absent") == 2


# ---------------------------------------------------------------- signatures


def test_a_wrong_key_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path, vector_log(1).proof(0, 7))
    assert run("proof", path, "--key", f"{ORIGIN}={WITNESS_KEY[1]}") == 1
    assert "no signature of ledger.example/credit/2026 by a key given" in capsys.readouterr().out
    assert run("proof", path, *TRUST_WITNESS) == 1
    assert run("proof", path, "--key", f"another.example={LOG_KEY[1]}") == 1
    assert run("proof", path, "--key", f"{ORIGIN}={WITNESS_KEY[1]}", *TRUST) == 0


def test_without_a_key_signatures_are_told_as_not_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("proof", saved(tmp_path, vector_log(1).proof(0, 7))) == 0
    assert "未核 SKIPPED 签名" in capsys.readouterr().out


@pytest.mark.parametrize("line", [0, 1])
@pytest.mark.parametrize("bit", [0, 100, 511])
def test_a_changed_signature_of_a_known_key_is_refused(line: int, bit: int, tmp_path: Path) -> None:
    found = vector_log(1).proof(0, 7)
    text, signatures = found["checkpoint"].split("\n\n")
    lines = signatures.splitlines()
    mark, name, value = lines[line].split(" ")
    data = base64.b64decode(value)
    lines[line] = f"{mark} {name} {base64.b64encode(data[:4] + flipped(data[4:], bit)).decode()}"
    found["checkpoint"] = text + "\n\n" + "\n".join(lines) + "\n"
    assert run("proof", saved(tmp_path, found), *TRUST, *TRUST_WITNESS) == 1


def test_two_witnesses_anchor_a_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, other = vector_log(1), bytes(32)
    public = public_of(other)
    found = log.proof(0, 7)
    found["checkpoint"] = log.note(7, ((WITNESS, WITNESS_KEY[0]), ("witness.example/audit", other)))
    keys = [*TRUST, *TRUST_WITNESS, "--key", f"witness.example/audit={public}"]
    assert run("proof", saved(tmp_path, found), *keys) == 0
    assert "其中 1 个有 2 家以上见证" in capsys.readouterr().out


def public_of(seed: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


@pytest.mark.parametrize(
    "falsify",
    [
        lambda note: note[:-1],
        lambda note: note.replace("\n7\n", "\n07\n"),
        lambda note: note.replace("\n7\n", "\n-7\n"),
        lambda note: note.replace("=\n\n", "\n\n"),
        lambda note: note.replace("dQ4=\n\n", "dQ5=\n\n"),
        lambda note: note.replace("ledger.example/credit/2026\n", "\n", 1),
        lambda note: note + "— short AAAA\n",
        lambda note: note.replace("=\n\n", "=\nmore\n\n"),
        lambda note: note.replace("— ", "- ", 1),
        lambda note: note.split("\n\n")[0] + "\n\n",
        lambda note: note.split("\n\n")[0] + "\n",
        lambda note: note.replace("ledger.example", "ledger\x1b.example"),
        lambda note: note[1:] if note[0] == "\n" else "\n" + note,
    ],
)
def test_a_malformed_note_is_not_readable(falsify: Callable[[str], str]) -> None:
    with pytest.raises(verify_ledger.Unreadable):
        verify_ledger.read_checkpoint(falsify(NOTE).encode(), "note")


def alone(*arguments: Any) -> subprocess.CompletedProcess[str]:
    """The program without any installed package."""
    command = [sys.executable, "-I", "-S", str(PROGRAM), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env={"PYTHONUTF8": "1"}, check=False
    )


def test_the_file_works_alone_and_never_passes_a_signature_silently(tmp_path: Path) -> None:
    good, bad = saved(tmp_path, vector_log(1).proof(0, 7)), tmp_path / "bad.json"
    bad.write_text(compact({**vector_log(1).proof(0, 7), "index": 1}))
    assert alone("proof", good).returncode == 0
    with_key = alone("proof", good, *TRUST)
    assert with_key.returncode == 3
    assert "没有安装 cryptography" in with_key.stdout
    assert alone("proof", bad, *TRUST).returncode == 1
    export = random_log(1, 300).export(tmp_path / "export")
    assert alone("export", export).returncode == 0
    assert alone("proof", good, "--key", "nonsense").returncode == 2
    assert with_key.stderr == ""


def test_nothing_but_the_standard_library_is_imported_at_the_top() -> None:
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    modules = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert modules <= sys.stdlib_module_names


def test_a_python_without_sm3_refuses_clearly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, vector_log(2).proof(0, 7))

    def without(name: str, data: bytes = b"") -> None:
        raise ValueError(name)

    monkeypatch.setattr(verify_ledger.hashlib, "new", without)
    assert run("proof", path) == 2
    assert "没有 SM3" in capsys.readouterr().out


# ---------------------------------------------------------------- bundles of one stream


@pytest.fixture(scope="module")
def year() -> Log:
    """Some events of five firms, maps at 100 and 280, then more events."""
    return random_log(1, 320, cuts=(100, 280))


@SUITES
def test_a_stream_is_complete(suite: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = random_log(suite, 320, cuts=(100, 280))
    for stream in {event.stream for event in log.events if event.kind != 9}:
        assert run("proof", saved(tmp_path, log.stream(stream, 320, 280)), *TRUST) == 0
        assert "末尾不缺" in capsys.readouterr().out
        assert run("proof", saved(tmp_path, log.stream(stream, 310, None)), *TRUST) == 0
        assert "文件不含总表" in capsys.readouterr().out


def renumbered(found: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    return {**found, "heads": {**found["heads"], name: value}}


STREAM_FAULTS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "gap": (
        lambda found: {**found, "events": found["events"][:3] + found["events"][4:]},
        "number 4 in its stream where 3 was due",
    ),
    "first missing": (lambda found: {**found, "events": found["events"][1:]}, "number 1 in its stream where 0 was due"),
    "repeat": (
        lambda found: {**found, "events": found["events"][:4] + found["events"][3:]},
        "number 3 in its stream where 4",
    ),
    "order": (lambda found: {**found, "events": found["events"][::-1]}, "where 0 was due"),
    "end cut off": (lambda found: {**found, "events": found["events"][:10]}, "the file has 10, or another last one"),
    "everything left out": (lambda found: {**found, "events": []}, "the file has 0"),
    "another stream": (lambda found: {**found, "stream": "00" * 32}, "the entry is of another stream"),
    "line changed": (
        lambda found: renumbered(found, "line", flipped(bytes.fromhex(found["heads"]["line"]), 319).hex()),
        "other root",
    ),
    "line of another": (lambda found: renumbered(found, "line", "00" * 72), "line of the heads map"),
    "line too short": (lambda found: renumbered(found, "line", "00" * 71), "71 bytes instead of 72"),
    "position": (lambda found: renumbered(found, "at", found["heads"]["at"] ^ 1), "line of the heads map"),
    "position beyond": (lambda found: renumbered(found, "at", 99), "is not below the tree size"),
    "count": (lambda found: renumbered(found, "count", 9), "is about another map"),
    "size": (lambda found: renumbered(found, "size", 279), "is about another map"),
    "path too long": (lambda found: renumbered(found, "path", [*found["heads"]["path"], "00" * 32]), "surplus nodes"),
    "path too short": (lambda found: renumbered(found, "path", found["heads"]["path"][:-1]), "lacks nodes"),
    "not a heads event": (lambda found: renumbered(found, "event", found["events"][0]), "not a heads event"),
    "heads event closed": (
        lambda found: renumbered(found, "event", {**found["heads"]["event"], "salt": "erased", "payload": "erased"}),
        "heads event is not open",
    ),
}


@pytest.mark.parametrize("fault", STREAM_FAULTS)
def test_a_stream_with_a_fault_is_refused_with_its_reason(
    fault: str, year: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    falsify, reason = STREAM_FAULTS[fault]
    assert run("proof", saved(tmp_path, falsify(year.stream(year.events[0].stream, 320, 280))), *TRUST) == 1
    assert reason in capsys.readouterr().out


def test_an_event_hidden_before_the_cut_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The log never told the firm of its last event; the map of the day gives it away."""
    log = Log()
    firm = stream_id(1, "示例")
    for at in range(5):
        log.add(2, firm, compact({"n": at}))
    log.cut()
    found = log.stream(firm, 6, 5)
    found["events"].pop()
    assert run("proof", saved(tmp_path, found), *TRUST) == 1
    assert "says 5 events up to 5, the file has 4" in capsys.readouterr().out
