"""The words in which policies ask who asks (rongxin/storage/askers.py); PostgreSQL only."""

from django.db import migrations

from rongxin.storage.guards import Guard

# Bodies that are bound when they are made: they mean the same tables under whatever search path, also to pg_dump.
FUNCTIONS = (
    """
    CREATE FUNCTION rongxin_asks(VARIADIC purposes text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN COALESCE(current_setting('rongxin.purpose', true) = ANY (purposes), false)
    """,
    """
    CREATE FUNCTION rongxin_account() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
        RETURN NULLIF(current_setting('rongxin.account', true), '')::bigint
    """,
    """
    CREATE FUNCTION rongxin_holds(setting text, actions text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN COALESCE(string_to_array(current_setting(setting, true), ' ') && actions, false)
    """,
    """
    CREATE FUNCTION rongxin_may(VARIADIC actions text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN rongxin_holds('rongxin.of_department', actions) OR rongxin_holds('rongxin.of_region', actions)
            OR rongxin_holds('rongxin.of_platform', actions)
    """,
    """
    CREATE FUNCTION rongxin_reach(VARIADIC actions text[]) RETURNS SETOF bigint LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT d.id FROM departments_department d
            WHERE (SELECT rongxin_holds('rongxin.of_region', actions))
            AND starts_with(d.region, (SELECT current_setting('rongxin.region', true)))
        UNION ALL
        SELECT NULLIF(current_setting('rongxin.department', true), '')::bigint
            WHERE rongxin_holds('rongxin.of_department', actions);
    END
    """,
)
NAMES = ("rongxin_reach", "rongxin_may", "rongxin_holds", "rongxin_account", "rongxin_asks")


def make(editor):
    if editor.connection.vendor == "postgresql":
        for statement in FUNCTIONS:
            editor.execute(statement)


def drop(editor):
    if editor.connection.vendor == "postgresql":
        for name in NAMES:
            editor.execute(f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    replaces = [("departments", "0003_who_asks")]
    dependencies = [("departments", "0001_tables")]
    operations = [Guard(make, drop)]
