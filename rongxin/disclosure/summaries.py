"""The displayed records of one subject counted by what they say, for the kinds whose rules ask for it.

A number of complaints is easily taken for a judgement; the rules give the note that stands beside it.
"""

from collections import Counter
from collections.abc import Iterable

from rongxin.disclosure.facts import public_label
from rongxin.disclosure.views import Count, SummaryCard, Tally, TallyLine
from rongxin.policy.kinds import RecordKind, Summary
from rongxin.policy.pack import Policy
from rongxin.records import queries as records
from rongxin.records.display import Moment
from rongxin.subjects.models import Subject


def summaries(subject: Subject, counts: Iterable[Count], policy: Policy, moment: Moment) -> tuple[SummaryCard, ...]:
    """One card for every kind with a summary of which records are displayed, each with one query."""
    kinds = [policy.kinds[count.kind] for count in counts if count.number]
    return tuple(
        _card(kind, summary, records.tally(subject, kind.name, summary.by, policy, moment))
        for kind in kinds
        if (summary := kind.credit.summary) is not None
    )


def _card(kind: RecordKind, summary: Summary, tally: dict[tuple[str, ...], int]) -> SummaryCard:
    return SummaryCard(
        title=summary.title,
        counted=summary.counted,
        number=sum(tally.values()),
        tallies=tuple(
            Tally(label=public_label(kind.fields[name]), lines=_lines(position, tally))
            for position, name in enumerate(summary.by)
        ),
        note=summary.note,
    )


def _lines(position: int, tally: dict[tuple[str, ...], int]) -> tuple[TallyLine, ...]:
    """The most frequent value first."""
    numbers: Counter[str] = Counter()
    for values, number in tally.items():
        numbers[values[position]] += number
    ordered = sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(TallyLine(value=value, number=number) for value, number in ordered if value)
