"""How a line of the bulk files is written: CSV and JSON Lines for programs, a workbook for people.

CSV and JSON Lines are faithful to the character; in the workbook a text stays a text, whatever it begins with.
"""

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

import polars as pl
import xlsxwriter

from rongxin.disclosure.status_lists import ENTRY_TYPE, PURPOSE

COLUMNS: Final = {
    "number": "记录编号",
    "version": "版本",
    "kind": "种类代码",
    "kind_title": "种类",
    "title": "标题",
    "subject_name": "主体名称",
    "subject_uscc": "统一社会信用代码",
    "authority": "认定单位",
    "document_number": "文号",
    "decided_on": "决定日期",
    "recorded_at": "入库时间（UTC）",
    "shown_until": "公示到",
    "disputed": "异议中",
    "status_list": "状态清单",
    "status_index": "状态清单序位",
}
CHANGE: Final = {"change": "变动", "why": "原因", "reason": "说明"}
SHEET_ROWS: Final = 1_048_575
"""Rows of a sheet under its head."""
_WIDTH: Final = 20
_INSTANT: Final = "%Y-%m-%dT%H:%M:%SZ"


class Form(Protocol):
    """A file that lines are added to."""

    path: Path
    rows: int

    def add(self, lines: pl.DataFrame) -> None: ...

    def close(self) -> None: ...


class CsvForm:
    """CSV in UTF-8 with mark, machine names as heads."""

    form = "csv"

    def __init__(self, path: Path, heads: dict[str, str]) -> None:
        self.path, self.rows = path, 0
        self._file = path.open("wb")
        self._file.write("\ufeff".encode() + ",".join(heads).encode() + b"\n")

    def add(self, lines: pl.DataFrame) -> None:
        lines.with_columns(pl.col("recorded_at").dt.to_string(_INSTANT)).write_csv(self._file, include_header=False)
        self.rows += lines.height

    def close(self) -> None:
        self._file.close()


class JsonLinesForm:
    """One JSON object a line, with its status entry as the recommendation writes it."""

    form = "jsonl"

    def __init__(self, path: Path, heads: dict[str, str]) -> None:
        self.path, self.rows = path, 0
        self._file = path.open("wb")

    def add(self, lines: pl.DataFrame) -> None:
        entry = pl.struct(
            type=pl.lit(ENTRY_TYPE),
            statusPurpose=pl.lit(PURPOSE),
            statusListCredential="status_list",
            statusListIndex=pl.col("status_index").cast(pl.String),
        )
        told = lines.with_columns(
            pl.col("recorded_at").dt.to_string(_INSTANT),
            credentialStatus=pl.when(pl.col("status_list").is_not_null()).then(entry),
        )
        told.drop("status_list", "status_index").write_ndjson(self._file)
        self.rows += lines.height

    def close(self) -> None:
        self._file.close()


class WorkbookForm:
    """One sheet with Chinese heads; the caller sees to it that the rows fit."""

    form = "xlsx"

    def __init__(self, path: Path, heads: dict[str, str]) -> None:
        self.path, self.rows = path, 0
        plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), plain | {"strings_to_numbers": False})
        self._sheet = self._book.add_worksheet("公示信息")
        self._sheet.set_column(0, len(heads) - 1, _WIDTH)
        self._sheet.freeze_panes(1, 0)
        self._sheet.write_row(0, 0, list(heads.values()), self._book.add_format({"bold": True}))

    def add(self, lines: pl.DataFrame) -> None:
        told = lines.with_columns(
            pl.col("recorded_at").dt.to_string(_INSTANT),
            pl.col("decided_on", "shown_until").dt.to_string("%Y-%m-%d"),
            disputed=pl.when("disputed").then(pl.lit("是")).otherwise(pl.lit("")),
        )
        for row in told.iter_rows():
            self.rows += 1
            for column, value in enumerate(row):
                if value is not None and value != "":
                    self._sheet.write(self.rows, column, value)

    def close(self) -> None:
        self._book.close()


class Part:
    """One part of an edition, full or delta, in every form that can hold it. ``with Part(…) as part``."""

    def __init__(self, folder: Path, name: str, heads: dict[str, str], *, with_workbook: bool) -> None:
        self.name, self.heads = name, heads
        forms: list[Any] = [CsvForm, JsonLinesForm, *([WorkbookForm] if with_workbook else [])]
        self.forms = [form(folder / f"{name}.{form.form}", heads) for form in forms]
        self.is_workbook_full = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for form in self.forms:
            form.close()

    def add(self, lines: pl.DataFrame) -> None:
        """Add lines, which have the columns of the heads; the workbook is given up where they do not fit."""
        if not lines.height:
            return
        told = lines.select(*self.heads)
        for form in list(self.forms):
            if isinstance(form, WorkbookForm) and form.rows + lines.height > SHEET_ROWS:
                self.forms.remove(form)
                form.close()
                form.path.unlink()
                self.is_workbook_full = True
                continue
            form.add(told)

    def told(self) -> list[dict[str, Any]]:
        """What the manifest says of the files, once they are closed."""
        return [
            {
                "name": form.path.name,
                "part": self.name,
                "format": form.form,
                "rows": form.rows,
                "bytes": form.path.stat().st_size,
                "sha256": _sha256(form.path),
            }
            for form in self.forms
        ]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
