"""Templates of notices: what is told, of which values, to whom, and by which ways beside the platform.

``notices/<name>.yaml`` is one template. ``notices/outside/<channel>.yaml`` is all that leaves the platform by a channel: that
something waits, and where to log in. A template of a pack below takes the place of one above by extending it under its name.
"""

import re
from collections.abc import Generator, Iterator
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from rongxin.policy.words import Strict, Title

NoticeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
LONGEST: Final = {"title": 120, "body": 2000, "subject": 120}
_PLACE: Final = re.compile(r"\{([a-z_]*)\}")


class NoticeValue(StrEnum):
    """What a notice may tell. Nothing of a person is among it."""

    NUMBER = "number"
    KIND = "kind"
    TITLE = "title"
    STATE = "state"
    STEP = "step"
    REASON = "reason"
    OWNER = "owner"
    ON = "on"
    DUE_ON = "due_on"
    DUE_BEFORE = "due_before"
    DAYS_LEFT = "days_left"
    DAYS_LATE = "days_late"
    ACTS_SOON = "acts_soon"
    ACTS_OVERDUE = "acts_overdue"


class To(StrEnum):
    """Who is told: an office of the case, the heads of the office responsible, whoever opened it, the enterprise it is about."""

    OWNER = "owner"
    HANDLER = "handler"
    HEAD = "head"
    CREDIT_OFFICE = "credit_office"
    OPENER = "opener"
    SUBJECT = "subject"


class ChannelName(StrEnum):
    """A way out of the platform."""

    EMAIL = "email"
    SMS = "sms"


class OutsideValue(StrEnum):
    """What may leave the platform: its name, the number of the case or notice, and where to log in."""

    PLATFORM = "platform"
    NUMBER = "number"
    ADDRESS = "address"


class NoticeTemplate(Strict):
    """``notices/<name>.yaml``. ``values``: what its words may name, in braces. ``to`` empty: whoever tells it says to whom.

    ``outside``: the ways by which those told also hear that something waits.
    """

    name: NoticeName
    title: Title
    body: Title
    values: tuple[NoticeValue, ...] = ()
    to: tuple[To, ...] = ()
    outside: tuple[ChannelName, ...] = ()


class OutsideText(Strict):
    """``notices/outside/<channel>.yaml``. Only e-mail has a ``subject``."""

    channel: ChannelName
    subject: Title | None = None
    body: Title


def filled_in(words: str, values: dict[str, str]) -> str:
    """The words with the values in their places; KeyError for a place without a value."""
    return _PLACE.sub(lambda place: values[place[1]], words)


def notice_faults(template: NoticeTemplate) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with a template: the way to the place, and the words."""
    for field in ("values", "to", "outside"):
        given = getattr(template, field)
        for word in sorted({each for each in given if given.count(each) > 1}):
            yield (field,), f"{word} stands twice"
    named = yield from _words_faults(
        {"title": template.title, "body": template.body}, {str(value) for value in template.values}, "values"
    )
    for value in template.values:
        if value not in named:
            yield ("values",), f'no words name "{value}"; leave it out'


def outside_faults(text: OutsideText) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with what leaves the platform; nothing else than ``OutsideValue`` may be named."""
    if (text.channel == ChannelName.EMAIL) != (text.subject is not None):
        yield ("channel",), "an e-mail, and nothing else, has a subject"
    titles = {"subject": text.subject, "body": text.body} if text.subject else {"body": text.body}
    named = yield from _words_faults(titles, set(OutsideValue), "what may leave the platform")
    for value in (OutsideValue.NUMBER, OutsideValue.ADDRESS):
        if value not in named:
            yield ("body",), f"{{{value}}} must stand in it"


def _words_faults(
    titles: dict[str, Title], allowed: set[str], listed_in: str
) -> Generator[tuple[tuple[str, ...], str], None, set[str]]:
    """Faults of the words; returns what both languages name."""
    named: dict[str, set[str]] = {"zh": set(), "en": set()}
    for field, title in titles.items():
        for language in ("zh", "en"):
            words = getattr(title, language)
            places = set(_PLACE.findall(words))
            named[language] |= places
            if not words.strip():
                yield (field, language), f"{field}.{language} is empty"
            if len(words) > LONGEST[field]:
                yield (field, language), f"{field}.{language} has {len(words)} characters, at most {LONGEST[field]}"
            for stranger in sorted(places - allowed):
                yield (field, language), f"{{{stranger}}} is not in {listed_in}"
            if set("{}") & set(_PLACE.sub("", words)):
                yield (field, language), "a brace that belongs to no value; values are written {number}"
    for value in sorted((named["zh"] ^ named["en"]) & allowed):
        other = "en" if value in named["zh"] else "zh"
        yield ("body", other), f"{{{value}}} is told in one language only"
    return named["zh"] & named["en"]
