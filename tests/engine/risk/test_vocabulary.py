"""Every word of the vocabulary against DuckDB, which is asked in SQL written by hand: empty cells, ties, 29 February, no rows."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.engine.risk.comparisons import COMPARISONS
from rongxin.engine.risk.conditions import Span, compiled
from rongxin.engine.risk.days import NEVER, after, full_months, last_by_case, last_of, next_full_month, since
from rongxin.engine.risk.points import HUNDREDTHS, Each, Once, Steps, Words
from rongxin.engine.risk.takes import taking_of
from rongxin.policy.indicators import Condition, Take
from rongxin.primitives.periods import add_months
from tests.engine.risk.made_up import indicator

duckdb = pytest.importorskip("duckdb", reason="DuckDB, the independent reader, comes with the benchmarks: make bench")

DAYS = [date(2024, 2, 29), date(2025, 2, 28), date(2025, 8, 31), date(2026, 11, 20)]
CELLS = pl.DataFrame(
    {
        "word": ["甲", "乙", "甲；丙", "丙", "甲乙", None],
        "listed": pl.Series(["甲", "乙", "甲", "丙", "丙", None], dtype=pl.Enum(["甲", "乙", "丙"])),
        "number": [-1, 0, 5, 7, 10**15, None],
        "day": [date(2024, 2, 29), date(2025, 1, 31), date(2023, 8, 31), date(2026, 11, 20), date(2030, 1, 1), None],
    }
)


def asked(sql: str, day: date, cells: pl.DataFrame = CELLS) -> list:
    with duckdb.connect() as connection:
        text = [name for name, dtype in cells.schema.items() if isinstance(dtype, pl.Enum)]
        connection.register("cells", cells.with_columns(pl.col(text).cast(pl.String)).with_row_index().to_arrow())
        return [row[0] for row in connection.execute(sql, {"day": day} if "$day" in sql else None).fetchall()]


# The first day whose n months reach the day of the run: one further where the months before it had no such day.
SINCE = """(SELECT min(d) FROM range(($day::DATE - INTERVAL {n} MONTH - INTERVAL 4 DAY)::TIMESTAMP,
    ($day::DATE - INTERVAL {n} MONTH + INTERVAL 4 DAY)::TIMESTAMP, INTERVAL 1 DAY) r(d)
    WHERE d + INTERVAL {n} MONTH >= $day::DATE)"""

COMPARED = [
    ({"field": "word", "equal": "甲"}, "coalesce(word = '甲', false)"),
    ({"field": "listed", "equal": "甲"}, "coalesce(listed = '甲', false)"),
    ({"field": "number", "equal": 5}, "coalesce(number = 5, false)"),
    ({"field": "listed", "not_equal": "甲"}, "coalesce(listed <> '甲', false)"),
    ({"field": "word", "one_of": ("甲", "丙")}, "coalesce(word IN ('甲', '丙'), false)"),
    ({"field": "listed", "one_of": ("乙", "没有")}, "coalesce(listed IN ('乙', '没有'), false)"),
    ({"field": "number", "none_of": (5, 7)}, "coalesce(number NOT IN (5, 7), false)"),
    ({"field": "listed", "none_of": ("乙",)}, "coalesce(listed NOT IN ('乙'), false)"),
    ({"field": "number", "below": 5}, "coalesce(number < 5, false)"),
    ({"field": "number", "at_most": 5}, "coalesce(number <= 5, false)"),
    ({"field": "number", "above": 5}, "coalesce(number > 5, false)"),
    ({"field": "number", "at_least": 5}, "coalesce(number >= 5, false)"),
    ({"field": "number", "between": (0, 7)}, "coalesce(number BETWEEN 0 AND 7, false)"),
    ({"field": "word", "filled": True}, "word IS NOT NULL"),
    ({"field": "day", "filled": False}, "day IS NULL"),
    ({"field": "word", "begins_with": ("甲", "丁")}, "coalesce(word LIKE '甲%' OR word LIKE '丁%', false)"),
    ({"field": "listed", "begins_with": ("丙",)}, "coalesce(listed LIKE '丙%', false)"),
    (
        {"field": "word", "has_part": ("丙", "乙")},
        "coalesce(list_has_any(string_split(word, '；'), ['丙', '乙']), false)",
    ),
    ({"field": "listed", "has_part": ("甲",)}, "coalesce(listed = '甲', false)"),
    ({"field": "day", "within_months": 18}, f"coalesce(day BETWEEN {SINCE.format(n=18)} AND $day, false)"),
    ({"field": "day", "within_months": 6}, f"coalesce(day BETWEEN {SINCE.format(n=6)} AND $day, false)"),
    ({"field": "day", "older_than_months": 12}, f"coalesce(day < {SINCE.format(n=12)}, false)"),
    (
        {"all": ({"field": "listed", "equal": "甲"}, {"field": "number", "above": 0})},
        "coalesce(listed = '甲', false) AND coalesce(number > 0, false)",
    ),
    (
        {"any": ({"field": "listed", "equal": "丙"}, {"field": "number", "below": 0})},
        "coalesce(listed = '丙', false) OR coalesce(number < 0, false)",
    ),
    ({"not": {"field": "number", "above": 0}}, "NOT coalesce(number > 0, false)"),
    ({"not": {"field": "day", "older_than_months": 12}}, f"NOT coalesce(day < {SINCE.format(n=12)}, false)"),
    (
        {"not": {"any": ({"field": "day", "within_months": 6}, {"field": "word", "filled": False})}},
        f"NOT (coalesce(day BETWEEN {SINCE.format(n=6)} AND $day, false) OR word IS NULL)",
    ),
    (
        {"not": {"all": ({"field": "word", "filled": True}, {"not": {"field": "number", "equal": 5}})}},
        "NOT (word IS NOT NULL AND NOT coalesce(number = 5, false))",
    ),
]


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize(("condition", "sql"), COMPARED, ids=lambda each: str(each)[:50])
def test_a_condition_holds_where_duckdb_says_so(condition, sql, day):
    requirement = compiled(Condition(**condition))
    ours = CELLS.select(requirement.polars(day)).to_series()

    assert ours.null_count() == 0
    assert ours.to_list() == asked(f"SELECT {sql} FROM cells ORDER BY index", day)


def test_every_word_of_conditions_is_compared():
    words = {Condition(**condition).operator for condition, _ in COMPARED}

    assert words == {*COMPARISONS, "all_of", "any_of", "negated"}


_FIELDS = {"number": st.integers(-2, 8), "word": st.sampled_from(["甲", "乙", "丙", "甲；丙"])}


@st.composite
def conditions(draw, depth=2):
    shape = draw(st.sampled_from(["leaf", "all", "any", "not"] if depth else ["leaf"]))
    if shape == "not":
        return {"not": draw(conditions(depth=depth - 1))}
    if shape != "leaf":
        return {shape: tuple(draw(st.lists(conditions(depth=depth - 1), min_size=1, max_size=3)))}
    if draw(st.booleans()):
        field = draw(st.sampled_from(sorted(_FIELDS)))
        return {"field": field, draw(st.sampled_from(["equal", "not_equal"])): draw(_FIELDS[field])}
    months = draw(st.sampled_from(["within_months", "older_than_months"]))
    return {"field": "day", months: draw(st.sampled_from([1, 6, 12, 24]))}


def _sql(condition: dict) -> str:
    if "not" in condition:
        return f"(NOT {_sql(condition['not'])})"
    for word, joint in (("all", " AND "), ("any", " OR ")):
        if word in condition:
            return f"({joint.join(_sql(each) for each in condition[word])})"
    field, (word, value) = condition["field"], next(item for item in condition.items() if item[0] != "field")
    match word:
        case "within_months":
            return f"coalesce(day BETWEEN {SINCE.format(n=value)} AND $day, false)"
        case "older_than_months":
            return f"coalesce(day < {SINCE.format(n=value)}, false)"
        case _:
            return f"coalesce({field} {'=' if word == 'equal' else '<>'} {value!r}, false)"


@given(conditions(), st.sampled_from(DAYS))
def test_conditions_of_any_shape_hold_where_duckdb_says_so(condition, day):
    ours = CELLS.select(compiled(Condition(**condition)).polars(day)).to_series()

    assert ours.to_list() == asked(f"SELECT {_sql(condition)} FROM cells ORDER BY index", day)


@given(conditions(), st.integers(0, 900))
def test_an_answer_stands_up_to_the_day_before_it_may_change(condition, later):
    day = date(2024, 2, 29)
    span = Span.of([Condition(**condition)])
    coming = span.coming(day)
    rows = CELLS.select(
        met=span.met(day),
        then=span.met(day + timedelta(later)),
        changes=span.changes(day),
        coming=pl.lit(value=False) if coming is None else coming,
        begins=span.begins(day),
        last=span.last(),
    )

    for row in rows.iter_rows(named=True):
        then = day + timedelta(later)
        if row["met"]:
            assert row["then"] or then >= row["changes"]
        elif row["coming"]:
            assert not row["then"] or then >= row["begins"]
        else:
            assert not row["then"]
        assert not row["then"] or then <= row["last"]


ROWS = pl.DataFrame(
    {
        "subject": [1, 1, 1, 1, 2, 2, 3, 4, 4],
        "record": [1, 2, 3, 4, 5, 6, 7, 8, 9],
        "amount": [10, None, 10, -3, None, None, 7, 2, 2],
        "word": ["甲", "乙", "甲", None, None, None, "丙", "甲", "乙"],
        "on": [
            date(2024, 2, 29),
            date(2024, 2, 29),
            date(2023, 8, 31),
            None,
            None,
            None,
            date(2025, 1, 31),
            date(2030, 1, 1),
            date(2025, 3, 1),
        ],
        "decided_on": [
            date(2024, 3, 1),
            date(2024, 3, 1),
            date(2023, 1, 1),
            date(2022, 1, 1),
            date(2022, 1, 1),
            date(2022, 1, 1),
            date(2022, 1, 1),
            date(2025, 1, 1),
            date(2025, 1, 1),
        ],
    }
)
MONTHS = """CASE WHEN max("on") IS NULL THEN NULL ELSE greatest(0, (SELECT max(n) FROM range(0, 400) r(n)
    WHERE max("on") + INTERVAL (n) MONTH <= $day::DATE)) END"""

TAKEN = [
    ({"count": "rows"}, "count(*)"),
    ({"distinct": "word"}, "count(DISTINCT word)"),
    ({"sum": "amount"}, "sum(amount)::BIGINT"),
    ({"largest": "amount"}, "max(amount)"),
    ({"smallest": "amount"}, "min(amount)"),
    ({"latest": "word"}, "last(word ORDER BY decided_on, record)"),
    ({"earliest": "word"}, "first(word ORDER BY decided_on, record)"),
    ({"months_since": "on"}, f'coalesce({MONTHS}, CASE WHEN max("on") > $day THEN 0 END)'),
    ({"share": Condition(field="amount", above=5)}, "100 * count(*) FILTER (coalesce(amount > 5, false)) // count(*)"),
    (
        {"share": Condition(field="on", within_months=24)},
        f'100 * count(*) FILTER (coalesce("on" BETWEEN {SINCE.format(n=24)} AND $day, false)) // count(*)',
    ),
]


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize(("take", "sql"), TAKEN, ids=lambda each: str(each)[:40])
def test_a_value_is_what_duckdb_makes_of_the_rows(take, sql, day):
    # An enterprise all of whose rows were sorted out is in no group: 4 has none here.
    rows = ROWS.filter(pl.col("subject") != 4) if day == DAYS[0] else ROWS
    taking = taking_of(
        indicator(
            records=("penalty",),
            window=36,
            take=take,
            points="words" if take.keys() & {"latest", "earliest"} else "once",
        )
    )
    ours = rows.group_by("subject", maintain_order=True).agg(value=taking.polars(day))

    assert ours["value"].to_list() == asked(f"SELECT {sql} FROM cells GROUP BY subject ORDER BY subject", day, rows)


def test_every_word_of_take_is_compared():
    assert {next(iter(take)) for take, _ in TAKEN} == set(Take.model_fields)


VALUES = pl.DataFrame(
    {
        "value": [None, -5, 0, 1, 2, 3, 9, 9_000_000_000_000_000],
        HUNDREDTHS: [None, 0, 0, 100, 150, 250, 900, 900],
        "word": [None, "甲", "乙", "丙", "甲", "乙", "丁", ""],
    }
)
POINTED = [
    (Each(7, 20), "CASE WHEN value IS NULL THEN 0 ELSE greatest(0, least(20, 7 * value::HUGEINT)) END::BIGINT"),
    (
        Each(7, 20, fades=True),
        "CASE WHEN hundredths IS NULL THEN 0 ELSE greatest(0, least(20, 7 * hundredths // 100)) END::BIGINT",
    ),
    (Each(0, 20), "0"),
    (Once(15), "CASE WHEN value >= 1 THEN 15 ELSE 0 END"),
    (
        Steps(((0, 2), (2, 5), (9, 30))),
        "CASE WHEN value >= 9 THEN 30 WHEN value >= 2 THEN 5 WHEN value >= 0 THEN 2 ELSE 0 END",
    ),
    (Words((("甲", 4), ("乙", 9))), "CASE word WHEN '甲' THEN 4 WHEN '乙' THEN 9 ELSE 0 END"),
]


@pytest.mark.parametrize(("pointing", "sql"), POINTED, ids=str)
def test_points_are_what_duckdb_counts(pointing, sql):
    ours = VALUES.select(pointing.polars()).to_series().to_list()

    assert ours == asked(f"SELECT {sql} FROM cells ORDER BY index", DAYS[0], VALUES)


@given(st.dates(date(1850, 1, 1), date(2300, 1, 1)), st.integers(1, 400))
def test_months_of_columns_are_those_of_the_civil_code(day, months):
    cells = pl.DataFrame({"day": [day, None]})

    assert cells.select(last_of(pl.col("day"), months)).to_series().to_list() == [add_months(day, months), None]


@given(st.lists(st.tuples(st.dates(), st.sampled_from(["minor", "general", "serious", None])), min_size=1))
def test_of_several_cases_the_first_that_is_met_says_how_many_months(rows):
    days, severities = zip(*rows, strict=True)
    cells = pl.DataFrame({"day": days, "severity": severities}, schema={"day": pl.Date, "severity": pl.String})
    severity = pl.col("severity")
    cases = [(severity == "minor", 12), (severity.is_in(["minor", "general"]), 36)]

    ours = cells.select(last_by_case(pl.col("day"), cases)).to_series().to_list()

    months = {"minor": 12, "general": 36}
    by_months = {each: cells.select(last_of(pl.col("day"), each)).to_series().to_list() for each in (12, 36)}
    assert ours == [by_months[months[each]][row] if each in months else NEVER for row, each in enumerate(severities)]


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_the_next_full_month_is_full_on_its_day_and_not_before(cell, day):
    cells = pl.DataFrame({"day": [cell]})
    (following,) = cells.select(next_full_month(pl.col("day"), day)).to_series()

    def months(on):
        return cells.select(full_months(pl.col("day"), on)).item()

    assert following > day
    assert months(following) == months(day) + 1
    assert months(following - timedelta(1)) == months(day)


def test_never_comes_never():
    cells = pl.DataFrame({"day": [NEVER, date(2026, 11, 20)]})

    assert cells.select(after(pl.col("day"))).to_series().to_list() == [NEVER, date(2026, 11, 21)]
    assert cells.select(last_of(pl.col("day"), 1)).to_series().to_list() == [NEVER, date(2026, 12, 20)]


def test_the_29_of_february_is_a_year_back_up_to_the_28():
    assert since(date(2025, 2, 28), 12) == date(2024, 2, 28)
    assert since(date(2025, 3, 1), 12) == date(2024, 3, 1)
    assert since(date(2024, 2, 29), 12) == date(2023, 3, 1)
