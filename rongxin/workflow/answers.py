"""What a step was told beside its reason: checked against what it asks for, and small enough to be kept for ever."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from rongxin.policy.words import Title
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.table import Answer, Ask, AskKind, Step

DAYS: Final = Ask("days", Title(zh="延长的工作日数", en="Working days to add"), AskKind.COUNT)
MOST: Final = 9999
LONGEST_WORD: Final = 80
# A word of a program or a number of a thing: no spaces, so no sentence, and never a resident identity number.
_WORD: Final = re.compile(r"[\w\-〔〕:.]*")
_IDENTITY: Final = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")


def asked(step: Step) -> tuple[Ask, ...]:
    """The fields of the form of a step; an extension asks for its days."""
    return (DAYS, *step.asks) if step.extends else step.asks


def checked_answers(step: Step, given: Mapping[str, str]) -> dict[str, Answer]:
    """What was filled in, by name of the field; raises NotPossible with the title of a field that is missing or wrong."""
    found = {ask.name: _checked(ask, given.get(ask.name, "").strip()) for ask in asked(step)}
    return {name: answer for name, answer in found.items() if answer is not None}


def checked_payload(told: Mapping[str, Answer]) -> dict[str, Answer]:
    """What the log keeps; raises ValueError for what may be a sentence or the number of a person."""
    for name, value in told.items():
        if isinstance(value, int):
            continue
        if not isinstance(value, str) or len(value) > LONGEST_WORD or not _WORD.fullmatch(value):
            raise ValueError(f"{name}: the log keeps numbers, days and single words")
        if _IDENTITY.search(value):
            raise ValueError(f"{name}: the log keeps no number of a person")
    return dict(told)


def _checked(ask: Ask, text: str) -> Answer | None:
    if not text and not ask.is_required:
        return None
    try:
        match ask.kind:
            case AskKind.DAY:
                return date.fromisoformat(text).isoformat()
            case AskKind.COUNT:
                count = int(text)
                if not 0 <= count <= MOST:
                    raise ValueError(text)
                return count
        if text not in {value for value, _ in ask.choices}:
            raise ValueError(text)
    except ValueError:
        raise NotPossible(Barred(Bar.BAD_ANSWER, ask.title)) from None
    return text
