"""What an enterprise may declare of itself (自愿注册): the items, their fields, what shows them, how long one stands.

Item 5 of 闽信用〔2019〕7号: enterprises are encouraged to file credit information of their own accord, above all those
evaluated low, supervised closely, or small and little known. ``declarations.yaml`` of a pack may hold items and groups that are
invited; one of a more specific pack replaces the one of the same name above it. No item asks for a person.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from pydantic import Field, model_validator

from rongxin.policy.indicators import RiskClass
from rongxin.policy.kinds import Basis, FieldName
from rongxin.policy.words import Strict, Title

LONGEST_TEXT: Final = 300
_ABOUT_PERSONS: Final = (
    "姓名",
    "身份证",
    "手机",
    "电话",
    "联系人",
    "法定代表人",
    "负责人",
    "邮箱",
    "住址",
    "性别",
    "出生",
)


class DeclaredKind(StrEnum):
    """How a field is filled in. A number is a whole number, or one with at most two decimals."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    CHOICE = "choice"


class DeclaredField(Strict):
    """One field. ``longest``: characters of a text. ``choices`` of a choice only. ``unit`` of a number."""

    name: FieldName
    title: Title
    kind: DeclaredKind
    longest: int = Field(default=100, ge=1, le=LONGEST_TEXT)
    choices: tuple[Title, ...] = ()
    unit: Title | None = None
    required: bool = True

    @model_validator(mode="after")
    def _fits(self) -> "DeclaredField":
        if (self.kind == DeclaredKind.CHOICE) != bool(self.choices):
            raise ValueError(f"{self.name} has choices exactly when it is a choice")
        if self.unit is not None and self.kind != DeclaredKind.NUMBER:
            raise ValueError(f"{self.name}: only a number has a unit")
        if asked := [word for word in _ABOUT_PERSONS if word in self.title.zh]:
            raise ValueError(f"{self.name} asks for a person ({'、'.join(asked)}); no declaration does")
        return self


class DeclaredItem(Strict):
    """One item. ``says``: what it tells readers and what it does not. ``evidence``: papers that show it. ``stands_months``: the
    longest time a declaration of it stands. ``publishable``: the enterprise may show it to everybody. ``several``: more than one
    may stand at once. ``two_people``: a second person confirms that it was verified. ``offices``: codes of the departments that
    could know it, the first that there is; without one the credit office of the region.
    """

    name: FieldName
    title: Title
    says: Title
    fields: tuple[DeclaredField, ...] = Field(min_length=1, max_length=8)
    evidence: tuple[Title, ...] = ()
    stands_months: int = Field(ge=1, le=60)
    publishable: bool = True
    several: bool = False
    two_people: bool = False
    offices: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _each_field_once(self) -> "DeclaredItem":
        names = [field.name for field in self.fields]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"field {doubled} stands twice")
        return self


class InvitedGroup(Strict):
    """Enterprises that are invited to declare: those with a class of ``classes``, those with a value of one of ``indicators``, and
    those of which no more than ``records_at_most`` records are known; at least one of the three is given.

    ``scales``: only those of these sizes. ``says``: why they are invited and what it can change, as the enterprise reads it.
    ``items``: names of what is worth declaring, the most useful first.
    """

    name: FieldName
    title: Title
    says: Title
    classes: tuple[RiskClass, ...] = ()
    indicators: tuple[FieldName, ...] = ()
    records_at_most: int | None = Field(default=None, ge=0)
    scales: tuple[FieldName, ...] = ()
    items: tuple[FieldName, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_who(self) -> "InvitedGroup":
        if not self.classes and not self.indicators and self.records_at_most is None:
            raise ValueError(f"{self.name} says nobody: give classes, indicators or records_at_most")
        return self


class Declarations(Strict):
    """``declarations.yaml`` of one pack."""

    basis: Basis
    note: Title | None = None
    items: tuple[DeclaredItem, ...] = Field(min_length=1)
    invited: tuple[InvitedGroup, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "Declarations":
        for word, names in (
            ("item", [item.name for item in self.items]),
            ("group", [group.name for group in self.invited]),
        ):
            if doubled := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{word} {doubled} stands twice")
        return self


def items_of(tables: Sequence[Declarations]) -> dict[str, DeclaredItem]:
    """The items by name, in the order in which the packs, the most general first, name them."""
    return {item.name: item for table in tables for item in table.items}


def invited_of(tables: Sequence[Declarations]) -> dict[str, InvitedGroup]:
    """The groups that are invited by name, likewise."""
    return {group.name: group for table in tables for group in table.invited}
