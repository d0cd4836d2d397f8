"""Who asks the database: kept beside the code that runs, told to PostgreSQL with every statement, enforced there by policies.

Closed by default: where nobody said who asks, no row of a guarded table is seen or written. SQLite has no policies; there the same
code runs and the conditions of the queries alone decide.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z0-9_: -]*")
# What is displayed has thousands of conditions: to compile them took a minute, to answer without a tenth of a second.
_NOT_COMPILED: Final = "set_config('jit', 'off', true)"


@dataclass(frozen=True)
class Asker:
    """Who asks and what is within reach; the words that policies compare with (``storage.rows``).

    ``purpose``: a face of the site (desk, administration, portal, enterprise), ``entrance`` while it is found out who somebody is,
    or ``platform`` for the work of the platform itself. The three last: the actions held in the own department, in the region
    (``region``: the digits that codes of its departments begin with) and for the platform. ``day``: on which it is asked, for what
    holds up to a day.
    """

    purpose: str = ""
    account: int | None = None
    department: int | None = None
    region: str = ""
    of_department: tuple[str, ...] = ()
    of_region: tuple[str, ...] = ()
    of_platform: tuple[str, ...] = ()
    day: date | None = None

    @cached_property
    def statement(self) -> str:
        """What is sent ahead of a statement: it holds to the end of the transaction, which without one is the statement itself."""
        settings = {
            "purpose": self.purpose,
            "account": str(self.account or ""),
            "department": str(self.department or ""),
            "region": self.region,
            "of_department": " ".join(self.of_department),
            "of_region": " ".join(self.of_region),
            "of_platform": " ".join(self.of_platform),
            "day": self.day.isoformat() if self.day else "",
        }
        if not all(_PLAIN.fullmatch(value) for value in settings.values()):
            raise ValueError(f"not the words of an asker: {settings}")
        calls = ", ".join(f"set_config('rongxin.{name}', '{value}', true)" for name, value in settings.items())
        return f"SELECT {calls}, {_NOT_COMPILED}; "


NOBODY: Final = Asker()
PLATFORM: Final = Asker("platform")
ENTRANCE: Final = Asker("entrance")
PORTAL: Final = Asker("portal")

_asker: ContextVar[Asker | None] = ContextVar("asker", default=None)
_of_process: list[Asker] = [NOBODY]


def present_asker() -> Asker:
    """Who asks here and now."""
    return _asker.get() or _of_process[0]


@contextmanager
def asks(asker: Asker) -> Iterator[None]:
    """Whatever is asked inside is asked by ``asker``; afterwards by whoever asked before."""
    token = _asker.set(asker)
    try:
        yield
    finally:
        _asker.reset(token)


def become(asker: Asker) -> None:
    """From here to the end of the surrounding :func:`asks` it is ``asker`` who asks: somebody was recognised."""
    _asker.set(asker)


def work_for_platform() -> None:
    """This process does the work of the platform in all its threads: a worker, the scheduler, a command at the terminal."""
    _of_process[0] = PLATFORM
