"""The database file of SQLite, read once from end to end, so that what is asked first after a start need not wait for the disk.

Always in a process of its own: SQLite's locks are those of the process, and closing the file a second time would drop them all.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from django.db import connection

PART: Final = 4 << 20  # bytes read at once
SHARE: Final = 2
"""Read where the file fills at most this part of the free memory: what does not fit would push itself out again."""


def fits(size: int, free: int) -> bool:
    """Whether a file of ``size`` bytes may be read into ``free`` bytes of memory."""
    return 0 < size <= free // SHARE


def free_memory() -> int:
    """Bytes of memory to be had: what nothing uses, and on Linux what only remembers files."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def read_through(path: Path) -> int:
    """Read the file and forget what it says; how many bytes."""
    read = 0
    with path.open("rb", buffering=0) as file:
        while part := file.read(PART):
            read += len(part)
    return read


def warm() -> bool:
    """Have the database file of this platform read by another process, and wait for it; False where there is none, or where it
    does not fit into memory.
    """
    path = Path(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or not path.is_file() or not fits(path.stat().st_size, free_memory()):
        return False
    return subprocess.run([sys.executable, "-m", "rongxin.storage.warming", path], check=False).returncode == 0  # noqa: S603


def warm_beside() -> threading.Thread:
    """:func:`warm` beside the work of this process."""
    thread = threading.Thread(target=warm, name="warming", daemon=True)
    thread.start()
    return thread


if __name__ == "__main__":
    os.nice(10)
    read_through(Path(sys.argv[1]))
