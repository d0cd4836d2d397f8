"""Reading one pack folder: each file into its model, every piece with the place it came from."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from rongxin.policy.catalogue import Catalogue
from rongxin.policy.declarations import Declarations
from rongxin.policy.documents import Document, DocumentId
from rongxin.policy.files import Findings, Place, YamlFile, read_text, told
from rongxin.policy.indicators import Indicators
from rongxin.policy.kinds import RecordKind
from rongxin.policy.notices import NoticeTemplate, OutsideText
from rongxin.policy.outlines import completed, extended
from rongxin.policy.pack import PackHead
from rongxin.policy.tables import CalendarYear, DivisionRow, Industries, ReportingUnits
from rongxin.policy.templates import PACKAGE, Template, TemplateHead
from rongxin.policy.values import PolicyValue, ValueKey

Piece = TypeVar("Piece")

LAYOUT = re.compile(
    r"(pack|documents|reporting_units|industries|catalogue|declarations|indicators)\.yaml|divisions\.csv|README\.md"
    r"|(values|calendar|kinds|outlines|cases)/[^/]+\.yaml|examples/[^/]+\.(csv|yaml)|documents/[^/]+\.(yaml|typ)|documents/forms/[^/]+\.typ|notices/(outside/)?[^/]+\.yaml"
)
DIVISION_COLUMNS = ("code", "name", "name_en", "level", "parent", "valid_from", "valid_to", "successor")

_HEAD = TypeAdapter(PackHead)
_DOCUMENTS = TypeAdapter(dict[DocumentId, Document])
_VALUES = TypeAdapter(dict[ValueKey, PolicyValue])
_KIND = TypeAdapter(RecordKind)
_YEAR = TypeAdapter(CalendarYear)
_UNITS = TypeAdapter(ReportingUnits)
_INDUSTRIES = TypeAdapter(Industries)
_CATALOGUE = TypeAdapter(Catalogue)
_DECLARATIONS = TypeAdapter(Declarations)
_INDICATORS = TypeAdapter(Indicators)
_TEMPLATE = TypeAdapter(TemplateHead)
_NOTICE = TypeAdapter(NoticeTemplate)
_OUTSIDE = TypeAdapter(OutsideText)


@dataclass(frozen=True)
class Placed(Generic[Piece]):
    """A piece of a pack and where it stands."""

    piece: Piece
    file: str
    place_of: Callable[..., Place]

    def tell(self, findings: Findings, message: str, *path: str | int) -> None:
        """Add a finding at a place inside the piece."""
        findings.add(*self.place_of(*path), message)


@dataclass
class ReadPack:
    """One pack as its files say it, before the chain is put together."""

    head: Placed[PackHead]
    documents: dict[str, Placed[Document]] = field(default_factory=dict)
    values: dict[str, Placed[PolicyValue]] = field(default_factory=dict)
    kinds: dict[str, Placed[RecordKind]] = field(default_factory=dict)
    outlines: dict[str, YamlFile] = field(default_factory=dict)
    templates: dict[str, Placed[Template]] = field(default_factory=dict)
    template_files: dict[str, YamlFile] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    notices: dict[str, Placed[NoticeTemplate]] = field(default_factory=dict)
    notice_files: dict[str, YamlFile] = field(default_factory=dict)
    outside_texts: dict[str, Placed[OutsideText]] = field(default_factory=dict)
    years: list[Placed[CalendarYear]] = field(default_factory=list)
    divisions: list[Placed[DivisionRow]] = field(default_factory=list)
    units: Placed[ReportingUnits] | None = None
    industries: Placed[Industries] | None = None
    catalogue: Placed[Catalogue] | None = None
    declarations: Placed[Declarations] | None = None
    indicators: Placed[Indicators] | None = None
    documents_readable: bool = True
    indicators_readable: bool = True


def pack_files(root: Path, name: str) -> list[Path]:
    """The files of a pack, hidden ones left out, in the order of their names."""
    files = (path for path in (root / name).rglob("*") if path.is_file())
    return sorted(path for path in files if not any(part.startswith(".") for part in path.relative_to(root).parts))


def read_head(root: Path, name: str, findings: Findings) -> Placed[PackHead] | None:
    """``pack.yaml`` of a pack, or None with findings."""
    path = root / name / "pack.yaml"
    if not path.is_file():
        return None
    placed = _read(path, root, _HEAD, findings)
    if placed and placed.piece.name != name:
        placed.tell(findings, f'pack "{placed.piece.name}" lies in the folder "{name}"; the two must agree', "name")
        return None
    return placed


def read_pack(root: Path, head: Placed[PackHead], findings: Findings, above: Sequence[ReadPack] = ()) -> ReadPack:
    """All files of one pack; what cannot be read is left out and told. Its kinds may extend outlines of ``above``."""
    pack = ReadPack(head)
    _read_outlines(root, pack, above, findings)
    _read_templates(root, pack, above, findings)
    _read_notices(root, pack, above, findings)
    for path in pack_files(root, head.piece.name):
        within = path.relative_to(root / head.piece.name).as_posix()
        if not LAYOUT.fullmatch(within):
            findings.add(path.relative_to(root).as_posix(), 1, "no file of this name belongs to a pack")
            continue
        match within.split("/"):
            case ["documents.yaml"]:
                pack.documents_readable = _read_documents(path, root, pack, findings)
            case ["values", _]:
                _read_values(path, root, pack, findings)
            case ["kinds", _]:
                _read_kind(path, root, pack, above, findings)
            case ["calendar", _]:
                _read_year(path, root, pack, findings)
            case ["divisions.csv"]:
                pack.divisions = _read_divisions(path, root, findings)
            case ["reporting_units.yaml"]:
                pack.units = _read(path, root, _UNITS, findings)
            case ["industries.yaml"]:
                pack.industries = _read(path, root, _INDUSTRIES, findings)
            case ["catalogue.yaml"]:
                pack.catalogue = _read(path, root, _CATALOGUE, findings)
            case ["declarations.yaml"]:
                pack.declarations = _read(path, root, _DECLARATIONS, findings)
            case ["indicators.yaml"]:
                pack.indicators = _read(path, root, _INDICATORS, findings)
                pack.indicators_readable = pack.indicators is not None
    return pack


def _read(path: Path, root: Path, adapter: TypeAdapter[Piece], findings: Findings) -> Placed[Piece] | None:
    return _placed(_read_yaml(path, root, findings), adapter, findings)


def _read_yaml(path: Path, root: Path, findings: Findings) -> YamlFile | None:
    name = path.relative_to(root).as_posix()
    text = read_text(path, name, findings)
    return YamlFile.read(text, name, findings) if text is not None else None


def _placed(file: YamlFile | None, adapter: TypeAdapter[Piece], findings: Findings) -> Placed[Piece] | None:
    piece = file.as_model(adapter, findings) if file else None
    return Placed(piece, file.name, file.place) if file and piece is not None else None


def _inside(placed: Placed[dict[str, Piece]], key: str) -> Placed[Piece]:
    return Placed(placed.piece[key], placed.file, lambda *path: placed.place_of(key, *path))


def _read_documents(path: Path, root: Path, pack: ReadPack, findings: Findings) -> bool:
    placed = _read(path, root, _DOCUMENTS, findings)
    if placed:
        pack.documents = {key: _inside(placed, key) for key in placed.piece}
    return placed is not None


def _read_values(path: Path, root: Path, pack: ReadPack, findings: Findings) -> None:
    placed = _read(path, root, _VALUES, findings)
    if placed is None:
        return
    for key in placed.piece:
        value = _inside(placed, key)
        if key.split("/")[0] != path.stem:
            value.tell(findings, f"{key} belongs in values/{key.split('/')[0]}.yaml")
        pack.values[key] = value


def _read_outlines(root: Path, pack: ReadPack, above: Sequence[ReadPack], findings: Findings) -> None:
    for path in sorted((root / pack.head.piece.name / "outlines").glob("*.yaml")):
        outline = _read_yaml(path, root, findings)
        for general in above:
            if outline and path.stem in general.outlines:
                told = f'outline "{path.stem}" already stands in pack {general.head.piece.name}'
                findings.add(*outline.place(), told)
        if outline:
            pack.outlines[path.stem] = outline


def _read_kind(path: Path, root: Path, pack: ReadPack, above: Sequence[ReadPack], findings: Findings) -> None:
    outlines = {name: outline for each in (*above, pack) for name, outline in each.outlines.items()}
    file = _read_yaml(path, root, findings)
    kind = _placed(completed(file, outlines, findings) if file else None, _KIND, findings)
    if kind:
        if kind.piece.name != path.stem:
            kind.tell(findings, f'kind "{kind.piece.name}" lies in {path.name}; the two must agree', "name")
        pack.kinds[kind.piece.name] = kind


def _read_templates(root: Path, pack: ReadPack, above: Sequence[ReadPack], findings: Findings) -> None:
    """The templates of documents, completed by what they extend, each with its body, and the forms that bodies share."""
    folder = root / pack.head.piece.name / "documents"
    pack.forms = {path.stem: _read_body(path, root, findings) for path in sorted((folder / "forms").glob("*.typ"))}
    bodies = {path.stem: _read_body(path, root, findings) for path in sorted(folder.glob("*.typ"))}
    general = {name: file for each in above for name, file in each.template_files.items()}
    inherited = {name: placed.piece.body for each in above for name, placed in each.templates.items()}
    for path in sorted(folder.glob("*.yaml")):
        file = _read_yaml(path, root, findings)
        whole = completed(file, general, findings, called="template") if file else None
        head = _placed(whole, _TEMPLATE, findings)
        if file is None or whole is None or head is None:
            bodies.pop(path.stem, None)
            continue
        wanted = extended(file)
        body = bodies.pop(path.stem, None) or inherited.get(wanted or "")
        if head.piece.name != path.stem:
            head.tell(findings, f'template "{head.piece.name}" lies in {path.name}; the two must agree', "name")
        elif path.stem in general and wanted != path.stem:
            told = f'template "{path.stem}" stands in a pack above; extend it to take its place'
            head.tell(findings, told, "name")
        elif body is None:
            head.tell(findings, f"{path.stem}.typ is missing beside it", "name")
        else:
            template = Template.model_construct(**dict(head.piece), body=body)
            pack.templates[path.stem] = Placed(template, head.file, head.place_of)
            pack.template_files[path.stem] = whole
    for stem in bodies:
        findings.add((folder / f"{stem}.typ").relative_to(root).as_posix(), 1, f"{stem}.yaml is missing beside it")


def _read_notices(root: Path, pack: ReadPack, above: Sequence[ReadPack], findings: Findings) -> None:
    """The templates of notices, completed by what they extend, and the texts that leave the platform."""
    folder = root / pack.head.piece.name / "notices"
    general = {name: file for each in above for name, file in each.notice_files.items()}
    for path in sorted(folder.glob("*.yaml")):
        file = _read_yaml(path, root, findings)
        whole = completed(file, general, findings, called="template") if file else None
        notice = _placed(whole, _NOTICE, findings)
        if file is None or whole is None or notice is None:
            continue
        if notice.piece.name != path.stem:
            notice.tell(findings, f'notice "{notice.piece.name}" lies in {path.name}; the two must agree', "name")
        elif path.stem in general and extended(file) != path.stem:
            told = f'notice "{path.stem}" stands in a pack above; extend it to take its place'
            notice.tell(findings, told, "name")
        else:
            pack.notices[path.stem], pack.notice_files[path.stem] = notice, whole
    for path in sorted((folder / "outside").glob("*.yaml")):
        text = _read(path, root, _OUTSIDE, findings)
        if text and text.piece.channel != path.stem:
            text.tell(findings, f'channel "{text.piece.channel}" lies in {path.name}; the two must agree', "channel")
        elif text:
            pack.outside_texts[path.stem] = text


def _read_body(path: Path, root: Path, findings: Findings) -> str:
    name = path.relative_to(root).as_posix()
    text = read_text(path, name, findings) or ""
    for number, line in enumerate(text.splitlines(), start=1):
        if PACKAGE.search(line):
            findings.add(name, number, "a template uses no packages; all it needs is released with it")
    return text


def _read_year(path: Path, root: Path, pack: ReadPack, findings: Findings) -> None:
    year = _read(path, root, _YEAR, findings)
    if year:
        if str(year.piece.year) != path.stem:
            year.tell(findings, f"year {year.piece.year} lies in {path.name}; the two must agree", "year")
        pack.years.append(year)


def _read_divisions(path: Path, root: Path, findings: Findings) -> list[Placed[DivisionRow]]:
    name = path.relative_to(root).as_posix()
    text = read_text(path, name, findings)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Placed[DivisionRow]] = []
    try:
        if tuple(next(reader, ())) != DIVISION_COLUMNS:
            findings.add(name, 1, f"the columns must be {','.join(DIVISION_COLUMNS)}")
            return []
        for cells in reader:
            row = _division(cells, name, reader.line_num, findings)
            if row:
                rows.append(row)
    except csv.Error as error:
        findings.add(name, reader.line_num, f"not CSV: {error}")
    return rows


def _division(cells: list[str], name: str, line: int, findings: Findings) -> Placed[DivisionRow] | None:
    if len(cells) != len(DIVISION_COLUMNS):
        findings.add(name, line, f"{len(cells)} cells where {len(DIVISION_COLUMNS)} belong")
        return None
    filled: dict[str, str | int] = {column: cell for column, cell in zip(DIVISION_COLUMNS, cells, strict=True) if cell}
    for column in ("valid_from", "valid_to"):
        if re.fullmatch(r"[0-9]{4}", str(filled.get(column, ""))):
            filled[column] = int(filled[column])
    try:
        return Placed(DivisionRow.model_validate(filled), name, lambda *_: Place(name, line))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            findings.add(name, line, told(detail))
        return None
