"""The return workbook with what persons decided since it was written: in the reason of each row that was asked about.

The workbook is written once, when the batch is checked; what is decided later is put in when it is downloaded.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape

from rongxin.accounts.access import Access, Act
from rongxin.engine.problems import message
from rongxin.engine.sheets import row_label
from rongxin.intake import files, rounds
from rongxin.intake.checking import COMES_BACK
from rongxin.intake.models import Batch, Question, QuestionState, RowProblem
from rongxin.intake.questions.settling import SENT_BACK

ROWS_PART: Final = "xl/worksheets/sheet1.xml"
SETTLED_ALREADY: Final = "已由人工认定，不用更正，可整行删除"


def returned_to(batch: Batch, access: Access, act: Act = "export") -> bytes:
    """The return workbook for whoever fetches it. Raises NotLogged, and FileNotFoundError when nothing came back."""
    workbook = return_workbook(batch)
    back = RowProblem.objects.filter(batch=batch, severity__in=COMES_BACK)
    access.look(back.values_list("firm", flat=True), "batch", act=act)
    return workbook


def return_workbook(batch: Batch) -> bytes:
    """The return workbook of the batch as it stands now. Raises FileNotFoundError when nothing came back."""
    path = files.return_path(batch.number)
    decided = Question.objects.filter(batch=batch).exclude(state=QuestionState.OPEN).order_by("row")
    told = {_place(batch, question.row): _told(question) for question in decided}
    return _with_notes(path.read_bytes(), told) if told else path.read_bytes()


def _told(question: Question) -> str:
    if question.state == QuestionState.SENT_BACK:
        return f"{message(SENT_BACK, {'note': question.note}, 'zh')}。"
    return f"{SETTLED_ALREADY}。"


def _place(batch: Batch, row: int) -> str:
    """The place of a row as the workbook names it: in the first file, where this one was corrected before."""
    origin = rounds.read_round(batch).origins.get(row)
    if origin is not None and batch.continues is not None:
        return row_label(origin, batch.continues.sheets)
    return row_label(row, batch.sheets)


def _with_notes(workbook: bytes, told: Mapping[str, str]) -> bytes:
    """The workbook with each text at the beginning of the reason of its row, which begins with the row's place."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as held, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for member in held.infolist():
            part = held.read(member)
            if member.filename == ROWS_PART:
                part = _annotated(part.decode(), told).encode()
            made.writestr(member, part)
    return out.getvalue()


def _annotated(sheet: str, told: Mapping[str, str]) -> str:
    """The rows' XML; one pass over the cells, however many rows were decided."""
    beginning = "<t>原"
    pieces = sheet.split(beginning)
    for index, piece in enumerate(pieces[1:], start=1):
        place, stop, rest = piece.partition("。")
        if stop and place in told:
            pieces[index] = f"{place}。{escape(told[place])}{rest}"
    return beginning.join(pieces)
