"""Every word of the vocabulary as a Spark column against Polars and DuckDB: empty cells, ties, 29 February, no rows."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings

from rongxin.engine.risk import counting, days
from rongxin.engine.risk.conditions import Span, compiled
from rongxin.engine.risk.points import HUNDREDTHS, VALUE, WORD
from rongxin.engine.risk.rows import Enterprises, beside
from rongxin.engine.risk.spark import rows as spark_rows
from rongxin.engine.risk.spark.reading import spark_path
from rongxin.engine.risk.spark.session import session
from rongxin.engine.risk.spark.spans import SparkSpan
from rongxin.engine.risk.takes import taking_of
from rongxin.policy.indicators import Condition
from tests import spark_cluster
from tests.engine.risk.made_up import KINDS, indicator
from tests.engine.risk.test_vocabulary import (
    CELLS,
    COMPARED,
    DAYS,
    POINTED,
    ROWS,
    TAKEN,
    VALUES,
    asked,
    conditions,
)

pytestmark = spark_cluster.MARKS


@pytest.fixture(scope="module")
def spark():
    spark_cluster.needed()
    with session("local[1]") as started:
        yield started


@pytest.fixture(scope="module")
def table(spark, tmp_path_factory):
    """What makes a Spark table of rows, whose order stands in ``index``."""
    folder = tmp_path_factory.mktemp("tables")

    def made(rows: pl.DataFrame):
        path = folder / f"{len(list(folder.iterdir()))}.parquet"
        rows.with_row_index().with_columns(pl.col("index").cast(pl.Int64)).write_parquet(path)
        return spark.read.parquet(spark_path(path)).coalesce(1)

    return made


@pytest.fixture(scope="module")
def cells(table):
    return table(CELLS)


def told(rows, **columns) -> dict[str, list]:
    """What columns say of each row."""
    found = rows.sort("index").select(*(column.alias(name) for name, column in columns.items())).collect()
    return {name: [row[name] for row in found] for name in columns}


@pytest.mark.parametrize(("condition", "sql"), COMPARED, ids=lambda each: str(each)[:50])
def test_a_condition_holds_where_polars_and_duckdb_say_so(cells, condition, sql):
    requirement = compiled(Condition(**condition))
    ours = told(cells, **{str(day): requirement.spark(day) for day in DAYS})

    for day in DAYS:
        assert ours[str(day)] == CELLS.select(requirement.polars(day)).to_series().to_list()
        assert ours[str(day)] == asked(f"SELECT {sql} FROM cells ORDER BY index", day)


@settings(max_examples=12)
@given(conditions())
def test_a_condition_of_any_shape_changes_on_the_days_that_polars_says(cells, condition):
    day = date(2024, 2, 29)
    theirs, ours = Span.of([Condition(**condition)]), SparkSpan.of([Condition(**condition)], day)
    coming = theirs.coming(day)
    expected = CELLS.select(
        met=theirs.met(day),
        coming=pl.lit(value=False) if coming is None else coming.fill_null(value=False),
        changes=theirs.changes(day),
        last=theirs.last(),
    )
    got = told(cells, met=ours.met(), coming=ours.coming(), changes=ours.changes(), last=ours.last())

    assert got["met"] == expected["met"].to_list()
    assert got["coming"] == expected["coming"].to_list()
    for name, which in (("changes", "met"), ("last", "met"), ("last", "coming")):
        its = pl.Series(got[which], dtype=pl.Boolean)
        assert pl.Series(got[name], dtype=pl.Date).filter(its).equals(expected[name].filter(its))
    if coming is not None:
        begins = CELLS.filter(coming).select(theirs.begins(day)).to_series().to_list()
        rows = cells.filter(ours.coming())
        assert told(rows, begins=ours.begins())["begins"] == begins


@pytest.mark.parametrize(("take", "sql"), TAKEN, ids=lambda each: str(each)[:40])
def test_a_value_is_what_polars_and_duckdb_make_of_the_rows(table, take, sql):
    from pyspark.sql import functions

    taking = taking_of(
        indicator(
            records=("penalty",),
            window=36,
            take=take,
            points="words" if take.keys() & {"latest", "earliest"} else "once",
        )
    )
    # Of an enterprise no row is meant, of another only some.
    meant = ROWS.with_columns(its=(pl.col("subject") != 3) & (pl.col("record") != 8))
    rows = meant.filter("its").drop("its")
    its = functions.col("its")
    columns = [functions.when(functions.max(its), taking.spark(day, its)).alias(str(day)) for day in DAYS]
    found = {row["subject"]: row for row in table(meant).groupBy("subject").agg(*columns).collect()}

    for day in DAYS:
        theirs = rows.group_by("subject", maintain_order=True).agg(value=taking.polars(day))
        assert [found[key][str(day)] for key in (1, 2, 4)] == theirs["value"].to_list()
        assert theirs["value"].to_list() == asked(
            f"SELECT {sql} FROM cells GROUP BY subject ORDER BY subject", day, rows
        )
        assert found[3][str(day)] is None


@pytest.mark.parametrize(("pointing", "sql"), POINTED, ids=str)
def test_points_are_what_polars_and_duckdb_count(table, pointing, sql):
    from pyspark.sql import functions

    names = {VALUE: "value", WORD: "word", HUNDREDTHS: "hundredths"}
    ours = told(table(VALUES), points=pointing.spark(lambda what: functions.col(names[what])))["points"]

    assert ours == VALUES.select(pointing.polars()).to_series().to_list()
    assert ours == asked(f"SELECT {sql} FROM cells ORDER BY index", DAYS[0], VALUES)


FAR = [date(1799, 12, 31), date(1800, 1, 1), date(2400, 12, 31), date(2401, 1, 1), days.NEVER, None]


def test_months_are_those_of_polars(table):
    from pyspark.sql import functions

    near = [date(2023, 12, 20) + timedelta(number) for number in range(450)]
    rows = pl.DataFrame({"day": [*near, *FAR]})
    cell, column = pl.col("day"), functions.col("day")
    theirs, ours = {}, {}
    for months in (1, 6, 12, 24, 400):
        theirs[f"last_{months}"] = days.last_of(cell, months)
        ours[f"last_{months}"] = days.spark_last_of(column, months)
    for day in DAYS:
        theirs |= {f"full_{day}": days.full_months(cell, day), f"next_{day}": days.next_full_month(cell, day)}
        ours |= {
            f"full_{day}": days.spark_full_months(column, day),
            f"next_{day}": days.spark_next_full_month(column, day),
        }
    theirs["after"], ours["after"] = days.after(cell), days.spark_after(column)
    # A month after the last of all days is asked of none.
    asked_of = rows.filter((cell < days.NEVER).fill_null(value=True))

    got = told(table(asked_of), **ours)
    for name, expression in theirs.items():
        assert got[name] == asked_of.select(expression).to_series().to_list(), name


@pytest.mark.parametrize("kind", KINDS)
def test_the_records_that_count_and_their_last_day_are_those_of_polars(table, kind):
    rule = KINDS[kind]
    on = [date(2024, 2, 29), date(2025, 8, 31), date(2026, 11, 20)]
    rows = (
        pl.DataFrame({"decided_on": on})
        .join(pl.DataFrame({"valid_to": [None, *on]}), how="cross")
        .join(pl.DataFrame({counting.EARLY: [False, True]}), how="cross")
        .join(pl.DataFrame({"severity": [None, "none", "minor", "general", "serious", "unknown"]}), how="cross")
        .join(pl.DataFrame({"state": pl.Series(range(5), dtype=pl.UInt8)}), how="cross")
    )
    got = told(table(rows), counts=counting.spark_may_count(rule), stops=counting.spark_stops_on(rule))
    expected = rows.select(counts=counting.may_count(rule), stops=counting.stops_on(rule))

    assert got["counts"] == expected["counts"].to_list()
    counting_rows = [number for number, counts in enumerate(got["counts"]) if counts]
    assert [got["stops"][number] for number in counting_rows] == [expected["stops"][number] for number in counting_rows]


def test_the_records_from_before_an_enterprise_was_established_are_those_of_polars(table):
    on = [date(2024, 2, 29), date(2025, 8, 31), date(2026, 11, 20)]
    firms = pl.DataFrame({"subject": [1, 2, 3, 4], "established_on": [None, *on]})
    records = pl.DataFrame({"subject": range(1, 6)}).join(pl.DataFrame({"decided_on": on}), how="cross")

    ours = beside(records, Enterprises(firms)).select("subject", "decided_on", counting.EARLY)
    theirs = spark_rows.beside(table(records), table(firms)).select("subject", "decided_on", counting.EARLY)
    assert sorted(ours.rows()) == sorted(tuple(row) for row in theirs.collect())
    assert sum(is_early for *_, is_early in ours.rows()) == 3
