"""What events say, sealed: AES-256-GCM under a key for each event, that key under the subject's, that one under the platform's.

Without its key row nothing of a subject opens; without its salt nothing of an event can be guessed. Source: NIST SP 800-38D.
"""

import os
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.environment import environment

KEY: Final = 32
_NONCE: Final = 12
_ONLY_ONCE: Final = bytes(_NONCE)


class Unopenable(ValueError):
    """Sealed under another key, or changed since."""


def new_subject_key(stream: bytes) -> tuple[AESGCM, bytes]:
    """A key for the contents of one stream, and the same sealed for keeping."""
    key, nonce = os.urandom(KEY), os.urandom(_NONCE)
    return AESGCM(key), nonce + _platform().encrypt(nonce, key, stream)


def subject_key(sealed: bytes, stream: bytes) -> AESGCM:
    """The key that :func:`new_subject_key` sealed. Raises Unopenable."""
    return AESGCM(_opened(_platform(), sealed, stream))


def seal(key: AESGCM, payload: bytes, committed: bytes, chance: bytes) -> tuple[bytes, bytes]:
    """``payload`` sealed, and the sealed key to it; both bound to ``committed``. ``chance``: 44 random bytes of this event."""
    data_key, nonce = chance[:KEY], chance[KEY:]
    # A key that seals one text only may count from nothing.
    return AESGCM(data_key).encrypt(_ONLY_ONCE, payload, committed), nonce + key.encrypt(nonce, data_key, committed)


CHANCE: Final = KEY + _NONCE
"""Random bytes that :func:`seal` takes."""


def unseal(key: AESGCM, payload: bytes, sealed_key: bytes, committed: bytes) -> bytes:
    """What :func:`seal` sealed. Raises Unopenable."""
    try:
        return AESGCM(_opened(key, sealed_key, committed)).decrypt(_ONLY_ONCE, payload, committed)
    except (InvalidTag, ValueError) as error:
        raise Unopenable("the contents are not what was sealed") from error


def _opened(key: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    try:
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
    except (InvalidTag, ValueError) as error:
        raise Unopenable("the key is not what was sealed") from error


@cache
def _platform() -> AESGCM:
    return AESGCM(environment.ledger_key("payload"))
