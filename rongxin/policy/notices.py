"""Templates of notices: what is told, of which values, to whom, and by which ways beside the platform.

``notices/<name>.yaml`` is one template. ``notices/outside/<channel>.yaml`` is all that leaves the platform by a channel: that
something waits, and where to log in. A template of a pack below takes the place of one above by extending it under its name.
"""

import re
from collections.abc import Collection, Generator, Iterator
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
    DATA = "data"
    DISCOVERED = "discovered"
    HOURS_LEFT = "hours_left"
    HOURS_LATE = "hours_late"
    REPORT_BY = "report_by"
    GRADE = "grade"
    GRADE_BEFORE = "grade_before"


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


class Topic(StrEnum):
    """What a notice to an enterprise is about: an enterprise chooses which of them it is also reminded of outside."""

    MANDATE = "mandate"
    PROGRESS = "progress"
    TERM = "term"


class OutsideValue(StrEnum):
    """What may leave the platform: its name, where to log in, and the number that a message has in the inbox, which tells nobody
    else anything. Never the number of a case.
    """

    PLATFORM = "platform"
    NUMBER = "number"
    ADDRESS = "address"


class CodeValue(StrEnum):
    """What the message with a code tells: the platform, the code and for how many minutes it is taken."""

    PLATFORM = "platform"
    CODE = "code"
    MINUTES = "minutes"


class NoticeTemplate(Strict):
    """``notices/<name>.yaml``. ``values``: what its words may name, in braces. ``to`` empty: whoever tells it says to whom.

    ``outside``: the ways by which those told also hear that something waits. ``topic``: as what an enterprise chooses it.
    """

    name: NoticeName
    title: Title
    body: Title
    values: tuple[NoticeValue, ...] = ()
    to: tuple[To, ...] = ()
    outside: tuple[ChannelName, ...] = ()
    topic: Topic = Topic.PROGRESS


class CodeText(Strict):
    """What goes to an address that is to be confirmed. Only e-mail has a ``subject``, and no code is in it."""

    subject: Title | None = None
    body: Title


class OutsideText(Strict):
    """``notices/outside/<channel>.yaml``. Only e-mail has a ``subject``. ``confirming``: the message with the code by which an
    address is confirmed; None only in rules released before addresses were.
    """

    channel: ChannelName
    subject: Title | None = None
    body: Title
    confirming: CodeText | None = None


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
    """What is wrong with what leaves the platform; nothing else than ``OutsideValue`` and ``CodeValue`` may be named."""
    if (text.channel == ChannelName.EMAIL) != (text.subject is not None):
        yield ("channel",), "an e-mail, and nothing else, has a subject"
    titles = {"subject": text.subject, "body": text.body} if text.subject else {"body": text.body}
    named = yield from _words_faults(titles, set(OutsideValue), "what may leave the platform")
    if OutsideValue.ADDRESS not in named:
        yield ("body",), "{address} must stand in it"
    yield from _code_faults(text)


def _code_faults(text: OutsideText) -> Iterator[tuple[tuple[str, ...], str]]:
    code = text.confirming
    if code is None:
        yield ("confirming",), "the message with the code by which an address is confirmed is missing"
        return
    if (code.subject is None) != (text.subject is None):
        yield ("confirming",), "an e-mail, and nothing else, has a subject"
    within = ("confirming",)
    if code.subject:
        yield from _words_faults({"subject": code.subject}, {CodeValue.PLATFORM}, "what a subject may tell", within)
    named = yield from _words_faults({"body": code.body}, set(CodeValue), "what a code comes with", within)
    for value in (CodeValue.CODE, CodeValue.MINUTES):
        if value not in named:
            yield ("confirming", "body"), f"{{{value}}} must stand in it"


def _words_faults(
    titles: dict[str, Title], allowed: Collection[str], listed_in: str, within: tuple[str, ...] = ()
) -> Generator[tuple[tuple[str, ...], str], None, set[str]]:
    """Faults of the words; returns what both languages name."""
    named: dict[str, set[str]] = {"zh": set(), "en": set()}
    for field, title in titles.items():
        for language in ("zh", "en"):
            words = getattr(title, language)
            places = set(_PLACE.findall(words))
            named[language] |= places
            if not words.strip():
                yield (*within, field, language), f"{field}.{language} is empty"
            if len(words) > LONGEST[field]:
                yield (
                    (*within, field, language),
                    f"{field}.{language} has {len(words)} characters, at most {LONGEST[field]}",
                )
            for stranger in sorted(places - set(allowed)):
                yield (*within, field, language), f"{{{stranger}}} is not in {listed_in}"
            if set("{}") & set(_PLACE.sub("", words)):
                yield (*within, field, language), "a brace that belongs to no value; values are written {number}"
    for value in sorted((named["zh"] ^ named["en"]) & set(allowed)):
        other = "en" if value in named["zh"] else "zh"
        yield (*within, "body", other), f"{{{value}}} is told in one language only"
    return named["zh"] & named["en"]
