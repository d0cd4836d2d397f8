"""Clearing texts that may name persons: what waits for a person, what a person decided, what the public may read.

A decision is about the words of one field of an act. A new version with the same words keeps it; other words ask again.
Machines propose (:mod:`primitives.recognisers`), a person decides (architecture §2). Rows are added, never changed.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, DataClass
from rongxin.accounts.queries import Denied, within_reach
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import FieldClass
from rongxin.primitives.recognisers import hide, suspects
from rongxin.records.display import Moment, displayed, known
from rongxin.records.models import Clearing, ClearingDecision, Record, RecordContent
from rongxin.records.queries import firms_of
from rongxin.records.telling import tell
from rongxin.storage.askers import PLATFORM, asks

OPEN: Final = ClearingDecision.REOPENED
# The tables are for this package alone; these are the names others use.
Verdict = ClearingDecision
DecisionOn = Clearing
LONGEST_LIST: Final = 500


class Stale(Exception):
    """The text was changed, or is no longer waiting to be decided, since the person looked at it."""


class NothingMarked(ValueError):
    """To be shown with what is marked hidden, but nothing is marked."""


class ToRead(ValueError):
    """To be shown as filed, though something is suspected in it and nobody has said that it names nobody."""


@dataclass(frozen=True)
class Waiting:
    """A text in the queue: of its words the ``digest`` alone, and at how many places they may tell of persons (``suspected``)."""

    record: Record
    title: str
    field: str
    suspected: int
    digest: str


@dataclass(frozen=True)
class Text:
    """The words of one field of a record, as filed. ``decision`` is the one in force, None while it waits."""

    record: Record
    title: str
    field: str
    words: str
    decision: Clearing | None = None

    @property
    def suspected(self) -> int:
        """At how many places it may tell of persons."""
        return len(suspects(self.words))

    @property
    def digest(self) -> str:
        """What a decision refers to, so that nobody decides about words they did not see."""
        return digest_of(self.words)


@dataclass(frozen=True)
class Decided:
    """What the public may read of a text: the words ``shown``, empty for nothing; ``is_masked``: parts are hidden."""

    shown: str
    is_masked: bool


Place = tuple[date, int, int]
"""Where a text stands in the queue: day of the decision, record, position of its field in the kind."""


def digest_of(words: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(words.encode()).hexdigest()


def fields_to_clear(kind: RecordKind) -> tuple[str, ...]:
    """The public fields of a kind whose words may name persons."""
    return tuple(
        name
        for name, field in kind.fields.items()
        if field.credit.may_name_persons and field.credit.field_class == FieldClass.PUBLIC
    )


# ── what was decided ─────────────────────────────────────────────────────────────────────────────────────────────────
def decided(record: Record, content: str, kind: RecordKind, moment: Moment) -> dict[str, Decided]:
    """What the public may read at ``moment`` of the fields of ``record`` that may name persons; ``content`` is its JSON.

    A field that is missing waits for a decision. Looking back shows no more than was shown then, and never what was
    hidden since.
    """
    words = dict(_filled(content, fields_to_clear(kind)))
    if not words:
        return {}
    now = _decisions(record, words, timezone.now())
    if moment.day != Moment.now().day:
        then = _decisions(record, words, moment.known_at)
        now = {field: _stricter(then[field], decision) for field, decision in now.items() if field in then}
    return {
        field: Decided(decision.text, decision.decision == ClearingDecision.MASKED) for field, decision in now.items()
    }


def _decisions(record: Record, words: Mapping[str, str], known_at: datetime) -> dict[str, Clearing]:
    found = _in_force({record.act_key: {field: {text} for field, text in words.items()}}, known_at)
    return {field: decision for (_, field, _), decision in found.items()}


def _stricter(then: Clearing, now: Clearing) -> Clearing:
    """Of two decisions the one that shows less, the later one where they are alike."""
    strictness = (ClearingDecision.AS_FILED, ClearingDecision.MASKED, ClearingDecision.WITHHELD)
    return max(then, now, key=lambda each: (strictness.index(ClearingDecision(each.decision)), each.pk))


Wanted = Mapping[str, Mapping[str, set[str]]]


def _in_force(wanted: Wanted, known_at: datetime) -> dict[tuple[str, str, str], Clearing]:
    """The newest decision about each text: {(act, field, words): decision}, without those taken back.

    Two queries, whatever the number of acts; one where nothing was decided.
    """
    found = Clearing.objects.filter(record__act_key__in=list(wanted), made_at__lte=known_at)
    with asks(PLATFORM):  # compared with words that are at hand; what else was decided is shown to nobody
        clearings = list(found.select_related("record").order_by("pk"))
        contents = _contents(clearing.record_id for clearing in clearings)
    newest: dict[tuple[str, str, str], Clearing] = {}
    for clearing in clearings:
        text = contents.get(clearing.record_id, {}).get(clearing.field)
        act = clearing.record.act_key
        if isinstance(text, str) and text in wanted[act].get(clearing.field, ()):
            newest[act, clearing.field, text] = clearing
    return {place: clearing for place, clearing in newest.items() if clearing.decision != OPEN}


def _contents(records: Iterable[int]) -> dict[int, dict[str, Any]]:
    rows = RecordContent.objects.filter(record__in=set(records)).values_list("record", "text")
    return {record: json.loads(text) for record, text in rows}


# ── what waits ───────────────────────────────────────────────────────────────────────────────────────────────────────
class _FieldOf(Func):
    """One field of canonical JSON text, in the database."""

    output_field = TextField()

    def __init__(self, expression: object, field: str) -> None:
        super().__init__(expression)
        self.key = field

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"JSON_EXTRACT({sql}, %s)", (*params, f"$.{self.key}")

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"(({sql})::json ->> %s)", (*params, self.key)


def queue(
    officer: Account, policy: Policy, *, kind: str = "", after: Place | None = None, limit: int = LONGEST_LIST
) -> list[Waiting]:
    """Texts of displayed records that wait for this officer, the oldest decision first, ``after`` a place in the queue."""
    found = _queue(officer, policy, kind, after, limit)
    return [Waiting(text.record, text.title, text.field, text.suspected, text.digest) for text in found]


def unsuspected(access: Access, policy: Policy, *, limit: int, among: int = LONGEST_LIST) -> list[Text]:
    """Those of the first ``among`` texts of the queue in which nothing is suspected, whole, at most ``limit``. Raises NotLogged."""
    found = [text for text in _queue(access.actor, policy, "", None, among) if not text.suspected][:limit]
    firms = firms_of({text.record for text in found})
    access.look((firms[text.record.pk] for text in found), "text", fields=DataClass.PERSONAL)
    return found


def _queue(officer: Account, policy: Policy, kind: str, after: Place | None, limit: int) -> list[Text]:
    own = set(_visible(officer, Record.objects.order_by()).values_list("kind", flat=True).distinct())
    fields = {name: fields_to_clear(policy.kinds[name]) for name in own & policy.kinds.keys() if kind in ("", name)}
    fields = {name: some for name, some in fields.items() if some}
    records = _visible(officer, displayed(policy, Moment.now())).filter(_any_waits(fields))
    if after is not None:
        decided_on, record, _ = after
        records = records.filter(Q(decided_on__gt=decided_on) | Q(decided_on=decided_on, pk__gte=record))
    # The keys alone, without a join, so that the order comes from an index and the search ends with the last one wanted.
    keys = list(records.order_by("decided_on", "pk").values_list("pk", flat=True)[: limit + 1])
    found = Record.objects.filter(pk__in=keys).select_related("provider").order_by("decided_on", "pk")
    texts = _waiting_texts(list(found), fields)
    return [text for text in texts if after is None or place_of(text, fields[text.record.kind]) > after][:limit]


def place_of(text: Text | Waiting, fields: Sequence[str]) -> Place:
    """Where a text stands in the queue; ``fields`` are those to clear of its kind."""
    return text.record.decided_on, text.record.pk, fields.index(text.field)


def _visible(officer: Account, records: QuerySet[Record]) -> QuerySet[Record]:
    return within_reach(officer, Action.TEXT_CLEAR, records)


def _any_waits(fields: Mapping[str, tuple[str, ...]]) -> Q:
    """One condition for each set of fields that kinds have in common."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for kind, names in fields.items():
        kinds.setdefault(names, []).append(kind)
    condition = Q(pk__in=[])
    for names, members in kinds.items():
        waits = Q(pk__in=[])
        for name in names:
            waits |= Q(Exists(_waits(name)))
        condition |= Q(kind__in=members) & waits
    return condition


def _waits(field: str) -> QuerySet[RecordContent]:
    """The content of the outer record, if its ``field`` is filled and no decision about these words is in force."""
    source = RecordContent.objects.filter(record=OuterRef("record_id")).annotate(words=_FieldOf(F("text"), field))
    newest = (
        Clearing.objects.filter(field=field, record__act_key=OuterRef("record__act_key"))
        .annotate(words=Subquery(source.values("words")))
        .filter(words=OuterRef("words"))
        .order_by("-pk")
        .values("decision")[:1]
    )
    return (
        RecordContent.objects.filter(record=OuterRef("pk"))
        .annotate(words=_FieldOf(F("text"), field))
        .filter(words__gt="")
        .annotate(newest=Coalesce(Subquery(newest), Value(OPEN.value)))
        .filter(newest=OPEN)
    )


def _waiting_texts(records: list[Record], fields: Mapping[str, tuple[str, ...]]) -> list[Text]:
    contents = RecordContent.objects.in_bulk([record.pk for record in records])
    texts = [
        Text(record, contents[record.pk].title, field, words)
        for record in records
        if record.pk in contents
        for field, words in _filled(contents[record.pk].text, fields[record.kind])
    ]
    wanted: dict[str, dict[str, set[str]]] = {}
    for text in texts:
        wanted.setdefault(text.record.act_key, {}).setdefault(text.field, set()).add(text.words)
    settled = _in_force(wanted, timezone.now())
    return [text for text in texts if (text.record.act_key, text.field, text.words) not in settled]


def _filled(content: str, fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    values = json.loads(content)
    for field in fields:
        if isinstance(values.get(field), str) and values[field]:
            yield field, values[field]


def text_of(access: Access, number: str, field: str, policy: Policy) -> Text | None:
    """One text of the newest version of an act, decided or not; None for another department's or where there is none.

    Raises NotLogged.
    """
    text = _text(access.actor, number, field, policy)
    if text is not None:
        access.look(firms_of([text.record]).values(), "text", fields=DataClass.PERSONAL)
    return text


def _text(officer: Account, number: str, field: str, policy: Policy) -> Text | None:
    record = _visible(officer, known(Moment.now()).filter(number=number)).select_related("provider").first()
    kind = policy.kinds.get(record.kind) if record else None
    if record is None or kind is None or field not in fields_to_clear(kind):
        return None
    content = RecordContent.objects.filter(record=record).first()
    words = dict(_filled(content.text, [field])).get(field) if content else None
    if content is None or words is None:
        return None
    settled = _in_force({record.act_key: {field: {words}}}, timezone.now())
    return Text(record, content.title, field, words, settled.get((record.act_key, field, words)))


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Wish:
    """What an officer decides about a text: ``digest`` of the words that were read; hidden are ``spans`` and every ``hidden`` word.
    ``names_nobody``: the officer has looked at what is suspected, and it is no person.
    """

    decision: ClearingDecision
    digest: str
    spans: tuple[tuple[int, int], ...] = ()
    hidden: tuple[str, ...] = ()
    names_nobody: bool = False


def decide(number: str, field: str, wish: Wish, *, by: Account, policy: Policy) -> Waiting | None:
    """Decide as :func:`clear`, for a text that was read on its page; None where :func:`text_of` gives none. Raises ToRead, too."""
    text = _text(by, number, field, policy)
    if text is None:
        return None
    found = suspects(text.words)
    if wish.decision == ClearingDecision.AS_FILED and found and not wish.names_nobody:
        raise ToRead
    clear(text, wish.decision, by=by, digest=wish.digest, spans=[*wish.spans, *_occurrences(text.words, wish.hidden)])
    return Waiting(text.record, text.title, field, len(found), text.digest)


def _occurrences(text: str, hidden: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Wherever one of the given words stands in the text."""
    for words in hidden:
        at = text.find(words)
        while at >= 0:
            yield at, at + len(words)
            at = text.find(words, at + len(words))


def take_back(number: str, field: str, *, by: Account, policy: Policy) -> bool | None:
    """Take the decision in force back, as :func:`undo`: whether there was one; None where :func:`text_of` gives no text."""
    text = _text(by, number, field, policy)
    return None if text is None else undo(text, by=by) is not None


def clear(
    text: Text, decision: ClearingDecision, *, by: Account, digest: str, spans: Iterable[tuple[int, int]] = ()
) -> Clearing:
    """Decide what the public may read of ``text``: as filed, with ``spans`` (start, end) hidden, or nothing.

    Raises Stale when ``digest`` is not that of its words, NothingMarked, PermissionDenied.
    """
    _demand(by, [text.record])
    if digest != text.digest:
        raise Stale
    kept = [(start, end) for start, end in spans if 0 <= start < end <= len(text.words)]
    if decision == ClearingDecision.MASKED and not kept:
        raise NothingMarked
    shown = {ClearingDecision.AS_FILED: text.words, ClearingDecision.MASKED: hide(text.words, kept)}.get(decision, "")
    return _keep(text.record, text.field, decision, shown, by)


@transaction.atomic
def clear_unsuspected(digests: Mapping[tuple[str, str], str], *, by: Account, policy: Policy) -> int:
    """Show texts as filed together, after a person has read them: {(number, field): digest of what was read}.

    Only texts that still wait with just these words, and in which nothing is suspected, are decided; each has its own
    row. Returns how many.
    """
    numbers = {number for number, _ in digests}
    records = _visible(by, known(Moment.now()).filter(number__in=numbers)).select_related("provider")
    fields = {name: fields_to_clear(kind) for name, kind in policy.kinds.items()}
    texts = [
        text
        for text in _waiting_texts([record for record in records if record.kind in fields], fields)
        if digests.get((text.record.number, text.field)) == text.digest and not suspects(text.words)
    ]
    _demand(by, [text.record for text in texts])
    now = timezone.now()
    made = [
        Clearing(
            record=text.record,
            field=text.field,
            decision=ClearingDecision.AS_FILED,
            text=text.words,
            by=by.username,
            made_at=now,
        )
        for text in texts
    ]
    _tell(made, by)
    return len(Clearing.objects.bulk_create(made))


def undo(text: Text, *, by: Account) -> Clearing | None:
    """Take the decision in force back: the one before is repeated, or the text waits again. None when nothing was decided.

    What the public read in between stays in the history; it shows no longer.
    """
    _demand(by, [text.record])
    if text.decision is None:
        return None
    earlier = (
        Clearing.objects.filter(record=text.decision.record_id, field=text.field, pk__lt=text.decision.pk)
        .order_by("-pk")
        .first()
    )
    if earlier is None or earlier.decision == OPEN:
        return _keep(text.record, text.field, OPEN, "", by)
    return _keep(text.record, text.field, ClearingDecision(earlier.decision), earlier.text, by)


@transaction.atomic
def _keep(record: Record, field: str, decision: ClearingDecision, shown: str, by: Account) -> Clearing:
    made = Clearing.objects.create(
        record=record, field=field, decision=decision, text=shown, by=by.username, made_at=timezone.now()
    )
    _tell([made], by)
    return made


def _tell(made: Iterable[Clearing], by: Account) -> None:
    """What the public may read of each text is told as a digest, which the text itself confirms."""
    tell(
        "record.clear",
        (
            (each.record, {"field": each.field, "decision": each.decision, "shown": digest_of(each.text)})
            for each in made
        ),
        by=by.username,
    )


def _demand(by: Account, records: Iterable[Record]) -> None:
    for record in records:
        if not by.may(Action.TEXT_CLEAR, record.provider):
            raise Denied(Action.TEXT_CLEAR, record.provider.code)


def decided_lately(officer: Account, *, limit: int) -> list[Clearing]:
    """The decisions of the officer's department (a credit office: of its region), the newest first, each with its record."""
    clearings = Clearing.objects.select_related("record", "record__provider").order_by("-pk")
    return list(within_reach(officer, Action.TEXT_CLEAR, clearings, "record__provider")[:limit])
