"""What the parser of workbooks does not tell of an XLSX file: hidden rows and columns, the 1904 date system, which parts
are worksheets. Runs in the parser's process; entity declarations are refused.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Final
from xml.parsers import expat

CHUNK: Final = 1 << 20
_HIDDEN: Final = re.compile(rb"hidden\s*=")
_LONGEST_ATTRIBUTE: Final = 32
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_LETTERS: Final = re.compile("[A-Z]+")
_TRUE: Final = ("1", "true", "on")
_ROOT: Final = "xl"


class EntitiesDeclared(Exception):
    """An XML part declares a document type, the only place where entities can be declared."""


class _Enough(Exception):
    """Nothing more is wanted of a part."""


@dataclass(slots=True)
class Hidden:
    """``rows``: first and last number of each run of hidden rows. ``columns``: indices from the first used column."""

    rows: list[tuple[int, int]] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)

    def add_row(self, row: int) -> None:
        """Rows come in ascending order."""
        if self.rows and self.rows[-1][1] == row - 1:
            self.rows[-1] = (self.rows[-1][0], row)
        else:
            self.rows.append((row, row))


@dataclass(frozen=True, slots=True)
class Structure:
    """``parts``: worksheet → its part in the archive. ``others``: sheets that are charts or dialogs."""

    parts: Mapping[str, str]
    others: frozenset[str]
    counts_from_1904: bool


def refuse_entities(archive: zipfile.ZipFile) -> None:
    """EntitiesDeclared if any XML part has a document type. Only what stands before the first element is read."""
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels", ".vml")):
            with archive.open(member) as part:
                _until_first_element(part)


def structure(archive: zipfile.ZipFile) -> Structure:
    """The sheets of the workbook."""
    targets: dict[str, tuple[str, str]] = {}
    for name, attributes in _elements(archive, f"{_ROOT}/_rels/workbook.xml.rels"):
        if name == "Relationship":
            target = posixpath.normpath(posixpath.join("/", _ROOT, attributes.get("Target", ""))).lstrip("/")
            targets[attributes.get("Id", "")] = (target, attributes.get("Type", ""))
    parts: dict[str, str] = {}
    others = set()
    counts_from_1904 = False
    for name, attributes in _elements(archive, f"{_ROOT}/workbook.xml"):
        if name == "workbookPr":
            counts_from_1904 = attributes.get("date1904") in _TRUE
        if name == "sheet":
            reference = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            target, kind = targets.get(reference, ("", ""))
            if kind.endswith("/worksheet"):
                parts[attributes.get("name", "")] = target
            else:
                others.add(attributes.get("name", ""))
    return Structure(parts, frozenset(others), counts_from_1904)


def hidden(archive: zipfile.ZipFile, part: str) -> Hidden:
    """The hidden rows and columns of a worksheet. A sheet in which nothing is hidden is only searched for the word."""
    if part not in archive.namelist() or not _mentions_hidden(archive, part):
        return Hidden()
    return _Rows().read(archive, part)


def _mentions_hidden(archive: zipfile.ZipFile, part: str) -> bool:
    last = b""
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            if chunk.startswith(_UTF16) or _HIDDEN.search(last + chunk):
                return True
            last = chunk[-_LONGEST_ATTRIBUTE:]
    return False


class _Rows:
    """The hidden rows and columns of a worksheet while its XML goes by."""

    def __init__(self) -> None:
        self._hidden = Hidden()
        self._columns: set[int] = set()
        self._row = 0
        self._column = -1
        self._first_column: int | None = None

    def read(self, archive: zipfile.ZipFile, part: str) -> Hidden:
        parser = _parser()
        parser.StartElementHandler = self._start
        with archive.open(part) as file:
            parser.ParseFile(file)
        first = self._first_column or 0
        self._hidden.columns = sorted(column - first for column in self._columns if column >= first)
        return self._hidden

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "v" | "is":
                if self._first_column is None or self._column < self._first_column:
                    self._first_column = self._column
            case "c":
                place = _LETTERS.match(attributes.get("r", ""))
                self._column = _column(place[0]) if place else self._column + 1
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                self._column = -1
                if attributes.get("hidden") in _TRUE:
                    self._hidden.add_row(self._row)
            case "col" if attributes.get("hidden") in _TRUE:
                self._columns |= set(range(int(attributes["min"]) - 1, int(attributes["max"])))


def _column(letters: str) -> int:
    """The index of a column by its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_document_type
    return parser


def refuse_document_type(*_: object) -> None:
    """A handler for expat. Raises EntitiesDeclared."""
    raise EntitiesDeclared


def _until_first_element(part: IO[bytes]) -> None:
    def stop(*_: object) -> None:
        raise _Enough

    parser = _parser()
    parser.StartElementHandler = stop
    try:
        while chunk := part.read(1 << 12):
            parser.Parse(chunk)
    except _Enough:
        pass


def _elements(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Local name and attributes of every element of a small part."""
    if part not in archive.namelist():
        return iter(())
    found: list[tuple[str, Mapping[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
    with archive.open(part) as file:
        parser.ParseFile(file)
    return iter(found)
