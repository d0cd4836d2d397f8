"""The bulk files for everybody: which edition holds now, and whether it may still be given out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from config.environment import environment
from rongxin.disclosure.models import BulkEdition

HOLDS: Final = timedelta(hours=1)
"""So long after everything in it was seen to be on display an edition is given out: a worker that stopped takes it away."""
MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFile:
    """One file of an edition. ``part``: full or delta; ``form``: csv, jsonl or xlsx."""

    name: str
    part: str
    form: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The files that hold now. ``counts``: what ADD, MOD and DEL count in the changes since ``base``, empty without one.

    ``left_out``: parts that no workbook can hold.
    """

    version: str
    base: str
    day: date
    made_at: datetime
    confirmed_at: datetime
    rows: int
    counts: dict[str, int]
    files: tuple[BulkFile, ...]
    left_out: tuple[str, ...]
    manifest: dict[str, Any]


def current() -> Edition | None:
    """The edition that holds now; None before the first, and where nobody has confirmed it for an hour."""
    found = newest()
    if found is None or found.confirmed_at <= timezone.now() - HOLDS:
        return None
    told = found.manifest
    return Edition(
        version=found.version,
        base=found.base,
        day=found.day,
        made_at=found.made_at,
        confirmed_at=found.confirmed_at,
        rows=told["records"],
        counts=told["delta"]["counts"] if told["delta"] else {},
        files=tuple(
            BulkFile(
                name=each["name"],
                part=each["part"],
                form=each["format"],
                rows=each["rows"],
                size=each["bytes"],
                sha256=each["sha256"],
            )
            for each in told["files"]
        ),
        left_out=tuple(each["name"] for each in told["left_out"]),
        manifest=told,
    )


def newest() -> BulkEdition | None:
    """The edition that was made last, whether it still holds or not."""
    return BulkEdition.objects.order_by("-pk").first()


def was_made(version: str) -> bool:
    """Whether there ever was an edition of this version."""
    return BulkEdition.objects.filter(version=version).exists()


def folder_of(version: str) -> Path:
    """Where the files of an edition are."""
    return root() / version


def root() -> Path:
    """The folder of all editions."""
    return environment.var / "bulk"
