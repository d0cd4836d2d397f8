"""Administrative divisions (GB/T 2260) as the unified code carries them in positions 3–8.

A platform brings its own dated table; for the rest of the country the place table of python-stdnum answers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from stdnum import numdb

DEMONSTRATION = "990000"
STATE = "100000"  # registrations by the national authority itself, for instance 91100000…


@dataclass(frozen=True, slots=True)
class Division:
    """One division: six-digit code, name, level, code above it, first and last year, the code that took over."""

    code: str
    name: str
    level: str
    parent: str | None
    valid_from: int | None = None
    valid_to: int | None = None
    successor: str | None = None

    def is_abolished(self, on: date | None = None) -> bool:
        """Whether the division had ended before the year of ``on``; without a day, whether it has ever ended."""
        return self.valid_to is not None and (on is None or on.year > self.valid_to)


_ALWAYS_KNOWN = {
    DEMONSTRATION: Division(DEMONSTRATION, "示例区", "county", None),
    STATE: Division(STATE, "国家", "state", None),
}


class Divisions:
    """A table of divisions. A code that stands in it several times keeps its latest meaning."""

    def __init__(self, rows: Iterable[Division] = ()) -> None:
        self._rows = dict(_ALWAYS_KNOWN)
        for row in sorted(rows, key=lambda row: row.valid_from or 0):
            self._rows[row.code] = row

    def get(self, code: str) -> Division | None:
        """The division of a six-digit code, or None where neither this table nor the country's knows it."""
        return self._rows.get(code) or _of_the_country(code)

    def knows(self, code: str) -> bool:
        """Whether the code is or ever was a division."""
        return self.get(code) is not None

    def is_current(self, code: str) -> bool:
        """Whether the code is a division that has not ended."""
        division = self.get(code)
        return division is not None and not division.is_abolished()


_DATED_NAME = re.compile(r"(?:\[(\d{4})?-(\d{4})?\])?([^\[\],]+)")


@cache
def _of_the_country(code: str) -> Division | None:
    if not re.fullmatch(r"[0-9]{6}", code):
        return None
    matched = numdb.get("cn/loc").info(code)
    names = matched[-1][1].get("county") if len(matched) == 2 else None
    if not names:
        return None
    first, last, name = _DATED_NAME.findall(names)[-1]
    level, parent = _place_of(code)
    return Division(code, name, level, parent, int(first) if first else None, int(last) if last else None)


def _place_of(code: str) -> tuple[str, str | None]:
    if code.endswith("0000"):
        return "province", None
    if code.endswith("00"):
        return "prefecture", code[:2] + "0000"
    return "county", code[:4] + "00"
