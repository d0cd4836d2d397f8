"""What the platform runs with is told when it changed, and nothing secret of it."""

import json

import pytest
from django.db.migrations.loader import MigrationLoader
from pydantic import SecretStr

from config.environment import Environment, environment
from rongxin.ledger.configuration import SETTINGS, configuration, tell_configuration
from rongxin.ledger.entries import Kind
from rongxin.ledger.sequencing import sequence_all
from tests.ledger.told import told

pytestmark = pytest.mark.django_db


def test_it_is_told_once_whether_it_waits_or_stands_in_the_log() -> None:
    assert tell_configuration()
    assert not tell_configuration()
    sequence_all()
    assert not tell_configuration()


def test_a_setting_that_changed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_configuration()
    sequence_all()
    monkeypatch.setattr(environment, "idle_minutes", environment.idle_minutes + 1)
    assert tell_configuration()
    assert told(Kind.ADMIN, SETTINGS)[-1]["settings"]["idle_minutes"] == environment.idle_minutes


def test_a_secret_is_only_said_to_be_set() -> None:
    secret = "never-to-be-read"
    given = Environment(secret_key=SecretStr(secret), database_url=f"postgresql://rongxin:{secret}@db/rongxin")
    shown = configuration(given)
    assert secret not in json.dumps(shown)
    assert {"secret_key", "database_url"} <= set(shown["set"])
    assert not {"secret_key", "database_url"} & set(shown["settings"])


def test_it_tells_the_tables_and_every_setting() -> None:
    shown = configuration(environment)
    assert shown["tables"]["ledger"] == max(
        name for app, name in MigrationLoader(None).disk_migrations if app == "ledger"
    )
    hidden = {name for name in Environment.model_fields if name not in shown["settings"]}
    secret = {name for name, field in Environment.model_fields.items() if field.annotation is SecretStr}
    assert hidden == secret | {name for name in Environment.model_fields if name.endswith("_url")}
