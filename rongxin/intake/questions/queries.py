"""Reading the review queue: an officer sees the questions of the own department, a credit office those of its region."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import within_reach
from rongxin.intake.models import OPEN_BATCHES, Batch, Question, QuestionState
from rongxin.intake.questions.asking import IDENTITY
from rongxin.intake.questions.rows import asks_whose, waiting_row
from rongxin.primitives.uscc import codes_in, normalise_code
from rongxin.subjects.models import Subject

AS_FILED: Final = "as_filed"
"""Choosing by reason: rows of which only is asked whether they are right as filed."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which questions of the queue; empty means all. ``days``: asked at least so many days ago."""

    batch: str = ""
    kind: str = ""
    reason: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands in the queue: from 1, with its neighbours' keys."""

    position: int
    total: int
    before: int | None
    after: int | None


def visible_to(officer: Account) -> QuerySet[Question]:
    """The questions of the officer's department, answered or not."""
    questions = within_reach(officer, Action.BATCH_READ, Question.objects.all(), "batch__provider")
    return questions.select_related("batch__provider", "answered_by", "subject", "follow_up")


def queue(officer: Account, chosen: Chosen = Chosen()) -> QuerySet[Question]:
    """The open questions, the oldest first. Those of a batch that was sent back or stopped are asked no more."""
    questions = visible_to(officer).filter(state=QuestionState.OPEN, batch__state__in=OPEN_BATCHES)
    if chosen.batch:
        questions = questions.filter(batch__number=chosen.batch)
    if chosen.kind:
        questions = questions.filter(batch__kind=chosen.kind)
    if chosen.days:
        questions = questions.filter(asked_at__lte=timezone.now() - timedelta(days=chosen.days))
    if chosen.reason:
        questions = questions.annotate(told=Cast("reasons", TextField()))
        asks_whose = Q()
        for code in sorted(IDENTITY):
            asks_whose |= Q(told__contains=f'"{code}"')
        questions = questions.filter(
            ~asks_whose if chosen.reason == AS_FILED else Q(told__contains=f'"{chosen.reason}"')
        )
    return questions.order_by("pk")


def open_count(officer: Account) -> int:
    """How many questions wait for an answer."""
    return queue(officer).count()


@dataclass(frozen=True, slots=True)
class Asked:
    """The row of a question as filed, empty when its file is gone, and the subjects that it may mean, by key."""

    row: Mapping[str, Any]
    subjects: Mapping[int, Subject]


def asked_of(question: Question, access: Access, *, most: int) -> Asked:
    """What is asked, with the ``most`` likeliest candidates; a row that is only confirmed has the one it was resolved to.

    Each of them and the code that was filed may be meant, so each is told. Raises NotLogged.
    """
    row = waiting_row(question)
    found = [each["subject"] for each in question.candidates[:most]] if asks_whose(question) else [row.get("subject")]
    subjects = Subject.objects.in_bulk([pk for pk in found if pk is not None])
    filed = codes_in(normalise_code(question.party_code))
    access.look(sorted({*filed, *(subject.uscc for subject in subjects.values())}), "question")
    return Asked(row, subjects)


def place_in(questions: QuerySet[Question], pk: int) -> Place:
    """Where the question stands among ``questions`` (ordered by key), whether it is still one of them or not."""
    before = questions.filter(pk__lt=pk)
    return Place(
        position=before.count() + 1,
        total=questions.count(),
        before=before.order_by("-pk").values_list("pk", flat=True).first(),
        after=questions.filter(pk__gt=pk).values_list("pk", flat=True).first(),
    )


def answered_by(officer: Account, *, limit: int) -> list[Question]:
    """What the officer answered last, one line for each stroke (the rows decided together share their first)."""
    answered = visible_to(officer).filter(answered_by=officer).exclude(state=QuestionState.OPEN)
    strokes: dict[object, Question] = {}
    # A stroke may have answered many rows: enough of them to fill the list, never all.
    for question in answered.order_by("-answered_at", "pk")[: 20 * limit]:
        strokes.setdefault((question.batch_id, question.answered_at), question)
    return list(strokes.values())[:limit]


def followed_rows(batch: Batch) -> int:
    """Rows of the batch that were answered after its release and went into batches that follow it."""
    return Question.objects.filter(batch=batch, state=QuestionState.ANSWERED).exclude(follow_up=None).count()


def answerers(batch: Batch, rows: Iterable[int]) -> dict[int, str]:
    """{row: who said whose it is} of those rows of a batch that waits for release which were asked about."""
    carried = Q(batch=batch, follow_up=None) | Q(follow_up=batch)
    answered = Question.objects.filter(carried, state=QuestionState.ANSWERED, row__in=list(rows))
    return dict(answered.values_list("row", "answered_by__display_name"))
