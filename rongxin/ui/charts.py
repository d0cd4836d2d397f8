"""Charts made by the server: axes, dots and words as SVG with geometry in attributes, colours in the style sheet.

Places along the axis are percentages, so that words keep their size on a phone. A chart is never the only teller: a
sentence stands before it and a table after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import log10
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

_LEFT, _RIGHT = 11.0, 97.0
_TOP, _BOTTOM = 26, 140
_MONTHS_AT: Final = 160
_YEARS_AT: Final = 177
_HEIGHT: Final = 184
_BARS_HIGH, _BARS_FOOT = 64, 90


@dataclass(frozen=True, slots=True)
class MonthShare:
    """A share (0 to 1) in a month; None where there is nothing to share."""

    month: date
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """Hours that something took: of a half, and of 95 in a hundred; None where nothing came to an end."""

    label: str
    median: float | None
    p95: float | None


_LAG_TICKS: Final = ((1 / 60, "1 min"), (1.0, "1 h"), (24.0, "24 h"), (168.0, "7 d"))
_LAG_ROW: Final = 46
_LAG_LEFT, _LAG_RIGHT = 3.0, 97.0


def lag_lines(lags: Sequence[Lag]) -> SafeString:
    """Each one's hours as a line from the half (full dot) to 95 in a hundred (hollow dot), on an axis by powers, one minute to a
    week, with a mark at a day.
    """
    height = len(lags) * _LAG_ROW + 24
    ticks = format_html_join(
        "",
        '<line class="grid" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/><text class="tick" x="{0}%" y="{2}" text-anchor="{3}">{4}</text>',
        (
            (
                _lag_at(hours),
                height - 20,
                height - 4,
                "start" if hours < 1 else "end" if hours > 100 else "middle",
                name,
            )
            for hours, name in _LAG_TICKS
        ),
    )
    rows = format_html_join("", "{}", ((_lag_row(lag, at),) for at, lag in enumerate(lags)))
    told = "；".join(
        f"{lag.label} {_('没有确认') if lag.median is None else f'{lag.median:.1f} / {lag.p95 or lag.median:.1f} h'}"
        for lag in lags
    )
    return format_html(
        '<svg class="rx-trend rx-lags" role="img" aria-label="{}" height="{}">{}{}</svg>', told, height, ticks, rows
    )


def _lag_row(lag: Lag, at: int) -> SafeString:
    name = format_html('<text x="0" y="{}">{}</text>', at * _LAG_ROW + 14, lag.label)
    if lag.median is None:
        return format_html('{}<text class="tick" x="0" y="{}">{}</text>', name, at * _LAG_ROW + 32, _("没有确认"))
    down = at * _LAG_ROW + 29
    first, last = _lag_at(lag.median), _lag_at(lag.p95 or lag.median)
    return format_html(
        '{0}<line class="path" x1="{1}%" x2="{2}%" y1="{3}" y2="{3}"/><circle cx="{2}%" cy="{3}" r="5"/>'
        '<circle class="now" cx="{1}%" cy="{3}" r="5"/>',
        name,
        first,
        last,
        down,
    )


def _lag_at(hours: float) -> float:
    lowest, highest = log10(_LAG_TICKS[0][0]), log10(_LAG_TICKS[-1][0])
    place = (log10(max(hours, _LAG_TICKS[0][0])) - lowest) / (highest - lowest)
    return round(_LAG_LEFT + min(place, 1.0) * (_LAG_RIGHT - _LAG_LEFT), 2)


def share_trend(points: Sequence[MonthShare], axis_from: float, chosen: date) -> SafeString:
    """Shares month by month as dots over an axis from ``axis_from`` to 100 %; the chosen month and the lowest say theirs.

    The axis may be cut, so no area is filled: dots, and a thin line that leads the eye.
    """
    places = [(_across(index, len(points)), point) for index, point in enumerate(points)]
    known = [(across, point.share, point.month) for across, point in places if point.share is not None]
    lowest = min(known, key=lambda each: each[1], default=None)
    told = {chosen, lowest[2]} if lowest else {chosen}
    return format_html(
        '<svg class="rx-trend" role="img" aria-label="{}" height="{}">{}{}{}{}</svg>',
        _in_words(known),
        _HEIGHT,
        _axis(axis_from),
        _lines(known, axis_from),
        _dots(known, axis_from, told, chosen),
        _months(places),
    )


def month_bars(months: Sequence[tuple[date, int]], chosen: date | None = None) -> SafeString:
    """A number for each month as bars, the number above each that is not empty; ``chosen`` stands out."""
    most = max((number for _month, number in months), default=0) or 1
    width = 100 / max(len(months), 1)
    bars = format_html_join(
        "",
        '<rect class="bar{}" x="{}%" y="{}" width="{}%" height="{}" rx="2"><title>{}：{}</title></rect>',
        (
            (
                " now" if month == chosen else "",
                round(index * width + width * 0.2, 2),
                _BARS_FOOT - max(round(number / most * _BARS_HIGH), 2),
                round(width * 0.6, 2),
                max(round(number / most * _BARS_HIGH), 2),
                f"{month:%Y-%m}",
                number,
            )
            for index, (month, number) in enumerate(months)
            if number
        ),
    )
    words = format_html_join(
        "",
        '<text class="{}" x="{}%" y="{}" text-anchor="middle">{}</text>',
        (
            word
            for index, (month, number) in enumerate(months)
            for word in (
                ("tick", round((index + 0.5) * width, 2), _BARS_FOOT + 18, month.month),
                *(
                    [("v", round((index + 0.5) * width, 2), _BARS_FOOT - round(number / most * _BARS_HIGH) - 6, number)]
                    if number
                    else []
                ),
            )
        ),
    )
    told = "，".join(f"{month:%Y-%m} {number}" for month, number in months if number)
    return format_html(
        '<svg class="rx-trend" role="img" aria-label="{}" height="{}">'
        '<line class="grid" x1="0" x2="100%" y1="{}" y2="{}"/>{}{}</svg>',
        _("各月次数：%(months)s") % {"months": told or _("没有")},
        _BARS_FOOT + 24,
        _BARS_FOOT,
        _BARS_FOOT,
        bars,
        words,
    )


def _across(index: int, number: int) -> float:
    return round(_LEFT + 3 + index * (_RIGHT - _LEFT - 6) / max(number - 1, 1), 2)


def _down(share: float, axis_from: float) -> float:
    span = 1 - axis_from or 1
    return round(_BOTTOM - (max(share, axis_from) - axis_from) / span * (_BOTTOM - _TOP), 1)


def _percent(share: float, places: int = 1) -> str:
    cut = int(share * 100 * 10**places + 1e-6) / 10**places
    return f"{cut:.{places}f}%"


def _axis(axis_from: float) -> SafeString:
    ticks = (axis_from, (1 + axis_from) / 2, 1.0)
    return format_html_join(
        "",
        '<line class="grid" x1="{0}%" x2="{1}%" y1="{2}" y2="{2}"/><text class="tick" x="0" y="{3}">{4}</text>',
        (
            (_LEFT, _RIGHT, _down(tick, axis_from), _down(tick, axis_from) + 4, f"{round(tick * 100, 1):g}%")
            for tick in ticks
        ),
    )


def _lines(known: Sequence[tuple[float, float, date]], axis_from: float) -> SafeString:
    return format_html_join(
        "",
        '<line class="path" x1="{}%" y1="{}" x2="{}%" y2="{}"/>',
        ((start[0], _down(start[1], axis_from), end[0], _down(end[1], axis_from)) for start, end in pairwise(known)),
    )


def _dots(known: Sequence[tuple[float, float, date]], axis_from: float, told: set[date], chosen: date) -> SafeString:
    dots = format_html_join(
        "",
        '<circle class="{}" cx="{}%" cy="{}" r="5"><title>{}：{}</title></circle>',
        (
            (
                "now" if month == chosen else "",
                across,
                _down(share, axis_from),
                f"{month:%Y-%m}",
                _percent(share),
            )
            for across, share, month in known
        ),
    )
    words = format_html_join(
        "",
        '<text class="v" x="{}%" y="{}" text-anchor="middle">{}</text>',
        ((across, _down(share, axis_from) - 11, _percent(share)) for across, share, month in known if month in told),
    )
    return dots + words


def _months(places: Sequence[tuple[float, MonthShare]]) -> SafeString:
    """The number of each month, and the year under the first month shown of it."""
    years = [
        (across, _YEARS_AT, point.month.year)
        for index, (across, point) in enumerate(places)
        if index == 0 or point.month.month == 1
    ]
    months = [(across, _MONTHS_AT, point.month.month) for across, point in places]
    return format_html_join("", '<text class="tick" x="{}%" y="{}" text-anchor="middle">{}</text>', [*months, *years])


def _in_words(known: Sequence[tuple[float, float, date]]) -> str:
    if not known:
        return _("还没有可以比较的月份")
    return _("各月及时率：%(months)s") % {
        "months": "，".join(f"{month:%Y-%m} {_percent(share)}" for _at, share, month in known)
    }
