"""Who asks goes with every statement and stays nowhere; the role that serves holds what code does and stands above nothing."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client

from config import grants
from rongxin.accounts.askers import asker_of
from rongxin.accounts.models import Account, CodeGenerator
from rongxin.accounts.permissions import Role
from rongxin.intake.models import Batch
from rongxin.storage.askers import ENTRANCE, NOBODY, PLATFORM, PORTAL, Asker, asks, become, present_asker
from rongxin.storage.serving import (
    NoServingRole,
    ServingRole,
    UnsafeRole,
    demand_serving_role,
    faults_of_role,
    grant_to,
)
from tests.factories import a_department, the_rules
from tests.intake.coverage.batches import a_batch, an_officer
from tests.logins import give_generator
from tests.postgresql import ADMINISTRATOR, OWNER, SERVING, asking_as

on_postgresql = pytest.mark.usefixtures("postgresql")


@pytest.fixture
def postgresql(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has neither roles nor policies")


def setting(name: str) -> str:
    """What a connection holds, asked past the code that says who asks."""
    with connection.cursor() as cursor:
        return cursor.cursor.execute("SELECT current_setting(%s, true)", [f"rongxin.{name}"]).fetchone()[0] or ""


# ── who asks ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_whoever_asked_before_asks_again_afterwards() -> None:
    assert present_asker() == PLATFORM
    with asks(ENTRANCE):
        become(PORTAL)
        with asks(NOBODY):
            assert present_asker() == NOBODY
        assert present_asker() == PORTAL
    assert present_asker() == PLATFORM


def test_an_error_takes_nobody_along() -> None:
    with pytest.raises(LookupError), asks(ENTRANCE):
        become(PORTAL)
        raise LookupError
    assert present_asker() == PLATFORM


@pytest.mark.parametrize("region", ["35' OR '1'='1", "35\\", "35%", "35);"])
def test_words_that_could_be_more_than_words_are_refused(region: str) -> None:
    with pytest.raises(ValueError, match="not the words"):
        _ = Asker("desk", region=region).statement


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_settings_end_with_the_statement() -> None:
    give_generator(an_officer(a_department()))
    key = Account.objects.get().pk
    with asks(Asker("desk", account=key)):
        assert CodeGenerator.objects.count() == 1
        assert setting("account") == ""
    with asks(NOBODY):
        assert CodeGenerator.objects.count() == 0


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_no_statement_is_compiled_first() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('jit')")
        assert cursor.fetchone() == ("off",)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_the_next_asker_takes_the_place_of_the_last() -> None:
    first = an_officer(a_department(), username="first")
    second = an_officer(a_department("other"), username="second")
    give_generator(first)
    give_generator(second)
    with transaction.atomic():
        seen = []
        for each in (first, second):
            with asks(asker_of(each)):
                seen.append(list(CodeGenerator.objects.values_list("account", flat=True)))
        with asks(NOBODY):
            seen.append(list(CodeGenerator.objects.values_list("account", flat=True)))
        with asks(asker_of(first)), transaction.atomic():
            try:
                with transaction.atomic():
                    raise LookupError
            except LookupError:
                seen.append(list(CodeGenerator.objects.values_list("account", flat=True)))
    assert seen == [[first.pk], [second.pk], [], [first.pk]]
    assert setting("account") == ""


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_request_is_left_for_the_next_on_the_same_connection(client: Client) -> None:
    the_rules()
    officer = an_officer(a_department(), Role.REVIEWER)
    a_batch(officer.department)
    client.force_login(officer)
    assert client.get("/desk/batches").status_code == 200
    backend = connection.connection.info.backend_pid
    assert setting("purpose") == setting("account") == setting("of_department") == ""
    with asks(NOBODY):
        assert Batch.objects.count() == 0
    assert Client().get("/").status_code == 200
    assert connection.connection.info.backend_pid == backend
    assert present_asker() == PLATFORM


@on_postgresql
def test_a_request_that_fails_leaves_nothing(client: Client) -> None:
    client.raise_request_exception = False
    assert client.get("/record/nothing").status_code == 404
    assert present_asker() == PLATFORM


def test_threads_begin_with_what_the_process_is_for() -> None:
    seen: list[Asker] = []
    with asks(PORTAL):
        thread = threading.Thread(target=lambda: seen.append(present_asker()))
        thread.start()
        thread.join()
    assert seen == [PLATFORM]


@on_postgresql
def test_many_rows_in_one_statement_say_who_asks(db: None) -> None:
    give_generator(an_officer(a_department()))
    with asks(NOBODY), connection.cursor() as cursor:
        cursor.executemany("UPDATE accounts_codegenerator SET last_step = %s", [[7], [8]])
    assert CodeGenerator.objects.get().last_step == 0


# ── the role that serves ─────────────────────────────────────────────────────────────────────────────────────────────
@on_postgresql
def test_tests_ask_as_the_role_that_serves() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (SERVING,)
    assert faults_of_role() == []


def test_sqlite_has_no_role_to_refuse(db: None) -> None:
    if connection.vendor == "sqlite":
        demand_serving_role()


@pytest.fixture
def superuser(postgresql: None) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    with asking_as(ADMINISTRATOR) as asked:
        yield asked


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("SUPERUSER", "is a superuser"),
        ("BYPASSRLS", "passes row-level security"),
        (f"IN ROLE {OWNER}", f"is a member of {OWNER}, which owns the tables"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_role_above_the_policies_is_refused(
    made: str, told: str, superuser: "psycopg.Connection[tuple[Any, ...]]", monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other processes of this run share the server.
    name = f"unsafe_{os.getpid()}"
    superuser.execute(f"CREATE ROLE {name} LOGIN {made}")
    try:
        refused(monkeypatch, name, told)
    finally:
        superuser.execute(f"DROP ROLE {name}")


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_the_owner_does_not_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    refused(monkeypatch, OWNER, "owns the tables")


def refused(monkeypatch: pytest.MonkeyPatch, role: str, told: str) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "USER", role)
    try:
        with pytest.raises(UnsafeRole, match=told):
            demand_serving_role()
    finally:
        connection.close()


@pytest.mark.parametrize("part", ["serve", "worker", "scheduler"])
@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_starts_to_serve_as_the_owner(part: str, process_environment: dict[str, str]) -> None:
    environment = process_environment | {
        "RONGXIN_DATABASE_URL": process_environment["RONGXIN_DATABASE_URL"].replace(f"//{SERVING}@", f"//{OWNER}@")
    }
    command = [sys.executable, "-m", "rongxin.cli", part]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert f"the database role {OWNER} owns the tables" in ended.stderr
    assert "RONGXIN_OWNER_URL" in ended.stderr

    checked = subprocess.run([*command[:-1], "check"], env=environment, capture_output=True, text=True, check=False)
    assert "rongxin.database_url" in checked.stdout
    assert f"the database role {OWNER} owns the tables" in checked.stdout


def test_grants_name_tables_that_there_are() -> None:
    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert known >= grants.READ_ONLY | grants.CHANGED | grants.LOCKED | grants.REMOVED | set(grants.SHREDDED)
    assert not grants.CHANGED & (grants.LOCKED | set(grants.SHREDDED))


@on_postgresql
def test_the_role_holds_what_is_granted_and_nothing_else() -> None:
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table, label = model._meta.db_table, model._meta.label
            cursor.execute(
                "SELECT " + ", ".join(f"has_table_privilege('{table}', '{verb}')" for verb in VERBS),
            )
            held = {verb for verb, holds in zip(VERBS, cursor.fetchone(), strict=True) if holds}
            wanted = {"SELECT", "INSERT"} - ({"INSERT"} if label in grants.READ_ONLY else set())
            wanted |= {"UPDATE"} if label in grants.CHANGED else set()
            wanted |= {"DELETE"} if label in grants.REMOVED else set()
            assert held == wanted, label
        cursor.execute("SELECT has_schema_privilege(current_schema(), 'CREATE')")
        assert cursor.fetchone() == (False,)


VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE intake_batch DISABLE ROW LEVEL SECURITY",
        "DROP POLICY intake_batch_read ON intake_batch",
        "TRUNCATE accounts_accountevent",
        "CREATE POLICY mine ON intake_batch USING (true)",
        f"SET ROLE {OWNER}",
        "DELETE FROM records_record",
    ],
)
def test_the_role_changes_no_rule_and_becomes_nobody_else(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


GROWING = ["records_record", "records_clearing", "workflow_caseevent", "accounts_accountevent", "ledger_cut"]


@pytest.mark.parametrize("table", GROWING)
@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_not_even_the_owner_changes_what_only_grows(table: str) -> None:
    with asking_as(OWNER) as owner:
        found = owner.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s AND tgenabled = 'O'",
            [table, f"{table}_only_grows"],
        ).fetchone()
        assert found == (1,)


@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_the_owner_is_guarded_too_and_says_who_asks_for_a_backup() -> None:
    an_officer(a_department())
    with asking_as(OWNER) as owner:
        assert owner.execute("SELECT count(*) FROM accounts_account").fetchone() == (0,)
        owner.execute("SET rongxin.purpose = 'platform'")
        assert owner.execute("SELECT count(*) FROM accounts_account").fetchone() == (1,)


def test_a_role_that_is_missing_is_made_and_may_serve(
    superuser: "psycopg.Connection[tuple[Any, ...]]", monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    connection.close()
    name = f"new {os.getpid()}"
    monkeypatch.setitem(connection.settings_dict, "USER", "postgres")
    try:
        grant_to(ServingRole.of(f"postgresql://{quote(name)}:p%40ss@host/name"))
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "USER", name)
        assert faults_of_role() == []
        assert Batch.objects.count() == 0
    finally:
        connection.close()
        connection.settings_dict["USER"] = SERVING
        superuser.execute(f'DROP OWNED BY "{name}"')
        superuser.execute(f'DROP ROLE "{name}"')


@on_postgresql
def test_the_owner_that_may_make_no_role_is_told_so() -> None:
    with pytest.raises(NoServingRole, match="nobody-yet"), transaction.atomic():
        grant_to(ServingRole("nobody-yet", ""))


@on_postgresql
def test_copying_into_a_guarded_table_is_refused_and_goes_beside(db: None) -> None:
    with (
        pytest.raises(DatabaseError, match="COPY FROM not supported"),
        transaction.atomic(),
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.cursor.copy("COPY records_recordcontent FROM STDIN"),
    ):
        pass


def test_a_batch_of_another_department_is_not_written_by_a_clerk(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no policies")
    clerk, other = an_officer(a_department()), a_department("other")
    with asks(asker_of(clerk)), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        a_batch(other, submitted_by=clerk)
