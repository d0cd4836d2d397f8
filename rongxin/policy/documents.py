"""Documents that rules rest on: where they are in force, whom they bind, and whether a clause of theirs may reduce
rights.
"""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from rongxin.policy.kinds import Basis
from rongxin.policy.words import MAY_REDUCE_RIGHTS, Binds, Rank, Reading, Strict, Title

NATION = "CN"
Territory = Annotated[str, Field(pattern=r"^(CN|[0-9]{6})$")]
DocumentId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]


class Document(Strict):
    """A law, regulation, standard or notice, or the platform's own settings.

    ``number`` is the issuer's number (文号). ``from`` and ``until`` are the first and the last day in force.
    ``territory`` is a division code, or ``CN`` for the nation. ``reading`` says how the document was read,
    ``sources`` where; ``note`` how much of it.
    """

    title: Title
    number: str = ""
    issuer: str
    rank: Rank
    territory: Territory
    first_day: date = Field(alias="from")
    last_day: date | None = Field(default=None, alias="until")
    binds: Binds
    reading: Reading
    sources: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Document":
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("until lies before from")
        return self

    def in_force(self, on: date) -> bool:
        """Whether the document is in force on the day."""
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)


def contains(outer: str, inner: str) -> bool:
    """Whether the territory ``inner`` lies in ``outer``: 350000 contains 350100, CN contains all."""
    if outer == NATION:
        return True
    if inner == NATION:
        return False
    significant = outer
    while significant.endswith("00"):
        significant = significant[:-2]
    return inner.startswith(significant)


def obstacle(basis: Basis, document: Document, territory: str, on: date | None) -> Title | None:
    """Why this basis may not reduce rights on a platform of ``territory`` on the day, or None when it may
    (architecture §2).

    It must have been read in its own text, be in force, bind organisations, be of sufficient rank and hold where the
    platform stands. ``on`` None asks all but the day.
    """
    if basis.reading != Reading.CONFIRMED:
        return Title(zh="依据条款未经原文核对", en="the clause has not been read in its own text")
    if document.rank not in MAY_REDUCE_RIGHTS:
        return Title(zh="依据文件的效力层级不足", en="the document is not of sufficient rank")
    if document.binds == Binds.PERSON:
        return Title(zh="依据条款只约束自然人", en="the clause binds persons only")
    if not contains(document.territory, territory):
        return Title(zh="依据文件不适用于本地", en="the document does not hold here")
    if on is not None and not document.in_force(on):
        return Title(zh="依据文件当日不在施行期内", en="the document was not in force on that day")
    return None
