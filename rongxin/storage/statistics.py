"""What PostgreSQL's planner knows of tables that were just filled: until it looked it thinks them empty, and asks row by row."""

from django.db import connection


def refresh_filled() -> None:
    """Have the planner look at the records and the register, which bulk work fills; by a function of their owner."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT rongxin_look_at_filled()")


def refresh(*tables: str) -> None:
    """Have the planner look at these own (temporary) tables now, also inside a transaction. SQLite plans by its indexes and needs
    nothing.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
