"""The chart of what inspections of each class found, made by the server."""

from collections.abc import Mapping
from math import ceil
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rongxin.engine.risk.proportions import Rate
from rongxin.policy.indicator_words import CLASS_TITLES
from rongxin.policy.indicators import RiskClass
from rongxin.ui.templatetags.rongxin import lang, percent

_ROW: Final = 62
_LEFT, _RIGHT = 2.0, 96.0
_STEPS: Final = 4


def rate_dots(random: Mapping[str, Rate], everyone: Mapping[str, Rate]) -> SafeString:
    """How often inspections of each class found something: a full dot of those drawn at random, a hollow one of all, each with the
    line in which it lies with 95 % confidence, over an axis from 0.
    """
    highest = max((rate.high or 0.0 for rates in (random, everyone) for rate in rates.values()), default=0.0)
    step_width = 0.05 if highest > 0.04 else 0.01
    end = max(ceil(highest / step_width / _STEPS), 1) * step_width * _STEPS
    height = len(RiskClass) * _ROW + 26
    ticks = format_html_join(
        "",
        '<line class="grid" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/><text class="tick" x="{0}%" y="{2}" text-anchor="{3}">{4}</text>',
        (
            (
                _across(step / _STEPS),
                height - 22,
                height - 4,
                "start" if not step else "end" if step == _STEPS else "middle",
                percent(round(end * step / _STEPS, 4)),
            )
            for step in range(_STEPS + 1)
        ),
    )
    rows = format_html_join(
        "",
        '<text x="0" y="{}">{}</text>{}{}',
        (
            (
                at * _ROW + 14,
                lang(CLASS_TITLES[grade]),
                _whisker(random[grade.value], at * _ROW + 28, end, "now"),
                _whisker(everyone[grade.value], at * _ROW + 46, end, ""),
            )
            for at, grade in enumerate(RiskClass)
        ),
    )
    told = "；".join(
        f"{lang(CLASS_TITLES[grade])} {_told(random[grade.value])} / {_told(everyone[grade.value])}"
        for grade in RiskClass
    )
    return format_html(
        '<svg class="rx-trend rx-lags" role="img" aria-label="{}" height="{}">{}{}</svg>', told, height, ticks, rows
    )


def _across(part: float) -> float:
    return round(_LEFT + part * (_RIGHT - _LEFT), 2)


def _whisker(rate: Rate, down: int, end: float, kind: str) -> SafeString:
    if rate.rate is None or rate.low is None or rate.high is None:
        return format_html('<text class="tick" x="{}%" y="{}">{}</text>', _LEFT, down + 4, _told(rate))
    return format_html(
        '<line class="path" x1="{0}%" x2="{1}%" y1="{2}" y2="{2}"/><circle class="{3}" cx="{4}%" cy="{2}" r="5"/>',
        _across(rate.low / end),
        _across(rate.high / end),
        down,
        kind,
        _across(rate.rate / end),
    )


def _told(rate: Rate) -> str:
    if rate.rate is None:
        return _("样本太少（%(n)s 次）") % {"n": rate.n}
    return percent(rate.rate)
