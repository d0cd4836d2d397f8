"""Environmental credit grades as the ecology bureau's list is passed on: one line an enterprise, English column names, no codes.

Columns: ``evaluated_year``, ``grade``, ``enterprise_name``, ``publisher``, ``published``; others are not needed. The names alone
decide nothing: an adverse grade waits for a person to say whose it is, another passes with a warning where one subject bears
the name.
"""

from pathlib import Path
from typing import Final

from rongxin.engine.reading import read_table
from rongxin.engine.sheets import ROW, Sheet, Unreadable, column_name
from rongxin.intake.adapters.adapter import as_sheet
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import Title

COLUMNS: Final = {
    "enterprise_name": "party_name",
    "evaluated_year": "evaluation_year",
    "grade": "grade",
    "published": "published_on",
    "publisher": "evaluating_authority",
}
"""Column of the source → field of the kind."""


class EnvironmentalGrades:
    """The bureau's list of grades."""

    name = "environmental_grades"
    kind = "environmental_grade"
    title = Title(zh="生态环境部门企业环境信用评价结果", en="environmental grades of the ecology authority")

    def read(self, path: Path, kind: RecordKind, *, row_limit: int, folder: Path | None = None) -> Sheet | None:
        """The list, or None where its five columns are not all there."""
        try:
            sheet = read_table(path, row_limit=row_limit, folder=folder)
        except Unreadable:
            return None  # whoever reads it as a table says why
        at = {head.strip().lower(): index for index, head in enumerate(sheet.heads)}
        if not COLUMNS.keys() <= at.keys():
            return None
        columns = {field: sheet.frame[column_name(at[head])] for head, field in COLUMNS.items()}
        return as_sheet(self, sheet.frame[ROW], columns, kind, of=sheet)
