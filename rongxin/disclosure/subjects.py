"""One subject for the public: its card, its records displayed at a moment, how many there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, cast

from django.utils.translation import gettext as _

from rongxin.disclosure.lines import by_year, record_line
from rongxin.disclosure.summaries import summaries
from rongxin.disclosure.views import Count, FormerName, RecordsPart, SubjectCard, SuccessionLine, SummaryCard
from rongxin.disclosure.wording import words
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Polarity
from rongxin.records import queries as records
from rongxin.records.display import SHANGHAI, Moment
from rongxin.subjects import queries as subjects
from rongxin.subjects.models import Category, IdentifierKind, Scale, Status, Subject
from rongxin.subjects.succession import successions_of

PART: Final = 20
CLOSED: Final = frozenset({Status.REVOKED, Status.CLOSED, Status.MOVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectView:
    """A subject with what is displayed of it; ``total`` counts all kinds. ``summaries`` stand with the first part only."""

    card: SubjectCard
    counts: tuple[Count, ...]
    part: RecordsPart
    summaries: tuple[SummaryCard, ...] = ()

    @property
    def total(self) -> int:
        """How many records are displayed."""
        return sum(count.number for count in self.counts)


def platform_began_on(today: date) -> date:
    """The day of the first record; ``today`` while there is none."""
    first = records.first_recorded_at()
    return first.astimezone(SHANGHAI).date() if first else today


def subject_view(
    uscc: str, policy: Policy, moment: Moment, *, began_on: date, kind: str = "", offset: int = 0
) -> SubjectView | None:
    """The subject that this code leads to and a part of its displayed records, or None when it leads nowhere.

    The card bears another code when the bearer of this one was merged into it.
    """
    subject = subjects.by_uscc(uscc)
    if subject is None:
        return None
    counts = counts_in_order(records.counts_of([subject.pk], policy, moment).get(subject.pk, {}), policy)
    number = sum(count.number for count in counts if kind in ("", count.kind))
    part = _part(subject, policy, moment, began_on=began_on, kind=kind, offset=offset, number=number)
    return SubjectView(
        card=_card(subject, policy),
        counts=counts,
        part=part,
        summaries=() if offset else summaries(subject, counts, policy, moment),
    )


def counts_in_order(numbers: dict[str, int], policy: Policy) -> tuple[Count, ...]:
    """Numbers by kind, in the order of the catalog."""
    return tuple(
        Count(kind=kind.name, label=kind.title, number=numbers[kind.name], polarity=_polarity(kind))
        for kind in policy.kinds.values()
        if kind.name in numbers
    )


def _polarity(kind: RecordKind) -> Polarity:
    """What all records of the kind say of their subject; neutral where they differ."""
    return kind.credit.polarity if len(kind.credit.polarities) == 1 else Polarity.NEUTRAL


def region_name(code: str, policy: Policy) -> str:
    """The name of a division or reporting unit; empty for an unknown code."""
    unit = next((unit for unit in policy.reporting_units if unit.code == code), None)
    if unit is not None:
        return unit.title.zh
    division = policy.divisions.get(code)
    return division.name if division else ""


def industry_name(code: str | None, policy: Policy) -> str:
    """The section of the industry classification and the code; the code alone where no section is known, empty for none."""
    sections = (each for each in policy.industries if code and each.first <= code[:2] <= each.last)
    return " ".join(part for part in (*(words(each.title) for each in sections), code) if part)


def scale_words(scale: str | None) -> str:
    """The size of an enterprise in the language of the page; empty for none."""
    said = {Scale.LARGE: _("大型"), Scale.MEDIUM: _("中型"), Scale.SMALL: _("小型"), Scale.MICRO: _("微型")}
    return said[Scale(scale)] if scale else ""


def _part(
    subject: Subject, policy: Policy, moment: Moment, *, began_on: date, kind: str, offset: int, number: int
) -> RecordsPart:
    # One record more at the front tells whether the year goes on from the part before.
    ahead = 1 if offset else 0
    found = records.of_subject(subject, policy, moment, kind=kind, limit=PART + ahead, offset=offset - ahead)
    year_before = found[0].record.decided_on.year if ahead and found else None
    lines = [record_line(shown, policy, moment.day, began_on=began_on) for shown in found[ahead:]]
    end = offset + len(lines)
    return RecordsPart(
        years=by_year(lines, year_before=year_before), next_offset=end, more_number=max(0, min(PART, number - end))
    )


def _card(subject: Subject, policy: Policy) -> SubjectCard:
    is_sole_trader = subject.category == Category.SOLE_TRADER
    identifiers = subjects.identifiers_of(subject)
    old_numbers = [each.value for each in identifiers if each.kind == IdentifierKind.REGISTRATION_NUMBER]
    return SubjectCard(
        name=subject.name,
        uscc=subject.uscc,
        status=subject.get_status_display(),
        is_closed=subject.status in CLOSED,
        is_sole_trader=is_sole_trader,
        legal_form=subject.legal_form,
        former_names=tuple(
            FormerName(name=name.text, used_from=name.valid_from, used_to=name.valid_to)
            for name in subjects.names_of(subject)
            if name.valid_to is not None or name.subject_id != subject.pk
        ),
        established_on=subject.established_on,
        # Where a sole trader trades is often where a person lives.
        address="" if is_sole_trader else subject.address,
        industry=industry_name(subject.industry, policy),
        scale=scale_words(subject.scale),
        registration_number=old_numbers[0] if old_numbers else "",
        region=region_name(subject.region, policy),
        source=subject.source,
        source_on=subject.source_on,
        also_under=tuple(
            each.value for each in identifiers if each.kind == IdentifierKind.USCC and each.value != subject.uscc
        ),
        successions=tuple(_succession_lines(subject)),
    )


def _succession_lines(subject: Subject) -> Iterator[SuccessionLine]:
    """Successions on both sides of a subject; a sole trader is nobody's to find and is not named on another's page."""
    for succession in successions_of(subject):
        before, after = (side.merged_into or side for side in (succession.predecessor, succession.successor))
        other = before if after.pk == subject.pk else after
        if other.category != Category.SOLE_TRADER:
            yield SuccessionLine(
                kind=cast(Literal["merger", "division", "conversion"], succession.kind),
                effective_on=succession.effective_on,
                document=succession.document,
                took_over=after.pk == subject.pk,
                name=other.name,
                uscc=other.uscc,
            )
