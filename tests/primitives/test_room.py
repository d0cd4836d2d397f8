"""Every way in which our parts say that a disk is full, made on a disk that is."""

import errno
import io
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from rongxin.primitives.room import is_no_room
from tests.disks import Disk, small_disk

ROWS = pl.DataFrame({"text": [f"{number * 7919 % 104729:x}-{number}" for number in range(60_000)]})


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "small", kilobytes=128) as small:
        yield small


def write_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        page = book.add_worksheet()
        for row, text in enumerate(ROWS["text"]):
            page.write_string(row, 0, text)


def write_database(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE told (text)")
        database.executemany("INSERT INTO told VALUES (?)", ROWS.iter_rows())


WRITERS: dict[str, Callable[[Path], object]] = {
    "bytes": lambda path: path.write_bytes(bytes(1 << 20)),
    "Parquet": lambda path: ROWS.lazy().sink_parquet(path),
    "Arrow": ROWS.write_ipc,
    "CSV": ROWS.write_csv,
    "XLSX": write_workbook,
    "SQLite": write_database,
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_is_known_whoever_writes(disk: Disk, writer: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 each library has its own
        WRITERS[writer](disk.at / "made")

    assert is_no_room(caught.value)


def test_it_is_known_by_its_cause_too() -> None:
    told = RuntimeError("could not write")
    told.__cause__ = OSError(errno.ENOSPC, "No space left on device")

    assert is_no_room(told)


@pytest.mark.parametrize(
    "error", [OSError(errno.EACCES, "Permission denied"), ValueError("28"), io.UnsupportedOperation(), None]
)
def test_other_errors_are_something_else(error: BaseException | None) -> None:
    assert not is_no_room(error)
