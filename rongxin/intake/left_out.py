"""Rows of a released batch that were not recorded after all: what happened between the check and the recording is told.

The act was withdrawn meanwhile: the row goes back to the clerk with that reason. The judgement that the row had followed stands
no longer: a person is asked whose it is.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.engine.problems import message
from rongxin.intake.checking import WITHDRAWN
from rongxin.intake.envelope import as_displayed
from rongxin.intake.models import Batch, Channel, RowProblem
from rongxin.intake.questions.counting import count_out
from rongxin.intake.questions.reasking import ask_again
from rongxin.intake.questions.rows import acts_in, answered_in, rows_to_record
from rongxin.intake.questions.settling import give_back
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import StepSeverity
from rongxin.records.appending import Appended
from rongxin.records.barred import Withdrawn
from rongxin.subjects.queries import counting_as

TOLD: Final = "withdrawn_before_recording"


def settle_left_out(batch: Batch, told: Appended, kind: RecordKind, by: Account) -> None:
    """Count the rows that ``told`` left out of what the batch records, and say why; ``batch`` is read anew.

    The batch must be locked, and the one that it follows. Doing it needs the file of accepted rows.
    """
    origin = batch.continues if batch.continues and batch.channel == Channel.QUESTION else batch
    if told.unjudged:
        ask_again(origin, _rows(batch, told.unjudged), by)
        batch.refresh_from_db()
    if told.withdrawn:
        _refuse(batch, told.withdrawn, kind, by)


def _rows(batch: Batch, numbers: Sequence[int]) -> pl.DataFrame:
    return rows_to_record(batch).filter(pl.col("row").is_in(list(numbers))).collect()


def _refuse(batch: Batch, withdrawn: Sequence[Withdrawn], kind: RecordKind, by: Account) -> None:
    acts = acts_in(as_displayed(_rows(batch, [each.row for each in withdrawn]), kind, timezone.localdate()))
    reasons = {each.row: each.params for each in withdrawn}
    count_out(batch, acts.values(), by)
    # A row that somebody had answered is given back as that person's own sending back would be: it can be taken back as well.
    answered = list(answered_in(batch).filter(row__in=list(acts)).select_related("batch"))
    for question in answered:
        origin = batch if question.batch_id == batch.pk else question.batch
        origin.refresh_from_db()
        origin.in_review += 1
        give_back(origin, [question], by, note=message(WITHDRAWN, reasons[question.row], "zh"))
    batch.refresh_from_db()
    others = set(acts) - {question.row for question in answered}
    field = (kind.credit.envelope.document_number if kind.credit.envelope else None) or kind.credit.party.name
    subjects = counting_as([act.subject for act in acts.values() if act.subject is not None])
    firms = {row: subject.uscc for row in others if (subject := subjects.get(acts[row].subject or 0)) is not None}
    RowProblem.objects.bulk_create(
        RowProblem(
            batch=batch,
            row=row,
            field=field,
            code=WITHDRAWN,
            severity=StepSeverity.REFUSE.value,
            params=reasons[row],
            firm=firms.get(row, ""),
        )
        for row in sorted(others)
    )
    batch.rejected += len(others)
    batch.findings.append({"code": TOLD, "params": {"count": str(len(acts))}})
    batch.save(update_fields=["rejected", "findings"])
