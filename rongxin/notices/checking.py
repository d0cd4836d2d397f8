"""Whether everything that procedures tell has a template that fits; ``rongxin policy check`` and ``rongxin check`` ask."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from rongxin.notices.consuming import BY_TIME, GIVEN, OF_EVERY_EVENT
from rongxin.notices.recipients import knows_subject
from rongxin.policy.notices import To
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.registry import procedures
from rongxin.workflow.table import Procedure


@dataclass(frozen=True, order=True)
class Untold:
    """A notice that could not be told: its name, and why."""

    name: str
    told: str


def untold(tables: Iterable[Procedure], policy: Policy) -> list[Untold]:
    """Every notice of the procedures, and of what time does, that lacks a template or has one that does not fit."""
    return sorted({each for table in tables for name, of in _named(table) for each in _faults(table, name, of, policy)})


def _named(table: Procedure) -> Iterator[tuple[str, str]]:
    """The names of notices of a procedure, with what tells them."""
    if table.notice:
        yield table.notice, f"procedure {table.name}"
    for step in table.steps:
        if step.notice:
            yield step.notice, f"procedure {table.name}, step {step.name},"
    for kind, name in BY_TIME.items():
        yield name, f"every procedure when a case is {kind}"


def _faults(table: Procedure, name: str, of: str, policy: Policy) -> Iterator[Untold]:
    template = policy.notices.get(name)
    if template is None:
        yield Untold(name, f"{of} tells {name!r}, but no pack has notices/{name}.yaml")
        return
    strangers = sorted(set(template.values) - GIVEN.get(name, OF_EVERY_EVENT))
    if strangers:
        yield Untold(name, f"{of} has no {', '.join(strangers)} to tell")
    if not template.to:
        yield Untold(name, f"{of} tells nobody: say to whom")
    if To.SUBJECT in template.to and not knows_subject(table.name):
        yield Untold(name, f"{of} tells the enterprise, but nothing says which one a case is about (name_subject)")


@register(deploy=True)
def rules_tell_everything(app_configs: Any, **more: Any) -> list[CheckMessage]:
    """The rules in force have every template that the procedures of this release need."""
    try:
        policy = rulebook.current()
    except (rulebook.NothingReleased, DatabaseError):
        return []
    return [
        Error(
            f"{each.name}: {each.told}",
            hint="Release a pack that has it: rongxin policy release.",
            id="rongxin.notices",
        )
        for each in untold(procedures().values(), policy)
    ]
