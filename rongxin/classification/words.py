"""What the parts of a plan are called: indicators, thresholds, caps and hard rules, in the words of the rules before and after."""

from typing import Final

from rongxin.engine.risk.differences import Part
from rongxin.policy.indicator_words import CLASS_TITLES, DIMENSION_TITLES
from rongxin.policy.indicators import Dimension, RiskClass
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title

PART_TITLES: Final = {
    Part.INDICATORS: Title(zh="指标", en="Indicator"),
    Part.DIMENSIONS: Title(zh="维度上限", en="Cap of a dimension"),
    Part.CLASSES: Title(zh="分界", en="Threshold"),
    Part.FLOORS: Title(zh="硬规则", en="Hard rule"),
    Part.KINDS: Title(zh="记录种类", en="Record kind"),
}


def title_of(part: Part, name: str, rules: Policy, draft: Policy) -> Title:
    """What ``name`` in a part of a plan is called, by the draft where it knows it; the bare name where neither does."""
    match part:
        case Part.CLASSES:
            title = CLASS_TITLES[RiskClass(name)]
            return Title(zh=f"{title.zh}的起点", en=f"Where {title.en} begins")
        case Part.DIMENSIONS:
            return DIMENSION_TITLES[Dimension(name)]
        case Part.FLOORS:
            floor = draft.floors.get(name) or rules.floors.get(name)
            return floor.title if floor else Title(zh=name, en=name)
        case Part.KINDS:
            kind = draft.kinds.get(name) or rules.kinds.get(name)
            return kind.title if kind else Title(zh=name, en=name)
    indicator = draft.indicators.get(name) or rules.indicators.get(name)
    return indicator.title if indicator else Title(zh=name, en=name)
