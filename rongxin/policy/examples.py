"""Examples of record kinds: a file as a department would send it, and beside it what must become of every row.

``examples/<kind>.csv`` lies in the pack that adds the kind; it is offered for download where the kind is explained.
``examples/<kind>.yaml`` says on which day the file is sent, which rows are recorded, withheld or refused and why, and what the
public page of a row says. Everything in them is made up: names hold 示例, codes lie in division 990000.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from rongxin.policy.files import Findings, YamlFile, read_text
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Strict

FIRST_ROW: Final = 2
"""The heads stand in row 1."""

Row = Annotated[str, Field(pattern=r"^[1-9][0-9]*$")]
MADE_UP_NAME: Final = "示例"


class PublicPage(Strict):
    """What the public page of a row must say, and what it must not."""

    says: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()


class Expected(Strict):
    """What becomes of the rows of an example sent on ``day``; rows are numbered as in a table programme, the first is 2.

    ``recorded`` rows are shown to the public, with ``public`` for what their pages say; ``withheld`` rows are recorded and
    answered as not public, each with its reason; ``ended`` rows are recorded and shown no more; ``rejected`` rows are refused with
    these problem codes; ``persons`` are refused as rows about natural persons.
    """

    day: date
    recorded: tuple[int, ...]
    withheld: Mapping[Row, str] = Field(default_factory=dict)
    ended: tuple[int, ...] = ()
    rejected: Mapping[Row, tuple[str, ...]]
    persons: tuple[int, ...] = ()
    public: Mapping[Row, PublicPage]

    @property
    def accepted(self) -> frozenset[int]:
        """Rows that become records."""
        return frozenset({*self.recorded, *map(int, self.withheld), *self.ended})

    def told(self) -> list[int]:
        """Every row that is told of, as often as it is."""
        return [*self.recorded, *map(int, self.withheld), *self.ended, *map(int, self.rejected), *self.persons]


@dataclass(frozen=True)
class Example:
    """One example: its kind, the table as text, and what must become of it."""

    kind: str
    text: str
    expected: Expected

    @property
    def rows(self) -> dict[int, dict[str, str]]:
        """Cells by column head, by row number."""
        return dict(enumerate(csv.DictReader(io.StringIO(self.text, newline="")), start=FIRST_ROW))


_EXPECTED = TypeAdapter(Expected)


def example_file(pack: str, kind: str) -> str:
    """Where the table of an example lies below the folder of packs."""
    return f"{pack}/examples/{kind}.csv"


def read_examples(root: Path, pack: str, policy: Policy) -> dict[str, Example]:
    """The examples of one pack by kind; raises PolicyErrors for what cannot be read or does not fit the kinds."""
    findings = Findings()
    examples = {}
    folder = root / pack / "examples"
    for name in sorted({path.stem for path in folder.glob("*.*") if path.suffix in (".csv", ".yaml")}):
        example = _read(root, folder / name, policy.kinds.get(name), findings)
        if example:
            examples[name] = example
    findings.stop_if_any()
    return examples


def _read(root: Path, stem: Path, kind: RecordKind | None, findings: Findings) -> Example | None:
    table, beside = stem.with_suffix(".csv"), stem.with_suffix(".yaml")
    here = beside.relative_to(root).as_posix()
    for path, other in ((table, beside), (beside, table)):
        if not path.is_file():
            findings.add(other.relative_to(root).as_posix(), 1, f"{path.name} is missing beside it")
            return None
    if kind is None:
        findings.add(here, 1, f'there is no kind "{stem.name}"')
        return None
    text = read_text(table, table.relative_to(root).as_posix(), findings)
    expectation = read_text(beside, here, findings)
    file = YamlFile.read(expectation, here, findings) if expectation is not None else None
    expected = file.as_model(_EXPECTED, findings) if file else None
    if text is None or file is None or expected is None:
        return None
    for line, told in _faults_of_table(text, kind):
        findings.add(table.relative_to(root).as_posix(), line, told)
    for key, told in _faults_of_expected(expected, text):
        findings.add(*file.place(key), told)
    return Example(stem.name, text, expected)


def _faults_of_table(text: str, kind: RecordKind) -> Iterator[tuple[int, str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    known = {head for field in kind.table.fields for head in (field.title, field.credit.code, *field.credit.aliases)}
    try:
        heads = next(reader, [])
        yield from ((1, f'no field of {kind.name} has the head "{head}"') for head in heads if head not in known)
        for cells in reader:
            if len(cells) != len(heads):
                yield reader.line_num, f"{len(cells)} cells under {len(heads)} heads"
    except csv.Error as error:
        yield reader.line_num, f"not CSV: {error}"


def _faults_of_expected(expected: Expected, text: str) -> Iterator[tuple[str, str]]:
    """Every row of the table is told of once, and nothing else; every page told of is one of a row that is shown."""
    told = expected.told()
    number = sum(1 for _ in csv.reader(io.StringIO(text, newline=""))) - 1
    rows = range(FIRST_ROW, FIRST_ROW + number)
    for row in sorted({*rows, *told}):
        times = told.count(row)
        if row not in rows:
            yield "recorded", f"there is no row {row}"
        elif times != 1:
            yield "recorded", f"row {row} is told of {times} times"
    for row in map(int, expected.public):
        if row not in expected.recorded:
            yield "public", f"row {row} is not shown"
    if MADE_UP_NAME not in text:
        yield "recorded", f"made-up rows hold {MADE_UP_NAME} in their names"
