"""Reading batches: an officer sees those of the own department."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand, within_reach
from rongxin.intake.checking import COMES_BACK
from rongxin.intake.envelope import as_displayed
from rongxin.intake.jobs import PERSON
from rongxin.intake.models import Batch, BatchState, RowProblem
from rongxin.intake.questions.queries import answerers
from rongxin.intake.questions.rows import rows_to_record
from rongxin.policy.words import Display
from rongxin.records import queries as records
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import counting_as

UNDER_WAY: Final = (BatchState.RECEIVED, BatchState.RELEASED)


@dataclass(frozen=True)
class WaitingRow:
    """A row that a release would record, and the company it was resolved to; ``attributed_by``: the person who said so."""

    row: int
    subject: Subject | None
    party_name: str
    document_number: str
    decided_on: date | None
    is_public: bool
    attributed_by: str = ""


def visible_to(officer: Account) -> QuerySet[Batch]:
    """The batches of the officer's department; a credit office sees those of its region."""
    batches = within_reach(officer, Action.BATCH_READ, Batch.objects.all())
    return batches.select_related("provider", "submitted_by", "decided_by", "stopped_by")


def batch_for(officer: Account, number: str) -> Batch:
    """One batch; raises Batch.DoesNotExist for another department's, as if there were none."""
    found = visible_to(officer).select_related("continues", "case__owner", "case__handler").get(number=number)
    demand(officer, Action.BATCH_READ, found.provider)
    return found


def to_release(officer: Account) -> QuerySet[Batch]:
    """Batches that wait for this officer's release: never the own ones."""
    waiting = within_reach(officer, Action.BATCH_RELEASE, visible_to(officer))
    return waiting.filter(state=BatchState.CHECKED).exclude(submitted_by=officer)


def with_returned_rows(officer: Account) -> QuerySet[Batch]:
    """The officer's own batches of which rows came back and that no later round has taken up."""
    back = Q(rejected__gt=0) | Q(in_review__gt=0)
    first = Coalesce(OuterRef("continues"), OuterRef("pk"))
    later = Batch.objects.filter(continues=first, round__gt=OuterRef("round"))
    return (
        visible_to(officer)
        .filter(back, ~Exists(later), submitted_by=officer)
        .exclude(state__in=(BatchState.STOPPED, BatchState.RETURNED))
    )


@dataclass(frozen=True)
class Warned:
    """A warning on accepted rows: on how many, and one of them as an example."""

    rows: int
    example: RowProblem


@dataclass(frozen=True)
class Contents:
    """Rows of a batch: the first that a release would record, why rows came back or wait, what accepted ones were warned of."""

    waiting: tuple[WaitingRow, ...]
    problems: tuple[RowProblem, ...]
    warnings: tuple[Warned, ...]


def contents_of(batch: Batch, access: Access, *, waiting: int, problems: int | None) -> Contents:
    """At most ``waiting`` rows and ``problems`` reasons of a batch, as filed. Raises NotLogged."""
    found = Contents(
        tuple(waiting_rows(batch, limit=waiting)) if waiting else (),
        tuple(problems_of(batch, limit=problems)),
        tuple(warnings_of(batch)),
    )
    access.look(
        [
            *(row.subject.uscc for row in found.waiting if row.subject is not None),
            *(problem.firm for problem in found.problems),
            *(warned.example.firm for warned in found.warnings),
        ],
        "batch",
    )
    return found


def errors_of(batch: Batch, access: Access, *, after: int = 0, limit: int | None = None) -> list[RowProblem]:
    """Why rows came back or wait, for a machine: those after the problem with this key. Raises NotLogged."""
    chosen = RowProblem.objects.filter(batch=batch, severity__in=(*COMES_BACK, PERSON), pk__gt=after)
    found = list(chosen.order_by("pk")[:limit])
    access.look((problem.firm for problem in found), "batch", act="answer")
    return found


def problems_of(batch: Batch, *, limit: int | None) -> list[RowProblem]:
    """Why rows came back or wait, in the order of the file."""
    chosen = RowProblem.objects.filter(batch=batch, severity__in=(*COMES_BACK, PERSON))
    return list(chosen.order_by("row", "pk")[:limit])


def recorded_numbers(batch: Batch, *, limit: int = 20) -> list[str]:
    """The public numbers of the records in which rows of the batch were seen."""
    return records.numbers_in_batch(batch.number, limit=limit)


def problem_columns(batch: Batch) -> list[tuple[str, int]]:
    """Fields and how many returned rows each caused, the most frequent first."""
    counted = (
        RowProblem.objects.filter(batch=batch, severity__in=COMES_BACK)
        .exclude(field="")
        .values("field")
        .annotate(rows=Count("row", distinct=True))
        .order_by("-rows", "field")
    )
    return [(line["field"], line["rows"]) for line in counted]


def warnings_of(batch: Batch) -> list[Warned]:
    """What accepted rows were warned of, the most frequent first."""
    counted = (
        RowProblem.objects.filter(batch=batch, severity="warn")
        .values("code")
        .annotate(rows=Count("row", distinct=True), first=Min("pk"))
        .order_by("-rows", "code")
    )
    examples = RowProblem.objects.in_bulk([line["first"] for line in counted])
    return [Warned(line["rows"], examples[line["first"]]) for line in counted]


def waiting_rows(batch: Batch, *, limit: int) -> list[WaitingRow]:
    """The first rows that a release would record: those that somebody was asked about, then the others."""
    rows = rows_to_record(batch)
    if "act_key" not in rows.collect_schema().names():
        return []
    columns = ("row", "subject", "party_name", "document_number", "decided_on", "valid_to", "display")
    kind = rulebook.by_digest(batch.policy_digest).kinds[batch.kind]
    first = as_displayed(rows.select(columns).head(limit).collect(), kind, timezone.localdate())
    said_by = answerers(batch, first["row"])
    subjects = counting_as(first["subject"].drop_nulls())
    return [
        WaitingRow(
            row=row["row"],
            subject=subjects.get(row["subject"]),
            party_name=row["party_name"],
            document_number=row["document_number"],
            decided_on=row["decided_on"],
            is_public=row["display"] == Display.PUBLIC,
            attributed_by=said_by.get(row["row"], ""),
        )
        for row in first.iter_rows(named=True)
    ]


@dataclass(frozen=True)
class MonthSums:
    """What the officer's department sent since the first of the month, in batches and rows."""

    batches: int
    recorded: int
    rejected: int
    in_review: int


def month_sums(officer: Account) -> MonthSums:
    """Sums of the running month, in one query."""
    since = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    sums = Batch.objects.filter(provider=officer.department_id, received_at__gte=since).aggregate(
        batches=Count("pk"), recorded=Sum("recorded"), rejected=Sum("rejected"), in_review=Sum("in_review")
    )
    return MonthSums(**{name: value or 0 for name, value in sums.items()})


def warned_rows(batch: Batch) -> int:
    """How many accepted rows were warned, each counted for every warning."""
    return RowProblem.objects.filter(batch=batch, severity="warn").values("row", "code").distinct().count()
