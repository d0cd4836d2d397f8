"""Public numbers of records: the origin platform and a ULID (48 bits of time, 80 random bits, Crockford's base 32)."""

import secrets
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_numbers(origin: str, count: int, milliseconds: int) -> list[str]:
    """``count`` fresh numbers of this instant, e.g. ``350100-01KAP7…``; unguessable and unique across platforms."""
    prefix = f"{origin}-{_encoded(milliseconds, 10)}"
    return [prefix + _encoded(int.from_bytes(secrets.token_bytes(10)), 16) for _ in range(count)]


def _encoded(value: int, length: int) -> str:
    characters = []
    for _ in range(length):
        value, digit = divmod(value, 32)
        characters.append(_ALPHABET[digit])
    return "".join(reversed(characters))
