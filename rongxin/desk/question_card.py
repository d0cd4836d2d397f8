"""One question as a page shows it: what was filed, and beside it each candidate with its marks, its reasons and the differences."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from rongxin.accounts.access import Access
from rongxin.disclosure.subjects import platform_began_on
from rongxin.disclosure.timing import Clock, clock_of
from rongxin.engine.candidate_reasons import REASONS, About, Mark, label, sentence
from rongxin.engine.problems import message
from rongxin.engine.sheets import row_label
from rongxin.intake.models import Question
from rongxin.intake.questions.queries import asked_of
from rongxin.intake.questions.rows import asks_whose
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.primitives.money import format_yuan
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Status, Subject
from rongxin.subjects.queries import Found
from rongxin.subjects.showing import shown_name
from rongxin.ui.language import spoken

SHOWN: Final = 3
_SIGNS: Final = {Mark.EQUAL: ("＝", "y"), Mark.NEAR: ("≈", "p"), Mark.UNLIKE: ("≠", "n"), Mark.NOTHING: ("－", "u")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a text that is compared with another."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two writings of the same thing, character by character."""

    title: str
    filed: tuple[Piece, ...]
    registered: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLine:
    """How one thing agrees: sign and word, so that colour is never alone. ``tone`` is y, p, n or u."""

    title: str
    sign: str
    word: str
    tone: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateCard:
    """A subject that may be meant. ``number`` is its key on the keyboard; 0 where it has none."""

    subject: Subject
    name: str
    status: str
    number: int
    why: str
    marks: tuple[MarkLine, ...] = ()
    comparisons: tuple[Comparison, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A field of the row as it was filed."""

    title: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCard:
    """The question whole. ``asks_whose``: a subject must be named; else the row is right as filed for ``resolved``, or not.

    ``main`` are the fields a person compares, ``rest`` the others that are filled.
    """

    question: Question
    place: str
    kind_title: Any
    asks_whose: bool
    reasons: tuple[str, ...]
    main: tuple[Filed, ...]
    rest: tuple[Filed, ...]
    decided_on: date | None
    clock: Clock | None
    due_today: bool
    candidates: tuple[CandidateCard, ...] = ()
    resolved: CandidateCard | None = None


def card_of(question: Question, access: Access) -> QuestionCard:
    """The card of one question: its row, its subjects in one query. Raises NotLogged."""
    batch = question.batch
    policy = rulebook.by_digest(batch.policy_digest)
    kind = policy.kinds[batch.kind]
    asked = asked_of(question, access, most=SHOWN)
    row, subjects = asked.row, asked.subjects
    content = _content(row, kind)
    found = [] if not asks_whose(question) else question.candidates
    resolved = row.get("subject") if not asks_whose(question) else None
    decided_on, today = row.get("decided_on"), timezone.localdate()
    clock = None
    if decided_on is not None:
        clock = clock_of(policy, batch.kind, decided_on, today=today, began_on=platform_began_on(today))
    main, rest = _fields(content, kind)
    return QuestionCard(
        question=question,
        place=row_label(question.row, batch.sheets, spoken()),
        kind_title=kind.title,
        asks_whose=asks_whose(question),
        reasons=tuple(_reason(reason, kind) for reason in question.reasons),
        main=main,
        rest=rest,
        decided_on=decided_on,
        clock=clock,
        due_today=clock is not None and clock.due == today,
        candidates=tuple(
            _candidate(candidate, subjects[candidate["subject"]], number, question, policy)
            for number, candidate in enumerate(found[:SHOWN], start=1)
            if candidate["subject"] in subjects
        ),
        resolved=_plain(subjects[resolved]) if resolved is not None and resolved in subjects else None,
    )


def found_card(found: Found) -> CandidateCard:
    """A subject that an officer looked for."""
    why = _("按代码或编号查到") if found.by_code else ""
    if found.by_name is not None and found.by_name.is_former:
        why = _("曾用名“%(name)s”") % {"name": found.by_name.name}
    return _plain(found.subject, why)


def _plain(subject: Subject, why: str = "") -> CandidateCard:
    status = str(Status(subject.status).label)
    return CandidateCard(subject=subject, name=shown_name(subject), status=status, number=0, why=why)


def _candidate(
    candidate: Mapping[str, Any], subject: Subject, number: int, question: Question, policy: Policy
) -> CandidateCard:
    reasons: list[dict[str, Any]] = candidate["reasons"]
    return CandidateCard(
        subject=subject,
        name=shown_name(subject),
        status=str(Status(subject.status).label),
        number=number,
        why=sentence(reasons, spoken()),
        marks=_marks(reasons, subject, policy),
        comparisons=_comparisons(question, subject),
    )


def _marks(reasons: Sequence[Mapping[str, Any]], subject: Subject, policy: Policy) -> tuple[MarkLine, ...]:
    """One mark for each thing that can be compared, in a fixed order."""
    titles = {
        About.NAME: _("名称"),
        About.CODE: _("代码"),
        About.NUMBER: _("旧代码"),
        About.REGION: _("地区"),
        About.STATUS: _("登记状态"),
    }
    notes = {About.REGION: _region(subject, policy), About.STATUS: ""}
    first: dict[About, Mapping[str, Any]] = {}
    for reason in reasons:
        first.setdefault(REASONS[reason["code"]].about, reason)
    lines = []
    for about, title in titles.items():
        code = first[about]["code"] if about in first else ""
        sign, tone = _SIGNS[REASONS[code].mark if code else Mark.NOTHING]
        note = notes.get(about, "")
        if about == About.NUMBER and code.startswith(("number_equal", "number_one", "number_unlike")):
            note = str(first[about]["registered"] or "")
        lines.append(
            MarkLine(title=title, sign=sign, word=label(code, spoken()) if code else _("未填"), tone=tone, note=note)
        )
    return tuple(lines)


def _region(subject: Subject, policy: Policy) -> str:
    division = policy.divisions.get(subject.region or subject.uscc[2:8])
    return division.name if division else ""


def _comparisons(question: Question, subject: Subject) -> tuple[Comparison, ...]:
    """Name and code as filed and as registered, where both are there and not the same."""
    pairs = (
        (_("名称"), question.party_name, shown_name(subject)),
        (_("代码"), question.party_code, subject.uscc),
    )
    return tuple(
        _compared(title, filed, registered) for title, filed, registered in pairs if filed and filed != registered
    )


def _compared(title: str, filed: str, registered: str) -> Comparison:
    steps = SequenceMatcher(None, filed, registered, autojunk=False).get_opcodes()
    left = tuple(Piece(text=filed[a:b], differs=step != "equal") for step, a, b, _c, _d in steps if b > a)
    right = tuple(Piece(text=registered[c:d], differs=step != "equal") for step, _a, _b, c, d in steps if d > c)
    return Comparison(title=title, filed=left, registered=right)


def _content(row: Mapping[str, Any], kind: RecordKind) -> dict[str, Any]:
    """The fields of the row by name: from its record content, or as they stand where the kind makes no records."""
    if "content" in row:
        filed: dict[str, Any] = json.loads(row["content"])
        return filed
    return {name: row.get(name) for name in kind.fields if row.get(name) is not None}


def _fields(content: Mapping[str, Any], kind: RecordKind) -> tuple[tuple[Filed, ...], tuple[Filed, ...]]:
    """The fields that tell whose row it is and which act, then all others that are filled."""
    party, envelope = kind.credit.party, kind.credit.envelope
    names = [party.name, party.uscc, party.registration_number, party.organisation_code]
    if envelope:
        names += [envelope.document_number, envelope.authority]
    main = list(dict.fromkeys(name for name in names if name))
    told = tuple(
        Filed(title=kind.fields[name].title, value=_written(content.get(name), kind, name))
        for name in main
        if content.get(name) is not None or name in (party.name, party.uscc)
    )
    rest = tuple(
        Filed(title=field.title, value=_written(content[name], kind, name))
        for name, field in kind.fields.items()
        if name in content and name not in main
    )
    return told, rest


def _written(value: Any, kind: RecordKind, name: str) -> str:
    if value is None:
        return ""
    if kind.fields[name].type == "amount":
        return _("%(amount)s 元") % {"amount": format_yuan(int(value))}
    return str(value)


def _reason(reason: Mapping[str, Any], kind: RecordKind) -> str:
    """Why the row waits, with the column and the value where it is not about the party as a whole."""
    text = message(reason["code"], reason["params"], spoken())
    field = kind.fields.get(reason["field"])
    own = {kind.credit.party.name, kind.credit.party.uscc}
    if field is None or reason["field"] in own:
        return text
    return _("%(column)s“%(value)s”：%(text)s") % {"column": field.title, "value": reason["value"], "text": text}
