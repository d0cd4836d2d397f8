"""Where the files of a batch lie, and how long.

``received/<batch>`` holds the file as sent and lives until the batch is finished, outside backups; so do temporary copies of it.
``batches/<batch>/`` holds what is kept: the return workbook, the blanked copy, the rows that a person was asked about, and, until
they are recorded, the accepted rows. What a killed process leaves over goes with the next attempt, or with intake.tidy.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.environment import environment

PART: Final = 1 << 20
ARRIVING: Final = "arriving-"
READING: Final = "reading-"
MAKING: Final = "making-"


class TooLarge(ValueError):
    """The file is larger than the platform takes; ``limit`` in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


@dataclass(frozen=True)
class Arrived:
    """A file written whole to disk, not yet of any batch."""

    path: Path
    size: int
    sha256: str


def received_path(batch: str) -> Path:
    """The file as it was sent."""
    return environment.var / "received" / batch


def accepted_path(batch: str) -> Path:
    """Accepted rows waiting for release (Parquet)."""
    return environment.var / "batches" / batch / "accepted.parquet"


def waiting_path(batch: str) -> Path:
    """Rows that wait for a person, as a release would record them (Parquet)."""
    return environment.var / "batches" / batch / "waiting.parquet"


def return_path(batch: str) -> Path:
    """The return workbook: failing rows with their reasons."""
    return environment.var / "batches" / batch / "returned.xlsx"


def copy_path(batch: str) -> Path:
    """The table as received, with refused rows, identity and telephone numbers blanked."""
    return environment.var / "batches" / batch / "received.csv"


def columns_path(batch: str) -> Path:
    """The columns of a batch that waits until a person tells them (JSON)."""
    return environment.var / "batches" / batch / "columns.json"


def filled_path(batch: str) -> Path:
    """What the sender said once for all rows of the batch (JSON)."""
    return environment.var / "batches" / batch / "filled.json"


def round_path(batch: str) -> Path:
    """Which rows of the first file a corrected file holds, and which of them were mended (JSON)."""
    return environment.var / "batches" / batch / "round.json"


def take(parts: Iterable[bytes]) -> Arrived:
    """Write ``parts`` to disk and hash them. Raises TooLarge, and OSError where the disk is full; then nothing is left behind."""
    folder = environment.var / "received"
    folder.mkdir(parents=True, exist_ok=True)
    limit = environment.upload_limit_mb << 20
    digest, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=folder, prefix=ARRIVING)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            for part in parts:
                size += len(part)
                if size > limit:
                    raise TooLarge(limit)
                digest.update(part)
                out.write(part)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        path.unlink()
        raise
    return Arrived(path, size, digest.hexdigest())


def parts_of(path: Path) -> Iterable[bytes]:
    """The bytes of a file, PART at a time."""
    with path.open("rb") as source:
        while part := source.read(PART):
            yield part


def keep(arrived: Arrived, batch: str) -> None:
    """Give an arrived file to its newborn batch."""
    begin(batch)
    os.replace(arrived.path, received_path(batch))


def begin(batch: str) -> None:
    """A newborn batch begins with an empty folder.

    Its number may have been given before: a database restored from a backup does not know the batches made since.
    """
    forget(batch)
    accepted_path(batch).parent.mkdir(parents=True)


def forget(batch: str) -> None:
    """Remove every file of a batch that never was."""
    received_path(batch).unlink(missing_ok=True)
    folder = accepted_path(batch).parent
    if folder.exists():
        shutil.rmtree(folder)


@contextmanager
def reading(batch: str) -> Iterator[Path]:
    """A folder for temporary copies of the received file, beside it: like it they may hold what must not be kept."""
    with _fresh(received_path(batch).parent, f"{READING}{batch}-") as folder:
        yield folder


@contextmanager
def making(batch: str) -> Iterator[Path]:
    """A folder in which files of the batch are made before they are put in place whole."""
    with _fresh(accepted_path(batch).parent, MAKING) as folder:
        yield folder


@contextmanager
def _fresh(parent: Path, prefix: str) -> Iterator[Path]:
    """An empty folder for the time of the block; those that killed attempts left are removed."""
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=prefix) as name:
        yield Path(name)


def drop_received(batch: str) -> None:
    """The batch is finished: the received file and the waiting rows go, the return workbook and the blanked copy stay."""
    received_path(batch).unlink(missing_ok=True)
    accepted_path(batch).unlink(missing_ok=True)


def replace_whole(made: Path, target: Path) -> None:
    """Put a finished file in place at once, so that no reader sees half of it."""
    os.replace(made, target)


def write_whole(target: Path, text: str, batch: str) -> None:
    """Write ``text`` as a file of the batch, whole or not at all."""
    with making(batch) as folder:
        made = folder / target.name
        made.write_text(text, encoding="utf-8")
        replace_whole(made, target)
