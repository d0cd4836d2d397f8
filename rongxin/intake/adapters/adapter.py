"""What an adapter is, and how its rows become a sheet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import polars as pl

from rongxin.engine.sheets import ROW, FileFinding, Sheet, column_name, row_findings
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import Title


class Adapter(Protocol):
    """Reads one source of records of ``kind``. ``title`` is what the source is called."""

    name: str
    kind: str
    title: Title

    def read(self, path: Path, kind: RecordKind, *, row_limit: int, folder: Path | None = None) -> Sheet | None:
        """The sheet, with the kind's titles as heads; None where the file is not of this source. ``folder``: as read_table."""
        ...


def as_sheet(
    adapter: Adapter,
    rows: pl.Series,
    columns: Mapping[str, pl.Series],
    kind: RecordKind,
    *,
    findings: tuple[FileFinding, ...] = (),
    of: Sheet | None = None,
) -> Sheet:
    """``columns`` (field name → texts) under the titles of ``kind``, numbered by ``rows`` (the rows of the source).

    ``of``: the sheet the source was read as, if it was a table; what reading found wrong with it stays.
    """
    cells = [values.cast(pl.String).alias(column_name(index)) for index, values in enumerate(columns.values())]
    told = FileFinding("source_recognised", {"source": adapter.title.zh, "source_en": adapter.title.en})
    return Sheet(
        frame=pl.DataFrame([rows.cast(pl.UInt32).alias(ROW), *cells]),
        heads=tuple(kind.fields[name].title for name in columns),
        format=of.format if of else "csv",
        encoding=of.encoding if of else "UTF-8",
        delimiter="",
        head_row=of.head_row if of else 1,
        findings=(told, *(of.findings if of else ()), *findings),
        row_findings=of.row_findings if of else row_findings(()),
        sheets=of.sheets if of else (),
    )
