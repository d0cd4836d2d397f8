"""The rules of a kind in a plain Python loop, row by row and cell by cell: the slow truth to test the columns against."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rongxin.policy.kinds import Clause, KindField, Party, RecordKind
from rongxin.policy.words import FieldClass
from rongxin.primitives import organisation_code, registration_number, resident_id, uscc
from rongxin.primitives.characters import BLANKS, without_blanks
from rongxin.primitives.dates import OPEN_END, read_date
from rongxin.primitives.missing import is_missing
from rongxin.primitives.money import amounts_in, read_amount
from rongxin.primitives.names import has_organisation_word, mask_person, normalise_name
from tests.engine.made_up import DIVISIONS, LADDER, TODAY

REFUSE, REVIEW, WARN = "refuse", "review", "warn"
Found = tuple[str | None, str, str]
"""Field, code, severity."""

DEFAULT = {
    "organisation_code_invalid": LADDER["organisation_code"].value,
    "registration_number_invalid": WARN,
    "unit_confusion": REFUSE,
    "severity_unknown": WARN,
}
MALFORMED = {
    "uscc_placeholder",
    "code_lost_digits",
    "uscc_length",
    "uscc_alphabet",
    "uscc_category",
    "code_hidden",
}


@dataclass
class Row:
    """One judged row: typed values by field, problems, or the reason why it is about a person."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)
    problems: list[Found] = field(default_factory=list)
    person: str = ""
    suspect: bool = False
    usable: bool = False

    def find(self, name: str | None, code: str, severity: str = "") -> None:
        self.problems.append((name, code, severity or DEFAULT.get(code, REFUSE)))


def judge(rows: Iterable[Mapping[str, str]], kind: RecordKind) -> list[Row]:
    """Every row, the first under the number 2."""
    judged = [_judge_row(number, row, kind) for number, row in enumerate(rows, start=2)]
    _compare_acts([row for row in judged if not row.person], kind)
    return judged


def _judge_row(number: int, cells: Mapping[str, str], kind: RecordKind) -> Row:
    row = Row(number)
    for each in kind.table.fields:
        _judge_cell(row, each, cells.get(each.name, ""), kind)
    _judge_between(row, kind)
    _judge_person(row, kind)
    if not row.person and severity(row, kind) == "unknown":
        row.find(None, "severity_unknown")
    return row


def _judge_cell(row: Row, each: KindField, raw: str, kind: RecordKind) -> None:
    text = raw.strip(BLANKS)
    name = each.name
    if is_missing(text) or text in kind.table.missing_values:
        row.values[name] = None
        if each.constraints.required:
            row.find(name, "required_missing")
        return
    row.filled.add(name)
    row.values[name] = _read(row, each, text, kind)


def _read(row: Row, each: KindField, text: str, kind: RecordKind) -> Any:
    match each.type:
        case "date":
            day = read_date(text)
            if isinstance(day, str):
                row.find(each.name, str(day))
                return None
            return None if day == OPEN_END and each.name in _open_ended(kind) else day
        case "amount":
            fen = read_amount(text, each.credit.unit or "yuan")
            if isinstance(fen, int) and fen <= 2**63 - 1:
                return fen
            row.find(each.name, "amount_unreadable" if isinstance(fen, int) else str(fen))
            return None
        case "uscc":
            return _unified(row, each.name, text)
        case "organisation_code":
            return _number(row, each.name, text, organisation_code.is_valid, "organisation_code_invalid")
        case "registration_number":
            return _number(row, each.name, text, registration_number.is_valid, "registration_number_invalid")
        case "party_code":
            return _party_code(row, each.name, text)
        case _:
            return _text(row, each, text, kind)


def _unified(row: Row, name: str, text: str) -> str:
    code = uscc.normalise_code(text)
    for finding in uscc.inspect(code, divisions=DIVISIONS):
        always = finding.code in ("code_lost_digits", "uscc_placeholder")
        row.find(name, finding.code, REFUSE if always else LADDER[finding.step].value)
    return code


def _party_code(row: Row, name: str, text: str) -> str:
    code = uscc.normalise_code(text)
    if "*" in code:
        row.find(name, "code_hidden", REVIEW)
        return code
    if re.fullmatch("[0-9A-Z]{9}", code):
        return _number(row, name, text, organisation_code.is_valid, "organisation_code_invalid")
    if re.fullmatch("[0-9]{13}|[0-9]{15}", code):
        return _number(row, name, text, registration_number.is_valid, "registration_number_invalid")
    return _unified(row, name, text)


def _number(row: Row, name: str, text: str, is_valid: Any, code: str) -> str:
    number = uscc.normalise_code(text)
    if not is_valid(number):
        row.find(name, *(("code_lost_digits", REFUSE) if uscc.lost_digits(text) else (code, "")))
    return number


def _text(row: Row, each: KindField, text: str, kind: RecordKind) -> str:
    limits = each.constraints
    if limits.max_length and len(text) > limits.max_length:
        row.find(each.name, "length_exceeded")
    if limits.pattern and not re.fullmatch(limits.pattern, text):
        row.find(each.name, "pattern_mismatch")
    if limits.enum:
        spellings = {without_blanks(value): value for value in limits.enum}
        spellings |= {without_blanks(other): value for other, value in each.credit.values.items()}
        parts = [part for part in re.split("[；;]", text) if part.strip()] if each.credit.several else [text]
        if not parts or any(without_blanks(part) not in spellings for part in parts):
            row.find(each.name, "enum_unknown")
        else:
            chosen = {spellings[without_blanks(part)] for part in parts}
            text = "；".join(value for value in limits.enum if value in chosen)
    if each.credit.field_class == FieldClass.PERSONAL:
        return mask_person(text)
    if kind.credit.envelope and each.name == kind.credit.envelope.document_number:
        return text
    return text if each.credit.field_class == FieldClass.DISCARD else resident_id.mask_numbers(text)


def _open_ended(kind: RecordKind) -> set[str]:
    begins = {rule.field for rule in kind.credit.rules if rule.rule == "not_after_today"}
    if kind.credit.envelope:
        begins |= {kind.credit.envelope.decided_on, kind.credit.envelope.valid_from}
    return {each.name for each in kind.table.fields if each.type == "date"} - begins


def _judge_between(row: Row, kind: RecordKind) -> None:
    for rule in kind.credit.rules:
        match rule.rule:
            case "required_when":
                parts = (row.values[rule.when] or "").split("；")
                if rule.field not in row.filled and set(parts) & set(rule.has):
                    row.find(rule.field, "required_when_missing")
            case "one_of_required":
                if not set(rule.fields) & row.filled:
                    row.find(None, "one_of_required_missing")
            case "not_after_today":
                if row.values[rule.field] and row.values[rule.field] > TODAY:
                    row.find(rule.field, "date_in_future")
            case "not_before":
                day, other = row.values[rule.field], row.values[rule.other]
                if day and other and day < other:
                    row.find(rule.field, "date_before_other")
            case "unit_confusion":
                fen, named = row.values[rule.field], set(amounts_in(row.values[rule.text] or ""))
                other_unit = {fen * 10_000, fen / 10_000} if fen else set()
                if fen and fen not in named and named & other_unit:
                    row.find(rule.field, "unit_confusion")


def _judge_person(row: Row, kind: RecordKind) -> None:
    party = kind.credit.party
    name = row.values[party.name]
    code = row.values.get(party.uscc or "")
    wrong = {found for at, found, _ in row.problems if at == party.uscc}
    row.usable = code is not None and len(code) == uscc.LENGTH and not wrong & MALFORMED
    others = [row.values.get(other or "") for other in (party.registration_number, party.organisation_code)]

    def is_identity_number(text: str | None) -> bool:
        return text is not None and len(text) == 18 and resident_id.find_all(text) == [(0, 18)]

    row.suspect = is_identity_number(code) or (not row.usable and any(map(is_identity_number, others)))
    number, organisation = others
    shaped = number and re.fullmatch(r"[0-9]{13}|[0-9]{15}", number) and not resident_id.looks_like_old(number)
    shaped = shaped or (organisation and re.fullmatch(r"[0-9A-Z]{8}[0-9X]", organisation))
    if _category_is_a_persons(row, party):
        row.person = "category_person"
    elif name and not (row.usable or row.suspect or shaped) and not has_organisation_word(name):
        row.person = "no_code_no_organisation_word"
    elif other := kind.credit.other_party:
        row.person = _other_person(row, other, is_identity_number(row.values.get(other.uscc or "")))
    for each in kind.table.fields:
        codes = ("uscc", "organisation_code", "registration_number", "party_code")
        if each.type in codes and each.name != party.uscc:
            row.values[each.name] = None if is_identity_number(row.values[each.name]) else row.values[each.name]
    if row.person:
        row.problems.clear()
        row.values.clear()


def _category_is_a_persons(row: Row, party: Party) -> bool:
    category = without_blanks(row.values.get(party.category or "") or "")
    return category.startswith(tuple(map(without_blanks, party.person_words)) or ("\0",))


def _other_person(row: Row, other: Party, number: bool) -> str:
    """Why the other party of a row, which is told by a unified code only, is a person; empty if it is none."""
    code, name = row.values.get(other.uscc or ""), row.values[other.name]
    wrong = {found for at, found, _ in row.problems if at == other.uscc}
    if _category_is_a_persons(row, other):
        return "category_person"
    if number:
        return "code_is_resident_id"
    usable = code is not None and len(code) == uscc.LENGTH and not wrong & MALFORMED
    if code is not None and code.startswith("92"):
        row.find(other.uscc, "sole_trader_refused")
    return "no_code_no_organisation_word" if name and not usable and not has_organisation_word(name) else ""


def polarity(row: Row, kind: RecordKind) -> str:
    for clause in kind.credit.polarity_when:
        if _holds(row, clause):
            return clause.then.value
    return kind.credit.polarity.value


def severity(row: Row, kind: RecordKind) -> str:
    if polarity(row, kind) != "adverse":
        return "none"
    for clause in kind.credit.severity:
        if _holds(row, clause):
            return clause.then.value
    return "unknown"


def _holds(row: Row, clause: Clause) -> bool:
    parts = set((row.values.get(clause.field or "") or "").split("；")) - {""}
    if not clause.has:
        return True
    return bool(parts) and parts <= set(clause.has) if clause.only else bool(parts & set(clause.has))


def _compare_acts(rows: list[Row], kind: RecordKind) -> None:
    envelope = kind.credit.envelope
    if envelope is None:
        return
    acts: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        key = tuple(_act(row, kind))
        if None not in key:
            acts[key].append(row)
    for same in acts.values():
        if len({tuple(_content(row, kind)) for row in same}) > 1:
            for row in same:
                row.find(None, "act_twice_in_file")


def _act(row: Row, kind: RecordKind) -> Iterator[Any]:
    envelope, party = kind.credit.envelope, kind.credit.party
    assert envelope
    authority, name = row.values[envelope.authority], row.values[party.name]
    number = row.values.get(envelope.document_number or "")
    yield authority and normalise_name(authority)
    if number:
        yield without_blanks(number).translate(str.maketrans("()[]【】", "〔〕〔〕〔〕"))
    else:
        told = [row.values[at] for at in kind.credit.identified_by]
        yield tuple(normalise_name(str(each)) for each in told) if told and None not in told else None
    yield row.values[party.uscc or ""] if row.usable else name and normalise_name(name)


def _content(row: Row, kind: RecordKind) -> Iterator[Any]:
    for each in kind.table.fields:
        if each.credit.field_class != FieldClass.DISCARD:
            yield row.values[each.name]
