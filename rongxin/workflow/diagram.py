"""The flow of a procedure as a drawing made from its table: boxes one below another, ways on the right, no inline style.

Boxes stand in the order of the table. A way to the next box goes straight down; every other one leaves a box on the right,
carries its words there, turns into a lane of its own and comes back into its target. So nothing crosses a word, whatever the
table, and the drawing is narrow enough for a phone.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal
from unicodedata import east_asian_width

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rongxin.policy.words import Title
from rongxin.workflow.table import Procedure, Step

Lang = Literal["zh", "en"]
WIDE, NARROW = 13.0, 7.0
EDGE: Final = 8
BOX_LEAST, SLOT, DOWN, LANE = 36, 22, 34, 13


@dataclass(frozen=True, slots=True)
class Way:
    """A step as it is drawn: from one box to another."""

    step: Step
    source: str
    target: str


@dataclass(slots=True)
class _Box:
    name: str
    top: float
    height: float
    slots: int = 0

    def slot(self) -> float:
        """The height of the next free line on the right of the box."""
        self.slots += 1
        return self.top + 14 + SLOT * (self.slots - 1)


def ways(procedure: Procedure) -> tuple[Way, ...]:
    """Every step from each of its states, in the order of the table."""
    return tuple(
        Way(step, source, step.lands(source))
        for state in procedure.states
        for step in procedure.steps
        for source in step.sources
        if source == state.name
    )


def flow(procedure: Procedure, lang: Lang, *, now: str = "", past: Collection[str] = (), label: str = "") -> SafeString:
    """The drawing. ``now``: the state of a case, marked; ``past``: those it was in. ``label`` is read out in its stead."""
    drawn = _Drawing(procedure, lang, now, frozenset(past))
    return format_html(
        '<svg class="rx-flow" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}{}</svg>',
        label or _said(procedure.title, lang),
        drawn.width,
        drawn.height,
        drawn.width,
        drawn.height,
        drawn.lines(),
        drawn.boxes(),
    )


class _Drawing:
    def __init__(self, procedure: Procedure, lang: Lang, now: str, past: frozenset[str]) -> None:
        self.procedure, self.lang, self.now, self.past = procedure, lang, now, past
        order = [state.name for state in procedure.states]
        self.place = {name: index for index, name in enumerate(order)}
        self.down, self.side = self._sorted()
        used = [way.source for way in self.side] + [way.target for way in self.side]
        top = float(EDGE)
        self.box: dict[str, _Box] = {}
        for name in order:
            height = float(max(BOX_LEAST, 6 + SLOT * used.count(name)))
            self.box[name] = _Box(name, top, height)
            top += height + DOWN
        self.height = round(top - DOWN + EDGE)
        self.box_width = max(_width(self._title(name)) for name in order) + 28
        self.right = EDGE + self.box_width
        self.lane = self.right + max((_width(self._words(way)) for way in self.side), default=0) + 22
        self.width = round(self.lane + LANE * len(self.side) + EDGE)

    def _sorted(self) -> tuple[dict[str, list[Way]], list[Way]]:
        """The ways straight down, by source, and those on the side, the shortest first, so that long ones lie outside."""
        down: dict[str, list[Way]] = {}
        side = []
        for way in ways(self.procedure):
            first = down.get(way.source)
            if self.place[way.target] == self.place[way.source] + 1 and not first:
                down[way.source] = [way]
            else:
                side.append(way)
        side.sort(key=lambda way: (abs(self.place[way.target] - self.place[way.source]), self.place[way.source]))
        return down, side

    def lines(self) -> SafeString:
        return _joined(self._straight()) + _joined(self._around())

    def _straight(self) -> Iterator[SafeString]:
        middle = EDGE + self.box_width / 2
        for source, [way] in self.down.items():
            start = self.box[source].top + self.box[source].height
            end = self.box[way.target].top
            yield format_html(
                '<g class="way{}"><path d="M{} {}V{}"/><path class="head" d="M{} {}l-4 -7h8z"/>'
                '<text x="{}" y="{}">{}</text></g>',
                self._tone(way),
                middle,
                start,
                end - 6,
                middle,
                end,
                middle + 9,
                (start + end) / 2 + 4,
                self._words(way),
            )

    def _around(self) -> Iterator[SafeString]:
        for lane, way in enumerate(self.side):
            leave, arrive = self.box[way.source].slot(), self.box[way.target].slot()
            turn = self.lane + LANE * lane
            yield format_html(
                '<g class="way{}"><path d="M{} {}H{}V{}H{}"/><path class="head" d="M{} {}l7 -4v8z"/>'
                '<text x="{}" y="{}">{}</text></g>',
                self._tone(way),
                self.right,
                leave,
                turn,
                arrive,
                self.right + 6,
                self.right,
                arrive,
                self.right + 10,
                leave - 5,
                self._words(way),
            )

    def boxes(self) -> SafeString:
        return _joined(
            format_html(
                '<g class="state{}"><rect x="{}" y="{}" width="{}" height="{}" rx="{}"/>'
                '<text x="{}" y="{}" text-anchor="middle">{}</text></g>',
                self._mark(box.name),
                EDGE,
                box.top,
                self.box_width,
                box.height,
                18 if self.procedure.by_state[box.name].is_final else 6,
                EDGE + self.box_width / 2,
                box.top + box.height / 2 + 5,
                self._title(box.name),
            )
            for box in self.box.values()
        )

    def _mark(self, name: str) -> str:
        state = self.procedure.by_state[name]
        marks = {"is-now": name == self.now, "is-past": name in self.past and name != self.now}
        marks |= {"is-final": state.is_final, "is-paused": state.pauses}
        return "".join(f" {mark}" for mark, holds in marks.items() if holds)

    def _tone(self, way: Way) -> str:
        return " is-lapse" if way.step.on_lapse else ""

    def _title(self, name: str) -> str:
        return _said(self.procedure.by_state[name].title, self.lang)

    def _words(self, way: Way) -> str:
        return _said(way.step.title, self.lang)


def in_words(procedure: Procedure, lang: Lang) -> tuple[tuple[str, tuple[tuple[Step, str], ...]], ...]:
    """The same as text: each state with its steps and where they lead."""
    by_source = groupby(ways(procedure), key=lambda way: way.source)
    return tuple(
        (
            _said(procedure.by_state[source].title, lang),
            tuple((way.step, _said(procedure.by_state[way.target].title, lang)) for way in found),
        )
        for source, found in by_source
    )


def _joined(parts: Iterator[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _said(title: Title, lang: Lang) -> str:
    return title.en if lang == "en" else title.zh


def _width(text: str) -> float:
    """About how wide a text of 13 px is."""
    return sum(WIDE if east_asian_width(letter) in "WF" else NARROW for letter in text)
