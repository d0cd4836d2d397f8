"""Corrected and sent again: the later rounds of a batch, and what is still to mend of its first file.

A file continues a batch because it says so (the marks of our return workbook) or because the sender said so. Either way
it must be of the same department and kind.
"""

import json
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import Max, Q

from rongxin.engine.heads import ORIGIN_HEAD
from rongxin.engine.marks import Marks
from rongxin.engine.returning import places
from rongxin.engine.sheets import ROW, FileFinding, Sheet, column_name
from rongxin.intake import files
from rongxin.intake.checking import COMES_BACK, CheckedFile
from rongxin.intake.models import Batch, BatchState, Channel, Question, QuestionState, RowProblem

NOTHING_OF_IT: Final = (
    BatchState.RETURNED,
    BatchState.STOPPED,
    BatchState.UNREADABLE,
    BatchState.MAPPING,
    BatchState.RECEIVED,
)
"""States in which no row of a batch is, or will be, recorded."""


@dataclass(frozen=True)
class Round:
    """What a later round says of the first file. ``origins``: row of its file → row of the first. ``mended``: rows of the
    first that it brought in. ``others``: new rows that do not say which row of the first they are.
    """

    origins: dict[int, int]
    mended: frozenset[int]
    others: int = 0


NO_ROUND: Final = Round({}, frozenset())


def chain_of(batch: Batch) -> list[Batch]:
    """All rounds that ``batch`` is one of, the first one first."""
    first = batch.continues_id or batch.pk
    rounds = Batch.objects.filter(Q(pk=first) | Q(continues=first)).exclude(channel=Channel.QUESTION)
    rounds = rounds.select_related("submitted_by", "provider")
    return sorted(rounds, key=lambda each: (each.round, each.pk))


def hold(first: Batch) -> Batch:
    """The first batch of the chain of ``first``, held until the transaction ends.

    Before a batch takes its number: an answer to a question holds the batch first and takes a number then.
    """
    return Batch.objects.select_for_update(of=("self",)).get(pk=first.continues_id or first.pk)


@transaction.atomic
def take_up(batch: Batch, first: Batch) -> None:
    """Make ``batch`` the next round after ``first`` (or after the batch that ``first`` itself continues)."""
    root = hold(first)
    last = Batch.objects.filter(continues=root).exclude(pk=batch.pk).aggregate(last=Max("round"))["last"]
    batch.continues = root
    batch.round = (last or root.round) + 1
    batch.save(update_fields=["continues", "round"])


def recognise(batch: Batch, marks: Marks | None) -> tuple[FileFinding, ...]:
    """Let ``batch`` continue the one that its return workbook names. A workbook of another department or kind does not."""
    if batch.continues_id or marks is None or not marks.batch:
        return ()
    named = Batch.objects.filter(number=marks.batch, provider=batch.provider_id).exclude(pk=batch.pk).first()
    if named is None or named.kind != batch.kind or marks.kind != batch.kind:
        return (FileFinding("marks_of_another", {"batch": marks.batch}),)
    take_up(batch, named)
    return ()


def read_round(batch: Batch) -> Round:
    """What was kept of a later round; nothing for a first one."""
    path = files.round_path(batch.number)
    if not path.exists():
        return NO_ROUND
    kept = json.loads(path.read_text(encoding="utf-8"))
    origins = {int(row): origin for row, origin in kept["origins"].items()}
    return Round(origins, frozenset(kept["mended"]), kept["others"])


def origin_texts(batch: Batch, sheet: Sheet) -> dict[int, str]:
    """Row of a corrected file → its place in the first file as the return workbook wrote it."""
    found = _origins(batch, sheet)
    texts = dict(sheet.rows.select(ROW, column_name(_origin_column(sheet) or 0)).collect().iter_rows()) if found else {}
    return {row: texts[row].strip() for row in found}


def keep_round(batch: Batch, checked: CheckedFile) -> FileFinding | None:
    """Write down what this round mended of the first file, and say it. None for a first round."""
    if batch.continues is None:
        return None
    before = outstanding(batch.continues, without=batch)
    passed = set(pl.concat([checked.accepted["row"], checked.again["row"]]).cast(pl.Int64))
    origins = _origins(batch, checked.sheet)
    mended = before.rows_among({origins[row] for row in passed if row in origins})
    others = min(len([row for row in checked.accepted["row"] if row not in origins]), before.count - len(mended))
    kept = {
        "origins": {str(row): origin for row, origin in origins.items()},
        "mended": sorted(mended),
        "others": others,
    }
    files.write_whole(files.round_path(batch.number), json.dumps(kept), batch.number)
    number = len(mended) + others
    told = {
        "batch": batch.continues.number,
        "round": str(batch.round),
        "mended": str(number),
        "open": str(before.count - number),
    }
    return FileFinding("rows_mended" if number else "nothing_mended", told)


@dataclass(frozen=True)
class Outstanding:
    """Rows of a first file that are not in yet: ``count``, and how to tell which of some rows are among them."""

    first: Batch
    count: int
    settled: frozenset[int]

    def rows_among(self, rows: set[int]) -> set[int]:
        """Those of ``rows`` that are still to mend."""
        wanted = rows - self.settled
        if not wanted or self.first.state in NOTHING_OF_IT:
            return wanted
        back = RowProblem.objects.filter(batch=self.first, severity__in=COMES_BACK).values_list("row", flat=True)
        return wanted & set(back.distinct())


def outstanding(first: Batch, *, without: Batch | None = None, rounds: list[Batch] | None = None) -> Outstanding:
    """What of the file of ``first`` is still to mend, before the round ``without``.

    Of a batch that was sent back or stopped that is every row but those about natural persons.
    """
    later = [
        each for each in rounds or chain_of(first) if each.pk != first.pk and (without is None or each.pk != without.pk)
    ]
    counted = [read_round(each) for each in later if each.state not in NOTHING_OF_IT]
    settled = frozenset().union(*(each.mended for each in counted), _answered_in(later))
    if first.state in NOTHING_OF_IT:
        came_back = first.rows - first.refused_person
    else:
        answered = frozenset(
            Question.objects.filter(batch=first, state=QuestionState.ANSWERED).values_list("row", flat=True)
        )
        came_back = first.rejected + first.in_review + len(answered)
        settled |= answered
    left = came_back - len(settled) - sum(each.others for each in counted)
    return Outstanding(first, max(left, 0), settled)


def _answered_in(rounds: list[Batch]) -> set[int]:
    """The rows of the first file that came in by an answer to a question of a later round."""
    by_key = {each.pk: read_round(each).origins for each in rounds}
    answered = Question.objects.filter(batch__in=by_key, state=QuestionState.ANSWERED).values_list("batch", "row")
    return {by_key[batch][row] for batch, row in answered if row in by_key[batch]}


def _origin_column(sheet: Sheet) -> int | None:
    return next((index for index, head in enumerate(sheet.heads) if head.strip() == ORIGIN_HEAD), None)


def _origins(batch: Batch, sheet: Sheet) -> dict[int, int]:
    column = _origin_column(sheet)
    if batch.continues is None or column is None:
        return {}
    stands = sheet.rows.select(ROW, column_name(column)).collect()
    found = places(stands[column_name(column)], batch.continues.sheets)
    told = pl.DataFrame({"row": stands[ROW], "origin": found}).drop_nulls()
    return dict(told.iter_rows())
