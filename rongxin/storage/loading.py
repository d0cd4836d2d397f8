"""A Polars frame into a table: COPY on PostgreSQL, the driver's own executemany on SQLite."""

from typing import Final

import polars as pl
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

_NULL: Final = "\\N"
_PART: Final = 20_000


def load(cursor: CursorWrapper, table: str, frame: pl.DataFrame, *, guarded: bool = False) -> None:
    """Insert ``frame`` into the columns of ``table`` that it names. ``guarded``: the table has policies, which PostgreSQL
    does not ask for a COPY; so it is copied beside the table first (docs/decisions/0010-the-database-guards-too.md).

    Days go in as days; an instant is given as text, as :func:`.frames.kept` tells it. Instants, texts, whole numbers and
    truth values are all that a frame may hold here.
    """
    columns = ", ".join(connection.ops.quote_name(column) for column in frame.columns)
    quoted = connection.ops.quote_name(table)
    into = f"{quoted} ({columns})"
    if connection.vendor == "postgresql" and guarded:
        beside = connection.ops.quote_name(f"{table}_loaded")
        cursor.execute(f"CREATE TEMPORARY TABLE {beside} ON COMMIT DROP AS SELECT {columns} FROM {quoted} WHERE false")
        load(cursor, f"{table}_loaded", frame)
        cursor.execute(f"INSERT INTO {into} SELECT * FROM {beside}")
        cursor.execute(f"DROP TABLE {beside}")
        return
    if connection.vendor == "postgresql":
        with cursor.cursor.copy(f"COPY {into} FROM STDIN WITH (FORMAT csv, NULL '{_NULL}')") as copy:
            for part in frame.iter_slices(_PART):
                # Texts in quotes, so that one which looks like the mark of nothing stays a text.
                copy.write(part.write_csv(include_header=False, null_value=_NULL, quote_style="non_numeric"))
        return
    plain = frame.with_columns(pl.col(pl.Date).dt.to_string("%Y-%m-%d"), pl.col(pl.Boolean).cast(pl.Int64))
    # What is the same in every row stands in the statement; a row binds only what differs.
    same = {column.name: _quoted(column[0]) for column in plain if _is_same(column)}
    values = ", ".join(same.get(name, "?") for name in plain.columns)
    # The driver's own cursor: Django's rewrites every placeholder of every row.
    connection.connection.executemany(f"INSERT INTO {into} VALUES ({values})", plain.drop(same).iter_rows())


def _is_same(column: pl.Series) -> bool:
    # SQLite's quote() ends a text at the character zero.
    return column.len() > 1 and column.n_unique() == 1 and "\0" not in str(column[0])


def _quoted(value: str | int | None) -> str:
    """``value`` as it stands in a statement of SQLite, by SQLite's own word."""
    (quoted,) = connection.connection.execute("SELECT quote(?)", [value]).fetchone()
    return str(quoted)


def reserved_keys(cursor: CursorWrapper, model: type[models.Model], count: int) -> pl.Series:
    """``count`` keys of ``model`` in rising order that nobody else is given; must run inside the transaction that uses them."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return pl.Series("key", [key for (key,) in cursor.fetchall()], pl.Int64).sort()
    # A writing transaction is alone here, and the table counts on from the highest key it was ever given.
    cursor.execute("SELECT COALESCE(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
    (last,) = cursor.fetchone()
    return pl.int_range(last + 1, last + 1 + count, dtype=pl.Int64, eager=True).alias("key")
