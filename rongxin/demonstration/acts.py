"""Made-up acts in any number: which authority did what to which enterprise on which day, as its department files it."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final, Protocol

import numpy as np
import polars as pl

from rongxin.demonstration.authorities import AUTHORITIES, Authority
from rongxin.demonstration.chance import Index, Lists, below, chance, taken
from rongxin.demonstration.enterprises import identities
from rongxin.demonstration.forms import FORMS, SOLE_TRADER
from rongxin.demonstration.licences import LICENCES, licence_rows
from rongxin.demonstration.penalties import PENALTIES, penalty_rows
from rongxin.demonstration.trades import ANY, TRADES
from rongxin.demonstration.words import DISTRICTS

PENALTY: Final = "administrative_penalty"
LICENCE: Final = "administrative_licence"

FIRST_DAY: Final = date(2019, 1, 1)
LAST_DAY: Final = date(2026, 10, 31)

_EPOCH = date(1970, 1, 1)
_FAVOUR = 1.15  # some enterprises have many acts and many have none: u to this power falls on low numbers
_IS_SOLE_TRADER = [form.beginning == SOLE_TRADER for form in FORMS]


class Template(Protocol):
    """What penalties and licences have in common: whose act it is, and whom it may concern."""

    @property
    def bureau(self) -> str: ...
    @property
    def group(self) -> str: ...


TEMPLATES: Final[dict[str, Sequence[Template]]] = {PENALTY: PENALTIES, LICENCE: LICENCES}
_ROWS: Final = {PENALTY: penalty_rows, LICENCE: licence_rows}
_SUFFIX: Final = {PENALTY: "罚", LICENCE: "许"}


@cache
def options(kind: str, bureau: str = "") -> Lists:
    """For every trade the positions of the templates that may concern it, of one bureau or of all.

    Those that may concern any trade are for trades that have nothing else.
    """
    numbered = [(at, each) for at, each in enumerate(TEMPLATES[kind]) if bureau in ("", each.bureau)]
    own = [[at for at, each in numbered if each.group in trade.groups] for trade in TRADES]
    general = [at for at, each in numbered if each.group == ANY]
    return Lists([found or general for found in own])


_OF_ALL: Final = {kind: options(kind) for kind in TEMPLATES}


def _responsible(bureau: str, district: str) -> int:
    """Where the authority of a bureau for a district stands: the district's own, else the city's."""
    own = [at for at, each in enumerate(AUTHORITIES) if (each.bureau, each.district) == (bureau, district)]
    return own[0] if own else _responsible(bureau, "")


_RESPONSIBLE: Final = {
    kind: pl.DataFrame(
        [
            {"template": at, "district": district, "authority": _responsible(template.bureau, district)}
            for at, template in enumerate(templates)
            for district in DISTRICTS.values()
        ]
    )
    for kind, templates in TEMPLATES.items()
}


def acts(seed: int, kind: str, number: Index, subjects: int) -> pl.DataFrame:
    """Rows of ``kind`` by field name for acts of these numbers, upon the first ``subjects`` made-up enterprises."""
    concerned = favoured(seed, kind, number, subjects)
    parties = identities(seed, concerned)
    template = _OF_ALL[kind].one_of(parties["trade"].to_numpy(), seed, f"{kind} template", number).to_numpy()
    concerning = parties.select("district", template=pl.Series(template))
    responsible = concerning.join(_RESPONSIBLE[kind], on=["template", "district"], how="left", maintain_order="left")
    authority = responsible["authority"].to_numpy()
    filing = filed(
        kind,
        parties,
        template=template,
        authority=authority,
        decided_on=_decided_on(seed, kind, number, parties["established_on"]),
        serial=pl.Series(number + 1),
    )
    return rows(seed, kind, number, filing)


def _decided_on(seed: int, kind: str, number: Index, established_on: pl.Series) -> pl.Series:
    """A day from FIRST_DAY, or from the foundation of the enterprise where that is later, to LAST_DAY."""
    first = np.maximum(established_on.cast(pl.Int32).to_numpy(), (FIRST_DAY - _EPOCH).days).astype(np.int64)
    days = first + below(seed, f"{kind} day", number, (LAST_DAY - _EPOCH).days + 1 - first)
    return pl.Series(days).cast(pl.Int32).cast(pl.Date)


def favoured(seed: int, stream: str, number: Index, limit: int) -> Index:
    """A number below ``limit`` for every act, low ones more often."""
    position: Index = np.floor(limit * chance(seed, f"{stream} party", number) ** _FAVOUR).astype(np.int64)
    return position


def filed(
    kind: str,
    parties: pl.DataFrame,
    *,
    template: Index,
    authority: Index,
    decided_on: pl.Series,
    serial: pl.Series,
) -> pl.DataFrame:
    """Who filed which act upon whom, one row each: the columns from which the rows of either kind are written."""
    marks = taken([each.mark + _SUFFIX[kind] for each in AUTHORITIES], authority)
    return parties.select(
        party_name=pl.col("name"),
        party_category=pl.when(taken(_IS_SOLE_TRADER, parties["form"].to_numpy()))
        .then(pl.lit("个体工商户"))
        .otherwise(pl.lit("法人及非法人组织")),
        party_uscc=pl.col("uscc"),
        trade=pl.col("trade"),
        template=pl.Series(template),
        authority=taken([each.name for each in AUTHORITIES], authority),
        authority_uscc=taken([each.uscc for each in AUTHORITIES], authority),
        decided_on=decided_on,
        document_number=pl.format("{}〔{}〕{}号", marks, decided_on.dt.year(), serial),
    )


def rows(seed: int, kind: str, number: Index, acts_filed: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``kind`` by field name from what was filed under these act numbers."""
    return _ROWS[kind](seed, number, acts_filed)


def position_of(authority: Authority) -> int:
    """Where an authority stands in AUTHORITIES."""
    return AUTHORITIES.index(authority)
