"""Emptying the test database after a test with real transactions, although some tables refuse to lose a row.

PostgreSQL truncates, which row triggers do not see and only the owner may. SQLite deletes, which they refuse: the triggers step
aside for that moment. A conftest.py uses it by importing the fixture.
"""

from collections.abc import Callable, Iterator
from typing import Any

import django.db.models  # noqa: F401 - before the operations, which import it half made
import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper

from tests.postgresql import OWNER, asking_as

DatabaseOperations = DatabaseWrapper.ops_class


@pytest.fixture(scope="session", autouse=True)
def kept_tables_can_be_emptied() -> Iterator[None]:
    """Let SQLite's flush pass the triggers of tables that are only added to, and put the triggers back."""
    # Django's own backend of PostgreSQL reads the settings when it is imported.
    from django.db.backends.postgresql.operations import DatabaseOperations as PostgresqlOperations

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", past_triggers(DatabaseOperations.execute_sql_flush))
        patch.setattr(PostgresqlOperations, "execute_sql_flush", flush_as_owner)
        yield


def flush_as_owner(operations: Any, statements: list[str]) -> None:
    with asking_as(OWNER) as owner:
        for statement in statements:
            owner.execute(statement)


def past_triggers(flush: Callable[..., None]) -> Callable[..., None]:
    def flush_past_triggers(operations: Any, statements: list[str]) -> None:
        with operations.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            try:
                flush(operations, statements)
            finally:
                for _, statement in triggers:
                    cursor.execute(statement)

    return flush_past_triggers
