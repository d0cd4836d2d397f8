"""The rules in plain language: kinds of records, values with their dated lines, the check of codes, the calendar."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from rongxin.disclosure.facts import public_label
from rongxin.disclosure.rule_views import (
    CalendarYear,
    CodeStep,
    DisplayLine,
    FieldLine,
    Holiday,
    IndicatorLine,
    KindCard,
    PolarityLine,
    SeverityLine,
    Step,
    ValueCard,
    ValueLine,
    WithheldLine,
)
from rongxin.disclosure.wording import basis_line, told_severity, unit_words, words
from rongxin.policy import tables
from rongxin.policy.display import display_rule
from rongxin.policy.indicator_words import DIMENSION_TITLES, told_names
from rongxin.policy.indicators import POINTS, Indicator
from rongxin.policy.kinds import Clause, RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.values import Unit, Value
from rongxin.policy.words import FieldClass, Severity, StepSeverity, Title

LADDER: Final = "intake/code_ladder"
SATURDAY: Final = 5

# The steps of intake/code_ladder in the order of the check: what is looked at, and how.
_STEPS: Final = {
    "format": (
        Title(zh="位数和形式", en="Length and form"),
        Title(
            zh="18 位；不是凑数的号码，没有被电子表格截掉末位",
            en="18 characters; no filler, no digits lost to a spreadsheet",
        ),
    ),
    "alphabet": (
        Title(zh="字符", en="Characters"),
        Title(
            zh="只用数字和大写字母，不用 I、O、S、V、Z；前两位是登记管理部门和机构类别",
            en="digits and capitals without I, O, S, V, Z; the first two name registering department and category",
        ),
    ),
    "check_character": (
        Title(zh="第 18 位校验码", en="Check character 18"),
        Title(zh="按 GB 32100-2015 由前 17 位算出", en="computed from the first 17 by GB 32100-2015"),
    ),
    "organisation_code": (
        Title(zh="第 17 位校验码", en="Check character 17"),
        Title(zh="主体标识码按 GB 11714 计算", en="the organisation code by GB 11714"),
    ),
    "division": (
        Title(zh="登记机关所在地", en="Place of registration"),
        Title(zh="第 3–8 位是现有或曾有的行政区划", en="characters 3–8 are a division that exists or existed"),
    ),
    "registered": (
        Title(zh="登记库", en="On the register"),
        Title(zh="登记库里有这个代码", en="the register knows the code"),
    ),
    "name_agrees": (
        Title(zh="名称一致", en="Name"),
        Title(zh="登记库里的名称或曾用名与报送的一致", en="the present or a former name agrees with the one filed"),
    ),
}


def kind_cards(policy: Policy) -> tuple[KindCard, ...]:
    """Every kind of record, in the order of the catalog."""
    return tuple(
        KindCard(
            name=kind.name,
            title=kind.title,
            icon=kind.credit.icon,
            description=kind.description,
            provider=kind.credit.provider,
            fields=len(kind.fields),
            public_fields=sum(field.credit.field_class == FieldClass.PUBLIC for field in kind.fields.values()),
        )
        for kind in policy.kinds.values()
    )


def value_cards(policy: Policy, on: date) -> tuple[ValueCard, ...]:
    """Every value but the code ladder, which ``code_steps`` tells, and the points, which ``indicator_lines`` does."""
    keys = (key for key in sorted(policy.values) if key != LADDER and not key.startswith(POINTS))
    return tuple(value_card(policy, key, on) for key in keys)


def value_card(policy: Policy, key: str, on: date) -> ValueCard:
    """A value with its lines, the newest first. KeyError for an unknown key."""
    history = policy.history(key)
    in_force = history.line_on(on)
    lines = sorted(history.lines, key=lambda line: line.first_day, reverse=True)
    return ValueCard(
        key=key,
        title=history.title,
        unit=unit_words(history.unit),
        lines=tuple(
            ValueLine(
                starts_on=line.first_day,
                value=written(line.value, told_names(policy, key)),
                steps=tuple(_steps(line.value)) if history.unit == Unit.SEVERITY_STEP else (),
                strength=line.strength,
                basis=basis_line(policy, line.basis),
                in_force=line is in_force,
                note=words(line.note),
            )
            for line in lines
        ),
    )


def indicator_lines(policy: Policy, on: date) -> tuple[IndicatorLine, ...]:
    """By what enterprises are sorted by risk, and the points of each in force on the day; those without any are left out."""
    in_force = ((each, policy.history(each.key).line_on(on)) for each in policy.indicators.values())
    return tuple(
        IndicatorLine(
            key=indicator.key,
            title=indicator.title,
            looks_at=_looks_at(indicator),
            dimension=DIMENSION_TITLES[indicator.dimension],
            lowers=indicator.lowers,
            points=written(line.value, told_names(policy, indicator.key)),
            starts_on=line.first_day,
            basis=basis_line(policy, line.basis),
            note=words(indicator.note),
        )
        for indicator, line in in_force
        if line
    )


def _looks_at(indicator: Indicator) -> str:
    months = indicator.window.months if indicator.window else 0
    return words(indicator.reason).format(value="…" if indicator.points.operator == "words" else "N", months=months)


def code_steps(policy: Policy, on: date) -> tuple[CodeStep, ...]:
    """The check of a unified code as it works on the day."""
    severities = policy.value(LADDER, on).steps
    return tuple(
        CodeStep(title=title, explanation=words(explanation), severity=severities[step])
        for step, (title, explanation) in _STEPS.items()
        if step in severities
    )


def calendar_years(policy: Policy) -> tuple[CalendarYear, ...]:
    """The announced calendars, the latest year first."""
    return tuple(
        CalendarYear(
            year=year.year,
            source=year.document,
            holidays=tuple(_holidays(year)),
            worked_weekends=tuple(sorted(day for holiday in year.days for day in holiday.work)),
        )
        for year in sorted(policy.calendar_years, key=lambda year: year.year, reverse=True)
    )


def field_lines(kind: RecordKind) -> tuple[FieldLine, ...]:
    """The fields of a kind in order, with who may see them."""
    return tuple(
        FieldLine(
            title=Title(zh=field.title, en=public_label(field).en),
            code=field.credit.code,
            field_class=field.credit.field_class,
            required=field.constraints.required,
            may_name_persons=field.credit.may_name_persons and field.credit.field_class == FieldClass.PUBLIC,
            note=field.credit.hint,
        )
        for field in kind.fields.values()
    )


def polarity_lines(policy: Policy, kind: RecordKind) -> tuple[PolarityLine, ...]:
    """What records say of their subject, the first line that fits; nothing where all records say the same."""
    if not kind.credit.polarity_when:
        return ()
    said = [
        PolarityLine(
            polarity=clause.then,
            words=_condition(clause, kind),
            basis=basis_line(policy, clause.basis),
            note=clause.note,
        )
        for clause in kind.credit.polarity_when
    ]
    return (*said, PolarityLine(polarity=kind.credit.polarity, words=_("其他记录")))


def severity_lines(policy: Policy, kind: RecordKind) -> tuple[SeverityLine, ...]:
    """When a record has which severity; the first line that fits decides."""
    return tuple(
        SeverityLine(
            severity=clause.then,
            words=_condition(clause, kind),
            basis=basis_line(policy, clause.basis),
            note=clause.note,
            is_told=_is_told(policy, kind, clause.then),
        )
        for clause in kind.credit.severity
    )


def display_lines(policy: Policy, kind: RecordKind, on: date) -> tuple[DisplayLine, ...]:
    """Whether records of each severity are displayed on the day; a clause that may not allow it does not."""
    return tuple(_display_lines(policy, kind, on))


def _display_lines(policy: Policy, kind: RecordKind, on: date) -> Iterator[DisplayLine]:
    for clause in kind.credit.display:
        rule = display_rule(policy, kind, clause.severity, on)
        yield DisplayLine(
            severity=clause.severity,
            display=rule.display,
            basis=basis_line(policy, clause.basis),
            reason=words(rule.reason or rule.term_note),
            is_told=_is_told(policy, kind, clause.severity),
        )


def withheld_lines(policy: Policy, kind: RecordKind) -> tuple[WithheldLine, ...]:
    """What is not displayed, whatever its severity; the first line that fits gives the reason."""
    return tuple(
        WithheldLine(
            words=_condition(clause, kind), reason=words(clause.reason), basis=basis_line(policy, clause.basis)
        )
        for clause in kind.credit.withheld_when
    )


def deadline_card(policy: Policy, kind: RecordKind, on: date) -> ValueCard | None:
    """By when records of the kind must be displayed, or None without a deadline."""
    return value_card(policy, kind.credit.deadline, on) if kind.credit.deadline else None


def term_cards(policy: Policy, kind: RecordKind, on: date) -> tuple[ValueCard, ...]:
    """How long records of the kind are displayed; nothing where display has no end."""
    without_term = (Severity.NONE, Severity.UNKNOWN)
    severities = [clause.severity for clause in kind.credit.display if clause.severity not in without_term]
    keys = [f"display/{severity}_{end}" for severity in severities for end in ("shortest", "longest")]
    return tuple(value_card(policy, key, on) for key in keys if key in policy.values)


def _is_told(policy: Policy, kind: RecordKind, severity: Severity) -> bool:
    return told_severity(policy, kind, severity) == severity


def _condition(clause: Clause, kind: RecordKind) -> str:
    if clause.field is None or not clause.has:
        return _("所有不利的记录") if kind.credit.polarity_when else _("所有记录")
    named = {"field": words(public_label(kind.fields[clause.field])), "values": " / ".join(clause.has)}
    return _("%(field)s只有：%(values)s") % named if clause.only else _("%(field)s含有：%(values)s") % named


def written(value: Value, names: Mapping[str, Title]) -> str:
    """A value in the language of the page; ``names``: what the names inside it stand for."""
    match value:
        case bool():
            return _("是") if value else _("否")
        case tuple():
            return "、".join(str(part) for part in value)
        case int():
            return f"{value:,}"
        case dict():
            told = [f"{words(names[name])} {value[name]}" for name in names if name in value]
            return "；".join(told)
    return value


def _steps(value: Value) -> Iterator[Step]:
    names = {"adverse": _("不利信息"), "other": _("其他信息")}
    for name, step in value.items() if isinstance(value, dict) else {"": value}.items():
        yield Step(name=names.get(name, name), severity=StepSeverity(str(step)))


def _holidays(year: tables.CalendarYear) -> Iterator[Holiday]:
    """Runs of days off; a name whose days do not follow one another gives several."""
    for holiday in year.days:
        days = sorted(holiday.off)
        start = 0
        for position in range(1, len(days) + 1):
            if position == len(days) or days[position] != days[position - 1] + timedelta(days=1):
                yield Holiday(name=holiday.name, first=days[start], last=days[position - 1])
                start = position
