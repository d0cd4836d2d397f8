"""Made-up enterprises: who they are (``identities``) and what the register says of them (``register_rows``)."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from rongxin.demonstration import words
from rongxin.demonstration.chance import Index, Lists, below, chance, one_of, taken, weighted
from rongxin.demonstration.codes import registration_numbers, unified_codes
from rongxin.demonstration.famous import FAMOUS, famous_rows
from rongxin.demonstration.forms import ENTERPRISE, FORMS
from rongxin.demonstration.trades import TRADES

FIRST_DAY: Final = date(1985, 1, 1)
LAST_DAY: Final = date(2026, 6, 30)
UNIFIED_CODES_BEGIN: Final = date(2015, 10, 1)

_EPOCH = date(1970, 1, 1)
_HOMONYMS = 0.006
_RENAMED = 0.10
_HALF_WIDTH = 0.35
# Half of the enterprises were founded in the last eleven years: u to this power rises late.
_GROWTH = 0.4

_WORDS = Lists([trade.words for trade in TRADES])
_BEGINNINGS = [form.beginning for form in FORMS]
_IS_ENTERPRISE = np.array([form.beginning == ENTERPRISE for form in FORMS])
_FIXED_TRADE = np.array([-1 if form.trade is None else form.trade for form in FORMS], np.int64)
_CAPITAL = np.array([10, 30, 50, 50, 100, 100, 200, 300, 500, 500, 1000, 1000, 2000, 3000, 5000, 10000], np.int64)


def identities(seed: int, index: Index) -> pl.DataFrame:
    """Who the enterprises with these numbers are, one row each and in this order.

    Columns: index, trade and form (positions in TRADES and FORMS), uscc, name, former_name, renamed_on, established_on,
    status, district.
    """
    namesake = _namesakes(seed, index)
    form = weighted(seed, "form", namesake, [form.weight for form in FORMS])
    chosen = weighted(seed, "trade", namesake, [trade.weight for trade in TRADES])
    trade = np.where(_FIXED_TRADE[form] < 0, chosen, _FIXED_TRADE[form])
    founded = _founded(seed, index)
    old = founded < _days(UNIFIED_CODES_BEGIN)
    renamed = (chance(seed, "renamed", index) < _RENAMED) & _IS_ENTERPRISE[form]
    core = _cores(seed, "core", namesake)
    parts = _name_parts(seed, namesake, trade)
    former = {**parts, "word": one_of(words.FORMER_TRADES, seed, "former", index), "house": parts["shop"]}
    frame = pl.DataFrame(
        {
            "index": index,
            "trade": trade,
            "form": form,
            "uscc": unified_codes(taken(_BEGINNINGS, form), index, old=old),
            "name": _names(form, parts | {"core": core}),
            "former_name": _names(form, former | {"core": _cores(seed, "former core", index)}),
            "renamed_on": founded + below(seed, "renamed on", index, 1 + _days(LAST_DAY) - founded),
            "established_on": founded,
            "status": taken(words.STATUSES, weighted(seed, "status", index, words.STATUS_WEIGHTS)),
        }
    ).with_columns(pl.col("established_on", "renamed_on").cast(pl.Int32).cast(pl.Date))
    frame = frame.with_columns(district=_districts(seed, index, frame["name"]))
    narrow = pl.Series(chance(seed, "brackets", index) < _HALF_WIDTH)
    return frame.with_columns(
        pl.when(narrow).then(pl.col("name").str.replace_many(["（", "）"], ["(", ")"])).otherwise("name").alias("name"),
        pl.when(pl.Series(renamed)).then(pl.col("former_name", "renamed_on")),
    ).pipe(_with_famous, index)


def register_rows(seed: int, index: Index) -> pl.DataFrame:
    """What the register says of these enterprises, by the field names of the kind ``registration``."""
    known = identities(seed, index)
    form = known["form"].to_numpy()
    has_capital = pl.Series([form.has_capital for form in FORMS]).gather(form)
    return known.select(
        "name",
        "uscc",
        "established_on",
        legal_form=taken([form.legal_form for form in FORMS], form),
        registered_capital=pl.when(has_capital).then(_capital(seed, index)),
        industry=taken([trade.industry for trade in TRADES], known["trade"].to_numpy()),
        scale=pl.when(pl.Series(_IS_ENTERPRISE[form])).then(
            taken(words.SCALES, weighted(seed, "scale", index, words.SCALE_WEIGHTS))
        ),
        business_scope=taken([trade.scope for trade in TRADES], known["trade"].to_numpy()),
        province=pl.lit("示例省"),
        city=pl.lit("福州示例市"),
        address=_addresses(seed, index, known["district"]),
        status=pl.col("status"),
        former_name=pl.col("former_name"),
        registration_number=_old_numbers(known),
    )


def _namesakes(seed: int, index: Index) -> Index:
    """Whose name an enterprise bears: nearly always its own number, now and then that of another one before it."""
    earlier = index - 1 - below(seed, "namesake", index, 900)
    bears = (chance(seed, "homonym", index) < _HOMONYMS) & (earlier >= len(FAMOUS))
    return np.where(bears, earlier, index)


def _days(day: date) -> int:
    return (day - _EPOCH).days


def _founded(seed: int, index: Index) -> Index:
    span = _days(LAST_DAY) - _days(FIRST_DAY)
    days: Index = _days(FIRST_DAY) + np.floor(span * chance(seed, "founded", index) ** _GROWTH).astype(np.int64)
    return days


def _cores(seed: int, stream: str, index: Index) -> pl.Series:
    """The names proper: two, three or four characters."""
    lengths = taken(words.CORE_LENGTHS, weighted(seed, f"{stream} length", index, words.CORE_WEIGHTS))
    characters = [one_of(words.FIRST, seed, f"{stream} 0", index)]
    characters += [one_of(words.SECOND, seed, f"{stream} {place}", index) for place in (1, 2, 3)]
    whole = pl.DataFrame({str(place): column for place, column in enumerate(characters)})
    return whole.select(pl.concat_str(pl.all()).str.slice(0, lengths)).to_series()


def _name_parts(seed: int, index: Index, trade: Index) -> dict[str, pl.Series]:
    def chosen(values: tuple[str, ...], stream: str) -> pl.Series:
        return one_of(values, seed, stream, index)

    return {
        "place": chosen(words.COMPANY_PLACES, "place"),
        "word": _WORDS.one_of(trade, seed, "word", index),
        "house": taken([trade.house for trade in TRADES], trade),
        "shop": taken([trade.shop for trade in TRADES], trade),
        "long": pl.repeat(words.LONG_TRADE, len(index), eager=True),
        "branch": chosen(words.BRANCHES, "branch"),
        "partnership": chosen(words.PARTNERSHIPS, "partnership"),
        "district": chosen(words.SHOP_PLACES, "district"),
        "village": chosen(words.VILLAGE_PLACES, "village"),
        "crop": chosen(words.CROPS, "crop"),
        "ordinal": chosen(words.ORDINALS, "ordinal"),
        "institution": chosen(words.INSTITUTIONS, "institution"),
        "association": chosen(words.ASSOCIATIONS, "association"),
        "service": chosen(words.SERVICES, "service"),
    }


def _names(form: Index, parts: dict[str, pl.Series]) -> pl.Series:
    name = pl.col("pattern")
    for part in parts:
        name = name.str.replace(f"{{{part}}}", pl.col(part), literal=True)
    patterns = taken([each.pattern for each in FORMS], form)
    return pl.DataFrame(parts | {"pattern": patterns}).select(name).to_series()


def _with_famous(frame: pl.DataFrame, index: Index) -> pl.DataFrame:
    if len(index) == 0 or index.min() >= len(FAMOUS):
        return frame
    return frame.update(famous_rows(), on="index", how="left", include_nulls=True)


def _capital(seed: int, index: Index) -> pl.Series:
    """A sum in one of the ways registers print it."""
    sums = pl.Series(_CAPITAL[below(seed, "capital", index, len(_CAPITAL))]).cast(pl.String)
    ways = ["{}万人民币"] * 20 + ["{}(万元人民币)"] * 10 + ["{}万元"] * 7 + ["{}万美元"]
    parts = pl.DataFrame({"way": one_of(ways, seed, "capital way", index), "sum": sums})
    return parts.select(pl.col("way").str.replace("{}", pl.col("sum"), literal=True)).to_series()


def _districts(seed: int, index: Index, name: pl.Series) -> pl.Series:
    """The district that the name tells (for a branch that is the last one), else one of the city's."""
    told = name.str.extract(f".*({'|'.join(words.DISTRICTS)}){words.MARK}")
    district = told.replace_strict(words.DISTRICTS, default=None, return_dtype=pl.String)
    return district.zip_with(district.is_not_null(), one_of(words.CITY_DISTRICTS, seed, "district", index))


def _addresses(seed: int, index: Index, district: pl.Series) -> pl.Expr:
    def number(stream: str, limit: int) -> pl.Series:
        return (1 + pl.Series(below(seed, stream, index, limit))).cast(pl.String)

    return pl.concat_str(
        district,
        one_of(words.ROADS, seed, "road", index),
        number("house", 399),
        pl.lit("号"),
        one_of(words.HOUSES, seed, "building", index),
        number("floor", 24),
        pl.lit("层"),
        number("room", 30),
        pl.lit("室"),
    )


def _old_numbers(known: pl.DataFrame) -> pl.Series:
    """The numbers that those founded before the unified code once bore; null for the others."""
    is_old = known["established_on"] < UNIFIED_CODES_BEGIN
    old = known.filter(is_old)["index"].unique().to_numpy()
    numbered = pl.DataFrame({"index": old, "number": registration_numbers(old)})
    return known.join(numbered, on="index", how="left", maintain_order="left")["number"]
