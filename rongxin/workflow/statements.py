"""Free words of an enterprise in a case: they hold no number of a person; an answer that may name somebody was looked at by whoever
wrote it.
"""

from enum import StrEnum
from typing import Final

from rongxin.policy.words import Title
from rongxin.primitives.recognisers import names_a_number

LONGEST: Final = 500
AN_ANSWER: Final = Title(zh="答复里可能写到个人", en="the answer may tell of a person")
"""How an office is told that its answer may name somebody."""


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
