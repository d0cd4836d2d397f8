"""What the platform runs with, told when it changed: version, tables, settings. Of a secret, and of an address that may hold a
password, only whether it is set.
"""

import json
from typing import Any, Final

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from pydantic import SecretStr

import rongxin
from config.environment import Environment, environment
from rongxin.ledger import logs, reading
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.models import Pending
from rongxin.storage.turns import in_turn

SETTINGS: Final = Subject(Of.SYSTEM, "settings")
ACT: Final = "settings.hold"
_TURN: Final = "ledger: configuration"


def tell_configuration() -> bool:
    """Tell what the platform runs with, where it is not what was told last in this year's log; whether it was told."""
    present = {"act": ACT, **configuration(environment)}
    with transaction.atomic():
        in_turn(_TURN)
        if _told_last() == present:
            return False
        log(Kind.ADMIN, SETTINGS, present)
    return True


def configuration(settings: Environment) -> dict[str, Any]:
    """``version``; ``tables``, the last migration of each part; ``settings``, what may be read; ``set``, the names of the others
    that are set.
    """
    migrations = MigrationLoader(connection)
    applied = sorted(migrations.applied_migrations.keys() & migrations.graph.nodes.keys())
    values = {name: getattr(settings, name) for name in sorted(type(settings).model_fields)}
    hidden = {name: _plain(value) for name, value in values.items() if _may_be_secret(name, value)}
    return {
        "version": rongxin.__version__,
        "tables": dict(applied),
        "settings": {name: _plain(value) for name, value in values.items() if name not in hidden},
        "set": [name for name, value in hidden.items() if value],
    }


def _may_be_secret(name: str, value: object) -> bool:
    return isinstance(value, SecretStr) or name.endswith("_url")


def _plain(value: object) -> str | int:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, int) else str(value)


def _told_last() -> dict[str, Any] | None:
    waiting = Pending.objects.filter(of=SETTINGS.of, identifier=SETTINGS.identifier).order_by("-pk")
    payload = waiting.values_list("payload", flat=True).first()
    if payload is None:
        return _last_in_log()
    told: dict[str, Any] = json.loads(payload)
    return told


def _last_in_log() -> dict[str, Any] | None:
    try:
        writing = logs.current()
    except logs.NoLog:
        return None
    book = next((each for each in reading.books_of([SETTINGS]) if each.log == writing), None)
    return reading.said_by_number(book, book.stream.count - 1)[1] if book else None
