"""Where tests write: in memory; and disks that are really full, mounted for the time of a block."""

import gc
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

MEMORY = "/dev/shm"
MEMORY_NEEDED = 4 << 30
"""Bytes; in containers there may be as few as 64 MB."""


def in_memory() -> str | None:
    """A folder in memory, where there is one with room: what is written outlives no run, so no disk has to be waited for."""
    try:
        is_roomy = shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED and os.access(MEMORY, os.W_OK)
    except FileNotFoundError:
        return None
    return MEMORY if is_roomy else None


@dataclass(frozen=True)
class Disk:
    """A small file system at ``at``."""

    at: Path

    def fill(self, *, but: int = 0) -> None:
        """Leave no room at all, or ``but`` bytes."""
        with (self.at / "ballast").open("wb", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                try:
                    while file.write(b"x" * size):
                        pass
                except OSError:
                    continue
            file.truncate(file.tell() - but)

    def free(self) -> None:
        """There is room again."""
        (self.at / "ballast").unlink()

    def grow(self, megabytes: int) -> None:
        """The same disk, larger."""
        _mount("-o", f"remount,size={megabytes}m", str(self.at))


@contextmanager
def small_disk(at: Path, *, kilobytes: int) -> Iterator[Disk]:
    """Lay a file system of this size over the folder ``at``; what it held comes back afterwards."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a small disk is mounted by root only")
    at.mkdir(parents=True, exist_ok=True)
    mounted = _mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "small", str(at))
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield Disk(at)
    finally:
        gc.collect()  # half-written files of libraries complain now and not in a later test
        subprocess.run(["umount", "--lazy", str(at)], check=True)


def _mount(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
