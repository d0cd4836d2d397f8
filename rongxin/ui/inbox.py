"""A message in a list and its words, the same in every inbox."""

from dataclasses import dataclass
from datetime import datetime

from rongxin.notices.models import Notice
from rongxin.policy.words import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """``ui/_message_lines.html``. ``to``: who was told."""

    url: str
    title: Title
    first_line: Title
    to: str
    at: datetime
    is_unread: bool


def message_line(notice: Notice, *, url: str, to: str) -> MessageLine:
    """A notice of an inbox (notices.queries.inbox) as a line of it."""
    return MessageLine(
        url=url,
        title=notice.title,
        first_line=paragraphs(notice)[0],
        to=to,
        at=notice.at,
        is_unread=notice.is_unread,  # type: ignore[attr-defined]
    )


def paragraphs(notice: Notice) -> tuple[Title, ...]:
    """The body, line by line; a template has as many in both languages, or the last ones stand together."""
    zh, en = notice.body_zh.splitlines(), notice.body_en.splitlines()
    if len(zh) != len(en):
        return (notice.body,)
    return tuple(Title(zh=one, en=other) for one, other in zip(zh, en, strict=True))
