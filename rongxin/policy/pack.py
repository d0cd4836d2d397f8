"""The rules of one platform: a chain of packs merged into one value that never changes, with what is in force on a
day.
"""

import hashlib
from datetime import date
from functools import cached_property

from pydantic import ConfigDict, Field

from rongxin.policy.catalogue import ItemInForce, PackCatalogue, items_in_force
from rongxin.policy.declarations import Declarations, DeclaredItem, InvitedGroup, invited_of, items_of
from rongxin.policy.documents import Document, Territory, contains
from rongxin.policy.indicators import Floor, Indicator, Indicators, floors_of, indicators_of
from rongxin.policy.kinds import Basis, RecordKind
from rongxin.policy.notices import NoticeTemplate, OutsideText
from rongxin.policy.tables import CalendarYear, DivisionRow, Industries, IndustrySection, ReportingUnit, ReportingUnits
from rongxin.policy.templates import Template
from rongxin.policy.values import History, HistoryLine, ValueInForce
from rongxin.policy.words import Rank, Reading, Strength, Strict, Title
from rongxin.primitives.canonical import canonical_json
from rongxin.primitives.divisions import Division, Divisions
from rongxin.primitives.workdays import Calendar


class NothingInForce(LookupError):
    """No line of the value is in force on the day, or no value has this key."""

    def __init__(self, key: str, on: date) -> None:
        super().__init__(f"{key}: nothing in force on {on}")
        self.key, self.on = key, on


class PackHead(Strict):
    """``pack.yaml``: who the pack is for and what it extends."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    title: Title
    territory: Territory
    extends: str | None = None
    checked_on: date
    divisions_basis: Basis | None = None


class Policy(Strict):
    """A merged chain of packs: pure content, and the questions asked of it. Equal content is equal, wherever it was
    loaded.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, ignored_types=(cached_property,))

    packs: tuple[PackHead, ...] = Field(min_length=1)
    documents: dict[str, Document]
    values: dict[str, History]
    kinds: dict[str, RecordKind]
    calendar_years: tuple[CalendarYear, ...] = ()
    division_rows: tuple[DivisionRow, ...] = ()
    unit_tables: tuple[ReportingUnits, ...] = ()
    industry_table: Industries | None = None
    catalogues: tuple[PackCatalogue, ...] = ()
    templates: dict[str, Template] = {}
    forms: dict[str, str] = {}
    notices: dict[str, NoticeTemplate] = {}
    outside_texts: dict[str, OutsideText] = {}
    declaration_tables: tuple[Declarations, ...] = ()
    indicator_tables: tuple[Indicators, ...] = ()

    @property
    def name(self) -> str:
        """The name of the most specific pack, under which the platform runs."""
        return self.packs[-1].name

    @property
    def title(self) -> Title:
        """The title of the most specific pack."""
        return self.packs[-1].title

    @property
    def titles(self) -> dict[str, Title]:
        """The titles of the packs by name, the most general first."""
        return {head.name: head.title for head in self.packs}

    @property
    def territory(self) -> str:
        """Where the platform stands: a division code, or ``CN``."""
        return self.packs[-1].territory

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: the same on every machine and however the files are laid out."""
        return _sha256(self.canonical_json())

    def canonical_json(self) -> str:
        """The whole content as JSON with sorted keys and no spaces. What stands at its default is left out."""
        return self._canonical_json

    @cached_property
    def _canonical_json(self) -> str:
        return canonical_json(self.model_dump(mode="json", by_alias=True, exclude_defaults=True))

    @classmethod
    def from_canonical(cls, text: str) -> "Policy":
        """The policy that ``canonical_json`` wrote; raises pydantic's ValidationError for anything else."""
        return cls.model_validate_json(text)

    def kind_digest(self, name: str) -> str:
        """SHA-256 of one record kind; raises KeyError for an unknown one."""
        return _sha256(canonical_json(self.kinds[name].model_dump(mode="json", by_alias=True, exclude_defaults=True)))

    @cached_property
    def divisions(self) -> Divisions:
        """The divisions of the packs; the rest of the country is known to Divisions itself."""
        return Divisions(
            Division(row.code, row.name, row.level, row.parent, row.valid_from, row.valid_to, row.successor)
            for row in self.division_rows
        )

    @cached_property
    def calendar(self) -> Calendar:
        """Days off and make-up working days as announced, and the years that are announced."""
        holidays = [holiday for year in self.calendar_years for holiday in year.days]
        return Calendar(
            off=frozenset(day for holiday in holidays for day in holiday.off),
            work=frozenset(day for holiday in holidays for day in holiday.work),
            covered=frozenset(year.year for year in self.calendar_years),
        )

    @property
    def reporting_units(self) -> tuple[ReportingUnit, ...]:
        """Who reports to the platform."""
        return tuple(unit for table in self.unit_tables for unit in table.units)

    @property
    def industries(self) -> tuple[IndustrySection, ...]:
        """Sections of the industry classification."""
        return self.industry_table.sections if self.industry_table else ()

    @cached_property
    def catalogue(self) -> tuple[ItemInForce, ...]:
        """The items of the catalogue in the order of their codes; a more specific pack's item replaces the one above."""
        return items_in_force(self.catalogues)

    @cached_property
    def declared_items(self) -> dict[str, DeclaredItem]:
        """What an enterprise may declare of itself, by name; a more specific pack's item replaces the one above."""
        return items_of(self.declaration_tables)

    @cached_property
    def invited_groups(self) -> dict[str, InvitedGroup]:
        """Which enterprises are invited to declare likewise."""
        return invited_of(self.declaration_tables)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """By what enterprises are sorted by risk, by name; a more specific pack's indicator replaces the one above."""
        return indicators_of(self.indicator_tables)

    @cached_property
    def floors(self) -> dict[str, Floor]:
        """The hard rules of the risk classes likewise."""
        return floors_of(self.indicator_tables)

    def history(self, key: str) -> History:
        """All lines of a value; raises KeyError for an unknown key."""
        return self.values[key]

    def value(self, key: str, on: date) -> ValueInForce:
        """What holds on the day, with its basis; raises NothingInForce when nothing does."""
        history = self.values.get(key)
        line = history.line_on(on) if history else None
        if history is None or line is None:
            raise NothingInForce(key, on)
        document = self.documents[line.basis.document]
        return ValueInForce(key, line.value, history.unit, line, document, line.basis, self._is_law(line, document, on))

    def _is_law(self, line: HistoryLine, document: Document, on: date) -> bool:
        return (
            line.strength == Strength.BINDING
            and line.basis.reading == Reading.CONFIRMED
            and document.rank != Rank.LOCAL_SETTING
            and document.in_force(on)
            and contains(document.territory, self.territory)
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
