"""Fixtures for every test: the test database, fast passwords, a real browser."""

import gc
import math
import os
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase

from rongxin.storage.askers import work_for_platform
from tests.examples import FEW, MANY
from tests.migrated import keep, lay_down
from tests.plugin import absent
from tests.postgresql import OWNER, SERVING, as_role, sibling
from tests.pristine import as_it_is
from tests.standing import has_own_folder, remove_files

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Error, Page
    from pytest_django.plugin import DjangoDbBlocker

    from rongxin.policy.files import YamlFile

POLICIES_KEPT = 16
FILES_KEPT = 512
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    """Passwords are hashed fast, pages name static files as they are, without a collected manifest, and no example fails
    because the machine is busy.
    """
    # A test does the work of the platform unless it asks as somebody; what comes through a page asks as its reader.
    work_for_platform()
    for profile, examples in (("few", FEW), ("many", MANY)):
        hypothesis.settings.register_profile(
            profile, max_examples=examples, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
        )
    hypothesis.settings.load_profile(config.getoption("--hypothesis-profile") or "few")
    config.addinivalue_line("markers", "console_errors: the page under test may write errors to the console")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end; looking for garbage among it again and again is in vain."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """SQLite is tested as it runs: a file with a write-ahead log, under the temporary RONGXIN_VAR of this process.

    Without the plugin RONGXIN_VAR is the developer's own; then the test database stays in memory.
    """
    if is_file(request.config):
        default = settings.DATABASES["default"]
        default["TEST"]["NAME"] = str(default["NAME"])


def is_file(config: pytest.Config) -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") and has_own_folder(config)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, django_db_modify_db_settings: None) -> bool:
    """Whether the test database is there already, as an earlier run migrated it."""
    return is_file(request.config) and lay_down(Path(settings.DATABASES["default"]["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_db_keepdb: bool,
    django_db_setup: None,
    django_db_blocker: "DjangoDbBlocker",
) -> Iterator[None]:
    """What a test with real transactions did is taken back. On PostgreSQL the owner makes the tables, and every test asks as
    the role that serves.
    """
    on_postgresql = connection.vendor == "postgresql"
    with django_db_blocker.unblock():
        if on_postgresql:
            from rongxin.storage.serving import ServingRole, grant_to

            grant_to(ServingRole(SERVING, ""))
        if is_file(request.config) and not django_db_keepdb:
            keep(connection.connection)
        bring_back = as_it_is()
    if on_postgresql:
        become_role(SERVING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: bring_back())
        yield
    if on_postgresql:
        become_role(OWNER)
    connections.close_all()


def become_role(role: str) -> None:
    """This process and those that it starts ask as ``role`` from here on."""
    connections.close_all()
    connection.settings_dict["USER"] = role
    os.environ["RONGXIN_DATABASE_URL"] = as_role(os.environ["RONGXIN_DATABASE_URL"], role)


@pytest.fixture(scope="session", autouse=True)
def rules_are_parsed_once() -> Iterator[None]:
    """Rules are values that never change: the same text is parsed once in a process, however many tests load or release
    it, and what parsing found wrong is told each time.

    The database is asked for the text as often as ever, the files are read and the packs checked as often as ever.
    """
    from rongxin.policy.files import Findings, PolicyError, YamlFile
    from rongxin.policy.pack import Policy

    read = YamlFile.read

    @lru_cache(maxsize=FILES_KEPT)
    def parsed(text: str, name: str) -> "tuple[YamlFile | None, list[PolicyError]]":
        found = Findings()
        return read(text, name, found), found.errors

    def parsed_once(text: str, name: str, findings: Findings) -> "YamlFile | None":
        file, wrong = parsed(text, name)
        findings.errors += wrong
        return file

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Policy, "from_canonical", lru_cache(maxsize=POLICIES_KEPT)(Policy.from_canonical))
        patch.setattr(YamlFile, "read", parsed_once)
        yield


@pytest.fixture(autouse=True)
def rules_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test begins without remembering which rules are in force, and looks once, not again each second: however slow the machine
    is, as many queries are asked.
    """
    from rongxin.rulebook import queries

    queries._latest.forget()
    monkeypatch.setattr(queries, "SECONDS_BETWEEN_LOOKS", math.inf)


@pytest.fixture(autouse=True)
def force_login_shows_both_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that begins inside begins as everybody does; ``tests.logins.with_one_factor`` is for tests of the door."""
    from django.test import Client

    from tests.logins import with_both_factors

    monkeypatch.setattr(Client, "force_login", with_both_factors)


@pytest.fixture(autouse=True)
def no_files_of_another_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Batches are numbered anew in every test, so what one test received and checked goes before the next begins; what stands for
    the tests of a module goes with the last of them.
    """
    yield
    if "standing" not in request.fixturenames:
        remove_files(request.config)


@pytest.fixture
def process_environment(request: pytest.FixtureRequest, transactional_db: None) -> dict[str, str]:
    """The environment for a process of its own (a worker, the command line) that shall see this test's database."""
    if not has_own_folder(request.config):
        pytest.fail("a second process needs a database it can open: run pytest with -p tests.plugin", pytrace=False)
    default = settings.DATABASES["default"]
    environment = dict(os.environ)
    if not default["ENGINE"].endswith("sqlite3"):
        environment["RONGXIN_DATABASE_URL"] = sibling(environment["RONGXIN_DATABASE_URL"], default["NAME"])
    return environment


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """A real Chromium: RONGXIN_CHROMIUM, else the first on PATH."""
    executable = os.environ.get("RONGXIN_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not os.access(executable, os.X_OK):
        absent("browser", f"{executable} not found; apt install chromium")
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous interface runs an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser", request: pytest.FixtureRequest) -> "Iterator[Page]":
    """A new window of an officer's desk. Afterwards no page may have raised or written an error.

    The browser reports a violation of the content security policy and a file that does not load as console errors, so
    they count; ``@pytest.mark.console_errors`` allows them where the test is about them.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai")
    errors: list[str] = []

    def note(message: "ConsoleMessage") -> None:
        if message.type == "error":
            errors.append(f"{message.text} ({message.location.get('url', '')})")

    def note_raised(error: "Error") -> None:
        errors.append(f"raised: {error}")

    context.on("console", note)
    context.on("weberror", lambda raised: note_raised(raised.error))
    window = context.new_page()
    yield window
    context.close()
    if errors and request.node.get_closest_marker("console_errors") is None:
        pytest.fail("the page wrote errors:\n" + "\n".join(errors), pytrace=False)
