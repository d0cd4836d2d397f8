"""Rows with bytes into the guarded tables of the log: beside the table by COPY on PostgreSQL, by executemany on SQLite."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

_TYPES: Final = {
    "BinaryField": "bytea",
    "BigIntegerField": "int8",
    "CharField": "text",
    "ForeignKey": "int8",
    "OneToOneField": "int8",
    "PositiveSmallIntegerField": "int2",
    "TextField": "text",
}


def load(
    cursor: CursorWrapper,
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    renewed: Sequence[str] = (),
) -> None:
    """Insert ``rows`` of ``columns`` of ``model``; where the key is there already, bring the columns ``renewed`` up to date.

    Must run inside a transaction.
    """
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(map(quote, columns))
    instead = ", ".join(f"{quote(column)} = excluded.{quote(column)}" for column in renewed)
    conflict = f" ON CONFLICT (id) DO UPDATE SET {instead}" if renewed else ""
    if connection.vendor != "postgresql":
        places = ", ".join("?" * len(columns))
        # The driver's own cursor: Django's rewrites every placeholder of every row.
        connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places}){conflict}", rows)
        return
    beside = quote(f"{model._meta.db_table}_loaded")
    cursor.execute(f"CREATE TEMPORARY TABLE {beside} ON COMMIT DROP AS SELECT {names} FROM {table} WHERE false")
    with cursor.cursor.copy(f"COPY {beside} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([_type(model, column) for column in columns])
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {beside}{conflict}")
    cursor.execute(f"DROP TABLE {beside}")


def _type(model: type[models.Model], column: str) -> str:
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    return _TYPES.get(field.get_internal_type(), "int8")
