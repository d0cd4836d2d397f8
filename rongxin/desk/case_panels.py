"""What a procedure adds to the page of its cases beside what its table says. A procedure needs none of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.urls import reverse

from rongxin.accounts.access import Access
from rongxin.policy.words import Title
from rongxin.ui.cases import TimeLeft
from rongxin.workflow.models import Case
from rongxin.workflow.papers import documents_of
from rongxin.workflow.table import Step


class Place(StrEnum):
    """Where on the page: over everything, among the facts beside the actions, or under them over the whole width."""

    TOP = "top"
    MAIN = "main"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A card of the case page: ``template`` is given ``panel``, and ``content`` within it. Without a title it is a card itself."""

    title: Title | None = None
    template: str
    content: object
    place: Place = Place.MAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyTold:
    """So many enterprises were told the same in one go, too many for a line each; ``read`` of them opened it."""

    title: Title
    at: datetime
    number: int
    read: int


MakePanel = Callable[[Case, Access], Panel | None]
Asked = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How the cases of a procedure are shown. ``route``: their page, where it is not the common address. ``steps``: the route
    of steps that are taken on a page of their own. ``forms``: the route to which the form of a step is sent that answers with
    more than the case. ``told``: what a step does to this case, in one sentence. ``panels``: cards that depend on what was
    asked for with the address. ``times``: how some of these cases stand with another clock than that of their state, by key.
    ``many_told``: whom this case told all at once.
    """

    route: str = "desk:case"
    steps: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    told: Callable[[Case, Step], str] = lambda case, step: ""
    panels: Callable[[Case, Access, Asked], tuple[Panel, ...]] = lambda case, access, asked: ()
    times: Callable[[Sequence[Case]], Mapping[int, TimeLeft]] = lambda cases: {}
    many_told: Callable[[Case], ManyTold | None] = lambda case: None


COMMON: Final = Looks()
_makers: dict[str, list[MakePanel]] = {}
_looks: dict[str, Looks] = {}
_of_all: list[MakePanel] = []


def add_panel(kind: str, make: MakePanel) -> None:
    """Have ``make`` asked for a panel on the page of every case of the procedure ``kind``."""
    _makers.setdefault(kind, []).append(make)


def show_as(kind: str, looks: Looks) -> None:
    """Have cases of the procedure ``kind`` shown so."""
    _looks[kind] = looks


def looks_of(case: Case) -> Looks:
    """How the case is shown."""
    return _looks.get(case.kind, COMMON)


def address(case: Case) -> str:
    """The page of the case: one for each."""
    return reverse(looks_of(case).route, args=[case.number])


def times_of(cases: Sequence[Case]) -> dict[int, TimeLeft]:
    """How those of the cases stand that have another clock than that of their state; a query for each procedure that has one."""
    found: dict[int, TimeLeft] = {}
    for kind in {case.kind for case in cases}:
        found |= _looks.get(kind, COMMON).times([case for case in cases if case.kind == kind])
    return found


def add_panel_to_all(make: MakePanel) -> None:
    """Have ``make`` asked for a panel on the page of every case, after those of the procedure."""
    _of_all.append(make)


def panels_of(case: Case, access: Access, asked: Asked) -> tuple[Panel, ...]:
    """The panels of a case for whoever looks at it, in the order in which they were added; those of every case last."""
    made = (make(case, access) for make in (*_makers.get(case.kind, ()), _documents, *_of_all))
    return (*looks_of(case).panels(case, access, asked), *(panel for panel in made if panel is not None))


def _documents(case: Case, access: Access) -> Panel | None:
    found = tuple(each.document for each in documents_of(case))
    return (
        Panel(title=Title(zh="文书", en="Documents"), template="desk/_case_documents.html", content=found)
        if found
        else None
    )
