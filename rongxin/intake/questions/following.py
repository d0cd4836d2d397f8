"""What followed a judgement that ends, or is at odds with a new "not the same": no row goes on to a subject that nobody means.

By state of the batch: checked: its rows are asked about again, at once (reasking). Released and being recorded: recording leaves
them out and asks about them (records.appending.append, left_out). Recorded: the records are taken off their subject. Being
checked: it catches up as soon as it is checked.

What was recorded by its code or its name is not touched by "not the same"; that is for a withdrawal or a split.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import Q

from rongxin.accounts.models import Account
from rongxin.departments.models import Department
from rongxin.engine.resolution import BY_JUDGEMENT
from rongxin.intake import files
from rongxin.intake.models import OPEN_BATCHES, Batch, BatchState, Channel, Question, QuestionState
from rongxin.intake.questions.reasking import ask_again
from rongxin.intake.questions.rows import asks_whose, unasked_rows
from rongxin.records import actions as records
from rongxin.records.barred import filed_parties
from rongxin.storage.turns import in_turn
from rongxin.subjects.judging import contradicted
from rongxin.subjects.models import Judgement, Verdict
from rongxin.subjects.queries import same_as
from rongxin.workflow.writing import events_last

JUDGING: Final = "judging"
_LONGEST_TRANSACTION: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Followed:
    """Rows of waiting batches that are asked about again, and records that are nobody's now."""

    asked: int = 0
    taken_off: int = 0

    def __add__(self, other: "Followed") -> "Followed":
        return Followed(self.asked + other.asked, self.taken_off + other.taken_off)


NOTHING_FOLLOWED: Final = Followed()


def judging_in_turn() -> None:
    """Before any batch is locked by whoever may change a judgement: then nobody waits in a circle, and no check misses it."""
    in_turn(JUDGING)


def follow(changed: Iterable[Judgement], by: Account, *, basis: str) -> Followed:
    """Undo what rests on judgements that ended, or contradicts new ones. Must run in their transaction, in turn."""
    total = NOTHING_FOLLOWED
    for judgement in changed:
        total += Followed(asked=sum(_ask(batch, (judgement,), by) for batch in _concerned(judgement)))
        if judgement.verdict == Verdict.SAME:
            provider = Department.objects.get(code=judgement.provider)
            party = (judgement.name_normalised, judgement.code)
            off = records.unresolve_judged(judgement.subject, provider, *party, by=by.username, basis=basis)
            total += Followed(taken_off=off)
    return total


@transaction.atomic
@events_last()
def catch_up(number: str) -> None:
    """Ask about the rows of a batch just checked whose judgement changed while it was being checked."""
    judging_in_turn()
    batch = Batch.objects.select_related("submitted_by").get(number=number)
    since = batch.received_at - _LONGEST_TRANSACTION
    # One that was taken back just before the check read it is met again; that asks nothing twice.
    lately = Judgement.objects.filter(Q(made_at__gte=since) | Q(ended_at__gte=since)).select_related("subject")
    for_it = lately.filter(Q(provider=batch.provider.code) | Q(verdict=Verdict.DIFFERENT))
    if changed := tuple(for_it):
        _ask(batch, changed, batch.submitted_by)


def _concerned(judgement: Judgement) -> list[Batch]:
    """The batches that may hold rows of the judged party: those of its department, or for "different" those of all."""
    about = Question.objects.filter(name_normalised=judgement.name_normalised, party_code=judgement.code)
    batches = Batch.objects.filter(Q(state=BatchState.CHECKED) | Q(pk__in=about.values("batch")))
    if judgement.verdict == Verdict.SAME:
        batches = batches.filter(provider__code=judgement.provider)
    return list(batches.exclude(channel=Channel.QUESTION).order_by("pk"))


def _ask(batch: Batch, changed: Sequence[Judgement], by: Account) -> int:
    """Ask again about the rows of ``batch`` that are at odds with the judgements as they stand now; how many."""
    if _at_odds(batch, changed).is_empty():
        return 0
    held = Batch.objects.select_for_update(of=("self",)).select_related("provider").get(pk=batch.pk)
    list(Batch.objects.select_for_update().filter(continues=held, channel=Channel.QUESTION, state=BatchState.CHECKED))
    rows = _at_odds(held, changed)  # somebody may have released it in the meantime
    if rows.height:
        ask_again(held, rows, by)
    return rows.height


def _at_odds(batch: Batch, changed: Sequence[Judgement]) -> pl.DataFrame:
    """Rows of the parties that ``changed`` is about, on subjects that they must not go on to: accepted ones that wait for
    release, and those of which was only asked whether they are right as filed.
    """
    parts = [unasked_rows(batch)] if batch.state == BatchState.CHECKED else []
    if asked := _asked_as_filed(batch, changed):
        parts.append(pl.scan_parquet(files.waiting_path(batch.number)).filter(pl.col("row").is_in(asked)))
    if not parts or "act_key" not in parts[0].collect_schema().names():
        return pl.DataFrame()
    subjects = {judgement.subject.merged_into_id or judgement.subject_id for judgement in changed}
    near = pl.col("subject").is_in(list(same_as(subjects).values_list("pk", flat=True)))
    if all(judgement.verdict == Verdict.SAME for judgement in changed):
        near &= pl.col("method") == BY_JUDGEMENT
    rows = pl.concat(parts).filter(near).collect()
    if rows.is_empty():
        return rows
    parties = pl.DataFrame(
        [(each.name_normalised, each.code) for each in changed], schema=["name", "code"], orient="row"
    )
    concerned = filed_parties(rows, batch.policy_digest, batch.kind).join(parties, on=["name", "code"], how="semi")
    return rows.filter(pl.col("row").is_in(contradicted(concerned, batch.provider.code)))


def _asked_as_filed(batch: Batch, changed: Sequence[Judgement]) -> list[int]:
    if batch.state not in OPEN_BATCHES:
        return []
    waits = Q(state=QuestionState.OPEN)
    carried = Q(follow_up=None, batch__state=BatchState.CHECKED) | Q(follow_up__state=BatchState.CHECKED)
    questions = Question.objects.filter(
        waits | (Q(state=QuestionState.ANSWERED) & carried),
        batch=batch,
        name_normalised__in={each.name_normalised for each in changed},
    )
    return [question.row for question in questions if not asks_whose(question)]
