"""Row-level security in migrations: which rows of a table an asker sees and writes. PostgreSQL only.

Conditions are put together from the words below. Each word is a subselect, so that PostgreSQL asks for the settings once for a
statement, not once for a row. The platform itself (``askers.PLATFORM``) is within every policy.
"""

from typing import Final

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from rongxin.storage.guards import Guard

NOBODY_ELSE: Final = "false"


def asks(*purposes: str) -> str:
    """Whoever asks for one of these purposes."""
    return f"(SELECT rongxin_asks({_texts(purposes)}))"


def may(*actions: str) -> str:
    """Whoever holds one of these actions anywhere."""
    return f"(SELECT rongxin_may({_texts(actions)}))"


def own(column: str) -> str:
    """The account whose row it is."""
    return f"{column} = (SELECT rongxin_account())"


def reached(column: str, *actions: str) -> str:
    """Whoever holds one of these actions for the department in ``column``."""
    return f"{column} IN (SELECT r.id FROM rongxin_reach({_texts(actions)}) AS r(id))"


def through(parent: str, link: str, condition: str = "true") -> str:
    """Whoever sees the row of the table ``parent`` that ``link`` names, where ``condition`` holds for it (as ``p``)."""
    return f"EXISTS (SELECT 1 FROM {parent} p WHERE p.{link} AND {condition})"


def any_of(*conditions: str) -> str:
    """Where one of the conditions holds."""
    return " OR ".join(conditions)


def row_security(
    table: str,
    *,
    read: str,
    add: str = NOBODY_ELSE,
    change: str = NOBODY_ELSE,
    remove: str = NOBODY_ELSE,
    is_forced: bool = True,
) -> Guard:
    """Guard ``table``: each verb for the rows of its condition and for the platform, no other row.

    ``is_forced``: also against its owner. False only for what a policy must look up whole, by a function of the owner
    (SECURITY DEFINER): a policy cannot ask the table that it guards.
    """
    platform = asks("platform")

    def guard(editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor != "postgresql":
            return
        conditions = {
            "read": f"FOR SELECT USING ({platform} OR {read})",
            "add": f"FOR INSERT WITH CHECK ({platform} OR {add})",
            # Who may read a row may hold it while something is decided, and is told then that it may not be changed.
            "change": f"FOR UPDATE USING ({platform} OR {read}) WITH CHECK ({platform} OR {change})",
            "remove": f"FOR DELETE USING ({platform} OR {remove})",
        }
        for name, condition in conditions.items():
            editor.execute(f"CREATE POLICY {table}_{name} ON {table} {condition}")
        force = ", FORCE ROW LEVEL SECURITY" if is_forced else ""
        editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY{force}")

    def open_again(editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor != "postgresql":
            return
        editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
        for name in ("read", "add", "change", "remove"):
            editor.execute(f"DROP POLICY {table}_{name} ON {table}")

    return Guard(guard, open_again)


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
