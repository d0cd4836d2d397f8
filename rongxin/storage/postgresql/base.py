from collections.abc import Callable
from typing import Any, Final

from django.db.backends.postgresql import base

from rongxin.storage.askers import present_asker

_TOUCHES_ROWS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_BEGINNING: Final = 60


class DatabaseWrapper(base.DatabaseWrapper):
    """Sends who asks ahead of every statement, in the same message: no round trip more, nothing left for the next request.

    In autocommit the message is one transaction, so that the settings end with it; inside a transaction each statement says anew
    who asks, so that neither a savepoint nor another asker changes what holds. COPY cannot carry settings and is refused by
    PostgreSQL on guarded tables.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.execute_wrappers.append(say_who_asks)


def say_who_asks(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Django's wrapper of a statement (``Connection.execute_wrappers``)."""
    if not isinstance(sql, str) or not sql[:_BEGINNING].lstrip(" (\n").upper().startswith(_TOUCHES_ROWS):
        return execute(sql, params, many, context)
    settings = present_asker().statement
    if many:
        if not context["connection"].in_atomic_block:
            raise RuntimeError("many rows in one statement need a transaction")
        context["cursor"].cursor.execute(settings)
        return execute(sql, params, many, context)
    result = execute(settings + sql, params, many, context)
    context["cursor"].cursor.nextset()
    return result
