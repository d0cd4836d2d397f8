"""What a procedure adds to the page of its cases in the enterprise's window beside what its table says."""

from collections.abc import Callable
from dataclasses import dataclass

from rongxin.accounts.access import Access
from rongxin.policy.words import Title
from rongxin.workflow.models import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A card of the page: ``template`` is given ``panel``, and ``content`` within it."""

    title: Title
    template: str
    content: object


MakePanel = Callable[[Case, Access], Panel | None]
_makers: dict[str, list[MakePanel]] = {}


def add_panel(kind: str, make: MakePanel) -> None:
    """Have ``make`` asked for a panel on the page of every case of the procedure ``kind``."""
    _makers.setdefault(kind, []).append(make)


def panels_of(case: Case, access: Access) -> tuple[Panel, ...]:
    """The panels of a case, in the order in which they were added."""
    made = (make(case, access) for make in _makers.get(case.kind, ()))
    return tuple(panel for panel in made if panel is not None)
