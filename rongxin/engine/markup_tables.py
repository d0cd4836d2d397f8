"""Tables in markup: web pages that systems call XLS, and the XML spreadsheet of 2003. Runs in the parser's process."""

import codecs
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from xml.parsers import expat

from rongxin.engine.workbook_xml import Hidden, refuse_document_type
from rongxin.primitives.whole_numbers import whole_number

ROW_LIMIT: Final = 1_048_576
WIDTH_LIMIT: Final = 16_384
CELL_LIMIT: Final = 60_000_000  # cells of one file, empty ones counted

_NOT_SHOWN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_MIDNIGHT: Final = re.compile(r"T00:00:00(?:\.0+)?$")  # a date cell without time
_SILENT: Final = frozenset({"script", "style", "title", "xml"})
_BREAKING: Final = frozenset({"br", "p", "div", "li"})


class TooLarge(Exception):
    """The markup asks for more cells than a table could need."""


@dataclass(slots=True)
class Table:
    """``rows``: the cells; a cell over several rows or columns stands in its first place only."""

    name: str
    rows: list[list[str]] = field(default_factory=list)
    hidden: Hidden = field(default_factory=Hidden)
    is_hidden: bool = False


class _Room:
    """Counts the cells of all tables."""

    def __init__(self) -> None:
        self._cells = 0

    def take(self, table: Table, row: int, column: int) -> None:
        """Make room for a cell. Raises TooLarge."""
        if row >= ROW_LIMIT or column >= WIDTH_LIMIT:
            raise TooLarge
        while len(table.rows) <= row:
            table.rows.append([])
            self._cells += 1
        cells = table.rows[row]
        self._cells += max(column + 1 - len(cells), 0)
        if self._cells > CELL_LIMIT:
            raise TooLarge
        cells.extend([""] * (column + 1 - len(cells)))


def html_tables(content: bytes) -> list[Table]:
    """The tables of a web page in the order in which they begin. Raises TooLarge."""
    page = _Page()
    page.feed(_html_text(content))
    page.close()
    return page.tables


def _html_text(content: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return content.removeprefix(mark).decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    said = _CHARSET.search(content[:4096])
    try:
        encoding = codecs.lookup(said[1].decode()).name if said else "gb18030"
    except LookupError:
        encoding = "gb18030"
    return content.decode("gb18030" if encoding in ("utf-8", "gb2312", "gbk") else encoding, "replace")


@dataclass(slots=True)
class _Open:
    """A table that is being read: the row, the next free column, and the cells that reach down from rows above."""

    table: Table
    row: int = -1
    column: int = 0
    next_column: int = 0
    reaching: dict[int, int] = field(default_factory=dict)
    text: list[str] | None = None


class _Page(HTMLParser):
    """Collects tables; text outside of cells is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self._stack: list[_Open] = []
        self._room = _Room()
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent = self._silent or tag
        elif tag == "table":
            self.tables.append(Table(f"表格 {len(self.tables) + 1}"))
            self._stack.append(_Open(self.tables[-1]))
        elif self._stack and tag == "tr":
            self._begin_row(self._stack[-1], dict(attrs))
        elif self._stack and tag in ("td", "th"):
            self._begin_cell(self._stack[-1], dict(attrs))
        elif self._stack and tag in _BREAKING and self._stack[-1].text:
            self._stack[-1].text.append("\n" if tag == "br" else " ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        elif self._stack and tag in ("td", "th", "tr"):
            self._end_cell(self._stack[-1])
        elif self._stack and tag == "table":
            self._end_cell(self._stack.pop())

    def handle_data(self, data: str) -> None:
        if self._stack and not self._silent and self._stack[-1].text is not None:
            self._stack[-1].text.append(_BLANKS.sub(" ", data))

    def close(self) -> None:
        super().close()
        while self._stack:
            self._end_cell(self._stack.pop())

    def _begin_row(self, place: _Open, attributes: dict[str, str | None]) -> None:
        self._end_cell(place)
        place.row += 1
        place.column = 0
        place.reaching = {column: rows - 1 for column, rows in place.reaching.items() if rows > 1}
        if "hidden" in attributes or _NOT_SHOWN.search(attributes.get("style") or ""):
            place.table.hidden.add_row(place.row + 1)

    def _begin_cell(self, place: _Open, attributes: dict[str, str | None]) -> None:
        self._end_cell(place)
        if place.row < 0:
            self._begin_row(place, {})
        while place.column in place.reaching:
            place.column += 1
        self._room.take(place.table, place.row, place.column)
        place.text = []
        wide = min(_span(attributes, "colspan"), WIDTH_LIMIT)
        down = _span(attributes, "rowspan")
        if down > 1:
            # The row that is being read counts as the first.
            place.reaching |= dict.fromkeys(range(place.column, place.column + wide), down)
        place.next_column = place.column + wide

    def _end_cell(self, place: _Open) -> None:
        if place.text is None:
            return
        lines = "".join(place.text).split("\n")
        place.table.rows[place.row][place.column] = "\n".join(line.strip() for line in lines).strip()
        place.text = None
        place.column = place.next_column


def _span(attributes: dict[str, str | None], name: str) -> int:
    return whole_number((attributes.get(name) or "").strip(), digits=7) or 1


def spreadsheet_tables(content: bytes) -> list[Table]:
    """The worksheets of an XML spreadsheet of 2003. Raises TooLarge, EntitiesDeclared, expat.ExpatError."""
    book = _Spreadsheet()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse_document_type
    parser.StartElementHandler = book.start
    parser.EndElementHandler = book.end
    parser.CharacterDataHandler = book.characters
    parser.buffer_text = True
    parser.Parse(content, True)
    return book.tables


class _Spreadsheet:
    """Collects worksheets: Row and Cell may name their Index, else they follow the one before."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self._room = _Room()
        self._row = -1
        self._column = -1
        self._merged = 0
        self._table_column = -1
        self._data: list[str] | None = None
        self._visible: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        own = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        match name.rpartition(" ")[2]:
            case "Worksheet":
                self.tables.append(Table(own.get("Name", "")))
                self._row = self._table_column = -1
            case "Visible":
                self._visible = []
            case "Column" if self.tables:
                self._begin_column(own)
            case "Row" if self.tables:
                self._row = int(own["Index"]) - 1 if "Index" in own else self._row + 1
                self._column = -1
                if own.get("Hidden") == "1":
                    self.tables[-1].hidden.add_row(self._row + 1)
            case "Cell" if self.tables:
                self._column = int(own["Index"]) - 1 if "Index" in own else self._column + 1
                self._room.take(self.tables[-1], self._row, self._column)
                self._merged = min(int(own.get("MergeAcross", 0)), WIDTH_LIMIT)
            case "Data" if self.tables and self._column >= 0:
                self._data = []

    def end(self, name: str) -> None:
        """An element ends."""
        match name.rpartition(" ")[2]:
            case "Data" if self._data is not None:
                self.tables[-1].rows[self._row][self._column] = _MIDNIGHT.sub("", "".join(self._data))
                self._data = None
            case "Cell":
                self._column += self._merged
            case "Visible" if self._visible is not None and self.tables:
                self.tables[-1].is_hidden = "".join(self._visible).strip() != "SheetVisible"
                self._visible = None

    def characters(self, text: str) -> None:
        """Text of an element."""
        for open_text in (self._data, self._visible):
            if open_text is not None:
                open_text.append(text)

    def _begin_column(self, own: dict[str, str]) -> None:
        first = int(own["Index"]) - 1 if "Index" in own else self._table_column + 1
        self._table_column = min(first + int(own.get("Span", 0)), WIDTH_LIMIT)
        if own.get("Hidden") == "1":
            self.tables[-1].hidden.columns += range(first, self._table_column + 1)
