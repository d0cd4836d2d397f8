"""The file of an enterprise for itself: what stands on the register, what is displayed, and what is kept and not displayed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from rongxin.accounts.access import Access, Act
from rongxin.disclosure.lines import record_line
from rongxin.disclosure.subjects import industry_name, region_name, scale_words
from rongxin.disclosure.views import RecordLine
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.records import own
from rongxin.records import queries as records
from rongxin.records.display import Moment
from rongxin.records.own import OwnRecord, Unshown
from rongxin.subjects.models import Subject

PART: Final = 20
ALL: Final = 5000
"""The most lines of one file to take away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnshownLine:
    """A record of the enterprise that the public does not see, and why."""

    number: str
    title: str
    kind_title: Title
    authority: str
    document_number: str
    decided_on: date
    basis: str
    why: Unshown


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """``displayed`` and ``undisplayed`` hold a part of ``displayed_number`` and ``undisplayed_number`` records; which part, counted
    from 1, says ``displayed_part``, ``undisplayed_part``.
    """

    name: str
    uscc: str
    status: str
    legal_form: str
    established_on: date | None
    industry: str
    scale: str
    region: str
    address: str
    source: str
    source_on: date
    displayed: tuple[RecordLine, ...]
    displayed_number: int
    displayed_part: int
    undisplayed: tuple[UnshownLine, ...]
    undisplayed_number: int
    undisplayed_part: int


def own_file(
    subject: Subject,
    policy: Policy,
    moment: Moment,
    access: Access,
    *,
    began_on: date,
    limit: int = PART,
    parts: tuple[int, int] = (1, 1),
    act: Act = "read",
) -> OwnFile:
    """The file of ``subject``: of the records that are displayed and of those that are not, adverse ones first, then the latest
    decision, the parts with these numbers of ``limit`` records each; the last one for a number that is too high. Raises NotLogged.

    For logins that act for it: ask ``subjects.mandates.queries.demand`` first.
    """
    numbers = (
        sum(records.counts_of([subject.pk], policy, moment).get(subject.pk, {}).values()),
        own.undisplayed_count(subject, policy, moment),
    )
    first, second = (
        min(max(part, 1), max(-(-number // limit), 1)) for part, number in zip(parts, numbers, strict=True)
    )
    undisplayed = own.undisplayed_of(subject, policy, moment, access, limit=limit, offset=(second - 1) * limit, act=act)
    shown = records.of_subject(
        subject, policy, moment, limit=limit, offset=(first - 1) * limit, order=records.ADVERSE_FIRST
    )
    return OwnFile(
        name=subject.name,
        uscc=subject.uscc,
        status=subject.get_status_display(),
        legal_form=subject.legal_form,
        established_on=subject.established_on,
        industry=industry_name(subject.industry, policy),
        scale=scale_words(subject.scale),
        region=region_name(subject.region, policy),
        address=subject.address,
        source=subject.source,
        source_on=subject.source_on,
        displayed=tuple(record_line(each, policy, moment.day, began_on=began_on) for each in shown),
        displayed_number=numbers[0],
        displayed_part=first,
        undisplayed=tuple(_line(each, policy) for each in undisplayed),
        undisplayed_number=numbers[1],
        undisplayed_part=second,
    )


def _line(each: OwnRecord, policy: Policy) -> UnshownLine:
    record = each.shown.record
    return UnshownLine(
        number=record.number,
        title=each.shown.title,
        kind_title=policy.kinds[record.kind].title,
        authority=record.authority,
        document_number=record.document_number,
        decided_on=record.decided_on,
        basis=record.basis,
        why=each.why,
    )
