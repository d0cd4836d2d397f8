"""Charts of a class, made by the server: how many have each, where the points come from, how they will go."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rongxin.policy.indicator_words import CLASS_TITLES
from rongxin.policy.indicators import RiskClass
from rongxin.ui.class_card import Band, FactorLine, Then
from rongxin.ui.templatetags.rongxin import lang

_ROW: Final = 46
_PAIR: Final = 52
_LEFT, _RIGHT = 8.0, 96.0
_TOP, _BOTTOM = 18, 172
_HEIGHT: Final = 212
AHEAD: Final = timedelta(days=3 * 366)
"""What comes later stands in the table."""
_LABELS: Final = 6
"""So many steps say their points at most; the day of each stands in the table."""


def class_bar(numbers: Sequence[int]) -> SafeString:
    """How many have each class, as one bar cut into a, b, c, d."""
    placed, position = [], 0
    for grade, number in zip(RiskClass, numbers, strict=True):
        placed.append((grade.value, position, number))
        position += number
    rects = format_html_join(
        "", '<rect class="{}" x="{}" width="{}" height="8"/>', (each for each in placed if each[2] > 0)
    )
    return format_html(
        '<svg class="rx-barline rx-classbar" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 {} 8">{}</svg>',
        max(position, 1),
        rects,
    )


def class_pairs(before: Sequence[int], after: Sequence[int]) -> SafeString:
    """How many have each class before and after: of each two bars, the upper before, the lower after, and the numbers."""
    most = max((*before, *after), default=0) or 1
    rows = format_html_join(
        "",
        '<text x="0" y="{1}">{0}</text><text class="v" x="100%" y="{1}" text-anchor="end">{2} → {3}</text>'
        '<rect class="bar" x="0" y="{4}" width="{5}%" height="8" rx="1"/>'
        '<rect class="bar now" x="0" y="{6}" width="{7}%" height="8" rx="1"/>',
        (
            (
                lang(CLASS_TITLES[grade]),
                at * _PAIR + 13,
                f"{one:,}",
                f"{two:,}",
                at * _PAIR + 20,
                round(one / most * 100, 2),
                at * _PAIR + 30,
                round(two / most * 100, 2),
            )
            for at, (grade, one, two) in enumerate(zip(RiskClass, before, after, strict=True))
        ),
    )
    told = "；".join(
        f"{lang(CLASS_TITLES[grade])} {one:,} → {two:,}"
        for grade, one, two in zip(RiskClass, before, after, strict=True)
    )
    return format_html(
        '<svg class="rx-trend rx-factors" role="img" aria-label="{}" height="{}">{}</svg>',
        told,
        len(RiskClass) * _PAIR,
        rows,
    )


def factor_bars(factors: Sequence[FactorLine]) -> SafeString:
    """The points of each factor as a bar: to the right what is added, green to the left what is taken off."""
    most = max((max(each.points, 0) for each in factors), default=0)
    least = min((min(each.points, 0) for each in factors), default=0)
    span = max(most - least, 1)
    zero = -least / span * 84
    rows = format_html_join("", "{}", ((_factor_row(each, at, zero, span),) for at, each in enumerate(factors)))
    told = "；".join(f"{lang(each.title)} {each.points:+d}" for each in factors)
    return format_html(
        '<svg class="rx-trend rx-factors" role="img" aria-label="{}" height="{}">{}</svg>',
        told,
        max(len(factors) * _ROW, _ROW),
        rows,
    )


def _factor_row(factor: FactorLine, at: int, zero: float, span: int) -> SafeString:
    width = round(abs(factor.points) / span * 84, 2)
    start = round(zero if factor.points > 0 else zero - width, 2)
    top = at * _ROW
    return format_html(
        '<text x="0" y="{}">{}</text><rect class="{}" x="{}%" y="{}" width="{}%" height="14" rx="2"/>'
        '<text class="v" x="{}%" y="{}" dx="6">{}</text>',
        top + 13,
        lang(factor.title),
        "up" if factor.points > 0 else "down",
        start,
        top + 20,
        width,
        round(start + width, 2),
        top + 32,
        f"{factor.points:+d}".replace("-", "−"),
    )


def course_steps(now: Then, course: Sequence[Then], bands: Sequence[Band]) -> SafeString:
    """How the points go in the next years if nothing is filed any more, as steps over the bands of the classes."""
    steps = [now, *(each for each in course if each.day <= now.day + AHEAD)]
    last_day = steps[-1].day + timedelta(days=max((steps[-1].day - now.day).days // 8, 30))
    top = max(*(each.points for each in steps), *(each.first for each in bands[1:2])) * 1.15 or 1

    def across(day: date) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (day - now.day).days / (last_day - now.day).days, 2)

    def down(points: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * min(points, top) / top, 1)

    told = "；".join(f"{each.day.isoformat()} {each.points} {each.grade.value.upper()}" for each in steps)
    return format_html(
        '<svg class="rx-trend rx-course" role="img" aria-label="{}" height="{}">{}{}{}{}</svg>',
        told,
        _HEIGHT,
        _bands(bands, top, down),
        format_html_join(
            "",
            '<line class="path" x1="{0}%" x2="{1}%" y1="{2}" y2="{2}"/><line class="path" x1="{1}%" x2="{1}%" y1="{2}" y2="{3}"/>',
            (
                (across(one.day), across(two.day), down(one.points), down(two.points))
                for one, two in pairwise([*steps, Then(day=last_day, grade=steps[-1].grade, points=steps[-1].points)])
            ),
        ),
        _dots(steps, across, down),
        format_html(
            '<text x="{}%" y="{}">{}</text><text x="{}%" y="{}" text-anchor="end">{}</text>',
            _LEFT,
            _BOTTOM + 30,
            now.day.isoformat(),
            _RIGHT,
            _BOTTOM + 30,
            _end(steps, course),
        ),
    )


def _end(steps: Sequence[Then], course: Sequence[Then]) -> str:
    if not course:
        return _("不会自己变化")
    if len(steps) <= len(course):
        return _("三年以后的变化见表")
    return _("%(day)s 以后不变") % {"day": steps[-1].day.isoformat()}


def _bands(bands: Sequence[Band], top: float, down: Callable[[float], float]) -> SafeString:
    rows = []
    for each in bands:
        high = top if each.last is None else min(each.last + 1, top)
        if each.first < top:
            rows.append(
                (each.grade.value, down(high), round(down(each.first) - down(high), 1), each.grade.value.upper())
            )
    return format_html_join(
        "",
        '<rect class="band {0}" x="0" y="{1}" width="100%" height="{2}"/>'
        '<text class="band" x="0" dx="6" y="{1}" dy="15">{3}</text>',
        rows,
    )


def _dots(steps: Sequence[Then], across: Callable[[date], float], down: Callable[[float], float]) -> SafeString:
    told = {0, len(steps) - 1, *(at for at in range(1, len(steps)) if steps[at].grade != steps[at - 1].grade)}
    if len(steps) <= _LABELS:
        told = set(range(len(steps)))
    dots = format_html_join(
        "",
        '<circle class="{}" cx="{}%" cy="{}" r="4"/>',
        (("now" if not at else "", across(each.day), down(each.points)) for at, each in enumerate(steps)),
    )
    words = format_html_join(
        "",
        '<text class="v" x="{}%" y="{}" dx="4">{}</text>',
        ((across(steps[at].day), round(down(steps[at].points) - 8, 1), steps[at].points) for at in sorted(told)),
    )
    return format_html("{}{}", dots, words)
