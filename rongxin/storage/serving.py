"""The role that serves on PostgreSQL: what must not be true of it, and what it is granted. SQLite has no roles."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlparse

from django.apps import apps
from django.db import ProgrammingError, connection

from config import grants

HINT: Final = (
    "Let one role own the tables (RONGXIN_OWNER_URL, for rongxin migrate alone) and another serve (RONGXIN_DATABASE_URL): "
    "docs/operators.md, “PostgreSQL”."
)


class NoServingRole(LookupError):
    """There is no role of this name, and the owner may make none."""


class UnsafeRole(RuntimeError):
    """The role of this connection stands above the policies; each argument says how."""


def faults_of_role() -> list[str]:
    """Why the role of the present connection must not serve; nothing when it may, and on SQLite. Raises OperationalError."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.oid IN (
                SELECT relowner FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'S')
            ) OR r.oid = (SELECT datdba FROM pg_database WHERE datname = current_database()), r.rolname = current_user
            FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER') AND NOT r.rolname LIKE 'pg\\_%'
            ORDER BY r.rolname <> current_user, r.rolname
            """
        )
        roles = cursor.fetchall()
    faults = []
    for name, is_superuser, bypasses, owns, is_itself in roles:
        how = f"the database role {name}" if is_itself else f"the database role is a member of {name}, which"
        if is_superuser:
            faults.append(f"{how} is a superuser")
        elif bypasses:
            faults.append(f"{how} passes row-level security (BYPASSRLS)")
        elif owns:
            faults.append(f"{how} owns the tables or the database")
        # Whoever is a superuser is a member of every role.
        if is_itself and is_superuser:
            break
    return faults


def demand_serving_role() -> None:
    """Raise UnsafeRole where the role of this connection stands above the policies."""
    if faults := faults_of_role():
        raise UnsafeRole(*faults)


@dataclass(frozen=True, slots=True)
class ServingRole:
    """The role that a URL of PostgreSQL names; ``password`` may be empty where the server trusts the socket."""

    name: str
    password: str

    @classmethod
    def of(cls, url: str) -> "ServingRole":
        """The role in ``postgresql://name:password@host/database``."""
        parts = urlparse(url)
        return cls(unquote(parts.username or ""), unquote(parts.password or ""))


def grant_to(role: ServingRole) -> None:
    """Give the serving role just what the code does, and nothing else; make the role where there is none.

    Run by the owner after migrating. Raises NoServingRole where the owner may not make a role that is missing.
    """
    name = connection.ops.quote_name(role.name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.name])
        if cursor.fetchone() is None:
            try:
                cursor.execute(f"CREATE ROLE {name} LOGIN{_password(role)}")
            except ProgrammingError:
                raise NoServingRole(role.name) from None
        for statement in _grants(name):
            cursor.execute(statement)


def _password(role: ServingRole) -> str:
    if not role.password:
        return ""
    # Hashed here: neither the server's log nor its statistics see the password.
    hashed = connection.connection.pgconn.encrypt_password(role.password.encode(), role.name.encode(), b"scram-sha-256")
    return f" PASSWORD '{hashed.decode()}'"


def _grants(name: str) -> Iterator[str]:
    quote: Any = connection.ops.quote_name
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {_schema()} FROM {name}"
    yield f"GRANT USAGE ON SCHEMA {_schema()} TO {name}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {_schema()} TO {name}"
    yield f"GRANT SELECT ON django_migrations TO {name}"
    for table, verbs in grants.WITHOUT_MODEL.items():
        yield f"GRANT {verbs} ON {quote(table)} TO {name}"
    for model in apps.get_models(include_auto_created=True):
        table, label = quote(model._meta.db_table), model._meta.label
        held = ["SELECT"]
        if label not in grants.READ_ONLY:
            held.append("INSERT")
        if label in grants.CHANGED:
            held.append("UPDATE")
        elif label in grants.LOCKED:
            held.append(f"UPDATE ({quote(model._meta.pk.column)})")
        elif label in grants.SHREDDED:
            held.append(f"UPDATE ({', '.join(map(quote, grants.SHREDDED[label]))})")
        if label in grants.REMOVED:
            held.append("DELETE")
        yield f"GRANT {', '.join(held)} ON {table} TO {name}"


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        return str(cursor.fetchone()[0])
