"""The rows behind questions: what waits, and what a release of a batch records, answered rows among them.

Both are read from the files of the check and from the answers as they stand; no file changes when a question is answered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from django.db.models import Q, QuerySet

from rongxin.intake import files
from rongxin.intake.models import Batch, Channel, Question, QuestionState
from rongxin.intake.questions.asking import IDENTITY

BY_PERSON: Final = "person"
"""How a record came to its subject when a person answered a question about the row."""

_NOTHING: Final = pl.LazyFrame()
_OF_ACT: Final = ("row", "subject", "act_key", "content_hash", "decided_on", "display")


@dataclass(frozen=True, slots=True)
class WaitingAct:
    """What counting and finding alike rows need of a waiting row; all None for kinds that register subjects."""

    row: int
    subject: int | None = None
    act_key: str | None = None
    content_hash: str | None = None
    decided_on: date | None = None
    display: str | None = None


def held_with_origin(number: str) -> Batch:
    """The batch, locked until the transaction ends. A follow-up is locked after the batch that it follows, as those who answer
    do: nobody waits in a circle.
    """
    followed = Batch.objects.filter(number=number, channel=Channel.QUESTION).values("continues")
    list(Batch.objects.select_for_update().filter(pk__in=followed))
    batches = Batch.objects.select_for_update(of=("self",)).select_related(
        "provider", "decided_by", "continues__provider"
    )
    return batches.get(number=number)


def asks_whose(question: Question) -> bool:
    """Whether the question is whose row it is, and not only whether it is right as filed."""
    return any(reason["code"] in IDENTITY for reason in question.reasons)


def waiting_acts(batch: Batch, rows: Iterable[int] | None = None) -> dict[int, WaitingAct]:
    """The waiting rows of a batch (those of ``rows``) by number."""
    waiting = pl.scan_parquet(files.waiting_path(batch.number))
    if rows is not None:
        waiting = waiting.filter(pl.col("row").is_in(list(rows)))
    known = waiting.collect_schema().names()
    if "act_key" not in known:
        return {row: WaitingAct(row) for row in waiting.select("row").collect()["row"]}
    return acts_in(waiting.select(_OF_ACT).collect())


def acts_in(rows: pl.DataFrame) -> dict[int, WaitingAct]:
    """Rows of a kind that makes records, by number."""
    return {line["row"]: WaitingAct(**line) for line in rows.select(_OF_ACT).iter_rows(named=True)}


def waiting_row(question: Question) -> dict[str, Any]:
    """The row of a question as a release would record it; empty when its file is gone."""
    path = files.waiting_path(question.batch.number)
    if not path.exists():
        return {}
    found = pl.scan_parquet(path).filter(pl.col("row") == question.row).collect()
    return found.row(0, named=True) if found.height else {}


def answered_in(batch: Batch) -> QuerySet[Question]:
    """The answered questions whose rows a release of this batch records."""
    carried = Q(batch=batch, follow_up=None) | Q(follow_up=batch)
    return Question.objects.filter(carried, state=QuestionState.ANSWERED).select_related("batch", "answered_by")


def rows_to_record(batch: Batch) -> pl.LazyFrame:
    """Every row that a release of ``batch`` records: answered rows first, then those that asked nothing.

    FileNotFoundError, at the latest when the rows are read, where they are not here.
    """
    parts = [_answered(number, questions) for number, questions in _by_batch(answered_in(batch)).items()]
    if batch.channel != Channel.QUESTION:
        parts.append(unasked_rows(batch))
    return pl.concat(parts) if parts else _NOTHING


def unasked_rows(batch: Batch) -> pl.LazyFrame:
    """The accepted rows of a batch that is not finished, without those that were asked about afterwards."""
    asked = list(Question.objects.filter(batch=batch).values_list("row", flat=True))
    accepted = pl.scan_parquet(files.accepted_path(batch.number))
    return accepted.filter(~pl.col("row").is_in(asked)) if asked else accepted


def rows_are_here(batch: Batch) -> bool:
    """Whether the rows that a release would record are on the disk.

    They are not where a database from before a release was restored, or where the folder of the batches was lost.
    """
    asked = answered_in(batch).values_list("batch__number", flat=True).order_by().distinct()
    needed = [files.waiting_path(number) for number in asked]
    if batch.channel != Channel.QUESTION:
        needed.append(files.accepted_path(batch.number))
    return all(path.exists() for path in needed)


def _by_batch(questions: Iterable[Question]) -> dict[str, list[Question]]:
    found: dict[str, list[Question]] = {}
    for question in questions:
        found.setdefault(question.batch.number, []).append(question)
    return found


def _answered(batch: str, questions: list[Question]) -> pl.LazyFrame:
    """The waiting rows of answered questions, each with the subject that was named."""
    waiting = pl.scan_parquet(files.waiting_path(batch))
    schema = waiting.collect_schema()
    answers = pl.LazyFrame(
        [
            (question.row, question.subject_id, BY_PERSON if asks_whose(question) else None)
            for question in sorted(questions, key=lambda question: question.row)
        ],
        schema={"row": schema["row"], "answer": pl.Int64, "answer_method": pl.String},
        orient="row",
    )
    return waiting.join(answers, on="row", how="inner", maintain_order="left").select(
        pl.coalesce("answer", name).alias(name)
        if name == "subject"
        else pl.coalesce("answer_method", name).alias(name)
        if name == "method"
        else name
        for name in schema.names()
    )
