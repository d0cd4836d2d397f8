"""One record of an enterprise for itself: what it says, why it is shown or not, until when, and how it can be repaired."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from rongxin.accounts.access import Access
from rongxin.disclosure.facts import facts_of
from rongxin.disclosure.records import EVENTS, TOLD_AS, display_basis_of, term_of
from rongxin.disclosure.timing import rule_for
from rongxin.disclosure.views import BasisLine, DisplayTerm, Fact, HistoryLine
from rongxin.disclosure.wording import told_severity
from rongxin.policy.pack import Policy
from rongxin.policy.repair import Prospect, prospect
from rongxin.policy.words import Severity, Title
from rongxin.records.clearing import decided
from rongxin.records.display import Moment
from rongxin.records.own import OwnAct, Unshown, own_act
from rongxin.records.withdrawing import Envelope
from rongxin.subjects.models import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRecord:
    """``why`` None: it is displayed; ``why_words``: the reason that the rules or the record give for what is not displayed.

    ``envelope``: what is kept of it, to ask for what belongs to it; ``term``: how long it is displayed; ``prospect``: whether and
    from when it can be repaired.
    """

    envelope: Envelope
    number: str
    version: int
    title: str
    kind_title: Title
    authority: str
    provider: str
    document_number: str
    decided_on: date
    basis: str
    severity: Severity
    why: Unshown | None
    why_words: Title | None
    term: DisplayTerm | None
    display_basis: BasisLine | None
    prospect: Prospect
    facts: tuple[Fact, ...]
    history: tuple[HistoryLine, ...]
    is_disputed: bool
    recorded_at: datetime


def own_record(subject: Subject, number: str, policy: Policy, moment: Moment, access: Access) -> OwnRecord | None:
    """The record with this number, if it is the enterprise's; None otherwise. Raises NotLogged.

    For logins that act for it: ask ``subjects.mandates.queries.demand`` first.
    """
    act = own_act(subject, number, policy, moment, access)
    if act is None:
        return None
    record = act.shown.record
    kind = policy.kinds[record.kind]
    rule = rule_for(policy, record.kind, record.severity, moment.day)
    return OwnRecord(
        envelope=record,
        number=record.number,
        version=record.version,
        title=act.shown.title,
        kind_title=kind.title,
        authority=record.authority,
        provider=record.provider.name,
        document_number=record.document_number,
        decided_on=record.decided_on,
        basis=record.basis,
        severity=told_severity(policy, kind, Severity(record.severity)),
        why=act.why,
        why_words=rule.reason if act.why == Unshown.NOT_PUBLIC else None,
        term=term_of(policy, rule, record.decided_on, record.valid_to),
        display_basis=display_basis_of(policy, rule),
        prospect=prospect(
            policy, kind, Severity(record.severity), record.decided_on, record.valid_to, timezone.localdate()
        ),
        facts=facts_of(kind, act.shown.text, decided(record, act.shown.text, kind, moment)),
        history=tuple(_history(act)),
        is_disputed=act.shown.is_disputed,
        recorded_at=record.recorded_at,
    )


def _history(act: OwnAct) -> list[HistoryLine]:
    lines = []
    for event in act.events:
        told = TOLD_AS.get(event.effect, event.effect)
        lines.append(HistoryLine(at=event.effective_at, event=told, text=_(EVENTS[told]), note=event.reason or ""))
    return lines
