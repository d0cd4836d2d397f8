"""Who sends a file, and whether its rows are the sender's own: a department answers for its own data only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.codes import normalise_codes
from rongxin.engine.columns import Column
from rongxin.engine.findings import found, positions
from rongxin.engine.sheets import params_text
from rongxin.primitives.characters import compact
from rongxin.primitives.names import normalise_name

SOURCE_UNIT: Final = "source_unit"
SOURCE_UNIT_USCC: Final = "source_unit_uscc"


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """The department that sends. ``others``: normalised names and unified codes of all other departments → their names."""

    name: str
    short_name: str = ""
    uscc: str = ""
    others: Mapping[str, str] = field(default_factory=dict)

    def own_names(self) -> list[str]:
        """What it may be called, normalised."""
        return [normalise_name(name) for name in (self.name, self.short_name) if name]


def name_keys(name: str, short_name: str, uscc: str) -> set[str]:
    """By what :attr:`ProviderFacts.others` knows a department."""
    return {normalise_name(known) for known in (name, short_name) if known} | ({compact(uscc)} if uscc else set())


def of_others(columns: Mapping[str, Column], provider: ProviderFacts) -> list[tuple[str, pl.DataFrame]]:
    """Rows whose providing unit is another department (refused) or one that nobody here knows (a warning): field, findings.

    The code tells before the name does.
    """
    codes, names = (columns.get(name) for name in (SOURCE_UNIT_USCC, SOURCE_UNIT))
    none = pl.Series([False]).new_from_index(0, next(iter(columns.values())).filled.len())
    told: list[tuple[str, pl.DataFrame]] = []
    settled = none
    if codes is not None:
        held = normalise_codes(codes.value)
        own = (held == compact(provider.uscc)).fill_null(False) if provider.uscc else none
        known = _others(held, provider) if provider.others else held.set(held.is_not_null(), None)
        told.append((SOURCE_UNIT_USCC, _refused(known)))
        settled = own | known.is_not_null()
    if names is not None:
        held = cell.normalised_names(names.value)
        own = held.is_in(provider.own_names()).fill_null(False)
        known = _others(held, provider)
        known = known.set(settled | own, None) if known.len() else known
        told.append((SOURCE_UNIT, _refused(known)))
        unknown = held.is_not_null() & ~own & ~settled & known.is_null()
        told.append(
            (SOURCE_UNIT, found(positions(unknown), "provider_unknown", params=params_text({"own": provider.name})))
        )
    return told


def _others(held: pl.Series, provider: ProviderFacts) -> pl.Series:
    """The name of the other department that each cell means; null where it means none."""
    known = {value: provider.others[value] for value in held.drop_nulls().unique() if value in provider.others}
    if not known:
        return pl.Series("other", [None], dtype=pl.String).new_from_index(0, held.len())
    return held.replace_strict(known, default=None, return_dtype=pl.String)


def _refused(others: pl.Series) -> pl.DataFrame:
    at = positions(others.is_not_null())
    texts = {name: params_text({"other": name}) for name in others.drop_nulls().unique()}
    params = (
        others.gather(at).replace_strict(texts, return_dtype=pl.String) if at.len() else pl.Series([], dtype=pl.String)
    )
    return found(at, "provider_is_another", params=params)
