"""What a department decided beside what the platform holds of it, and what explains the difference.

Acts recorded and acts waiting for release are counted by the month of decision. Rows that came back or whose company is
not told yet have no day that could be relied on: they are counted by the month they were sent in, and explain a gap no
further than it is wide.

Full rate (全量率) = recorded ÷ (produced − unreported with basis). Compliant rate (合规率) = rows accepted at the first
try ÷ rows sent. Both formulas and names are local settings (U).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
from django.db.models import Count, QuerySet, Sum

from rongxin.departments.models import Department
from rongxin.intake.coverage.filing import source_counts
from rongxin.intake.coverage.waiting import waiting_days
from rongxin.intake.models import Batch, BatchState, Channel, Question, QuestionState, SourceCount
from rongxin.intake.rounds import NOTHING_OF_IT
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display
from rongxin.primitives.months import last_day_of
from rongxin.records.counting import displayed_counts, first_days
from rongxin.records.display import SHANGHAI, Moment

Key = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a department sent of one kind in a month, in rows.

    ``first_try`` rows came in batches that correct no other, ``accepted`` of them were good at once. ``returned`` rows came
    back and were not sent again yet; ``in_review`` wait to be told whose they are.
    """

    first_try: int = 0
    accepted: int = 0
    returned: int = 0
    in_review: int = 0
    channels: tuple[str, ...] = ()

    @property
    def compliant_rate(self) -> float | None:
        """Accepted at the first try, of the rows sent; None when nothing was."""
        return self.accepted / self.first_try if self.first_try else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """One department, kind and month. ``filed`` None: the department has not said how much it decided."""

    provider: Department
    kind: str
    month: date
    filed: SourceCount | None
    recorded: int
    withheld: int
    displayed: int
    waiting: int
    sent: Sent

    @property
    def received(self) -> int:
        """What came, as far as it can be told: recorded, waiting, come back, in review."""
        return self.recorded + self.waiting + self.sent.returned + self.sent.in_review

    @property
    def ended(self) -> int:
        """Recorded for the public and not on display now: withdrawn, repaired or past its term."""
        return max(0, self.recorded - self.withheld - self.displayed)

    @property
    def expected(self) -> int | None:
        """What was to be reported; None when it is not known."""
        return None if self.filed is None else self.filed.produced - self.filed.unreported

    @property
    def full_rate(self) -> float | None:
        """Recorded, of what was to be reported (0 to 1): never more than all of it."""
        expected = self.expected
        return min(1.0, self.recorded / expected) if expected else None

    @property
    def gap(self) -> int | None:
        """How many acts to be reported are neither recorded nor waiting; below zero: more came than were counted."""
        return None if self.expected is None else self.expected - self.recorded - self.waiting

    @property
    def explained_by_review(self) -> int:
        """How much of the gap may be rows whose company is not told yet."""
        return min(max(self.gap or 0, 0), self.sent.in_review)

    @property
    def explained_by_return(self) -> int:
        """How much of the rest may be rows that came back."""
        return min(max(self.gap or 0, 0) - self.explained_by_review, self.sent.returned)

    @property
    def missing(self) -> int | None:
        """What nothing explains; None when the department has not filed its count."""
        if self.gap is None:
            return None
        return max(0, self.gap - self.explained_by_review - self.explained_by_return)

    @property
    def surplus(self) -> int:
        """Acts beyond the department's own count: it counted too few."""
        return max(0, -(self.gap or 0))


def reconcile(
    policy: Policy, month: date, providers: Sequence[Department], kinds: Iterable[str], moment: Moment
) -> list[Reconciliation]:
    """One line for each of ``providers`` and ``kinds``, in their order; eight queries, however many there are."""
    end = last_day_of(month)
    acts = first_days(month, end, providers)
    recorded, withheld = _by_kind(acts), _by_kind(acts.filter(pl.col("display") == Display.WITHHELD.value))
    waiting: Counter[Key] = Counter()
    for day in waiting_days(providers):
        if month <= day.decided_on <= end:
            waiting[day.provider, day.kind] += day.public + day.withheld
    displayed = displayed_counts(policy, moment, month, end, providers)
    filed = source_counts(month, providers)
    sent = sent_in(month, providers)
    return [
        Reconciliation(
            provider=provider,
            kind=kind,
            month=month,
            filed=filed.get((provider.pk, kind)),
            recorded=recorded[provider.pk, kind],
            withheld=withheld[provider.pk, kind],
            displayed=displayed.get((provider.pk, kind), 0),
            waiting=waiting[provider.pk, kind],
            sent=sent.get((provider.pk, kind), Sent()),
        )
        for provider in providers
        for kind in kinds
    ]


def _by_kind(acts: pl.DataFrame) -> Counter[Key]:
    counted = acts.group_by("provider", "kind").len()
    return Counter({(provider, kind): number for provider, kind, number in counted.iter_rows()})


def sent_in(month: date, providers: Iterable[Department]) -> dict[Key, Sent]:
    """What was sent in a month by provider and kind. A stopped or unreadable batch sent nothing."""
    start = datetime.combine(month, time(), SHANGHAI)
    end = datetime.combine(last_day_of(month) + timedelta(days=1), time(), SHANGHAI)
    of_month = Batch.objects.filter(
        provider__in=list(providers), received_at__gte=start, received_at__lt=end, checked_at__isnull=False
    ).exclude(state__in=(BatchState.STOPPED, BatchState.UNREADABLE))
    columns = (
        "provider",
        "kind",
        "channel",
        "state",
        "round",
        "rows",
        "accepted",
        "duplicates",
        "rejected",
        "refused_person",
    )
    found: dict[Key, Sent] = {}
    for provider, kind, channel, state, turn, rows, accepted, duplicates, rejected, persons in of_month.values_list(
        *columns
    ):
        so_far = found.setdefault((provider, kind), Sent())
        if turn > 1 or channel == Channel.QUESTION:  # rows that were counted when they came first
            continue
        found[provider, kind] = replace(
            so_far,
            first_try=so_far.first_try + rows,
            accepted=so_far.accepted + accepted + duplicates,
            # A batch that the second person sent back came back whole.
            returned=so_far.returned + (rows - persons if state == BatchState.RETURNED else rejected),
            channels=so_far.channels if channel in so_far.channels else (*so_far.channels, channel),
        )
    return _with_questions(_without_mended(found, of_month.values("pk")), of_month.values("pk"))


def _without_mended(found: dict[Key, Sent], batches: QuerySet[Batch, Any]) -> dict[Key, Sent]:
    """Rows that came back and were good, or went to review, in a later round, whenever that was sent."""
    later = (
        Batch.objects.filter(continues__in=batches).exclude(channel=Channel.QUESTION).exclude(state__in=NOTHING_OF_IT)
    )
    sums = later.values_list("provider", "kind").annotate(rows=Sum("accepted") + Sum("duplicates") + Sum("in_review"))
    for provider, kind, rows in sums.order_by():
        so_far = found[provider, kind]
        found[provider, kind] = replace(so_far, returned=max(0, so_far.returned - rows))
    return found


def _with_questions(found: dict[Key, Sent], batches: QuerySet[Batch, Any]) -> dict[Key, Sent]:
    """Rows sent back by the one who looked at the question have come back like any other."""
    questions = Question.objects.filter(batch__in=batches).exclude(state=QuestionState.ANSWERED)
    rows = questions.values_list("batch__provider", "batch__kind", "state").annotate(rows=Count("pk")).order_by()
    for provider, kind, state, number in rows:
        so_far = found.setdefault((provider, kind), Sent())
        if state == QuestionState.OPEN:
            found[provider, kind] = replace(so_far, in_review=so_far.in_review + number)
        else:
            found[provider, kind] = replace(so_far, returned=so_far.returned + number)
    return found
