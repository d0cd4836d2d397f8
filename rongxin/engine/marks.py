"""What our own workbooks say of themselves, on a sheet that no table programme shows, and lists of values in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from rongxin.engine.sheets import MARKS_SHEET

LISTS_SHEET: Final = "_lists"
LONGEST_LIST: Final = 255
"""Characters that a drop-down list may have in its cell; longer ones stand on a hidden sheet."""

VERSION_PREFIX: Final = 8


@dataclass(frozen=True, slots=True)
class Marks:
    """Which workbook it is. ``batch`` and ``round``: the batch whose returned rows it holds; empty for a template."""

    kind: str
    template_version: str
    batch: str = ""
    round: int = 0

    @classmethod
    def of(cls, marks: Mapping[str, str]) -> "Marks | None":
        """What a sheet's marks say; None where they say nothing. They are a hint: anyone can write them."""
        if not marks.get("kind"):
            return None
        number = marks.get("round", "")
        return cls(
            kind=marks["kind"],
            template_version=marks.get("template_version", ""),
            batch=marks.get("batch", ""),
            round=int(number) if number.isdecimal() and number.isascii() and len(number) < 6 else 0,
        )


def template_version(version: str, digest: str) -> str:
    """The version of a kind's template: what the kind calls itself, and the beginning of its digest."""
    return f"{version}-{digest[:VERSION_PREFIX]}"


def write_marks(book: xlsxwriter.Workbook, marks: Marks) -> None:
    """Put ``marks`` on the very hidden sheet."""
    page = book.add_worksheet(MARKS_SHEET)
    page.very_hidden()
    for row, name in enumerate(("batch", "round", "kind", "template_version")):
        page.write_string(row, 0, name)
        page.write_string(row, 1, str(getattr(marks, name) or ""))


class Lists:
    """Drop-down lists of a workbook; those too long for a cell stand on a hidden sheet, made when the book is finished."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._long: list[Sequence[str]] = []

    def offer(self, page: Worksheet, column: int, last_row: int, values: Sequence[str]) -> None:
        """Offer ``values`` in the cells of a column below the head. What is typed beside is told, not refused."""
        if not values or last_row < 1:
            return
        source: list[str] | str = list(values)
        if len(",".join(values)) > LONGEST_LIST or any("," in value for value in values):
            letter = xlsxwriter.utility.xl_col_to_name(len(self._long))
            source = f"={LISTS_SHEET}!${letter}$1:${letter}${len(values)}"
            self._long.append(values)
        page.data_validation(
            1, column, last_row, column, {"validate": "list", "source": source, "error_type": "warning"}
        )

    def write(self) -> None:
        """Make the hidden sheet; to be called once, after all lists were offered."""
        if not self._long:
            return
        page = self._book.add_worksheet(LISTS_SHEET)
        page.hide()
        for row in range(max(map(len, self._long))):
            for column, values in enumerate(self._long):
                if row < len(values):
                    page.write_string(row, column, values[row])
