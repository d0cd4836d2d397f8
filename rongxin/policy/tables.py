"""The tables of a pack that are not values: calendar years, divisions, reporting units, industries."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from rongxin.policy.kinds import Basis
from rongxin.policy.words import Strict, Title

DivisionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Year = Annotated[int, Field(ge=1900, le=2200)]


class Holiday(Strict):
    """What a notice says of one holiday: days off, and weekend days worked instead (调休)."""

    name: str
    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()


class CalendarYear(Strict):
    """The State Council's notice for one year. It may name days of the December before and the January after."""

    year: Year
    document: str
    days: tuple[Holiday, ...]

    @model_validator(mode="after")
    def _within_the_year(self) -> "CalendarYear":
        first, last = date(self.year - 1, 12, 1), date(self.year + 1, 1, 31)
        for holiday in self.days:
            for day in (*holiday.off, *holiday.work):
                if not first <= day <= last:
                    raise ValueError(f"{day} does not belong to the notice for {self.year}")
        return self


class DivisionRow(Strict):
    """One row of ``divisions.csv``: a division as GB/T 2260 codes it, with the years its code was given out.

    ``valid_to`` is the year of abolition; codes inside older identifiers keep the abolished number.
    """

    code: DivisionCode
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    level: Literal["province", "prefecture", "county"]
    parent: DivisionCode | None = None
    valid_from: Year | None = None
    valid_to: Year | None = None
    successor: DivisionCode | None = None

    @model_validator(mode="after")
    def _code_says_level_and_parent(self) -> "DivisionRow":
        if self.code.endswith("0000"):
            level, parent = "province", None
        elif self.code.endswith("00"):
            level, parent = "prefecture", f"{self.code[:2]}0000"
        else:
            level, parent = "county", f"{self.code[:4]}00"
        if (level, parent) != (self.level, self.parent):
            raise ValueError(f"code {self.code} is that of a {level} under {parent or 'the nation'}")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        if self.successor and not self.valid_to:
            raise ValueError("a division with a successor needs the year it was abolished")
        return self


class ReportingUnit(Strict):
    """A place that reports to the platform. Zones have no code of GB/T 2260 and no ``division``.

    ``reports_to`` is the division to which it reports; for most it is the city, for Pingtan the province.
    """

    code: Annotated[str, Field(pattern=r"^[0-9A-Z]{2,12}$")]
    title: Title
    form: Literal["county", "zone"]
    division: DivisionCode | None = None
    reports_to: DivisionCode
    note: str = ""


class ReportingUnits(Strict):
    """``reporting_units.yaml``."""

    basis: Basis
    units: tuple[ReportingUnit, ...]


class IndustrySection(Strict):
    """A section of GB/T 4754 with the two-digit divisions it spans, both ends included."""

    code: Annotated[str, Field(pattern=r"^[A-T]$")]
    title: Title
    first: Annotated[str, Field(pattern=r"^[0-9]{2}$")]
    last: Annotated[str, Field(pattern=r"^[0-9]{2}$")]


class Industries(Strict):
    """``industries.yaml``."""

    basis: Basis
    sections: tuple[IndustrySection, ...]
