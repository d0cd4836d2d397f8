"""Parts that pages of several faces are made of. A page is a frozen dataclass: a view fills it, a template shows it."""

from dataclasses import dataclass
from typing import Literal

from rongxin.policy.words import Title

Tone = Literal["", "green", "amber", "red", "violet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A key figure, at most four in a row. ``value`` is written out (``98.7%``, ``1,284,530``)."""

    label: str
    value: str
    note: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One choice of a row of filters; ``number`` of things behind it, None when not counted."""

    label: Title | str
    url: str
    is_current: bool = False
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a select box."""

    value: str
    label: Title | str
    is_chosen: bool = False
