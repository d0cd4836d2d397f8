"""The forty rules of the measured plan written a second and a third time by hand: in plain Polars on the same snapshot, and in
SQL for DuckDB on one file in order of arrival.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import polars as pl

from bench.classify_snapshot import DAY, KINDS, MONTHS, VALIDITY, WORDS, window_of
from rongxin.engine.risk.layout import SUBJECTS_TABLE, bucket_file, records_table
from rongxin.primitives.periods import add_months, earliest_start

_FAR: Final = "9999-12-31"
_STEPS: Final = {
    0: ((1_000_000, 3), (3_000_000, 8)),
    1: ((500_000, 2), (900_000, 6)),
    3: ((50, 5),),
    4: ((2, 2), (3, 5)),
}
_DIMENSIONS: Final = 3
_MOST: Final = 80
_CLASSES: Final = (20, 60, 110)


def days() -> pl.DataFrame:
    """For every day of the records what the months of the rules make of it: joined, because Polars counts months slowly."""
    told = pl.DataFrame({"decided_on": pl.date_range(add_months(DAY, -84), DAY, eager=True)})
    return told.with_columns(
        pl.col("decided_on").dt.offset_by(f"{months}mo").alias(f"m{months}") for months in (12, 24, 36, 60)
    )


def by_hand_in_polars(snapshot: Path, buckets: list[int], out: Path) -> None:
    """Classes and factors of every bucket, written as the engine writes them."""
    calendar = days()
    for table in ("classes", "factors"):
        (out / table).mkdir(parents=True)
    for bucket in buckets:
        firms = pl.read_parquet(snapshot / bucket_file(SUBJECTS_TABLE, bucket), columns=["subject", "established_on"])
        parts = [
            part for number in range(len(KINDS)) for part in _kind_by_hand(snapshot, bucket, number, firms, calendar)
        ]
        factors = pl.concat(parts)
        sums = factors.group_by("subject").agg(
            *(_capped(dimension) for dimension in range(_DIMENSIONS)), next_on=pl.col("next_on").min()
        )
        total = pl.sum_horizontal(f"d{each}" for each in range(_DIMENSIONS)).fill_null(0).clip(0)
        classes = firms.join(sums, on="subject", how="left", maintain_order="left").select(
            "subject", points=total.cast(pl.Int32), next_on="next_on"
        )
        grade = pl.sum_horizontal((pl.col("points") >= least).cast(pl.UInt8) for least in _CLASSES)
        classes.with_columns(grade.alias("class")).write_parquet(
            out / bucket_file("classes", bucket), compression_level=1
        )
        factors = factors.filter(pl.col("points") != 0).sort("subject", "indicator")
        factors.write_parquet(out / bucket_file("factors", bucket), compression_level=1)


def _capped(dimension: int) -> pl.Expr:
    points = pl.col("points").filter(pl.col("indicator") // 4 % _DIMENSIONS == dimension).sum()
    return points.clip(-_MOST, _MOST).alias(f"d{dimension}")


def _kind_by_hand(
    snapshot: Path, bucket: int, number: int, firms: pl.DataFrame, calendar: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    kind = KINDS[number]
    columns = [
        "subject",
        "decided_on",
        "severity",
        "state",
        "amount_fen",
        "word",
        *(["valid_to"] if kind in VALIDITY else []),
    ]
    columns += ["record"] if number % 5 == 2 else []
    rows = pl.read_parquet(snapshot / bucket_file(records_table(kind), bucket), columns=columns)
    rows = rows.join(firms, on="subject", maintain_order="left").join(
        calendar, on="decided_on", how="left", maintain_order="left"
    )
    rows = rows.filter(
        pl.col("state") == 0,
        pl.col("severity").is_in(list(MONTHS)),
        (pl.col("decided_on") >= pl.col("established_on")).fill_null(value=True),
    )
    if kind in VALIDITY:
        rows = rows.with_columns(stop=pl.col("valid_to"))
    else:
        by_severity = (
            pl.when(pl.col("severity") == "minor")
            .then("m12")
            .when(pl.col("severity") == "general")
            .then("m36")
            .otherwise("m60")
        )
        rows = rows.with_columns(stop=by_severity)
    rows = rows.filter((pl.col("stop") >= DAY).fill_null(value=True))
    in_window = pl.col("decided_on") >= earliest_start(DAY, window_of(number))
    in_36 = pl.col("decided_on") >= earliest_start(DAY, 36)
    younger = pl.col("decided_on") >= earliest_start(DAY, 12)
    middle = pl.col("decided_on") >= earliest_start(DAY, 24)
    conditions = (in_window, pl.col("severity") == "serious", in_36 & pl.col("word").is_in(["甲", "乙"]), in_36)
    leaves = (
        pl.min_horizontal("stop", f"m{window_of(number)}"),
        pl.col("stop"),
        pl.min_horizontal("stop", "m36"),
        pl.min_horizontal("stop", "m36"),
    )
    fades = pl.min_horizontal("stop", pl.when(younger).then("m12").when(middle).then("m24").otherwise("m36"))
    percent = pl.when(younger).then(100).when(middle).then(50).otherwise(20)
    value = {
        0: pl.when(pl.col("amount_fen").count() > 0).then(pl.col("amount_fen").sum()),
        1: pl.col("amount_fen").max(),
        2: pl.col("word").sort_by("decided_on", "record").last().cast(pl.String),
        3: (pl.col("word") == "甲").sum().cast(pl.Int64) * 100 // pl.len().cast(pl.Int64),
        4: pl.col("word").n_unique().cast(pl.Int64),
    }[number % 5]
    for form in range(4):
        grouped = (
            rows.filter(conditions[form])
            .group_by("subject")
            .agg(
                (value if form == 3 else pl.len().cast(pl.Int64)).alias("taken"),
                hundredths=(percent if form == 2 else pl.lit(0)).sum(),
                next_on=(fades if form == 2 else leaves[form]).min(),
                gone_on=pl.when(leaves[form].null_count() == 0).then(leaves[form].max()),
            )
        )
        yield _pointed(grouped, number, form)


def _pointed(grouped: pl.DataFrame, number: int, form: int) -> pl.DataFrame:
    taken = pl.col("taken")
    if form == 0:
        points = (taken * 5).clip(0, 20)
    elif form == 1:
        points = pl.lit(15)
    elif form == 2:
        points = (pl.col("hundredths") * 4 // 100).clip(0, 12)
    elif number % 5 == 2:
        points = pl.when(taken == WORDS[0]).then(7).when(taken == WORDS[1]).then(3).otherwise(0)
    else:
        points = pl.lit(0)
        for least, brings in _STEPS[number % 5]:
            points = pl.when(taken >= least).then(brings).otherwise(points)
    is_word = form == 3 and number % 5 == 2
    return grouped.select(
        "subject",
        indicator=pl.lit(number * 4 + form, pl.UInt16),
        value=pl.lit(None, pl.Int64) if is_word else taken,
        word=taken if is_word else pl.lit(None, pl.String),
        points=(-points if form == 3 and number % 5 == 4 else points).cast(pl.Int32),
        next_on=pl.col("next_on").dt.offset_by("1d"),
        gone_on=pl.col("gone_on").dt.offset_by("1d"),
    )


def arrival(snapshot: Path, file: Path, memory: str) -> None:
    """All records of the snapshot as one file in the order in which they arrived."""
    columns = "subject, record, decided_on, valid_to, severity, state, amount_fen, word"
    kinds = " UNION ALL ".join(
        f"SELECT {number}::UTINYINT AS kind, {columns} FROM '{snapshot}/{records_table(kind)}/*.parquet'"  # noqa: S608
        for number, kind in enumerate(KINDS)
    )
    with _connected(file.parent, memory) as connection:
        connection.execute(f"COPY (SELECT * FROM ({kinds}) ORDER BY record) TO '{file}' (COMPRESSION zstd)")  # noqa: S608


def by_hand_in_duckdb(snapshot: Path, file: Path, out: Path, memory: str) -> None:
    """Classes of every enterprise, and its factors as a list of their points, from the file in order of arrival."""
    with _connected(file.parent, memory) as connection:
        connection.execute(f"COPY ({_sql(snapshot, file)}) TO '{out}' (COMPRESSION zstd)")


def _connected(folder: Path, memory: str) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={"memory_limit": memory, "temp_directory": str(folder / "spill"), "preserve_insertion_order": False}
    )


def _sql(snapshot: Path, file: Path) -> str:
    asked = [each for number in range(len(KINDS)) for each in _taken_in_sql(number)]
    points = [_points_in_sql(number, form) for number in range(len(KINDS)) for form in range(4)]
    names = [f"p{place}" for place in range(len(points))]
    sums = []
    for dimension in range(_DIMENSIONS):
        added = " + ".join(name for place, name in enumerate(names) if place // 4 % _DIMENSIONS == dimension)
        sums.append(f"greatest(-{_MOST}, least({_MOST}, {added}))")
    nexts = ", ".join(f"n{place}" for place in range(len(points)))
    classes = " + ".join(f"(points >= {least})::UTINYINT" for least in _CLASSES)
    first = [earliest_start(DAY, months) for months in (12, 24, 36)]
    return f"""
    WITH living AS (
        SELECT r.subject, record, kind, severity, amount_fen, word, decided_on,
            CASE WHEN kind >= 8 THEN coalesce(valid_to, DATE '{_FAR}') WHEN severity = 'minor' THEN decided_on + INTERVAL 12 MONTH
                WHEN severity = 'general' THEN decided_on + INTERVAL 36 MONTH ELSE decided_on + INTERVAL 60 MONTH END::DATE AS stop
        FROM '{file}' r JOIN '{snapshot}/{SUBJECTS_TABLE}/*.parquet' s ON r.subject = s.subject
        WHERE state = 0 AND severity IN ('minor', 'general', 'serious')
            AND (established_on IS NULL OR decided_on >= established_on)
    ), counting AS (
        SELECT *, decided_on >= DATE '{first[0]}' AS y1, decided_on >= DATE '{first[1]}' AS y2,
            decided_on >= DATE '{first[2]}' AS y3,
            least(stop, decided_on + INTERVAL 12 MONTH)::DATE AS s12, least(stop, decided_on + INTERVAL 24 MONTH)::DATE AS s24,
            least(stop, decided_on + INTERVAL 36 MONTH)::DATE AS s36
        FROM living WHERE stop >= DATE '{DAY}'
    ), taken AS (SELECT subject, {", ".join(asked)} FROM counting GROUP BY subject),
    pointed AS (SELECT *, {", ".join(f"{each} AS {name}" for each, name in zip(points, names, strict=True))} FROM taken),
    summed AS (
        SELECT subject, greatest(0, {" + ".join(sums)})::INTEGER AS points, [{", ".join(names)}] AS factors,
            nullif(least({nexts}), DATE '{_FAR}') AS stops FROM pointed
    ), everyone AS (
        SELECT s.subject, coalesce(points, 0) AS points, factors, CASE WHEN stops IS NOT NULL THEN (stops + 1)::DATE END AS next_on
        FROM '{snapshot}/{SUBJECTS_TABLE}/*.parquet' s LEFT JOIN summed USING (subject)
    )
    SELECT *, {classes} AS class FROM everyone"""  # noqa: S608


def _taken_in_sql(number: int) -> Iterator[str]:
    window = window_of(number)
    young = {12: "y1", 24: "y2", 36: "y3"}[window]
    mine = f"kind = {number}"
    taken = {
        0: "sum(amount_fen)",
        1: "max(amount_fen)",
        2: "arg_max(word, (decided_on, record))",
        3: "100 * count(*) {also} // nullif(count(*) {all}, 0)",
        4: "count(DISTINCT word)",
    }[number % 5]
    counted = f"FILTER ({mine} AND y3)"
    taken = (
        taken.format(also=f"FILTER ({mine} AND y3 AND word = '甲')", all=counted)
        if number % 5 == 3
        else f"{taken} {counted}"
    )
    fading = f"FILTER ({mine} AND y3 AND word IN ('甲', '乙'))"
    tells = (
        (f"count(*) FILTER ({mine} AND {young})", f"min(s{window}) FILTER ({mine} AND {young})"),
        (f"count(*) FILTER ({mine} AND severity = 'serious')", f"min(stop) FILTER ({mine} AND severity = 'serious')"),
        (
            f"sum(CASE WHEN y1 THEN 100 WHEN y2 THEN 50 ELSE 20 END) {fading}",
            f"min(CASE WHEN y1 THEN s12 WHEN y2 THEN s24 ELSE s36 END) {fading}",
        ),
        (taken, f"min(s36) {counted}"),
    )
    for form, (value, stops) in enumerate(tells):
        place = number * 4 + form
        yield f"{value} AS v{place}"
        yield f"coalesce({stops}, DATE '{_FAR}') AS n{place}"


def _points_in_sql(number: int, form: int) -> str:
    value = f"v{number * 4 + form}"
    if form == 0:
        return f"least(20, 5 * {value})"
    if form == 1:
        return f"CASE WHEN {value} > 0 THEN 15 ELSE 0 END"
    if form == 2:
        return f"coalesce(CASE WHEN {value} IS NOT NULL THEN least(12, 4 * {value} // 100) END, 0)"
    if number % 5 == 2:
        return f"CASE {value}::VARCHAR WHEN '甲' THEN 7 WHEN '乙' THEN 3 ELSE 0 END"
    steps = " ".join(f"WHEN {value} >= {least} THEN {brings}" for least, brings in reversed(_STEPS[number % 5]))
    return f"{'-' if number % 5 == 4 else ''}(CASE {steps} ELSE 0 END)"


def faults(ours: pl.DataFrame, factors: pl.DataFrame, theirs: pl.DataFrame) -> int:
    """Of how many enterprises DuckDB says something else: points, class, next day, or what any indicator brings."""
    both = ours.join(theirs, on="subject", how="full", suffix="_there")
    differs = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name}_there")) for name in ("subject", "points", "class", "next_on")
    )
    wrong = both.filter(differs)["subject"].to_list()
    told = theirs.filter(pl.col("factors").is_not_null()).select("subject", "factors")
    brought = told.select("subject", indicator=pl.lit(np.arange(40)).implode(), points="factors").explode(
        "indicator", "points"
    )
    brought = brought.filter(pl.col("points") != 0).cast({"indicator": pl.UInt16, "points": pl.Int32})
    own = factors.select("subject", "indicator", "points")
    for one, two in ((own, brought), (brought, own)):
        wrong += one.join(two, on=["subject", "indicator", "points"], how="anti")["subject"].to_list()
    return len(set(wrong))
