"""Tables that only grow: the database itself refuses to change or remove a row of them, whoever asks."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from rongxin.storage.guards import Guard


def refuse_changes(editor: BaseDatabaseSchemaEditor, function: str, told: str, *tables: str) -> None:
    """Refuse every change and removal of a row of ``tables`` with the words ``told``; on PostgreSQL by the function so named."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{told}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table in tables:
        if editor.connection.vendor == "postgresql":
            editor.execute(
                f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {function}()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            editor.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
            )


def allow_changes(editor: BaseDatabaseSchemaEditor, function: str, *tables: str) -> None:
    """Undo :func:`refuse_changes`."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP FUNCTION {function}() CASCADE")
        return
    for table in tables:
        for verb in ("update", "delete"):
            editor.execute(f"DROP TRIGGER {table}_no_{verb}")


def only_grow(function: str, told: str, *tables: str) -> Guard:
    """:func:`refuse_changes` as a step of a migration."""

    def protect(editor: BaseDatabaseSchemaEditor) -> None:
        refuse_changes(editor, function, told, *tables)

    def release(editor: BaseDatabaseSchemaEditor) -> None:
        allow_changes(editor, function, *tables)

    return Guard(protect, release)
