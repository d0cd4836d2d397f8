"""Making the checklist: what rests on the record, who looked, which documents name it. Offices are told in the same transaction.

So a process that dies has found nothing and told nobody, and is begun again; and whoever stands on the list as told was told.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from rongxin.departments.models import Department
from rongxin.documents.models import Document
from rongxin.ledger import reading
from rongxin.ledger.bundles import Opening
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.logs import NoLog
from rongxin.ledger.sequencing import sequence_all
from rongxin.notices.recipients import Recipient
from rongxin.notices.telling import tell, template
from rongxin.policy.notices import NoticeValue
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.words import Title
from rongxin.primitives.periods import add_months
from rongxin.records.bearing import Sort
from rongxin.records.display import LOST, SHANGHAI, Moment, known, standing_ends
from rongxin.records.models import Effect, Record, RecordEvent
from rongxin.records.supports import Ref, resting_on
from rongxin.remedies.unwinding.actions import KIND, REDECIDING, newest, open_redecision
from rongxin.remedies.unwinding.models import Item, ItemSort, Outcome, Unwinding
from rongxin.remedies.unwinding.rules import HAPPENED
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.actions import take_step
from rongxin.workflow.models import Case, CaseDocument
from rongxin.workflow.writing import events_last

LOOKS: Final = "unwinding/looks_months"
CORRECTIVE: Final = "unwinding_correct"
_OPENED: Final = 500
"""Looks that are opened at once."""
_BEFORE_IT: Final = "出具在先，出具时属实；修复不改变它"
_GONE: Final = (Effect.WITHDRAWN, Effect.ANNULLED, Effect.ERASED, Effect.REPAIRED)


@dataclass(slots=True)
class Looked:
    """How often an office looked at the firm's file, and when last."""

    count: int
    last_at: datetime


@dataclass(slots=True)
class Looks:
    """Who looked, by the code of the department; ``hidden``: looks that nobody can read."""

    by: dict[str, Looked] = field(default_factory=dict)
    hidden: int = 0


def find(number: str) -> int:
    """Make the checklist of one case, once; returns how many items it has."""
    unwinding = Unwinding.objects.select_related("case__owner").get(case__number=number)
    if unwinding.searched_at is not None:
        return Item.objects.filter(unwinding=unwinding).count()
    policy, record = rulebook.current(), newest(unwinding.number)
    since = _since(policy, unwinding)
    looks = looks_at(unwinding.case.firm or "", since, unwinding.happened_at)
    with transaction.atomic(), events_last():
        case = Case.objects.select_for_update().get(pk=unwinding.case_id)
        unwinding = Unwinding.objects.select_for_update(of=("self",)).get(pk=unwinding.pk)
        if unwinding.searched_at is not None:  # another process was faster
            return Item.objects.filter(unwinding=unwinding).count()
        unwinding.case = case
        items = [*_effects(unwinding), *_documents(unwinding, record), *_offices(unwinding, record, looks, policy)]
        Item.objects.bulk_create(items)
        Unwinding.objects.filter(pk=unwinding.pk).update(since=since, searched_at=timezone.now(), hidden=looks.hidden)
        take_step(case.number, "found" if items else "found_nothing", by=None)
    return len(items)


def _since(policy: Policy, unwinding: Unwinding) -> datetime:
    """From when looks count: for so many months, and not before the record was here."""
    first = Record.objects.filter(number=unwinding.number).order_by("version").values_list("recorded_at", flat=True)[0]
    today = timezone.localdate(unwinding.happened_at)
    try:
        months = policy.value(LOOKS, today).count
    except NothingInForce:
        return first
    begin = add_months(today, -months)
    return max(first, datetime.combine(begin, time(), SHANGHAI))


# ── effects ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _effects(unwinding: Unwinding) -> Iterator[Item]:
    """What rests on the record. What lost it, or rests on something that reads otherwise now, is decided anew."""
    present = Moment.now()
    resting = {
        Ref(Sort(each.effect_sort), each.effect): each for each in resting_on([Ref(Sort.RECORD, unwinding.number)])
    }
    numbers = [ref.number for ref in resting if ref.sort == Sort.RECORD]
    records = {each.number: each for each in known(present).select_related("provider").filter(number__in=numbers)}
    ends: dict[str, list[RecordEvent]] = {}
    for event in (
        standing_ends(present).filter(act_key__in=[each.act_key for each in records.values()]).order_by("position")
    ):
        ends.setdefault(event.act, []).append(event)
    cause = RecordEvent.objects.get(position=unwinding.position)
    for ref in resting:
        item = Item(unwinding=unwinding, sort=ItemSort.EFFECT, ref=ref.number)
        record = records.get(ref.number) if ref.sort == Sort.RECORD else None
        if record is not None:
            item.department = record.provider
            _follow(item, record, ends.get(record.act_key, []), cause)
        yield item


def _follow(item: Item, record: Record, ends: list[RecordEvent], cause: RecordEvent) -> None:
    suspended = next((each for each in ends if each.effect == Effect.SUSPENDED and each.basis.startswith(LOST)), None)
    if any(each.effect in _GONE for each in ends):
        item.outcome, item.settled_at = Outcome.OVER, timezone.now()
    elif suspended is not None or cause.effect == Effect.CORRECTED:
        item.redecision = open_redecision(record, item.unwinding.number, suspended or cause)
    else:
        item.outcome, item.settled_at = Outcome.UNAFFECTED, timezone.now()


# ── offices ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def looks_at(firm: str, since: datetime, until: datetime) -> Looks:
    """Which offices looked at the firm's file between two instants, by the ledger; the firm's own looks are none."""
    found = Looks()
    if not firm:
        return found
    try:
        sequence_all()  # looks of a moment ago count, too
    except NoLog:
        return found
    for book in reading.books_of([Subject(Of.FIRM, firm)]):
        heads = [each for each in book.heads.events if each.kind == Kind.ACCESS and since <= each.at <= until]
        for begin in range(0, len(heads), _OPENED):
            part = heads[begin : begin + _OPENED]
            said = reading.said(book, part)
            for head in part:
                shown = said[head.number]
                if not isinstance(shown, Opening):
                    found.hidden += 1
                elif code := str(json.loads(shown.payload).get("department", "")):
                    known_look = found.by.setdefault(code, Looked(0, head.at))
                    known_look.count += 1
                    known_look.last_at = max(known_look.last_at, head.at)
    return found


def _offices(unwinding: Unwinding, record: Record, looks: Looks, policy: Policy) -> Iterator[Item]:
    """Each office that looked is told, once; the office that keeps the record knows."""
    case = unwinding.case
    offices = Department.objects.filter(code__in=looks.by).exclude(pk=case.owner_id).order_by("code")
    for office in offices:
        told = tell(
            policy,
            template(policy, CORRECTIVE),
            key=f"unwinding:{unwinding.pk}:correct",
            to=[Recipient(department=office)],
            values=corrective_values(unwinding, record, policy),
        )
        seen = looks.by[office.code]
        yield Item(
            unwinding=unwinding,
            sort=ItemSort.OFFICE,
            ref=office.code,
            department=office,
            notice=told[0],
            looks=seen.count,
            looked_at=seen.last_at,
            outcome=Outcome.TOLD,
            settled_at=told[0].at,
        )


def corrective_values(unwinding: Unwinding, record: Record, policy: Policy) -> dict[NoticeValue, Title | str]:
    """What a corrective notice tells of the record."""
    kind = policy.kinds.get(record.kind)
    return {
        NoticeValue.NUMBER: unwinding.case.number,
        NoticeValue.KIND: kind.title if kind else record.kind,
        NoticeValue.TITLE: f"{record.document_number or record.number}（{unwinding.case.firm or record.number}）",
        NoticeValue.STATE: HAPPENED[Effect(unwinding.effect)],
        NoticeValue.OWNER: unwinding.case.owner.name,
        NoticeValue.ON: day(unwinding.happened_at),
    }


def day(instant: datetime) -> Title:
    """A day as offices write it."""
    here = timezone.localdate(instant)
    return Title(zh=f"{here.year}年{here.month}月{here.day}日", en=here.isoformat())


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────────
def _documents(unwinding: Unwinding, record: Record) -> Iterator[Item]:
    """Documents about the firm that name the record and stand. A repair leaves them true for their day."""
    if not unwinding.case.firm:
        return
    named = Q(values__contains=record.number)
    if record.document_number:
        named |= Q(values__contains=record.document_number)
    own = CaseDocument.objects.filter(case__kind__in=(KIND, REDECIDING)).values("document")
    found = Document.objects.filter(
        named, firm=unwinding.case.firm, withdrawn=None, issued_at__lte=unwinding.happened_at
    )
    for document in found.exclude(pk__in=own).select_related("authority").order_by("pk"):
        item = Item(
            unwinding=unwinding,
            sort=ItemSort.DOCUMENT,
            ref=document.code,
            document=document,
            department=document.authority,
        )
        if unwinding.effect == Effect.REPAIRED:
            item.outcome, item.reason, item.settled_at = Outcome.UNAFFECTED, _BEFORE_IT, timezone.now()
        yield item
