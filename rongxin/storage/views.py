"""One consistent view of the database for many statements, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def one_view() -> Iterator[None]:
    """All statements inside see the database as it is at the first of them; nobody is kept waiting.

    RuntimeError inside a transaction (but that of a test): what it has seen before it would not see anew.
    """
    if connection.in_atomic_block:
        with transaction.atomic(durable=True):
            yield
        return
    with _reading(), transaction.atomic():
        yield


@contextmanager
def _reading() -> Iterator[None]:
    """Let the next transaction of the connection begin as one that reads."""
    connection.ensure_connection()
    backend: Any = connection
    if connection.vendor == "postgresql":
        from psycopg import IsolationLevel

        driver = backend.connection
        usual, driver.isolation_level = driver.isolation_level, IsolationLevel.REPEATABLE_READ
        try:
            yield
        finally:
            if not driver.closed:
                driver.isolation_level = usual
        return
    # As a rule a transaction on SQLite takes the place of the one writer from its beginning.
    usual, backend.transaction_mode = backend.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        backend.transaction_mode = usual
