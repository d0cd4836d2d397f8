"""How a snapshot lies in its folder: buckets, tables and their columns, the manifest, files that are whole or absent.

    manifest.json                       written last: without it there is no snapshot
    subjects/<bucket>.parquet           SUBJECTS, by subject
    records/<kind>/<bucket>.parquet     record_schema(kind), by subject, decided_on, record; one row for each act
    links/<bucket>.parquet              LINKS, by subject, through, other, record
    subjects_replaced.parquet           REPLACED, of a delta only
    deltas/<n>/…                        the same again: every row of each subject that the delta replaces

A bucket holds the subjects whose keys agree above the lowest SHIFT bits; where it has no rows, there is no file. A row stands in
the bucket of its subject. Days are Shanghai dates, money whole fen. No column holds free text, so none can name a person: of what a
kind adds only days, money and words of a closed list are taken.
"""

import errno
import fcntl
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol, TypeVar

import polars as pl

from rongxin.policy.indicator_fields import Form, own_field
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Polarity, Severity
from rongxin.primitives.canonical import canonical_json
from rongxin.primitives.files import sync_folder, write_file

FORMAT: Final = 1
SHIFT: Final = 17
"""A bucket is that of the keys with the same value of ``key >> SHIFT``: 131,072 of them."""

MANIFEST: Final = "manifest.json"
SUBJECTS_TABLE: Final = "subjects"
LINKS_TABLE: Final = "links"
REPLACED_FILE: Final = "subjects_replaced.parquet"
_RECORDS: Final = "records"
_DELTAS: Final = "deltas"
SHAREHOLDING: Final = "shareholding"
"""The kind of record of which links are made."""


class State(IntEnum):
    """Whether a record may count; all but the first may not, whatever the day."""

    COUNTS = 0
    DISPUTED = 1
    ENDED = 2
    UNSUPPORTED = 3
    WITHHELD = 4


class Through(StrEnum):
    """Whether ``other`` holds a share of ``subject``, or ``subject`` one of ``other``."""

    HOLDER = "holder"
    HOLDING = "holding"


Schema = dict[str, pl.DataType]

SUBJECTS: Final[Schema] = {
    "subject": pl.Int64(),
    "uscc": pl.String(),
    "category": pl.String(),
    "status": pl.String(),
    "legal_form": pl.String(),
    "region": pl.String(),
    "industry": pl.String(),
    "scale": pl.String(),
    "established_on": pl.Date(),
}
"""Organisations that are not merged into another; what is not known is null."""

ENVELOPE: Final[Schema] = {
    "subject": pl.Int64(),
    "record": pl.Int64(),
    "decided_on": pl.Date(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "polarity": pl.Enum([word.value for word in Polarity]),
    "severity": pl.Enum([word.value for word in Severity]),
    "amount_fen": pl.Int64(),
    "authority": pl.String(),
    "state": pl.UInt8(),
}
"""What records of every kind have."""

LINKS: Final[Schema] = {
    "subject": pl.Int64(),
    "other": pl.Int64(),
    "through": pl.Enum([word.value for word in Through]),
    "percent": pl.Int64(),
    "decided_on": pl.Date(),
    "valid_to": pl.Date(),
    "record": pl.Int64(),
}
"""Shares between organisations, each written with both its ends, from records that count."""

REPLACED: Final[Schema] = {"subject": pl.Int64()}


HOLDER: Final = "holder_uscc"
PERCENT: Final = "percent"
_TYPES: Final = {Form.DATE: pl.Date(), Form.NUMBER: pl.Int64()}
_OF_SHAREHOLDING: Final[Schema] = {HOLDER: pl.String(), PERCENT: pl.Int64()}


def own_schema(kind: RecordKind) -> Schema:
    """The columns that a snapshot takes of what the kind adds to the envelope: days, money, words of a closed list; and of a
    shareholding the unified code of the holder and its share in whole percent, of which links are made.

    Several words of one cell are parted by ；. What is personal is left out.
    """
    links = _OF_SHAREHOLDING if kind.name == SHAREHOLDING else {}
    taken = {name: links.get(name) or _type(field) for name, field in kind.fields.items() if name not in ENVELOPE}
    return {name: dtype for name, dtype in taken.items() if dtype is not None}


def record_schema(kind: RecordKind) -> Schema:
    """The columns of the records of ``kind``: the envelope, then its own."""
    return {**ENVELOPE, **own_schema(kind)}


def _type(field: KindField) -> pl.DataType | None:
    read = own_field(field)
    if read is None or read.form in _TYPES:
        return None if read is None else _TYPES[read.form]
    return pl.String() if read.several else pl.Enum(list(dict.fromkeys(field.constraints.enum or ())))


def record_schemas(policy: Policy) -> dict[str, Schema]:
    """Of every kind of which there are records."""
    return {name: record_schema(kind) for name, kind in sorted(policy.kinds.items()) if kind.credit.envelope}


def schema_text(schema: Schema) -> dict[str, str]:
    """Column types as the manifest tells them."""
    return {name: str(dtype) for name, dtype in schema.items()}


def bucket_of(subject: int) -> int:
    """The bucket of a subject."""
    return subject >> SHIFT


def records_table(kind: str) -> str:
    """The table of the records of a kind."""
    return f"{_RECORDS}/{kind}"


def bucket_file(table: str, bucket: int) -> str:
    """The path of a bucket of ``table``, from the folder of its base or delta."""
    return f"{table}/{bucket:05d}.parquet"


def delta_folder(snapshot: Path, number: int) -> Path:
    """Where delta ``number`` (1, 2 …) of a snapshot lies."""
    return snapshot / _DELTAS / f"{number:05d}"


@dataclass(frozen=True)
class File:
    """A file that was written: rows, size in bytes, SHA-256 in hex."""

    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Count:
    """What a bucket holds, as the database counts it, too: subjects, records of all kinds, and the sum of the keys of each."""

    subjects: int = 0
    subject_keys: int = 0
    records: int = 0
    record_keys: int = 0


@dataclass(frozen=True)
class Manifest:
    """What a base or a delta is.

    ``position``: of the last record event taken in; ``known_at``: the instant up to which things were known. ``rules``: SHA-256 of
    what of the policy the rows depend on (``rules_digest``). ``kinds``: the columns of each. ``files``: by path. ``buckets``: those
    that hold anything. ``unresolved``: acts that are nobody's, which stand in no bucket; none are counted in a delta.
    ``outside``: acts of kinds that the policy does not know, by kind. ``emptied``: cells left empty because the present kind does
    not know their word, by "kind.column". ``parts``: ids of the base and of the deltas that lie before a delta; none of a base.
    """

    position: int
    known_at: datetime
    policy: str
    rules: str
    kinds: dict[str, dict[str, str]]
    files: dict[str, File]
    buckets: dict[int, Count]
    unresolved: int
    outside: dict[str, int] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    format: int = FORMAT
    id: str = ""

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(file.rows for file in self.files.values())

    def json(self) -> str:
        """As canonical JSON."""
        content = asdict(self) | {"known_at": self.known_at.astimezone(UTC).isoformat()}
        return canonical_json(content)

    @classmethod
    def of_json(cls, text: str) -> "Manifest":
        """The manifest that ``json`` wrote; ValueError for any other text, another format, or a changed manifest."""
        try:
            content: dict[str, Any] = json.loads(text)
            if content["format"] != FORMAT:
                raise ValueError(f"format {content['format']}, not {FORMAT}")
            manifest = cls(
                **content
                | {
                    "known_at": datetime.fromisoformat(content["known_at"]),
                    "files": {path: File(**file) for path, file in content["files"].items()},
                    "buckets": {int(bucket): Count(**count) for bucket, count in content["buckets"].items()},
                    "parts": tuple(content["parts"]),
                }
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no manifest of a snapshot: {error!r}") from error
        if identified(manifest).id != manifest.id:
            raise ValueError("the manifest was changed: its id is not that of its content")
        return manifest


class Identified(Protocol):
    """What has an id that follows from all the rest that it says."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def json(self) -> str:
        """As canonical JSON."""
        ...


ToldT = TypeVar("ToldT", bound=Identified)


def identified(told: ToldT) -> ToldT:
    """With its id: the first 32 digits of the SHA-256 of all the rest, and with the hashes of its files of all their bytes."""
    nameless = replace(told, id="")
    return replace(nameless, id=hashlib.sha256(nameless.json().encode()).hexdigest()[:32])


def rules_digest(policy: Policy) -> str:
    """SHA-256 of what of ``policy`` the rows of a snapshot depend on. A delta under other rules than its base would not say what a
    new base says: which columns a kind has, which kinds end with validity or are lists, on which day a document ends.
    """
    content = {
        "kinds": {name: schema_text(schema) for name, schema in record_schemas(policy).items()},
        "lists": sorted(name for name, kind in policy.kinds.items() if kind.credit.listing),
        "ends_with_validity": sorted(name for name, kind in policy.kinds.items() if kind.credit.ends_with_validity),
        "ends_on": {name: str(each.last_day) for name, each in policy.documents.items() if each.last_day},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def write_table(folder: Path, path: str, rows: pl.DataFrame) -> File:
    """Write ``rows`` as the Parquet file ``path`` of ``folder``, whole or not at all. OSError where the disk is full."""
    octets = io.BytesIO()
    # Bounds of columns take a fifth of the writing, and would spare only the look at one enterprise half a millisecond.
    rows.write_parquet(octets, compression="zstd", compression_level=1, statistics=False)
    written = octets.getvalue()
    write_file(folder / path, written)
    return File(rows.height, len(written), hashlib.sha256(written).hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Write the manifest, with its id, as the last file of ``folder``: from now on the base or delta exists."""
    named = identified(manifest)
    write_file(folder / MANIFEST, named.json().encode())
    return named


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a base or delta; FileNotFoundError where there is none, ValueError where it is not whole."""
    try:
        return Manifest.of_json((folder / MANIFEST).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{folder / MANIFEST}: {error}") from error


@dataclass(frozen=True)
class Snapshot:
    """A base and its deltas in order: the state of the last of them. A run names its ``id``."""

    folder: Path
    parts: tuple[Manifest, ...]

    @property
    def last(self) -> Manifest:
        """The newest part."""
        return self.parts[-1]

    @property
    def id(self) -> str:
        """Of the newest part, which names those before it."""
        return self.last.id

    def folder_of(self, part: int) -> Path:
        """Where part 0 (the base), 1, 2 … lies."""
        return delta_folder(self.folder, part) if part else self.folder

    @classmethod
    def at(cls, folder: Path, id: str | None = None) -> "Snapshot":
        """The snapshot in ``folder``, up to the part with this id, or the newest.

        FileNotFoundError where there is none, ValueError where a manifest is damaged or does not follow the one before it.
        """
        parts = [read_manifest(folder)]
        while parts[-1].id != id:
            try:
                parts.append(read_manifest(delta_folder(folder, len(parts))))
            except FileNotFoundError:
                break
            if parts[-1].parts != tuple(part.id for part in parts[:-1]):
                raise ValueError(
                    f"{delta_folder(folder, len(parts) - 1)} belongs to another snapshot than {parts[0].id}"
                )
        if id not in (None, parts[-1].id):
            raise FileNotFoundError(errno.ENOENT, f"no snapshot {id}", str(folder))
        return cls(folder, tuple(parts))


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder that becomes ``target`` when the block is over, and is gone when it fails.

    FileExistsError where ``target`` stands. What killed processes left beside it is removed; two at once do not meet, and the
    second to end fails.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{target.name}-"
    for left in target.parent.glob(f"{prefix}*"):
        with suppress(FileNotFoundError, BlockingIOError), held(left):
            shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    try:
        with held(folder):
            yield folder
            folder.rename(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    sync_folder(target.parent)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep the folder while the block runs, or until the process is killed; BlockingIOError where another holds it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
