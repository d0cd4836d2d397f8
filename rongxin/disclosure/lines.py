"""Records as lines of a list."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby

from rongxin.disclosure.timing import punctuality_of, rule_for
from rongxin.disclosure.views import RecordLine, YearOfRecords
from rongxin.disclosure.wording import told_severity
from rongxin.policy.display import first_repair_on, shown_until
from rongxin.policy.pack import Policy
from rongxin.policy.words import Polarity, Severity
from rongxin.records import queries as records
from rongxin.records.display import SHANGHAI, Moment
from rongxin.records.queries import Shown
from rongxin.subjects.models import Category, Subject


def record_line(found: Shown, policy: Policy, on: date, *, began_on: date) -> RecordLine:
    """A displayed record as a line under its subject's name, under the rules of the day."""
    record = found.record
    kind = policy.kinds[record.kind]
    rule = rule_for(policy, record.kind, record.severity, on)
    return RecordLine(
        number=record.number,
        title=found.title,
        kind_title=kind.title,
        icon=kind.credit.icon,
        polarity=Polarity(record.polarity),
        severity=told_severity(policy, kind, Severity(record.severity)),
        authority=record.authority,
        document_number=record.document_number,
        decided_on=record.decided_on,
        displayed_on=record.recorded_at.astimezone(SHANGHAI).date(),
        basis=record.basis,
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        shown_until=shown_until(record.decided_on, rule, record.valid_to),
        first_repair_on=first_repair_on(record.decided_on, rule),
        punctuality=punctuality_of(
            policy,
            record.kind,
            record.decided_on,
            found.first_recorded_at.astimezone(SHANGHAI).date(),
            began_on=began_on,
        ),
        is_disputed=found.is_disputed,
    )


def lines_across(
    found: Iterable[Shown],
    subjects: Mapping[int, Subject],
    policy: Policy,
    on: date,
    *,
    began_on: date,
    name_sole_traders: bool = False,
) -> tuple[RecordLine, ...]:
    """Lines of a list that spans subjects.

    Sole traders stay unnamed in it unless the reader asked for their document: they are found by code or number only.
    """
    lines = []
    for shown in found:
        line = record_line(shown, policy, on, began_on=began_on)
        subject = subjects.get(shown.record.pk)
        if subject is not None and (name_sole_traders or subject.category != Category.SOLE_TRADER):
            line = replace(line, subject_name=subject.name, subject_uscc=subject.uscc)
        lines.append(line)
    return tuple(lines)


def by_year(lines: Iterable[RecordLine], *, year_before: int | None) -> tuple[YearOfRecords, ...]:
    """Lines under the year of decision; ``year_before`` is that of the last line of the part before, if any."""
    return tuple(
        YearOfRecords(year=year, records=tuple(group), continues=year == year_before)
        for year, group in groupby(lines, key=lambda line: line.decided_on.year)
    )


def newest_lines(
    policy: Policy,
    moment: Moment,
    *,
    began_on: date,
    kind: str = "",
    on: date | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[RecordLine, ...]:
    """What came on display last, or on one day, the newest first."""
    found = records.newest(policy, moment, kind=kind, on=on, limit=limit, offset=offset)
    bearers = records.subjects_of(shown.record for shown in found)
    return lines_across(found, bearers, policy, moment.day, began_on=began_on)
