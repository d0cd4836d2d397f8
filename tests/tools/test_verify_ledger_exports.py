"""Whole exports: right ones pass, every fault is told with the entry and the reason (ledger/1, §4–§6)."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import slow
from tests.tools.ledger_building import ORIGIN, Log, compact, index_path, random_log, stream_id
from tests.tools.ledger_running import SUITES, TRUST, flipped, note_of_another_log, run, vector_log
from tests.tools.ledger_vectors import WITNESS_KEY
from tools import verify_ledger


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One export of 700 entries: two whole tiles and a partial one, partial tiles of earlier sizes, five maps."""
    log = random_log(1, 700, cuts=(0, 5, 256, 300, 699))
    log.events[7].state, log.events[9].state = "erased", "sealed"
    return log.export(tmp_path_factory.mktemp("shelf") / "export", (0, 1, 200, 255, 256, 257, 600))


@pytest.fixture
def export(shelf: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(shelf, tmp_path / "export"))


def test_an_export_is_right(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", shelf, *TRUST) == 0
    told = capsys.readouterr().out
    for part in (
        "条目 700 条，6 个流",
        "检查点 9 个",
        "总表 5 个，最后一个截至 699",
        "698 条与承诺值相符，1 条已销毁，1 条密封",
    ):
        assert part in told
    assert "1 erased payloads are named by no erasure event" in told


@SUITES
@pytest.mark.parametrize("size", [0, 1, 2, 7, 255, 256, 257, 512, 1000])
def test_exports_of_all_shapes_are_right(suite: int, size: int, tmp_path: Path) -> None:
    log = random_log(suite, size, cuts=(size // 2,))
    assert run("export", log.export(tmp_path / "export", (0, size // 3)), *TRUST) == 0


@SUITES
def test_the_export_of_the_vectors(suite: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = vector_log(suite)
    log.cut()
    log.events[0].state = "erased"
    assert run("export", log.export(tmp_path / "export", tuple(range(8))), *TRUST) == 0
    told = capsys.readouterr().out
    assert "条目 8 条，3 个流" in told
    assert "没有找到写明其序号的销毁事件" not in told


def test_an_export_without_payloads_and_keys_is_right(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (export / "payloads.jsonl").unlink()
    (export / "keys.json").unlink()
    assert run("export", export, *TRUST) == 0
    assert "导出中没有 payloads.jsonl" in capsys.readouterr().out


def test_index_paths_are_those_of_the_tiles_specification() -> None:
    assert verify_ledger.number_path(1234067) == "x001/x234/067" == index_path(1234067)
    assert [verify_ledger.number_path(at) for at in (0, 999, 1000)] == ["000", "999", "x001/000"]


def edit(path: Path, at: int, data: bytes) -> None:
    found = bytearray(path.read_bytes())
    found[at : at + len(data)] = data
    path.write_bytes(bytes(found))


def bit(name: str, at: int) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(flipped((folder / name).read_bytes(), at)) and None


def cut_off(name: str, by: int = 1) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-by]) and None


def append(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + data) and None


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    def falsify(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return falsify


FRAME, BUNDLE = 120, "tile/entries/001"
EXPORT_FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "bit of a kind": (bit(BUNDLE, 8 * (FRAME * 3 + 6) + 1), "entry 259: "),
    "bit of a time": (bit(BUNDLE, 8 * (FRAME * 3 + 15)), "entry 259: "),
    "bit of a stream": (bit(BUNDLE, 8 * (FRAME * 3 + 30)), "entry 259: "),
    "bit of a number": (bit(BUNDLE, 8 * (FRAME * 3 + 55)), "entry 259: 流内编号应为"),
    "bit of a previous leaf": (bit(BUNDLE, 8 * (FRAME * 3 + 60)), "entry 259: 与同一流的上一条不衔接"),
    "bit of a commitment": (bit(BUNDLE, 8 * (FRAME * 3 + 100)), "entry 259: 与哈希瓦片 tile/0/001 第 3 个不符"),
    "another suite": (lambda folder: edit(folder / BUNDLE, FRAME * 3 + 7, b"\x02"), "entry 259: 条目的套件是 2"),
    "unknown kind": (lambda folder: edit(folder / BUNDLE, FRAME * 3 + 6, b"\x0b"), "entry 259: 没有种类 11"),
    "no magic": (lambda folder: edit(folder / BUNDLE, FRAME * 3 + 2, b"X"), "entry 259: 条目不以 LGR1 开头"),
    "entry length": (lambda folder: edit(folder / BUNDLE, FRAME * 3 + 1, b"\x75"), "entry 259: 条目长 117 字节"),
    "bundle cut off": (cut_off(BUNDLE), "entry 511: tile/entries/001 在这一条中断"),
    "bundle cut off by an entry": (cut_off(BUNDLE, FRAME), "entry 511: "),
    "bundle too long": (append(BUNDLE, b"\0"), "surplus bytes"),
    "bundle missing": (without("tile/entries/000"), "tile/entries/000 is missing"),
    "partial bundle missing": (without("tile/entries/002.p/188"), "tile/entries/002.p/188 is missing"),
    "partial bundle cut off": (cut_off("tile/entries/002.p/188", 7), "entry 699: "),
    "tile changed": (bit("tile/0/000", 8 * 32 * 5), "entry 5: 与哈希瓦片 tile/0/000 第 5 个不符"),
    "partial tile changed": (bit("tile/0/002.p/188", 0), "entry 512: 与哈希瓦片"),
    "upper tile changed": (bit("tile/1/000.p/2", 300), "tile/1/000"),
    "tile cut off": (cut_off("tile/0/001", 32), "8160 bytes instead of 8192"),
    "tile too long": (append("tile/0/001", b"\0"), "8193 bytes instead of 8192"),
    "tile missing": (without("tile/0/001"), "tile/0/001 is missing"),
    "upper tile missing": (without("tile/1/000.p/2"), "tile/1/000.p/2 is missing"),
    "older partial tile changed": (bit("tile/0/000.p/200", 9), "tile/0/000.p/200 is not the beginning"),
    "older partial tile cut off": (cut_off("tile/0/000.p/200", 32), "tile/0/000.p/200 is not the beginning"),
    "older partial bundle changed": (bit("tile/entries/000.p/200", 999), "tile/entries/000.p/200 is not the beginning"),
    "map line changed": (bit("heads/300", 8 * 72 + 300), "line 1 of heads/300"),
    "map line missing": (cut_off("heads/300", 72), "line 5 of heads/300"),
    "map line too many": (append("heads/300", b"\0" * 72), "heads/300 has surplus lines"),
    "map missing": (without("heads/300"), "heads/300 is missing"),
    "map of no event": (lambda folder: (folder / "heads/301").write_bytes(b""), "heads/301 has no event"),
    "heads event not opened": (without("heads/256.json"), "no file of heads/ opens this heads event"),
    "heads event at another index": (replaced("heads/256.json", '"index":256', '"index":257'), "heads event"),
    "heads event before its cut": (replaced("heads/256.json", '"index":256', '"index":200'), "not after its cut"),
    "heads event beyond": (replaced("heads/256.json", '"index":256', '"index":2560'), "not after its cut"),
    "heads payload changed": (
        replaced("heads/256.json", '\\"lines\\":6', '\\"lines\\":7'),
        "line count of the heads event",
    ),
    "payload changed": (
        replaced("payloads.jsonl", '\\"n\\":400}', '\\"n\\":401}'),
        "entry 400: 内容或盐与条目的承诺值不符",
    ),
    "salt changed": (replaced("payloads.jsonl", '"index":0,"salt":"', '"index":0,"salt":"00'), "entry 0: "),
    "payload twice": (append("payloads.jsonl", b'{"index":7,"erased":true}\n'), "entry 7: 同一条的内容出现两次"),
    "payload beyond": (append("payloads.jsonl", b'{"index":700,"erased":true}\n'), "an index outside the log"),
    "payload without index": (append("payloads.jsonl", b'{"erased":true}\n'), "line 701 of payloads.jsonl"),
    "payloads cut off": (cut_off("payloads.jsonl", 9), "line 700 of payloads.jsonl is not readable"),
    "old checkpoint of another size": (
        replaced("checkpoints/257", "\n257\n", "\n258\n"),
        "checkpoints/257 says size 258",
    ),
    "old checkpoint unsigned": (replaced("checkpoints/257", "— ledger", "— another"), "no signature"),
    "old checkpoint cut off": (cut_off("checkpoints/257"), "checkpoints/257: not a checkpoint"),
    "suite of the keys": (replaced("keys.json", '"suite":1', '"suite":2'), "the entry is of suite 1, the log of 2"),
    "unknown suite": (replaced("keys.json", '"suite":1', '"suite":3'), "unknown suite 3"),
}


@pytest.mark.parametrize("fault", EXPORT_FAULTS)
def test_an_export_with_a_fault_is_refused_with_its_reason(
    fault: str, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    falsify, reason = EXPORT_FAULTS[fault]
    falsify(export)
    assert run("export", export, *TRUST) == 1
    assert reason in capsys.readouterr().out


def test_the_first_wrong_entry_is_named(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(export / BUNDLE, FRAME * 3 + 6, b"\x0b")
    edit(export / "tile/0/000", 32 * 9, b"\0")
    assert run("export", export, *TRUST) == 1
    assert "最先 FIRST   第 9 条 entry 9: " in capsys.readouterr().out


def test_many_faults_are_counted_and_few_printed(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = export / "payloads.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("read", "look"), encoding="utf-8")
    assert run("export", export, *TRUST) == 1
    told = capsys.readouterr().out
    assert told.count("错误 WRONG") == 21
    assert "not to be trusted: 693 faults" in told


def test_not_an_export(tmp_path: Path, export: Path) -> None:
    assert run("export", tmp_path / "absent") == 2
    (export / "checkpoint").write_text("x")
    assert run("export", export) == 2


def test_files_beyond_the_checkpoint_are_told(export: Path, shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An export taken while the log grows: tiles come before the checkpoint that covers them."""
    shutil.copy(shelf / "checkpoints/600", export / "checkpoint")
    for late in ("checkpoints/700", "heads/699", "heads/699.json"):
        (export / late).unlink()
    path = export / "payloads.jsonl"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:600]), encoding="utf-8")
    (export / "tile/0/stray").write_bytes(b"")
    assert run("export", export, *TRUST) == 0
    told = capsys.readouterr().out
    assert "2 tile files reach beyond the newest checkpoint" in told
    assert "1 files in tile are not known" in told


def test_the_end_of_the_log_cut_off_is_found(export: Path, shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(shelf / "checkpoints/600", export / "checkpoint")
    assert run("export", export, *TRUST) == 1
    assert "checkpoints/700 is larger than the newest checkpoint (600)" in capsys.readouterr().out


def test_a_kept_checkpoint_of_the_same_history(shelf: Path, tmp_path: Path) -> None:
    log = random_log(1, 700, cuts=(0, 5, 256, 300, 699))
    for size in (0, 300, 511, 700):
        note = tmp_path / "kept"
        note.write_text(log.note(size), encoding="utf-8")
        assert run("export", shelf, "--since", note, *TRUST) == 0


@pytest.mark.parametrize("size", [300, 512, 700])
def test_a_kept_checkpoint_of_another_history(
    size: int, shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = tmp_path / "kept"
    note.write_text(random_log(1, 700, firms=4).note(size), encoding="utf-8")
    assert run("export", shelf, "--since", note, *TRUST) == 1
    assert f"kept: its root is not that of the first {size} entries: another history" in capsys.readouterr().out


def test_a_kept_checkpoint_larger_than_the_export_or_of_another_log(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, note = random_log(1, 710, cuts=(0, 5, 256, 300, 699)), tmp_path / "kept"
    note.write_text(log.note(710), encoding="utf-8")
    assert run("export", shelf, "--since", note, *TRUST) == 1
    note.write_text(note_of_another_log(log, 300), encoding="utf-8")
    assert run("export", shelf, "--since", note) == 1
    assert "kept is of another log" in capsys.readouterr().out
    assert run("export", shelf, "--since", tmp_path / "absent") == 2


def test_a_wrong_key_for_an_export(shelf: Path) -> None:
    assert run("export", shelf, "--key", f"{ORIGIN}={WITNESS_KEY[1]}") == 1


# ---------------------------------------------------------------- a log that was wrong from the beginning


def dishonest(fault: str) -> Log:
    """A log whose tree, tiles and signatures are right and whose entries break the rules of §4 or §6."""
    log, firm = Log(), stream_id(1, "示例甲")
    for at in range(4):
        log.add(2, firm, compact({"n": at}))
        log.add(1, stream_id(1, f"示例{at}"), "{}")
    last = log.leaves[6]
    if fault == "gap":
        log.append(2, firm, "{}", 5, last)
    elif fault == "number repeated":
        log.append(2, firm, "{}", 3, last)
    elif fault == "fork":
        log.append(2, firm, "{}", 4, log.leaves[4])
    elif fault == "new stream not from zero":
        log.append(2, stream_id(1, "示例乙"), "{}", 1, bytes(32))
    elif fault == "new stream with a past":
        log.append(2, stream_id(1, "示例乙"), "{}", 0, last)
    elif fault == "time falls":
        log.append(2, firm, "{}", 4, last, time=1767225600000)
    elif fault == "suite mixed":
        log.append(2, firm, "{}", 4, last, suite=2)
    elif fault == "kind":
        log.append(11, firm, "{}", 4, last)
    elif fault == "magic":
        log.append(2, firm, "{}", 4, last, magic=b"LGR2")
    elif fault == "number wraps":
        log.append(2, firm, "{}", 2**64 - 1, last)
    elif fault == "map leaves a stream out":
        log.cut(log.heads(8)[1:])
    elif fault == "map hides an event":
        line = next(line for line in log.heads(6) if line.startswith(firm))
        log.cut(sorted([line, *(other for other in log.heads(8) if not other.startswith(firm))]))
    else:
        log.cut(log.heads(8)[::-1])
    log.add(1, stream_id(1, "示例丙"), "{}")
    return log


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("gap", "流内编号应为 4，却是 5"),
        ("number repeated", "流内编号应为 4，却是 3"),
        ("fork", "与同一流的上一条不衔接"),
        ("new stream not from zero", "流内编号应为 0，却是 1"),
        ("new stream with a past", "与同一流的上一条不衔接"),
        ("time falls", "时间早于同一流的上一条"),
        ("suite mixed", "条目的套件是 2，账本的是 1"),
        ("kind", "没有种类 11"),
        ("magic", "条目不以 LGR1 开头"),
        ("number wraps", "流内编号应为 4"),
        ("map leaves a stream out", "总表事件的根或行数不是由条目算得的"),
        ("map hides an event", "总表事件的根或行数不是由条目算得的"),
        ("map not sorted", "总表事件的根或行数不是由条目算得的"),
    ],
)
def test_a_log_that_lied_from_the_beginning_is_refused(
    fault: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", dishonest(fault).export(tmp_path / "export"), *TRUST) == 1
    told = capsys.readouterr().out
    assert "entry 8: " in told
    assert reason in told


# ---------------------------------------------------------------- properties


@given(
    suite=st.sampled_from([1, 2]),
    size=st.integers(0, 600),
    firms=st.integers(1, 9),
    cuts=st.sets(st.integers(0, 599), max_size=3),
    sizes=st.sets(st.integers(0, 600), max_size=5),
)
@settings(max_examples=slow(), deadline=None)
def test_random_logs_are_right(
    suite: int, size: int, firms: int, cuts: set[int], sizes: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = random_log(suite, size, firms, tuple(cuts))
    folder = log.export(tmp_path_factory.mktemp("random") / "export", tuple(at for at in sizes if at <= size))
    assert run("export", folder, *TRUST) == 0
    shutil.rmtree(folder)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=slow(), deadline=None)
def test_an_export_with_any_bit_changed_is_refused(
    seed: int, shelf: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(seed)
    files = sorted(
        path for path in shelf.rglob("*") if path.is_file() and path.stat().st_size and path.name != "keys.json"
    )
    path = chance.choice(files)
    before = path.read_bytes()
    path.write_bytes(flipped(before, chance.randrange(8 * len(before))))
    try:
        assert run("export", shelf, *TRUST) in (1, 2)
    finally:
        path.write_bytes(before)


def test_an_export_lacking_any_file_is_refused(shelf: Path, tmp_path: Path) -> None:
    """Files that may be absent: the hint, the restricted payloads, old checkpoints and old partial tiles."""
    for path in sorted(path for path in shelf.rglob("*") if path.is_file()):
        name = path.relative_to(shelf).as_posix()
        newest = name.endswith(("002.p/188", "1/000.p/2"))
        if name in ("keys.json", "payloads.jsonl") or name.startswith("checkpoints/") or (".p/" in name and not newest):
            continue
        path.rename(tmp_path / "away")
        assert run("export", shelf, *TRUST) in (1, 2), name
        (tmp_path / "away").rename(path)


@pytest.mark.soak
def test_an_export_with_whole_upper_tiles(tmp_path: Path) -> None:
    log, firm, before = Log(), stream_id(1, "示例"), bytes(32)
    for at in range(65_536 + 300):
        log.append(2, firm, "{}", at, before)
        before = log.leaves[-1]
    export = log.export(tmp_path / "export", (65_535, 65_536, 65_537))
    assert run("export", export, *TRUST) == 0
    edit(export / "tile/1/000", 32 * 200, b"\0\0")
    assert run("export", export, *TRUST) == 1
