"""One after another: what must not be done by two at once, and locks no row that could stand for it."""

import zlib

from django.db import connection


def in_turn(what: str) -> None:
    """Wait until nobody else is at ``what``, and keep others waiting until the open transaction ends.

    On SQLite a transaction that writes is alone from its beginning. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a turn lasts as long as its transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(what.encode())])
