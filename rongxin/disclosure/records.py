"""One record for the public: its facts, how long it is displayed and why, what happened to it, where it came from.

Officers are not named, and the words of an event's basis are not shown: they may name persons. The department answers.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rongxin.disclosure.facts import facts_of
from rongxin.disclosure.status import entries_of
from rongxin.disclosure.timing import rule_for, timeliness_of
from rongxin.disclosure.views import (
    BasisLine,
    DisplayTerm,
    HistoryLine,
    OlderVersion,
    RecordView,
    Sighting,
)
from rongxin.disclosure.wording import basis_line, told_severity, words
from rongxin.policy.display import DisplayRule, first_repair_on, shown_until
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, Polarity, Severity
from rongxin.records import queries as records
from rongxin.records.clearing import decided
from rongxin.records.display import SHANGHAI, Moment
from rongxin.records.queries import Act
from rongxin.remedies.objections.queries import statement_beside
from rongxin.subjects.models import Category

# A seal is not told from a suspension: its reason is nobody's business.
TOLD_AS: Final = {"sealed": "suspended", "unsealed": "resumed"}

# What an event is called on a public page.
EVENTS: Final = {
    "recorded": gettext_noop("入库"),
    "corrected": gettext_noop("更正"),
    "disputed": gettext_noop("提出异议，开始核实"),
    "dispute_ended": gettext_noop("异议办结"),
    "suspended": gettext_noop("暂停公示"),
    "resumed": gettext_noop("恢复公示"),
    "repaired": gettext_noop("修复，停止公示"),
    "repair_revoked": gettext_noop("撤销修复，恢复公示"),
    "withdrawn": gettext_noop("撤回"),
    "annulled": gettext_noop("决定被撤销"),
    "erased": gettext_noop("删除内容"),
}


def record_view(number: str, policy: Policy, moment: Moment, *, began_on: date) -> RecordView | None:
    """The record with this number as displayed at the moment, or None when it is not displayed then."""
    act = records.act(number, policy, moment)
    if act is None:
        return None
    record, subject = act.shown.record, act.subject
    kind = policy.kinds[record.kind]
    rule = rule_for(policy, record.kind, record.severity, moment.day)
    first_recorded_on = act.shown.first_recorded_at.astimezone(SHANGHAI).date()
    return RecordView(
        number=record.number,
        version=record.version,
        kind=record.kind,
        kind_title=kind.title,
        title=act.shown.title,
        party_name=record.party_name,
        party_code=record.party_code,
        document_number=record.document_number,
        authority=record.authority,
        provider=record.provider.name,
        decided_on=record.decided_on,
        polarity=Polarity(record.polarity),
        severity=told_severity(policy, kind, Severity(record.severity)),
        facts=facts_of(kind, act.shown.text, decided(record, act.shown.text, kind, moment)),
        basis=record.basis,
        timeliness=timeliness_of(policy, record.kind, record.decided_on, first_recorded_on, began_on=began_on),
        term=term_of(policy, rule, record.decided_on, record.valid_to),
        display_basis=display_basis_of(policy, rule),
        history=tuple(_history(act, words(kind.credit.happened))),
        sightings=tuple(
            Sighting(provider=seen.provider.name, batch=seen.batch, row=seen.row, received_at=seen.seen_at)
            for seen in act.sightings
        ),
        older_versions=tuple(_older_versions(act)),
        policy_digest=record.policy_digest,
        recorded_at=record.recorded_at,
        subject_name=subject.name if subject else record.party_name,
        subject_uscc=subject.uscc if subject else "",
        is_sole_trader=subject is not None and subject.category == Category.SOLE_TRADER,
        disputed_on=_disputed_on(act) if act.shown.is_disputed else None,
        entry=entries_of([record.number]).get(record.number),
        statement=_statement(act),
    )


def term_of(policy: Policy, rule: DisplayRule, decided_on: date, valid_to: date | None) -> DisplayTerm | None:
    """How long it is displayed by the rule; None for what has no end or is not displayed."""
    until = shown_until(decided_on, rule, valid_to)
    if until is None or rule.term is None or rule.term_months is None:
        return None
    return DisplayTerm(
        shown_until=until,
        first_repair_on=first_repair_on(decided_on, rule),
        longest_months=rule.term_months,
        shortest_months=rule.shortest_months,
        basis=basis_line(policy, rule.term.basis),
        note=words(rule.term_note),
    )


def display_basis_of(policy: Policy, rule: DisplayRule) -> BasisLine | None:
    """The clause that allows the display."""
    return basis_line(policy, rule.clause.basis) if rule.clause else None


def _history(act: Act, happened: str) -> Iterable[HistoryLine]:
    """What happened, the latest first, down to the decision itself, which is told as ``happened``."""
    versions = {record.pk: record for record in (act.shown.record, *act.versions)}
    rows = {sighting.record_id: sighting for sighting in reversed(act.sightings)}
    for event in act.events:
        version, seen = versions.get(event.record_id), rows.get(event.record_id)
        told, note = TOLD_AS.get(event.effect, event.effect), ""
        text = _(EVENTS[told])
        if event.effect in ("recorded", "corrected") and version and seen:
            if version.display == Display.PUBLIC:
                text = _("公示") if event.effect == "recorded" else _("更正后公示")
            note = _("批次 %(batch)s 第 %(row)s 行，%(unit)s报送") % {
                "batch": seen.batch,
                "row": seen.row,
                "unit": seen.provider.name,
            }
        yield HistoryLine(at=event.effective_at, event=told, text=text, note=note)
    decided = act.shown.record
    yield HistoryLine(at=decided.decided_on, event="decided", text=happened, note=decided.authority)


def _older_versions(act: Act) -> Iterable[OlderVersion]:
    for record in act.versions:
        note = _("由第 %(version)s 版更正取代") % {"version": record.version + 1}
        yield OlderVersion(version=record.version, recorded_at=record.recorded_at, note=note)


def _statement(act: Act) -> str:
    """What its enterprise says beside a record where an objection stayed undecided; asked for only where there was one."""
    if not any(event.effect == "dispute_ended" for event in act.events):
        return ""
    beside = statement_beside(act.shown.record.number)
    return beside.statement if beside else ""


def _disputed_on(act: Act) -> date | None:
    at = next((event.effective_at for event in act.events if event.effect == "disputed"), None)
    return at.astimezone(SHANGHAI).date() if at else None
