"""Writing down what became of a question, and giving rows back to the clerk."""

from collections.abc import Iterable
from typing import Final

from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.intake import rounds
from rongxin.intake.models import Batch, Question, QuestionState, RowProblem
from rongxin.policy.words import StepSeverity
from rongxin.primitives.uscc import codes_in, normalise_code
from rongxin.rulebook import queries as rulebook

SENT_BACK: Final = "sent_back_by_person"
SETTLED: Final = "answered"
"""Severity of a problem that a person has answered: it neither sends the row back nor warns."""

REPLACED: Final = "这一行已在批次 {batch} 中更正重报"
LONGEST_NOTE: Final = 300


def settle(questions: Iterable[Question], state: QuestionState, by: Account, *, note: str) -> None:
    """Write the state, who gave it and why."""
    now = timezone.now()
    settled = list(questions)
    for question in settled:
        question.state = state
        question.answered_by = by
        question.answered_at = now
        question.note = note.strip()[:LONGEST_NOTE]
    Question.objects.bulk_update(settled, ["state", "answered_by", "answered_at", "note", "subject", "follow_up"])


def replaced_by(batch: Batch) -> None:
    """What was asked in earlier rounds about rows that this round sends again needs no answer any more: it is asked here, or is
    clear by now. Must run in the transaction that concludes the check of ``batch``.
    """
    again = set(rounds.read_round(batch).origins.values())
    for earlier in (each for each in rounds.chain_of(batch) if again and each.pk != batch.pk):
        held = Batch.objects.select_for_update(of=("self",)).select_related("provider").get(pk=earlier.pk)
        origins = rounds.read_round(held).origins
        still_open = Question.objects.select_for_update().filter(batch=held, state=QuestionState.OPEN)
        replaced = [question for question in still_open if origins.get(question.row, question.row) in again]
        if replaced:
            give_back(held, replaced, batch.submitted_by, note=REPLACED.format(batch=batch.number))


def give_back(batch: Batch, questions: list[Question], by: Account, *, note: str) -> None:
    """The rows are the clerk's again, with the reason."""
    settle(questions, QuestionState.SENT_BACK, by, note=note)
    name = rulebook.by_digest(batch.policy_digest).kinds[batch.kind].credit.party.name
    RowProblem.objects.bulk_create(
        RowProblem(
            batch=batch,
            row=question.row,
            field=name,
            value=question.party_name,
            code=SENT_BACK,
            severity=StepSeverity.REFUSE.value,
            params={"note": question.note},
            firm=next(iter(codes_in(normalise_code(question.party_code))), ""),
        )
        for question in questions
    )
    batch.in_review -= len(questions)
    batch.rejected += len(questions)
    batch.save(update_fields=["in_review", "rejected"])
