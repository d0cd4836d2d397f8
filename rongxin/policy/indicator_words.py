"""What stands in the values of the risk classes, in the words of pages: dimensions, classes, what each number of points is for."""

from collections.abc import Mapping
from typing import Final

from rongxin.policy.indicators import CLASSES, DIMENSIONS, POINTS, Dimension, Indicator, RiskClass
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title

MONEY: Final = frozenset({"sum", "largest", "smallest"})
"""Operators of Take whose value is in fen: the only numbers that records have are sums of money."""

DIMENSION_TITLES: Final = {
    Dimension.BASIC: Title(zh="基本情况", en="Basic facts"),
    Dimension.DYNAMICS: Title(zh="经营动态", en="Dynamics"),
    Dimension.SUPERVISION: Title(zh="监管情况", en="Supervision"),
    Dimension.ASSOCIATION: Title(zh="关联企业", en="Associated enterprises"),
    Dimension.EVALUATION: Title(zh="社会评价", en="Social evaluation"),
}
CLASS_TITLES: Final = {
    RiskClass.A: Title(zh="A 类（低风险）", en="A (low risk)"),
    RiskClass.B: Title(zh="B 类（一般风险）", en="B (ordinary risk)"),
    RiskClass.C: Title(zh="C 类（较高风险）", en="C (higher risk)"),
    RiskClass.D: Title(zh="D 类（高风险）", en="D (high risk)"),
}


def told_names(policy: Policy, key: str) -> Mapping[str, Title]:
    """What the names inside the value ``key`` stand for, in the order in which they are told; empty for other values."""
    if key == CLASSES:
        return {each.value: title for each, title in CLASS_TITLES.items()}
    if key == DIMENSIONS:
        return {each.value: title for each, title in DIMENSION_TITLES.items()}
    indicator = policy.indicators.get(key.removeprefix(POINTS)) if key.startswith(POINTS) else None
    return _names_of(indicator) if indicator else {}


def _names_of(indicator: Indicator) -> dict[str, Title]:
    match indicator.points.operator:
        case "each":
            return {"each": Title(zh="每一项", en="each"), "most": Title(zh="最多", en="at most")}
        case "once":
            return {"once": Title(zh="有即计", en="if any")}
        case "steps":
            money = indicator.take.operator in MONEY
            return {name: _from(least, money) for name, least in indicator.points.rising}
    words: dict[str, list[str]] = {}
    for word, name in (indicator.points.words or {}).items():
        words.setdefault(name, []).append(word)
    return {name: Title(zh="、".join(each), en=", ".join(each)) for name, each in words.items()}


def _from(least: int, money: bool) -> Title:
    if money:
        return Title(zh=f"满 {least // 100:,} 元", en=f"from {least // 100:,} yuan")
    return Title(zh=f"满 {least}", en=f"from {least}")
