"""Layouts of a record kind: how the same act was filed under an earlier standard, and what becomes of each column.

A layout is told by its heads. It says which heads mean which field, how the values of a coded column are read today,
what an empty field may be filled from, and which required fields that standard did not have. It never supplies a fact
of the act itself: what has no source stays empty.
"""

from typing import Final

from pydantic import Field, model_validator

from rongxin.policy.words import Strict, Title

FROM_FIELD: Final = "field:"
_SOURCES: Final = rf"^(?:provider\.name|provider\.uscc|party_category_by_code|{FROM_FIELD}[a-z][a-z0-9_]+)$"


class LayoutPart(Strict):
    """One of several columns that together make a field; ``label`` is written before its value."""

    heads: tuple[str, ...]
    label: str = ""


class LayoutFill(Strict):
    """An empty ``field`` is filled from ``source`` (``from``): the sender's name or code, the category that the party's code
    tells, or another field (``field:<name>``).

    ``where_provider_is``: only in rows in which this field names the sender.
    """

    field: str
    source: str = Field(alias="from", pattern=_SOURCES)
    where_provider_is: str | None = None

    def fields(self) -> set[str]:
        """The fields that it names."""
        other = {self.source.removeprefix(FROM_FIELD)} if self.source.startswith(FROM_FIELD) else set()
        return {self.field, *other, *filter(None, [self.where_provider_is])}


class LayoutGuard(Strict):
    """Rows whose cell under one of ``heads`` holds one of ``has`` are refused, because today's fields cannot say it."""

    heads: tuple[str, ...]
    has: tuple[str, ...]
    reason: Title
    do: Title


class Layout(Strict):
    """One layout.

    ``told_by``: heads that this layout has and others do not. ``columns``: field → its heads here, before all other ways of
    naming a field. ``joined``: field → columns that together make it. ``values``: field → how filed values read today; the key
    ``""`` is the empty cell; once a field stands here, any other value is refused. ``not_required``: field → why it may stay
    empty. ``unused``: heads that are not taken over.
    """

    name: str = Field(pattern=r"^[0-9a-z_]{1,40}$")
    title: Title
    told_by: tuple[str, ...] = Field(min_length=3)
    columns: dict[str, tuple[str, ...]] = {}
    joined: dict[str, tuple[LayoutPart, ...]] = {}
    values: dict[str, dict[str, str]] = {}
    fills: tuple[LayoutFill, ...] = ()
    not_required: dict[str, Title] = {}
    unused: tuple[str, ...] = ()
    guards: tuple[LayoutGuard, ...] = ()

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> "Layout":
        twice = sorted(set(self.columns) & set(self.joined))
        if twice:
            raise ValueError(f"field {twice} stands under columns and under joined")
        return self

    def named_fields(self) -> set[str]:
        """The fields that it names, all of which the kind must have."""
        filled = {name for fill in self.fills for name in fill.fields()}
        return {*self.columns, *self.joined, *self.values, *self.not_required, *filled}

    @property
    def changes(self) -> bool:
        """Whether there is anything to convert."""
        return bool(self.columns or self.joined or self.values or self.fills or self.not_required or self.guards)
