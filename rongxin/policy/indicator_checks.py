"""What must hold of the indicators of a chain of packs, and of the values with their points; each mistake at its line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Final

from rongxin.policy.files import Findings
from rongxin.policy.indicator_fields import OF_SUBJECT, Form, Readable, adverse_rows, of_kinds
from rongxin.policy.indicator_words import MONEY
from rongxin.policy.indicators import (
    CLASSES,
    DIMENSIONS,
    MINOR_MONTHS,
    POINTS,
    Cell,
    Condition,
    Dimension,
    Indicator,
    RiskClass,
    Take,
)
from rongxin.policy.kinds import RecordKind
from rongxin.policy.reading import Placed, ReadPack
from rongxin.policy.tables import IndustrySection
from rongxin.policy.values import PolicyValue, Unit, Value

Step = str | int
Fault = tuple[tuple[Step, ...], str]
"""A place inside a piece, and what is wrong there."""

_CELLS: Final = ("equal", "not_equal", "one_of", "none_of")
_ORDERS: Final = ("below", "at_most", "above", "at_least", "between")
_MONTHS: Final = ("within_months", "older_than_months")
_FITTING: Final = {
    Form.DATE: _MONTHS,
    Form.NUMBER: (*_ORDERS, *_CELLS),
    Form.WORD: (*_CELLS, "begins_with", "has_part"),
}
_INDUSTRY: Final = re.compile(r"[0-9]{2,4}")


def check_indicators(pack: ReadPack, chain: Sequence[ReadPack], findings: Findings) -> None:
    """Tell what does not fit in the indicators of ``pack``, the last of ``chain``, and in its values of risk."""
    kinds = {name: placed.piece for each in chain for name, placed in each.kinds.items()}
    known = {each.name: each for read in chain if read.indicators for each in read.indicators.piece.indicators}
    if pack.indicators:
        sections = next((each.industries.piece.sections for each in chain if each.industries), ())
        for number, indicator in enumerate(pack.indicators.piece.indicators):
            for path, told in _faults(indicator, kinds, known, sections):
                pack.indicators.tell(findings, told, "indicators", number, *path)
        _check_floors(pack, known, findings)
        _check_frame(pack, chain, findings)
    if all(each.indicators_readable for each in chain):
        _check_points(pack, known, findings)
    _check_weights(pack, chain[:-1], findings)
    _check_thresholds(pack, findings)


def _faults(
    indicator: Indicator,
    kinds: Mapping[str, RecordKind],
    known: Mapping[str, Indicator],
    sections: Sequence[IndustrySection],
) -> Iterator[Fault]:
    for part in ("only", "subject"):
        for number, condition in enumerate(getattr(indicator, part) or ()):
            for path, told in _of_enterprise(condition, sections):
                yield (part, number, *path), told
    if indicator.related is not None:
        yield from _of_related(indicator, known)
    if indicator.records is not None:
        yield from _of_records(indicator, kinds)
    yield from _of_reason(indicator)


def _of_related(indicator: Indicator, known: Mapping[str, Indicator]) -> Iterator[Fault]:
    asked = indicator.related.indicator if indicator.related else ""
    if asked not in known:
        yield ("related", "indicator"), f'there is no indicator "{asked}"'
    elif known[asked].related is not None:
        yield ("related", "indicator"), f'"{asked}" looks at other enterprises itself; a holding is followed one step'


def _of_records(indicator: Indicator, kinds: Mapping[str, RecordKind]) -> Iterator[Fault]:
    found = [kinds[name] for name in indicator.records or () if name in kinds and kinds[name].credit.envelope]
    for number, name in enumerate(indicator.records or ()):
        if name not in kinds:
            yield ("records", number), f'there is no kind "{name}"'
        elif kinds[name].credit.envelope is None:
            yield ("records", number), f'"{name}" registers enterprises and has no records'
    if len(found) < len(indicator.records or ()):
        return
    fields = of_kinds(found)
    owner = f"the records of {', '.join(kind.name for kind in found)}"
    for number, condition in enumerate(indicator.where):
        for path, told in _of_condition(condition, fields, owner):
            yield ("where", number, *path), told
    if indicator.window is not None:
        yield from _of_field(indicator.window.by, fields, owner, Form.DATE, ("window", "by"))
    yield from _of_take(indicator, fields, owner)
    if indicator.window is None:
        for number, kind in enumerate(found):
            if any(_may_meet(indicator.where, row) for row in adverse_rows(kind)):
                yield ("records", number), f'records of "{kind.name}" may be adverse, so the indicator needs a window'


def _may_meet(where: Sequence[Condition], row: Mapping[str, str]) -> bool:
    return all(_meets(condition, row) is not False for condition in where)


def _meets(condition: Condition, row: Mapping[str, str]) -> bool | None:
    """Whether a row, of which only some cells are known, meets the condition; None where they do not tell."""
    met = [_meets(part, row) for part in condition.parts]
    if condition.operator == "negated":
        return None if met[0] is None else not met[0]
    if met:
        decisive = condition.operator == "any_of"
        return decisive if decisive in met else None if None in met else not decisive
    cell = row.get(condition.field or "")
    found = cell in _cells(condition)
    return {"equal": found, "one_of": found, "not_equal": not found, "none_of": not found}.get(
        condition.operator if cell is not None else ""
    )


def _of_take(indicator: Indicator, fields: Mapping[str, Readable], owner: str) -> Iterator[Fault]:
    operator = indicator.take.operator
    argument = getattr(indicator.take, operator)
    if isinstance(argument, Condition):
        for path, told in _of_condition(argument, fields, owner):
            yield ("take", operator, *path), told
        return
    form = {"months_since": Form.DATE, "latest": Form.WORD, "earliest": Form.WORD}.get(operator)
    if operator in MONEY:
        form = Form.NUMBER
    for name in indicator.take.fields():
        yield from _of_field(name, fields, owner, form, ("take", operator))
    if form == Form.WORD and argument in fields and fields[argument].form == form:
        yield from _of_words(indicator, indicator.take, fields[argument])


def _of_words(indicator: Indicator, take: Take, field: Readable) -> Iterator[Fault]:
    if field.several:
        yield ("take", take.operator), "the field holds several words at once; none of them is the last"
    strangers = [word for word in indicator.points.words or () if field.words is not None and word not in field.words]
    for word in strangers:
        yield ("points", "words", word), f"it never holds {word}"


def _of_field(
    name: str, fields: Mapping[str, Readable], owner: str, form: Form | None, path: tuple[Step, ...]
) -> Iterator[Fault]:
    if name not in fields:
        yield path, _unknown(name, fields, owner)
    elif form is not None and fields[name].form != form:
        yield path, f'"{name}" holds {fields[name].form}, and {path[-1]} takes {form}'


def _unknown(name: str, fields: Mapping[str, Readable], owner: str) -> str:
    return f'{owner} have no field "{name}" that an indicator can look at; there are {", ".join(sorted(fields))}'


def _of_enterprise(condition: Condition, sections: Sequence[IndustrySection]) -> Iterator[Fault]:
    yield from _of_condition(condition, OF_SUBJECT, "enterprises")
    for path, each in _leaves(condition):
        if each.field == "industry" and each.operator in (*_CELLS, "begins_with"):
            for code in _cells(each):
                known = any(section.first <= str(code)[:2] <= section.last for section in sections)
                if not _INDUSTRY.fullmatch(str(code)) or (sections and not known):
                    yield (*path, each.operator), f'"{code}" is no code of GB/T 4754, of two to four digits'


def _leaves(condition: Condition, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Condition]]:
    """The comparisons inside a condition, each with its place as the file spells it."""
    if not condition.parts:
        yield path, condition
    key = Condition.model_fields[condition.operator].alias or condition.operator
    for number, part in enumerate(condition.parts):
        yield from _leaves(part, (*path, key) if condition.operator == "negated" else (*path, key, number))


def _of_condition(condition: Condition, fields: Mapping[str, Readable], owner: str) -> Iterator[Fault]:
    for path, each in _leaves(condition):
        field = fields.get(each.field or "")
        if field is None:
            yield (*path, "field"), _unknown(each.field or "", fields, owner)
        elif told := _unfit(each, field):
            yield (*path, each.operator), f'"{each.field}" {told}'


def _unfit(condition: Condition, field: Readable) -> str | None:
    """Why the operator of a comparison does not fit the field."""
    operator = condition.operator
    if operator != "filled" and operator not in _FITTING[field.form]:
        return f"holds {field.form}; {operator} does not compare that"
    if operator in ("filled", *_ORDERS, *_MONTHS):
        return None
    wanted = int if field.form == Form.NUMBER else str
    if strange := [cell for cell in _cells(condition) if type(cell) is not wanted]:
        return f"holds {field.form}, and {strange[0]!r} is none"
    if field.several and operator != "has_part":
        return "holds several words at once; has_part asks for one of them"
    holds = str.startswith if operator == "begins_with" else str.__eq__
    words = [str(cell) for cell in _cells(condition)] if field.words is not None else []
    never = [cell for cell in words if not any(holds(word, cell) for word in field.words or ())]
    return f"never {'begins with' if operator == 'begins_with' else 'holds'} {'; '.join(never)}" if never else None


def _cells(condition: Condition) -> tuple[Cell, ...]:
    given: Cell | tuple[Cell, ...] = getattr(condition, condition.operator)
    return given if isinstance(given, tuple) else (given,)


def _of_reason(indicator: Indicator) -> Iterator[Fault]:
    """Its text may speak of the value and of the months of the window, and of nothing else."""
    allowed = {"months"} if indicator.window else set()
    if indicator.take.operator not in MONEY:
        allowed.add("value")
    for language in ("zh", "en"):
        try:
            named = {
                name for _, name, _, _ in Formatter().parse(getattr(indicator.reason, language)) if name is not None
            }
        except ValueError as error:
            yield ("reason", language), f"braces do not fit: {error}"
            continue
        if strange := sorted(named - allowed):
            told = f"{', '.join('{' + name + '}' for name in strange)} cannot be told here"
            yield ("reason", language), f"{told}: {{months}} needs a window, {{value}} is no sum of money"


def _check_floors(pack: ReadPack, known: Mapping[str, Indicator], findings: Findings) -> None:
    placed = pack.indicators
    for number, floor in enumerate(placed.piece.floors if placed else ()):
        path = ("floors", number, "indicator")
        if placed and floor.indicator not in known:
            placed.tell(findings, f'there is no indicator "{floor.indicator}"', *path)
        elif placed and known[floor.indicator].points.operator == "words":
            placed.tell(findings, f'the value of "{floor.indicator}" is a word; at_least needs a number', *path)
        if placed and floor.lowest == RiskClass.A:
            placed.tell(findings, "nothing is better than a; the rule would say nothing", "floors", number, "lowest")


def _check_frame(pack: ReadPack, chain: Sequence[ReadPack], findings: Findings) -> None:
    values = {key for each in chain for key in each.values}
    for key in (CLASSES, DIMENSIONS, MINOR_MONTHS):
        if pack.indicators and key not in values:
            pack.indicators.tell(findings, f'indicators need the value "{key}"')


def _check_points(pack: ReadPack, known: Mapping[str, Indicator], findings: Findings) -> None:
    """A value of points is that of an indicator, and has a number for each name that the indicator gives them."""
    for key, placed in pack.values.items():
        if not key.startswith(POINTS):
            continue
        indicator = known.get(key.removeprefix(POINTS))
        if indicator is None:
            placed.tell(findings, f'there is no indicator "{key.removeprefix(POINTS)}"')
            continue
        if placed.piece.unit != Unit.POINTS:
            placed.tell(findings, f"what an indicator weighs counts points, not {placed.piece.unit}", "unit")
        for number, told in _misnamed(placed, indicator.points.names):
            placed.tell(findings, told, "values", number, "value")


def _check_weights(pack: ReadPack, above: Sequence[ReadPack], findings: Findings) -> None:
    """Every indicator has such a value; one that stands above fits it, too."""
    table = pack.indicators
    if table is None:
        return
    for number, indicator in enumerate(table.piece.indicators):
        values = [each.values[indicator.key] for each in above if indicator.key in each.values]
        wrong = [told for value in values for _, told in _misnamed(value, indicator.points.names)]
        if not values and indicator.key not in pack.values:
            wrong.append(f'there is no value "{indicator.key}"')
        for told in wrong:
            table.tell(findings, told, "indicators", number, "points")


def _misnamed(placed: Placed[PolicyValue], names: frozenset[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(placed.piece.values):
        if told := _wrong_names(line.value, names):
            yield number, told


def _wrong_names(value: Value, names: frozenset[str]) -> str | None:
    if isinstance(value, dict) and value.keys() == names:
        return None
    return f"it gives a number for each of {', '.join(sorted(names))}, and for nothing else"


def _check_thresholds(pack: ReadPack, findings: Findings) -> None:
    """The classes begin at rising points, and each dimension has its most."""
    expected = {
        CLASSES: frozenset({RiskClass.B.value, RiskClass.C.value, RiskClass.D.value}),
        DIMENSIONS: frozenset(each.value for each in Dimension),
    }
    for key, names in expected.items():
        placed = pack.values.get(key)
        if placed and placed.piece.unit != Unit.POINTS:
            placed.tell(findings, f"it counts points, not {placed.piece.unit}", "unit")
        for number, told in _misnamed(placed, names) if placed else ():
            pack.values[key].tell(findings, told, "values", number, "value")
    minor = pack.values.get(MINOR_MONTHS)
    if minor and minor.piece.unit != Unit.MONTHS:
        minor.tell(findings, f"it counts months, not {minor.piece.unit}", "unit")
    classes = pack.values.get(CLASSES)
    for number, line in enumerate(classes.piece.values if classes else ()):
        begins = [line.value.get(each) for each in "bcd"] if isinstance(line.value, dict) else []
        numbers = [each for each in begins if isinstance(each, int)]
        if classes and not (len(numbers) == 3 and 0 < numbers[0] < numbers[1] < numbers[2]):
            classes.tell(findings, "b begins above 0, c above b, d above c", "values", number, "value")
