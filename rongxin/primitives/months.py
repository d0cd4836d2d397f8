"""Whole months, each named by its first day."""

import re
from datetime import date, timedelta
from typing import Final

from rongxin.primitives.periods import add_months

_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def month_of(text: str) -> date:
    """The month that ``2026-10`` names; ValueError for anything else."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a month such as 2026-10")
    return date(int(found[1]), int(found[2]), 1)


def last_day_of(month: date) -> date:
    """The last day of the month."""
    return add_months(month.replace(day=1), 1) - timedelta(days=1)


def months_up_to(month: date, number: int) -> list[date]:
    """``number`` months in order, the last of which is ``month``."""
    return [add_months(month.replace(day=1), -back) for back in range(number - 1, -1, -1)]
