"""Whole numbers as a form or an address says them."""

from typing import Final

MOST_DIGITS: Final = 18
"""Any number of so many digits fits the 64 bits of a database."""


def whole_number(text: str, *, digits: int = MOST_DIGITS) -> int | None:
    """The number that ``text`` says in digits 0 to 9, at most so many, and nothing else; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
