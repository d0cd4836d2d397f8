"""What must hold between the pieces of a chain of packs, beyond what each piece says for itself."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from rongxin.policy.declaration_checks import check_invited
from rongxin.policy.documents import Document, contains, obstacle
from rongxin.policy.files import Findings
from rongxin.policy.indicator_checks import check_indicators
from rongxin.policy.indicator_fields import Form, of_kind
from rongxin.policy.kinds import Basis, RecordKind, RequiredWhen
from rongxin.policy.notices import notice_faults, outside_faults
from rongxin.policy.reading import Placed, ReadPack
from rongxin.policy.templates import MADE_UP, faults
from rongxin.policy.values import PolicyValue, Unit, ValueLine, clashes, unfit
from rongxin.policy.words import Display, FieldClass, Polarity, Reading, Severity, Strength, Strict

TERM = re.compile(r"display/(minor|general|serious)_(shortest|longest)")
TERM_UNITS = frozenset({Unit.MONTHS, Unit.YEARS})
DEADLINE_UNITS = frozenset({Unit.WORKDAYS, Unit.DAYS})


def check(chain: list[ReadPack], findings: Findings) -> None:
    """Tell everything that does not fit together; ``chain`` runs from the most general pack to the platform's own."""
    for number, pack in enumerate(chain):
        above = chain[:number]
        documents = {key: placed.piece for each in chain[: number + 1] for key, placed in each.documents.items()}
        if all(each.documents_readable for each in chain[: number + 1]):
            _check_citations(pack, documents, findings)
        _check_territory(pack, above, findings)
        _check_documents(pack, above, findings)
        _check_values(pack, above, documents, findings)
        _check_kinds(pack, above, documents, findings)
        _check_units(pack, above, findings)
        _check_industries(pack, above, findings)
        _check_catalogue(pack, above, findings)
        _check_templates(pack, findings)
        _check_notices(pack, [*above, pack], findings)
        check_indicators(pack, [*above, pack], findings)
        check_invited(pack, [*above, pack], findings)
    _check_calendar(chain, findings)
    _check_divisions(chain, findings)
    _check_nothing_outside(chain, findings)


def _bases(piece: Strict, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Basis, tuple[str | int, ...]]]:
    """Every basis inside a piece, with the way to it as the file spells it."""
    for name, field in type(piece).model_fields.items():
        here = (*path, field.alias or name)
        inner = getattr(piece, name)
        if isinstance(inner, Basis):
            yield inner, here
        elif isinstance(inner, Strict):
            yield from _bases(inner, here)
        elif isinstance(inner, tuple):
            for number, part in enumerate(inner):
                if isinstance(part, Strict):
                    yield from _bases(part, (*here, number))


def _check_citations(pack: ReadPack, documents: Mapping[str, Document], findings: Findings) -> None:
    tables = (pack.head, pack.units, pack.industries, pack.catalogue, pack.declarations, pack.indicators)
    single = [placed for placed in tables if placed]
    for placed in (*single, *pack.values.values(), *pack.kinds.values(), *pack.templates.values()):
        for basis, path in _bases(placed.piece):
            document = documents.get(basis.document)
            if document is None:
                placed.tell(findings, f'document "{basis.document}" stands in no documents.yaml', *path, "document")
            elif basis.reading == Reading.CONFIRMED and document.reading == Reading.UNCONFIRMED:
                placed.tell(
                    findings, f'a clause of "{basis.document}" cannot be read C: the document is U', *path, "reading"
                )


def _check_territory(pack: ReadPack, above: list[ReadPack], findings: Findings) -> None:
    head = pack.head.piece
    if above and not contains(above[-1].head.piece.territory, head.territory):
        told = f"{head.territory} does not lie in {above[-1].head.piece.territory}, the territory of {head.extends}"
        pack.head.tell(findings, told, "territory")


def _check_documents(pack: ReadPack, above: list[ReadPack], findings: Findings) -> None:
    for key, placed in pack.documents.items():
        for general in above:
            if key in general.documents:
                placed.tell(findings, f'document "{key}" already stands in pack {general.head.piece.name}')


def _check_values(pack: ReadPack, above: list[ReadPack], documents: Mapping[str, Document], findings: Findings) -> None:
    for key, placed in pack.values.items():
        for number, line in enumerate(placed.piece.values):
            wrong = unfit(placed.piece.unit, line.value)
            if wrong:
                placed.tell(findings, wrong, "values", number, "value")
            document = documents.get(line.basis.document)
            for name, told in _unfounded(placed.piece, line, document, pack.head.piece.territory) if document else ():
                placed.tell(findings, told, "values", number, name)
        if TERM.fullmatch(key):
            _check_term(placed, findings)
        general = [each.values[key] for each in above if key in each.values]
        if general:
            _check_redefinition(placed, general, findings)
        else:
            _check_dates(placed, list(placed.piece.values), findings)


def _unfounded(value: PolicyValue, line: ValueLine, document: Document, territory: str) -> Iterator[tuple[str, str]]:
    """What the basis of a line does not bear: the key of the line, and what is wrong with it."""
    if line.first_day < document.first_day:
        yield "from", f'"{line.basis.document}" is in force from {document.first_day}, after {line.first_day}'
    if line.strength != Strength.LOCAL and not contains(document.territory, territory):
        yield "strength", f'"{line.basis.document}" does not hold here; another place\'s law is a local setting at most'
    if value.reduces_rights:
        reason = obstacle(line.basis, document, territory, on=None)
        if reason:
            yield "basis", f"the value reduces rights: {reason.en}"
        elif line.strength != Strength.BINDING:
            yield "strength", "the value reduces rights; only binding lines may"


def _check_term(placed: Placed[PolicyValue], findings: Findings) -> None:
    if placed.piece.unit not in TERM_UNITS:
        placed.tell(findings, "a term of display counts months or years", "unit")
    if not placed.piece.reduces_rights:
        placed.tell(findings, "a term of display reduces rights; say reduces_rights: true")


def _check_dates(placed: Placed[PolicyValue], lines: list[ValueLine], findings: Findings) -> None:
    for day, told in clashes(lines):
        _tell_at_day(placed, day, told, findings)


def _check_redefinition(placed: Placed[PolicyValue], general: list[Placed[PolicyValue]], findings: Findings) -> None:
    """A key given again adds dated lines to those above; local lines replace them, and must agree among themselves."""
    first, value = general[0].piece, placed.piece
    for name in ("unit", "counted_from", "reduces_rights"):
        if getattr(first, name) != getattr(value, name):
            placed.tell(findings, f"{name} is {getattr(first, name)} in {general[0].file}; it cannot change", name)
    added = [line for line in value.values if line.strength != Strength.LOCAL]
    replacing = [line for line in value.values if line.strength == Strength.LOCAL]
    inherited = [line for each in general for line in each.piece.values]
    _check_dates(placed, [*inherited, *added] if added else [], findings)
    _check_dates(placed, replacing, findings)


def _tell_at_day(placed: Placed[PolicyValue], day: date, told: str, findings: Findings) -> None:
    numbers = [number for number, line in enumerate(placed.piece.values) if line.first_day == day]
    path = ("values", numbers[-1], "from") if numbers else ()
    placed.tell(findings, told, *path)


def _check_kinds(pack: ReadPack, above: list[ReadPack], documents: Mapping[str, Document], findings: Findings) -> None:
    known = {key: value.piece for each in (*above, pack) for key, value in each.values.items()}
    for name, placed in pack.kinds.items():
        for general in above:
            if name in general.kinds:
                placed.tell(findings, f'kind "{name}" already stands in pack {general.head.piece.name}', "name")
        _check_deadline(placed, known, findings)
        _check_display(placed, pack, documents, findings)
        _check_identity(placed, findings)
        _check_public_parts(placed, findings)
        _check_heads(placed, findings)
        _check_words(placed, findings)
        _check_inspection(placed, findings)


def _check_deadline(placed: Placed[RecordKind], known: Mapping[str, PolicyValue], findings: Findings) -> None:
    key = placed.piece.credit.deadline
    if key is None:
        return
    if key not in known:
        placed.tell(findings, f'deadline "{key}" is no policy value', "x-credit", "deadline")
    elif known[key].unit not in DEADLINE_UNITS:
        placed.tell(
            findings, f'"{key}" counts {known[key].unit}; a deadline counts workdays or days', "x-credit", "deadline"
        )


def _check_display(
    placed: Placed[RecordKind], pack: ReadPack, documents: Mapping[str, Document], findings: Findings
) -> None:
    credit = placed.piece.credit
    if Polarity.ADVERSE in credit.polarities and not credit.display:
        placed.tell(findings, "an adverse kind needs display clauses", "x-credit", "display")
    severities = [clause.severity for clause in credit.display]
    for number, clause in enumerate(credit.display):
        if severities.index(clause.severity) < number:
            placed.tell(findings, f"two display clauses for {clause.severity}", "x-credit", "display", number)
        if clause.severity not in credit.severities:
            placed.tell(findings, f"no row has severity {clause.severity}", "x-credit", "display", number)
        document = documents.get(clause.basis.document)
        if clause.severity == Severity.NONE or clause.display != Display.PUBLIC or document is None:
            continue
        reason = obstacle(clause.basis, document, pack.head.piece.territory, on=None)
        if reason:
            told = f"no display of adverse records on this basis: {reason.en}"
            placed.tell(findings, told, "x-credit", "display", number, "basis")


def _check_identity(placed: Placed[RecordKind], findings: Findings) -> None:
    """What tells one act from another must always be filed."""
    credit, fields = placed.piece.credit, placed.piece.fields
    if credit.envelope is None:
        return
    for name in (credit.envelope.authority, credit.envelope.decided_on, credit.party.name, *credit.identified_by):
        if not fields[name].constraints.required:
            placed.tell(findings, f'"{name}" tells acts apart; it is required', "x-credit")
    number = credit.envelope.document_number
    if not credit.identified_by and (number is None or not fields[number].constraints.required):
        told = "the document number may be missing; identified_by says what tells acts apart then"
        placed.tell(findings, told, "x-credit", "envelope")


def _check_public_parts(placed: Placed[RecordKind], findings: Findings) -> None:
    """What stands in the title and the envelope is public, so no field may stand there that is not."""
    credit, fields = placed.piece.credit, placed.piece.fields
    shown: dict[str, tuple[str | int, ...]] = dict.fromkeys(credit.headline, ("headline",))
    if credit.envelope:
        envelope = credit.envelope
        for key in ("authority", "document_number", "basis"):
            if name := getattr(envelope, key):
                shown[name] = ("envelope", key)
    if credit.summary:
        shown |= dict.fromkeys(credit.summary.by, ("summary", "by"))
    for name, path in shown.items():
        field = fields[name].credit
        if field.field_class != FieldClass.PUBLIC or field.may_name_persons:
            placed.tell(findings, f'"{name}" would be shown here, but it is not public', "x-credit", *path)


def _check_heads(placed: Placed[RecordKind], findings: Findings) -> None:
    """A column head must lead to one field."""
    owner: dict[str, str] = {}
    for number, field in enumerate(placed.piece.table.fields):
        for head in {field.name, field.title, field.credit.code, *field.credit.aliases} - {""}:
            other = owner.setdefault(head, field.name)
            if other != field.name:
                told = f'the head "{head}" leads to {other} and to {field.name}'
                placed.tell(findings, told, "schema", "fields", number)


def _check_words(placed: Placed[RecordKind], findings: Findings) -> None:
    """Words a clause or rule waits for must be words the field can hold, or it would never hold."""
    fields, credit = placed.piece.fields, placed.piece.credit
    waited = [
        (clause.field, clause.has, (key, number))
        for key, clauses in (
            ("polarity_when", credit.polarity_when),
            ("severity", credit.severity),
            ("withheld_when", credit.withheld_when),
        )
        for number, clause in enumerate(clauses)
    ]
    for number, rule in enumerate(credit.rules):
        if isinstance(rule, RequiredWhen):
            waited.append((rule.when, rule.has, ("rules", number)))
    for name, words, path in waited:
        enum = fields[name].constraints.enum if name else None
        strangers = [word for word in words if enum is not None and word not in enum]
        if strangers:
            placed.tell(findings, f'"{name}" never holds {"; ".join(strangers)}', "x-credit", *path, "has")
    for number, field in enumerate(placed.piece.table.fields):
        enum = field.constraints.enum
        strangers = [word for word in field.credit.values.values() if enum is None or word not in enum]
        if strangers:
            told = f'"{field.name}" has no value {"; ".join(strangers)}'
            placed.tell(findings, told, "schema", "fields", number, "x-credit", "values")


def _check_inspection(placed: Placed[RecordKind], findings: Findings) -> None:
    """Its day and its result can be looked at, and it may end in two ways."""
    told = placed.piece.credit.inspection
    if told is None:
        return
    fields = of_kind(placed.piece)
    for key, name, form in (("result", told.result, Form.WORD), ("inspected_on", told.inspected_on, Form.DATE)):
        if name not in fields or fields[name].form != form:
            placed.tell(findings, f'"{name}" holds not {form} that can be looked at', "x-credit", "inspection", key)
    words = fields[told.result].words if told.result in fields else None
    if words is None:
        return
    if strangers := sorted({*told.clean} - words):
        placed.tell(findings, f'"{told.result}" never holds {"; ".join(strangers)}', "x-credit", "inspection", "clean")
    if words <= {*told.clean}:
        placed.tell(findings, "every word is clean; no inspection would ever fail", "x-credit", "inspection", "clean")


def _check_templates(pack: ReadPack, findings: Findings) -> None:
    """Example values fill their template, and are made up."""
    for placed in pack.templates.values():
        example = placed.piece.example
        for fault in faults(placed.piece, example):
            placed.tell(findings, f'example "{fault.field}" {fault.told.en}', "example", fault.field)
        if not any(MADE_UP in str(value) for value in example.values()):
            placed.tell(findings, f"made-up values hold {MADE_UP} in a name", "example")


def _check_notices(pack: ReadPack, chain: list[ReadPack], findings: Findings) -> None:
    """Words name allowed values only, and whatever goes outside has a text for it."""
    known = {channel for each in chain for channel in each.outside_texts}
    for notice in pack.notices.values():
        for path, told in notice_faults(notice.piece):
            notice.tell(findings, told, *path)
        for channel in notice.piece.outside:
            if channel not in known:
                notice.tell(findings, f"notices/outside/{channel}.yaml is missing, in this pack and above", "outside")
    for text in pack.outside_texts.values():
        for path, told in outside_faults(text.piece):
            text.tell(findings, told, *path)


def _check_units(pack: ReadPack, above: list[ReadPack], findings: Findings) -> None:
    if pack.units is None:
        return
    divisions = {row.piece.code for each in (*above, pack) for row in each.divisions}
    taken = {unit.code for each in above if each.units for unit in each.units.piece.units}
    for number, unit in enumerate(pack.units.piece.units):
        if unit.code in taken:
            pack.units.tell(findings, f'reporting unit "{unit.code}" stands twice', "units", number, "code")
        taken.add(unit.code)
        for name in ("division", "reports_to"):
            code = getattr(unit, name)
            if code and code not in divisions:
                pack.units.tell(findings, f"{name} {code} stands in no divisions.csv", "units", number, name)


def _check_industries(pack: ReadPack, above: list[ReadPack], findings: Findings) -> None:
    if pack.industries is None:
        return
    if any(each.industries for each in above):
        pack.industries.tell(findings, "a pack above already has industries")
    sections = pack.industries.piece.sections
    for number, (earlier, later) in enumerate(pairwise(sections), start=1):
        if later.code <= earlier.code or later.first <= earlier.last:
            pack.industries.tell(
                findings, f"section {later.code} does not follow section {earlier.code}", "sections", number
            )
    for number, section in enumerate(sections):
        if section.last < section.first:
            pack.industries.tell(findings, "last lies before first", "sections", number, "last")


def _check_calendar(chain: list[ReadPack], findings: Findings) -> None:
    seen: dict[date, tuple[str, str]] = {}
    years: set[int] = set()
    for placed in (year for pack in chain for year in pack.years):
        if placed.piece.year in years:
            placed.tell(findings, f"the year {placed.piece.year} stands twice", "year")
        years.add(placed.piece.year)
        for number, holiday in enumerate(placed.piece.days):
            for kind in ("off", "work"):
                for position, day in enumerate(getattr(holiday, kind)):
                    other, file = seen.setdefault(day, (kind, placed.file))
                    if other != kind:
                        told = f"{day} is {kind} here and {other} in {file}"
                        placed.tell(findings, told, "days", number, kind, position)


def _check_divisions(chain: list[ReadPack], findings: Findings) -> None:
    rows = [row for pack in chain for row in pack.divisions]
    codes = {row.piece.code for row in rows}
    seen: set[str] = set()
    for row in rows:
        if row.piece.code in seen:
            row.tell(findings, f"code {row.piece.code} stands twice")
        seen.add(row.piece.code)
        for name in ("parent", "successor"):
            code = getattr(row.piece, name)
            if code and code not in codes:
                row.tell(findings, f"{name} {code} is not in the table")


def _check_catalogue(pack: ReadPack, above: list[ReadPack], findings: Findings) -> None:
    """An item names a kind that can be sent, and keeps the kind that its code has above."""
    if pack.catalogue is None:
        return
    kinds = {name for each in (*above, pack) for name in each.kinds}
    coded = {item.code: item.kind for each in above if each.catalogue for item in each.catalogue.piece.items}
    for number, item in enumerate(pack.catalogue.piece.items):
        if item.kind not in kinds:
            pack.catalogue.tell(findings, f'there is no kind "{item.kind}"', "items", number, "kind")
        elif coded.get(item.code, item.kind) != item.kind:
            told = f"{item.code} is {coded[item.code]} in the catalogue above; a code keeps its kind"
            pack.catalogue.tell(findings, told, "items", number, "code")


def _check_nothing_outside(chain: list[ReadPack], findings: Findings) -> None:
    """Where there is a catalogue, nothing outside it is collected (the rule of the national basic catalogue)."""
    listed = {item.kind for pack in chain if pack.catalogue for item in pack.catalogue.piece.items}
    for name, placed in (pair for pack in chain if listed for pair in pack.kinds.items()):
        if name not in listed:
            placed.tell(findings, f'kind "{name}" stands in no catalogue; nothing outside it is collected', "name")
