"""Asking about rows that asked nothing, or only whether they are right as filed, when the judgement they rested on is gone.

Exactly those rows become questions, in the transaction in which the judgement ends; the batch is not checked a second time.
A second check would meet the officers' own answers as remembered judgements, find removals that took effect already recorded,
and judge by another day: it would change much more than whose these rows are. So a release is never in between: it records
the batch with them or without them.

The file of accepted rows stays as it is. A row of it that is asked about counts as asked (rows.rows_to_record), and is copied
to the waiting rows, where a copy without a question means nothing.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl
from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.engine.resolution import BY_JUDGEMENT
from rongxin.engine.sheets import params_text
from rongxin.engine.validation import VALUE_LENGTH
from rongxin.intake import files
from rongxin.intake.envelope import as_displayed
from rongxin.intake.models import Batch, BatchState, Question, QuestionState, RowProblem
from rongxin.intake.moving import move
from rongxin.intake.questions import asking
from rongxin.intake.questions.counting import count_out
from rongxin.intake.questions.rows import WaitingAct, acts_in
from rongxin.intake.questions.settling import SETTLED
from rongxin.policy.words import StepSeverity
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.queries import counting_as
from rongxin.subjects.showing import shown_name

ENDED: Final = "judgement_ended"
REFUTED: Final = "judged_different"
TOLD: Final = "judgement_ended_rows"
FOLLOWED: Final = "judged_same"
_REVIEW: Final = StepSeverity.REVIEW.value


def ask_again(batch: Batch, rows: pl.DataFrame, by: Account) -> None:
    """Ask whose ``rows`` of ``batch`` (as a release would record them) are; ``by`` changed the judgement.

    The batch and whatever carries the rows must be locked. Counts add up afterwards, each batch that loses rows says why, and
    one that has nothing left to release is finished.
    """
    kind = rulebook.by_digest(batch.policy_digest).kinds[batch.kind]
    found = Question.objects.select_for_update(of=("self",)).filter(batch=batch, row__in=rows["row"].to_list())
    asked = {question.row: question for question in found.select_related("follow_up")}
    problems = _problems(rows, kind.credit.party.name)
    questions = asking.questions_about(
        asking.parties_filed(rows, kind.credit.party, batch.provider), problems, batch.provider
    )
    fresh = ~pl.col("row").is_in(list(asked))
    _copy_to_waiting(batch, rows.filter(fresh))
    asking.add(batch, questions.filter(fresh))
    acts = acts_in(as_displayed(rows, kind, timezone.localdate()))
    _take_out(batch, asked, acts, rows, by)
    _ask_more(asked, questions)
    RowProblem.objects.filter(batch=batch, row__in=list(acts), code=FOLLOWED).delete()
    RowProblem.objects.filter(batch=batch, row__in=list(asked), severity=SETTLED).update(severity=_REVIEW)
    RowProblem.objects.bulk_create(
        RowProblem(batch=batch, severity=_REVIEW, **line | {"params": json.loads(line["params"])})
        for line in problems.select("row", "field", "code", "value", "params", "firm").iter_rows(named=True)
    )


def _problems(rows: pl.DataFrame, field: str) -> pl.DataFrame:
    """Why each row is asked about, as problems of the engine."""
    subjects = counting_as(rows["subject"].drop_nulls())
    told = [
        (row, ENDED, params_text({"judged_uscc": subjects[subject].uscc}), subjects[subject].uscc)
        if method == BY_JUDGEMENT
        else (row, REFUTED, params_text({"registered": shown_name(subjects[subject])}), subjects[subject].uscc)
        for row, subject, method in rows.select("row", "subject", "method").iter_rows()
    ]
    codes = pl.DataFrame(
        told,
        schema={"row": rows.schema["row"], "code": pl.String, "params": pl.String, "firm": pl.String},
        orient="row",
    )
    named = rows.select("row", value=pl.col("party_name").str.slice(0, VALUE_LENGTH))
    return codes.join(named, on="row", maintain_order="left").with_columns(
        pl.lit(field).alias("field"), pl.lit(_REVIEW).alias("severity")
    )


def _copy_to_waiting(batch: Batch, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    target = files.waiting_path(batch.number)
    waiting = pl.read_parquet(target).filter(~pl.col("row").is_in(rows["row"].implode()))
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        made = Path(name) / "waiting"
        pl.concat([waiting.cast(rows.schema), rows]).write_parquet(made)
        files.replace_whole(made, target)


def _take_out(
    batch: Batch, asked: Mapping[int, Question], acts: Mapping[int, WaitingAct], rows: pl.DataFrame, by: Account
) -> None:
    """Take the rows out of what carries them, and count them among those that wait."""
    carried: dict[int, list[int]] = {}
    for row in acts:
        question = asked.get(row)
        if question is None or question.state == QuestionState.ANSWERED:
            carried.setdefault((question and question.follow_up_id) or batch.pk, []).append(row)
    for carrier in Batch.objects.in_bulk(carried).values():
        lost = carried[carrier.pk]
        named = rows.filter(pl.col("row").is_in(lost))["party_name"][0]
        carrier.findings.append({"code": TOLD, "params": {"count": str(len(lost)), "party": named}})
        carrier.save(update_fields=["findings"])
        count_out(carrier, [acts[row] for row in lost], by)
    batch.refresh_from_db()
    batch.in_review += sum(map(len, carried.values()))
    if batch.state == BatchState.CHECKED and batch.accepted == batch.recorded:
        move(batch, BatchState.RECORDED if batch.recorded else BatchState.NOTHING_NEW)
        batch.finished_at = timezone.now()
        transaction.on_commit(lambda: files.drop_received(batch.number))
    batch.save(update_fields=["in_review", "finished_at"])


def _ask_more(asked: Mapping[int, Question], questions: pl.DataFrame) -> None:
    """Questions that were asked before, whether answered or not, now ask whose the row is, too."""
    told = {line["row"]: line for line in questions.iter_rows(named=True)}
    for row, question in asked.items():
        question.state = QuestionState.OPEN
        question.subject, question.answered_by, question.answered_at, question.follow_up = None, None, None, None
        question.note = ""
        question.reasons = [*json.loads(told[row]["reasons"]), *question.reasons]
        question.candidates = json.loads(told[row]["candidates"])
    fields = ["state", "subject", "answered_by", "answered_at", "follow_up", "note", "reasons", "candidates"]
    Question.objects.bulk_update(asked.values(), fields)
