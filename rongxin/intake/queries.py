"""Reading batches: an officer sees those of the own department."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import EVERYWHERE, Action
from rongxin.accounts.queries import demand
from rongxin.intake import files
from rongxin.intake.checking import COMES_BACK
from rongxin.intake.jobs import PERSON
from rongxin.intake.models import Batch, BatchState, RowProblem
from rongxin.policy.words import Display
from rongxin.subjects.models import Subject

UNDER_WAY: Final = (BatchState.RECEIVED, BatchState.RELEASED)


@dataclass(frozen=True)
class WaitingRow:
    """A row that a release would record, and the company it was resolved to."""

    row: int
    subject: Subject | None
    party_name: str
    document_number: str
    decided_on: date | None
    is_public: bool


def visible_to(officer: Account) -> QuerySet[Batch]:
    """The batches of the officer's department; a steward sees those of every department."""
    batches = Batch.objects.all()
    if officer.role not in EVERYWHERE:
        batches = batches.filter(provider=officer.department_id)
    return batches.select_related("provider", "submitted_by", "decided_by", "stopped_by")


def batch_for(officer: Account, number: str) -> Batch:
    """One batch; raises Batch.DoesNotExist for another department's, as if there were none."""
    found = visible_to(officer).get(number=number)
    demand(officer, Action.BATCH_READ, found.provider)
    return found


def to_release(officer: Account) -> QuerySet[Batch]:
    """Batches that wait for this officer's release: never the own ones."""
    if not officer.may(Action.BATCH_RELEASE, officer.department):
        return Batch.objects.none()
    return visible_to(officer).filter(state=BatchState.CHECKED).exclude(submitted_by=officer)


def with_returned_rows(officer: Account) -> QuerySet[Batch]:
    """The officer's own batches of which rows came back and whose file has a return workbook."""
    back = Q(rejected__gt=0) | Q(in_review__gt=0)
    return (
        visible_to(officer)
        .filter(back, submitted_by=officer)
        .exclude(state__in=(BatchState.STOPPED, BatchState.RETURNED))
    )


def problems_of(batch: Batch, *, limit: int | None) -> list[RowProblem]:
    """Why rows came back or wait, in the order of the file."""
    chosen = RowProblem.objects.filter(batch=batch, severity__in=(*COMES_BACK, PERSON))
    return list(chosen.order_by("row", "pk")[:limit])


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


@dataclass(frozen=True)
class Warned:
    """A warning on accepted rows: on how many, and one of them as an example."""

    rows: int
    example: RowProblem


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
    """The first rows that a release would record."""
    path = files.accepted_path(batch.number)
    if not path.exists() or "act_key" not in pl.read_parquet_schema(path):
        return []
    columns = ("row", "subject", "party_name", "document_number", "decided_on", "display")
    first = pl.scan_parquet(path).select(columns).head(limit).collect()
    subjects = Subject.objects.in_bulk(first["subject"].drop_nulls().to_list())
    return [
        WaitingRow(
            row=row["row"],
            subject=subjects.get(row["subject"]),
            party_name=row["party_name"],
            document_number=row["document_number"],
            decided_on=row["decided_on"],
            is_public=row["display"] == Display.PUBLIC,
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
