"""The made-up departments: who decides, who sends, what they number their documents with, and how punctual they are."""

from dataclasses import dataclass
from typing import Final

from rongxin.demonstration.codes import numbered_code
from rongxin.demonstration.tables import rows_of
from rongxin.primitives.divisions import DEMONSTRATION

REGION: Final = DEMONSTRATION


@dataclass(frozen=True, slots=True)
class Authority:
    """A department that both decides and sends.

    ``mark`` begins its document numbers, ``number`` stands in its code. ``bureau`` says which acts are its own, and
    ``district`` upon whom; empty is the whole city. On ``weekday`` (Monday is 0) it sends what it decided; ``forgets`` is
    the share that waits for another week. ``penalties`` and ``licences``: how many a working day. ``kinds``: what else it
    sends.
    """

    code: str
    name: str
    short_name: str
    number: int
    mark: str
    bureau: str
    district: str
    weekday: int
    forgets: float
    penalties: float
    licences: float
    kinds: tuple[str, ...] = ()

    @property
    def uscc(self) -> str:
        """Its unified code: an organ of the state (11)."""
        return numbered_code("1", "1", self.number)

    @property
    def clerk(self) -> str:
        """The login of who sends."""
        return f"{self.code}-clerk"

    @property
    def reviewer(self) -> str:
        """The login of who releases."""
        return f"{self.code}-reviewer"


def _authority(row: dict[str, str]) -> Authority:
    return Authority(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        number=int(row["number"]),
        mark=row["mark"],
        bureau=row["bureau"],
        district=row["district"],
        weekday=int(row["weekday"]),
        forgets=float(row["forgets"]),
        penalties=float(row["penalties"]),
        licences=float(row["licences"]),
        kinds=tuple(row["kinds"].split()),
    )


AUTHORITIES: Final = tuple(map(_authority, rows_of("authorities")))

SHOWN: Final = AUTHORITIES[0]
"""The department whose two accounts are shown to whoever tries the platform out."""
