"""What a draft changes, place by place, in the words of the rules: what it was, what it will be, on which legal basis."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rongxin.policy.differences import Difference, differences
from rongxin.policy.indicator_words import told_names
from rongxin.policy.pack import Policy
from rongxin.policy.values import HistoryLine, Unit
from rongxin.policy.words import Title

LONGEST: Final = 160
AREAS: Final = {
    "packs": Title(zh="规则包", en="Packs"),
    "documents": Title(zh="法规文件", en="Legal documents"),
    "values": Title(zh="期限与数值", en="Values"),
    "kinds": Title(zh="记录种类", en="Record kinds"),
    "calendar": Title(zh="工作日历", en="Calendar"),
    "divisions": Title(zh="行政区划", en="Divisions"),
    "reporting_units": Title(zh="信息提供单位", en="Reporting units"),
    "industries": Title(zh="行业分类", en="Industries"),
    "catalogue": Title(zh="目录", en="Catalogue"),
    "templates": Title(zh="文书模板", en="Templates"),
    "forms": Title(zh="文书版式", en="Forms of documents"),
    "notices": Title(zh="通知模板", en="Notices"),
    "outside_texts": Title(zh="邮件与短信", en="Mails and SMS"),
    "declarations": Title(zh="自主申报事项", en="What enterprises may declare"),
    "invited": Title(zh="邀请申报的对象", en="Who is invited to declare"),
    "indicators": Title(zh="风险指标", en="Indicators of risk"),
    "floors": Title(zh="风险硬规则", en="Hard rules of the risk classes"),
}
_TITLED: Final = ("kinds", "documents", "values", "indicators", "floors")
_UNITS: Final = {
    Unit.HOURS: "小时",
    Unit.WORKDAYS: "个工作日",
    Unit.DAYS: "日",
    Unit.MONTHS: "个月",
    Unit.YEARS: "年",
    Unit.FEN: "分",
    Unit.ROWS: "行",
    Unit.POINTS: "分（风险）",
}


@dataclass(frozen=True, slots=True)
class NumberChange:
    """One named number inside a value: what holds without the change, and with it; None where it has no such number."""

    name: Title
    old: int | None
    new: int | None

    @property
    def is_changed(self) -> bool:
        """The number will be another."""
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One place. ``old`` or ``new`` empty: it is added, or falls away. ``basis``: of what is new, else of what was.

    ``numbers``: of a value of named numbers, how each changes on the first day of the place, whichever line held before.
    """

    area: Title
    name: str
    key: str
    place: str
    old: str
    new: str
    basis: str
    numbers: tuple[NumberChange, ...] = ()


def changes(old: Policy, new: Policy) -> tuple[RuleChange, ...]:
    """Everything in which ``new`` differs from ``old``."""
    found = [*_of_values(old, new)]
    found += [_other(each, old, new) for each in differences(old, new) if not _is_of_lines(each)]
    return tuple(found)


def _is_of_lines(each: Difference) -> bool:
    return each.table == "values" and (not each.path or each.path.startswith("lines"))


def _of_values(old: Policy, new: Policy) -> Iterator[RuleChange]:
    for key in sorted({*old.values, *new.values}):
        before, after = _lines(old, key), _lines(new, key)
        for place in sorted({*before, *after}):
            was, will = before.get(place), after.get(place)
            if was == will:
                continue
            history = (new if key in new.values else old).values[key]
            line, policy = (will, new) if will else (was, old)
            since, pack = place
            yield RuleChange(
                area=AREAS["values"],
                name=history.title.zh,
                key=key,
                place=f"自 {since} 起（{policy.titles[pack].zh}）",
                old=_value(was, history.unit, told_names(old, key)),
                new=_value(will, history.unit, told_names(new, key)),
                basis=_basis(line, policy) if line else "",
                numbers=_numbers(key, date.fromisoformat(since), old, new),
            )


def _numbers(key: str, on: date, old: Policy, new: Policy) -> tuple[NumberChange, ...]:
    """How each named number of the value changes on the day; none where all stay."""
    names = {**told_names(old, key), **told_names(new, key)}
    before, after = _held(old, key, on), _held(new, key, on)
    if before == after:
        return ()
    held = (name for name in names if name in before or name in after)
    return tuple(NumberChange(names[name], before.get(name), after.get(name)) for name in held)


def _held(policy: Policy, key: str, on: date) -> dict[str, int]:
    """The named numbers that hold on the day; empty where the value has none."""
    line = policy.values[key].line_on(on) if key in policy.values else None
    found = line.value if line and isinstance(line.value, dict) else {}
    return {name: number for name, number in found.items() if isinstance(number, int)}


def _lines(policy: Policy, key: str) -> dict[tuple[str, str], HistoryLine]:
    history = policy.values.get(key)
    return {(line.first_day.isoformat(), line.pack): line for line in history.lines} if history else {}


def _value(line: HistoryLine | None, unit: Unit, names: Mapping[str, Title]) -> str:
    if line is None:
        return ""
    words = _UNITS.get(unit, "")
    until = f"，至 {line.last_day}" if line.last_day else ""
    match line.value:
        case tuple():
            return "、".join(f"{each}" for each in line.value) + f" {words}{until}"
        case dict():
            told = "；".join(f"{names[name].zh} {part}" for name, part in line.value.items() if name in names)
            return (told or _short(line.value)) + until
        case bool():
            return ("是" if line.value else "否") + until
    return f"{line.value} {words}{until}"


def _basis(line: HistoryLine, policy: Policy) -> str:
    document = policy.documents[line.basis.document]
    return f"{document.title.zh} {line.basis.item or ''}".strip()


def _other(each: Difference, old: Policy, new: Policy) -> RuleChange:
    policy = old if each.change == "removed" and not each.path else new
    named = getattr(policy, each.table, {}).get(each.key) if each.table in _TITLED else None
    return RuleChange(
        area=AREAS[each.table],
        name=named.title.zh if named else each.key,
        key=each.key,
        place=each.path or "整项",
        old=_short(each.old) if each.change != "added" else "",
        new=_short(each.new) if each.change != "removed" else "",
        basis="",
    )


def _short(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
