"""The procedures this platform knows. A package registers its own in its ``apps.py``; nothing here names one."""

from collections.abc import Mapping

from rongxin.workflow.table import Procedure

_known: dict[str, Procedure] = {}


class UnknownProcedure(LookupError):
    """No procedure of this name was registered."""


def register(procedure: Procedure) -> Procedure:
    """Make a procedure known and return it; raises ValueError when another one has its name or its prefix."""
    for other in _known.values():
        if other != procedure and (other.name == procedure.name or other.prefix == procedure.prefix):
            raise ValueError(f"procedures {other.name} and {procedure.name} have the same name or prefix")
    _known[procedure.name] = procedure
    return procedure


def procedure(name: str) -> Procedure:
    """The procedure of this name; raises UnknownProcedure."""
    try:
        return _known[name]
    except KeyError:
        raise UnknownProcedure(name) from None


def procedures() -> Mapping[str, Procedure]:
    """All of them by name, in the order in which they were registered."""
    return _known
