"""Small drawings made by the server: geometry in SVG attributes, colours in the style sheet, no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import segno
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from rongxin.disclosure.views import DisplayTerm
from rongxin.governance.incidents.rules import HourClock

DOT_LEFT, DOT_RIGHT = 4.0, 96.0
TURN_LABEL_AT = 0.62
BAR_TONES = frozenset("agryvn")
SCALE_END, SCALE_PAST = 100, 20
NARROW = 7.0
LETTER = 3.0


@dataclass(frozen=True, slots=True)
class Term:
    """How long a record is displayed. ``shown_until``: the last day, included; ``repair_from``: first day of repair."""

    decided_on: date
    shown_until: date
    today: date
    repair_from: date | None = None

    @classmethod
    def of(cls, decided_on: date, term: DisplayTerm | None, today: date) -> "Term | None":
        """The term of a record that was decided on a day; None where it is displayed without end."""
        if term is None:
            return None
        return cls(decided_on, term.shown_until, today, term.first_repair_on)

    def place(self, day: date) -> float:
        """Where ``day`` stands between the decision (0) and the last day of display (1)."""
        length = (self.shown_until - self.decided_on).days
        return min(1.0, max(0.0, (day - self.decided_on).days / length)) if length > 0 else 1.0


def _percent(place: float) -> str:
    return f"{place * 100:.1f}%"


def term_bar(term: Term) -> SafeString:
    """The display term as a bar: passed, still to come, from when repair is possible, and today."""
    today = term.place(term.today)
    parts = [
        SafeString('<rect class="bg" x="0" y="24" width="100%" height="12" rx="6"/>'),
        _repair_part(term),
        format_html('<rect class="run" x="0" y="24" width="{}" height="12" rx="6"/>', _percent(today)),
        format_html('<line class="tick" x1="{0}" x2="{0}" y1="18" y2="42"/>', _percent(today)),
        _dated(0, 14, term.decided_on, _("决定"), "start"),
        _dated(1, 14, term.shown_until, _("公示期满"), "end"),
        format_html(
            '<text class="k" x="{}" y="58" text-anchor="{}">{}</text>', _percent(today), _side(today), _("今天")
        ),
    ]
    if term.repair_from is not None:
        place = term.place(term.repair_from)
        parts.append(
            _dated(place, 82, term.repair_from, _("起可申请修复"), "end" if place > TURN_LABEL_AT else "start")
        )
    return format_html(
        '<svg class="rx-term" role="img" aria-label="{}">{}</svg>',
        _told(term),
        mark_safe("".join(parts)),  # noqa: S308
    )


def _side(place: float) -> str:
    return "start" if place < 0.04 else "end" if place > 0.96 else "middle"


def _repair_part(term: Term) -> SafeString:
    if term.repair_from is None:
        return SafeString()
    place = term.place(term.repair_from)
    return format_html(
        '<rect class="can" x="{}" y="24" width="{}" height="12" rx="6"/>'
        '<line class="tick thin" x1="{}" x2="{}" y1="24" y2="66"/>',
        _percent(place),
        _percent(1 - place),
        _percent(place),
        _percent(place),
    )


def _dated(place: float, height: int, day: date, words: str, anchor: str) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}"><tspan class="k">{}</tspan> {}</text>',
        _percent(place),
        height,
        anchor,
        day.isoformat(),
        words,
    )


def _told(term: Term) -> str:
    start, end = term.decided_on.isoformat(), term.shown_until.isoformat()
    if term.repair_from is None:
        return _("%(start)s 决定，公示到 %(end)s，之后自动停止") % {"start": start, "end": end}
    return _("%(start)s 决定，%(repair)s 起可申请修复，公示到 %(end)s，之后自动停止") % {
        "start": start,
        "repair": term.repair_from.isoformat(),
        "end": end,
    }


def share_dot(share: float, axis_from: float) -> SafeString:
    """``share`` (0 to 1) as a dot on a line from ``axis_from`` to 1; below it, a hollow dot at the left end."""
    inside = share >= axis_from
    place = (share - axis_from) / (1 - axis_from) if inside else 0.0
    return format_html(
        '<svg class="rx-dot" aria-hidden="true"><line x1="{}%" x2="{}%" y1="8" y2="8"/>'
        '<circle class="{}" cx="{}%" cy="8" r="5"/></svg>',
        DOT_LEFT,
        DOT_RIGHT,
        "" if inside else "below",
        round(DOT_LEFT + place * (DOT_RIGHT - DOT_LEFT), 1),
    )


def bar_line(parts: dict[str, int]) -> SafeString:
    """One bar cut into ``parts`` by tone: a blue, g green, r red, y amber, v violet, n grey. KeyError for others."""
    unknown = set(parts) - BAR_TONES
    if unknown:
        raise KeyError(f"no such tone: {sorted(unknown)}")
    placed, position = [], 0
    for tone, size in parts.items():
        placed.append((tone, position, size))
        position += size
    rects = format_html_join(
        "", '<rect class="{}" x="{}" width="{}" height="8"/>', (row for row in placed if row[2] > 0)
    )
    return format_html(
        '<svg class="rx-barline" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 {} 8">{}</svg>',
        max(position, 1),
        rects,
    )


def share_bar(part: int, whole: int, tone: str) -> SafeString:
    """``part`` of ``whole`` as one bar of a tone; the rest stays empty."""
    if tone not in BAR_TONES:
        raise KeyError(f"no such tone: {tone}")
    return format_html(
        '<svg class="rx-barline" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 {} 8">'
        '<rect class="{}" width="{}" height="8"/></svg>',
        max(whole, 1),
        tone,
        part,
    )


def qr(address: str, title: str) -> SafeString:
    """``address`` as a QR code that a phone can read from the screen or from paper."""
    code = segno.make(address, error="m")
    size = code.symbol_size(border=2)[0]
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(code.matrix_iter(border=2)) for x, dark in enumerate(row) if dark
    )
    return format_html(
        '<svg class="rx-qr" role="img" aria-label="{}" viewBox="0 0 {} {}" width="92" height="92">'
        '<rect width="100%" height="100%" fill="#fff"/><path d="{}" fill="#000"/></svg>',
        title,
        size,
        size,
        path,
    )


def hour_bar(clock: HourClock, marks: Sequence[int], label: str) -> SafeString:
    """How much of the hours for a report is used: a bar with a tick at each warning; ``label`` says it in words."""
    whole = (clock.due_at - clock.discovered_at).total_seconds() / 3600 or 1
    ticks = format_html_join(
        "",
        '<line x1="{0}%" x2="{0}%" y1="0" y2="12"/>',
        ((round(mark / whole * 100, 2),) for mark in marks if mark < whole),
    )
    return format_html(
        '<svg class="rx-hours is-{}" role="img" aria-label="{}" height="12"><rect class="bg" width="100%" height="12" rx="3"/>'
        '<rect width="{}%" height="12" rx="3"/>{}</svg>',
        clock.state.value,
        label,
        round(clock.share * 100, 2),
        ticks,
    )


def class_scale(begins: Sequence[int]) -> SafeString:
    """The classes a to d on a scale of points from 0 to 100 and more. ``begins``: from how many points on b, c and d begin.

    weights.js draws it anew while somebody changes the numbers; a sentence beside it says the same.
    """
    end = max(SCALE_END, begins[-1] + SCALE_PAST)
    edges = [0.0, *(round(each / end * 100, 2) for each in begins), 100.0]
    bands = format_html_join(
        "",
        '<rect class="{0}" x="{1}%" y="0" width="{2}%" height="34"/><text class="{0}" x="{3}%" y="23">{4}</text>',
        (
            (
                letter,
                left,
                round(right - left, 2),
                round((left + right) / 2, 2),
                letter.upper() if right - left >= LETTER else "",
            )
            for letter, left, right in zip("abcd", edges, edges[1:], strict=False)
        ),
    )
    ticks = format_html_join(
        "",
        '<text class="tick" x="{}%" y="{}">{}</text>',
        (
            (here, 66 if here - before < NARROW and number % 2 else 51, points)
            for number, (before, here, points) in enumerate(zip(edges, edges[1:], begins, strict=False))
        ),
    )
    return format_html(
        '<svg class="rx-classscale" aria-hidden="true" height="70" data-scale="{} {} {} {}">{}{}'
        '<text class="tick first" x="0" y="51">0</text><text class="tick last" x="100%" y="51">{}+</text></svg>',
        SCALE_END,
        SCALE_PAST,
        NARROW,
        LETTER,
        bands,
        ticks,
        end,
    )
