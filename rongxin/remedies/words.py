"""Free words in remedies: what an enterprise says, and what an office answers, hold no number of a person; an answer that may name
somebody was looked at by whoever wrote it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from rongxin.policy.words import Title
from rongxin.primitives.recognisers import names_a_number, words_of_persons
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.table import Answer, Ask, AskKind

LONGEST: Final = 500
LOOKED: Final = Ask(
    "names_nobody",
    Title(zh="核对", en="Looked"),
    AskKind.CHOICE,
    (("yes", Title(zh="已核对，没有写到个人", en="Looked: it tells of no person")),),
    is_required=False,
)


class Fault(StrEnum):
    """What is wrong with the words of an enterprise."""

    NO_WORDS = "no_words"
    TOO_LONG = "too_long"
    NAMES_A_NUMBER = "names_a_number"


class BadWords(ValueError):
    """Words that are not kept; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def checked_words(words: str, *, longest: int = LONGEST) -> str:
    """What an enterprise says, tidied. Raises BadWords."""
    found = "\n".join(line.strip() for line in words.strip().splitlines())
    for is_wrong, fault in (
        (not found, Fault.NO_WORDS),
        (len(found) > longest, Fault.TOO_LONG),
        (names_a_number(found), Fault.NAMES_A_NUMBER),
    ):
        if is_wrong:
            raise BadWords(fault)
    return found


def demand_names_nobody(words: str, answers: Mapping[str, Answer]) -> None:
    """An answer that may tell of a person goes on only once somebody looked (LOOKED). Raises NotPossible."""
    found = words_of_persons(words)
    if found and LOOKED.name not in answers:
        title = Title(
            zh=f"核对（答复里可能写到个人：{found}；请删去，确实不是个人的，选“已核对”）",
            en=f"Looked (the answer may tell of a person: {found}; take it out, or choose “Looked”)",
        )
        raise NotPossible(Barred(Bar.BAD_ANSWER, title))
