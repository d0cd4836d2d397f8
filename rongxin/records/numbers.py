"""Public numbers of records: the origin platform and a ULID (48 bits of time, 80 random bits, Crockford's base 32)."""

import base64
import secrets
from typing import Final

_CROCKFORD: Final = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FROM_BASE32: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _CROCKFORD)
_RANDOM_BYTES: Final = 10
_LENGTH: Final = 16


def new_numbers(origin: str, count: int, milliseconds: int) -> list[str]:
    """``count`` fresh numbers of this instant, e.g. ``350100-01KAP7…``; unguessable and unique across platforms."""
    # 48 bits of time behind two bits that are never set fill ten characters.
    time = _encoded((milliseconds << 30).to_bytes(_RANDOM_BYTES))[:10]
    random = _encoded(secrets.token_bytes(_RANDOM_BYTES * count))
    return [f"{origin}-{time}{random[start : start + _LENGTH]}" for start in range(0, _LENGTH * count, _LENGTH)]


def _encoded(octets: bytes) -> str:
    """Five bits a character; ``octets`` come in fives."""
    return base64.b32encode(octets).translate(_FROM_BASE32).decode("ascii")
