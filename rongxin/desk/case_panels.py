"""What a procedure adds to the page of its cases: facts of its own, above the history. A procedure needs none."""

from collections.abc import Callable
from dataclasses import dataclass

from rongxin.accounts.models import Account
from rongxin.policy.words import Title
from rongxin.workflow.models import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A card of the case page: ``template`` is given ``panel``, and ``content`` within it."""

    title: Title
    template: str
    content: object


MakePanel = Callable[[Case, Account], Panel | None]
_makers: dict[str, list[MakePanel]] = {}
_of_all: list[MakePanel] = []


def add_panel(kind: str, make: MakePanel) -> None:
    """Have ``make`` asked for a panel on the page of every case of the procedure ``kind``."""
    _makers.setdefault(kind, []).append(make)


def add_panel_to_all(make: MakePanel) -> None:
    """Have ``make`` asked for a panel on the page of every case, after those of the procedure."""
    _of_all.append(make)


def panels_of(case: Case, officer: Account) -> tuple[Panel, ...]:
    """The panels of a case for an officer, in the order in which they were added; those of every case last."""
    made = (make(case, officer) for make in (*_makers.get(case.kind, ()), *_of_all))
    return tuple(panel for panel in made if panel is not None)
