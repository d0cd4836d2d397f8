"""The permission matrix: role × action × class of data × scope, read once from ``matrix.yaml``; and the decision over it."""

from collections.abc import Collection
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final, TypeVar

from pydantic import BeforeValidator, TypeAdapter, model_validator
from ruamel.yaml import YAML

from rongxin.accounts.permissions import ADMINISTRATORS, Action, DataClass, Face, Role, Scope
from rongxin.policy.words import Strict, Title

FILE: Final = Path(__file__).with_name("matrix.yaml")

Word = TypeVar("Word", bound=StrEnum)


def _word(of: type[Word]) -> BeforeValidator:
    return BeforeValidator(lambda text: of(text) if isinstance(text, str) else text)


class About(StrEnum):
    """What an action touches: what is kept about enterprises, or the platform itself."""

    CREDIT = "credit"
    PLATFORM = "platform"


class ActionLine(Strict):
    """An action of the matrix. ``decides``: it changes what holds for others, so it asks for the second factor anew."""

    title: Title
    about: Annotated[About, _word(About)]
    decides: bool = False


_Actions = frozenset[Annotated[Action, _word(Action)]]


class RoleLine(Strict):
    """A role of the matrix and what it holds: scope → class of data → actions."""

    title: Title
    face: Annotated[Face, _word(Face)]
    reads_only: bool = False
    may: dict[
        Annotated[Scope, _word(Scope)],
        dict[Annotated[DataClass, _word(DataClass)], Annotated[_Actions, BeforeValidator(frozenset)]],
    ] = {}

    def scopes(self, action: Action, data_class: DataClass | None = None) -> frozenset[Scope]:
        """Where the role holds ``action`` over data of ``data_class``; of any class when none is named."""
        return frozenset(
            scope
            for scope, classes in self.may.items()
            for of, actions in classes.items()
            if action in actions and data_class in (None, of)
        )


class Matrix(Strict):
    """The whole of it. Reading fails where a word is unknown, a role or action missing, or a limit broken."""

    actions: dict[Annotated[Action, _word(Action)], ActionLine]
    roles: dict[Annotated[Role, _word(Role)], RoleLine]

    @model_validator(mode="after")
    def _is_whole(self) -> "Matrix":
        if missing := {*set(Action) - set(self.actions), *set(Role) - set(self.roles)}:
            raise ValueError(f"not in the matrix: {', '.join(sorted(missing))}")
        return self

    @model_validator(mode="after")
    def _administrators_see_no_credit_data(self) -> "Matrix":
        for role, line in self.roles.items():
            for scope, classes in line.may.items():
                for action in frozenset().union(*classes.values()):
                    about = self.actions[action].about
                    if (about == About.PLATFORM) != (scope == Scope.PLATFORM):
                        raise ValueError(f"{role}: {action} cannot be held for {scope}")
                    if (role in ADMINISTRATORS) != (about == About.PLATFORM):
                        raise ValueError(f"{role} cannot hold {action}: only administrators work on the platform")
        return self

    @model_validator(mode="after")
    def _enterprises_act_for_enterprises(self) -> "Matrix":
        for role, line in self.roles.items():
            if any((scope == Scope.ENTERPRISE) != (line.face == Face.ENTERPRISE) for scope in line.may):
                raise ValueError(f"{role}: enterprises hold rights for themselves, and nobody else holds those")
        return self

    @model_validator(mode="after")
    def _readers_only_read(self) -> "Matrix":
        for role, line in self.roles.items():
            held = [action for classes in line.may.values() for actions in classes.values() for action in actions]
            if line.reads_only and (written := [action for action in held if not action.endswith(":read")]):
                raise ValueError(f"{role} only reads and cannot hold {', '.join(written)}")
        return self

    def allows(self, role: Role, action: Action, here: Collection[Scope], data_class: DataClass | None = None) -> bool:
        """Whether ``role`` may do ``action`` to something that stands to its bearer as ``here`` says. No scope, no right."""
        return not self.roles[role].scopes(action, data_class).isdisjoint(here)


@cache
def matrix() -> Matrix:
    """The matrix of this release; ValidationError or YAMLError when the file is not one."""
    return TypeAdapter(Matrix).validate_python(YAML(typ="safe", pure=True).load(FILE))
