"""Numbers missing in a series of documents: 榕示市监罚〔2026〕118号 follows 117号 of the same words and year.

A missing number is a question, not a fault: decisions on natural persons are never sent here, a number may have been
cancelled, or serve another matter. What waits in a batch that is not released yet is told apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from rongxin.departments.models import Department
from rongxin.intake import files
from rongxin.intake.models import Batch, BatchState
from rongxin.records.counting import document_keys

# As engine.cells.document_key leaves it: no blanks, every bracket as 〔 〕. Words stand before the year, after it or both;
# 第 before the number says nothing.
NUMBERED: Final = r"^(?P<before>.*)〔(?P<year>(?:19|20)[0-9]{2})年?〕(?P<between>.*?)第?(?P<number>[0-9]{1,9})号?$"
HIGHEST_STEP: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The numbers of one series and year that were seen, and the ranges (both ends included) that were not.

    ``words`` hold 〔〕 where the year stands. ``unseen_start``: the numbers from 1 below the lowest; whether they are
    missing nobody knows where the platform is younger than the year. ``waiting`` of the numbers in ``gaps`` stand in
    batches that wait for release.
    """

    words: str
    year: int
    seen: int
    lowest: int
    highest: int
    gaps: tuple[tuple[int, int], ...]
    waiting: int = 0
    unseen_start: int = 0

    @property
    def title(self) -> str:
        """The words with the year, as they stand before a number."""
        return self.words.replace("〔〕", f"〔{self.year}〕")

    @property
    def missing(self) -> int:
        """How many numbers are neither recorded nor waiting."""
        return sum(last - first + 1 for first, last in self.gaps) - self.waiting


def series_of(keys: Iterable[str], *, waiting: Iterable[str] = (), whole_years_from: int | None = None) -> list[Series]:
    """The series among normalised document numbers, those with most missing first.

    In years from ``whole_years_from`` on the platform was there from the first day, so a series is expected to begin
    with 1. A number far above all others (an error of typing) ends no series: gaps wider than HIGHEST_STEP are left out.
    """
    seen = _numbered(pl.Series("key", list(keys), pl.String), waits=False)
    held = _numbered(pl.Series("key", list(waiting), pl.String), waits=True)
    numbers = (
        pl.concat([seen, held])
        .group_by("words", "year", "number")
        .agg(pl.col("waits").min())
        .sort("words", "year", "number")
        .with_columns(recorded=pl.when(~pl.col("waits")).then("number"))
        .with_columns(before=pl.col("recorded").forward_fill().shift(1).over("words", "year"))
    )
    found = [_series(part, whole_years_from) for part in numbers.partition_by("words", "year", maintain_order=True)]
    return sorted(
        (series for series in found if series is not None),
        key=lambda series: (-series.missing, series.words, -series.year),
    )


def series_of_provider(
    provider: Department, year: int, *, kind: str = "", whole_years_from: int | None = None
) -> list[Series]:
    """The series of a year among the acts of a provider; decisions dated up to March of the next may carry its number."""
    start, end = date(year, 1, 1), date(year + 1, 3, 31)
    keys = [key for of, key in document_keys(provider, start, end) if kind in ("", of)]
    found = series_of(keys, waiting=_waiting_keys(provider, kind), whole_years_from=whole_years_from)
    return [series for series in found if series.year == year]


def _numbered(keys: pl.Series, *, waits: bool) -> pl.DataFrame:
    groups = keys.str.extract_groups(NUMBERED).struct.unnest()
    return groups.drop_nulls("number").select(
        words=pl.concat_str("before", pl.lit("〔〕"), "between"),
        year=pl.col("year").cast(pl.Int64),
        number=pl.col("number").cast(pl.Int64),
        waits=pl.lit(waits),
    )


def _series(numbers: pl.DataFrame, whole_years_from: int | None) -> Series | None:
    """The series of one group of sorted numbers; None when none of them is recorded."""
    recorded = numbers.drop_nulls("recorded")
    if recorded.is_empty():
        return None
    year = numbers.item(0, "year")
    lowest, highest = recorded.item(0, "number"), recorded.item(-1, "number")
    from_one = whole_years_from is not None and year >= whole_years_from
    before = pl.coalesce("before", pl.lit(0 if from_one else None, pl.Int64))
    step = pl.col("number") - pl.col("before")
    breaks = recorded.with_columns(before=before).filter((step > 1) & (step <= HIGHEST_STEP))
    gaps = tuple(breaks.select(pl.col("before") + 1, pl.col("number") - 1).iter_rows())
    held = numbers.filter("waits")["number"].to_list()
    return Series(
        words=str(numbers.item(0, "words")),
        year=year,
        seen=recorded.height,
        lowest=lowest,
        highest=highest,
        gaps=gaps,
        waiting=sum(any(first <= number <= last for first, last in gaps) for number in held),
        unseen_start=0 if from_one else lowest - 1,
    )


def _waiting_keys(provider: Department, kind: str) -> Iterator[str]:
    """Document numbers of the rows that a release would record."""
    batches = Batch.objects.filter(provider=provider, state__in=(BatchState.CHECKED, BatchState.RELEASED))
    if kind:
        batches = batches.filter(kind=kind)
    for number in batches.values_list("number", flat=True):
        path = files.accepted_path(number)
        if path.exists() and "document_key" in pl.read_parquet_schema(path):
            yield from pl.scan_parquet(path).select("document_key").collect().to_series().drop_nulls().unique()
