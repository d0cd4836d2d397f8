"""A world that is made once for all tests of a module, each of which leaves it as it was.

For tests that ask one world many questions: a module imports ``db`` and ``standing`` and makes the world in fixtures of its own
scope that ask for ``standing``. It bears no mark ``django_db``, which would close the connection behind each test.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import pytest_django
from django.db import transaction


def has_own_folder(config: pytest.Config) -> bool:
    return config.pluginmanager.has_plugin("tests.plugin")


def remove_files(config: pytest.Config) -> None:
    """What was received and checked goes; never that of the developer's own platform."""
    from config.environment import environment

    if has_own_folder(config):
        for name in ("received", "batches", "risk"):
            shutil.rmtree(environment.var / name, ignore_errors=True)


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done inside is undone at its end. What demands a transaction of its own does not mind, as in any test."""
    whole = transaction.atomic()
    whole._from_testcase = True
    with whole:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def standing(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """The database for the tests of a module, until the last of them is over."""
    with django_db_blocker.unblock(), taken_back():
        yield
    remove_files(request.config)


@pytest.fixture
def db(standing: None) -> Iterator[None]:
    """The database for a test, as the world of its module left it."""
    with taken_back():
        yield
