"""What a procedure adds to the page of its cases: facts of its own, above the history; addresses of its own for steps that answer
with a file. A procedure needs none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rongxin.accounts.models import Account
from rongxin.policy.words import Title
from rongxin.workflow.models import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A card of the case page: ``template`` is given ``panel``, and ``content`` within it."""

    title: Title
    template: str
    content: object


TAKES: Final = "desk:case_take"
"""Where the form of a step is sent if not elsewhere."""

MakePanel = Callable[[Case, Account], Panel | None]
_makers: dict[str, list[MakePanel]] = {}


def add_panel(kind: str, make: MakePanel) -> None:
    """Have ``make`` asked for a panel on the page of every case of the procedure ``kind``."""
    _makers.setdefault(kind, []).append(make)


_addresses: dict[tuple[str, str], str] = {}


def answer_at(kind: str, step: str, route: str) -> None:
    """Have the form of a step sent to the address ``route`` (of a case number), which answers with more than the case."""
    _addresses[kind, step] = route


def address_of(kind: str, step: str) -> str:
    """The route to which the form of a step is sent."""
    return _addresses.get((kind, step), TAKES)


def panels_of(case: Case, officer: Account) -> tuple[Panel, ...]:
    """The panels of a case for an officer, in the order in which they were added."""
    made = (make(case, officer) for make in _makers.get(case.kind, ()))
    return tuple(panel for panel in made if panel is not None)
