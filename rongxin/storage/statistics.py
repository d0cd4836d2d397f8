"""What PostgreSQL's planner knows of tables that were just filled: until it looked it thinks them empty, and asks row by row."""

from django.db import connection


def refresh(*tables: str) -> None:
    """Have the planner look at these tables now, also inside a transaction. SQLite plans by its indexes and needs nothing."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
