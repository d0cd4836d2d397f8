"""The database file is read once at a start, by another process and only where it fits into memory."""

import os
from pathlib import Path

import pytest
from django.db import connection

from rongxin.storage import warming


@pytest.mark.parametrize(
    ("size", "free", "does"), [(0, 100, False), (1, 2, True), (50, 100, True), (51, 100, False), (1, 0, False)]
)
def test_what_fits(size: int, free: int, does: bool) -> None:
    assert warming.fits(size, free) is does


def test_what_only_remembers_files_is_to_be_had() -> None:
    unused = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < warming.free_memory() <= whole
    assert warming.free_memory() > unused // 2


def test_the_whole_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "made.sqlite3"
    file.write_bytes(bytes(warming.PART + 1))
    assert warming.read_through(file) == warming.PART + 1


def test_another_process_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "made.sqlite3"
    file.write_bytes(b"made up")
    monkeypatch.setattr(connection, "vendor", "sqlite")
    monkeypatch.setitem(connection.settings_dict, "NAME", file)
    read: list[str] = []
    monkeypatch.setattr(warming, "read_through", lambda path: read.append(path) or 0)
    assert warming.warm()
    assert read == []
    monkeypatch.setattr(warming, "free_memory", lambda: 1)
    assert not warming.warm()


def test_a_server_keeps_its_own_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    assert not warming.warm()
