"""Secrets at rest: those that must be read again sealed, those that are only compared kept as digests.

Sealed with a key made of the platform's signing key: a copy of the database alone opens none.

Source: Fernet (AES-128-CBC with HMAC-SHA-256) of the package cryptography; the key by HKDF, RFC 5869.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unsealable(Exception):
    """Sealed under a key that the platform no longer has."""


def seal(text: str) -> str:
    """``text``, readable with the present signing key only."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed under the present or the former key; raises Unsealable."""
    try:
        return _box().decrypt(sealed).decode()
    except InvalidToken as error:
        raise Unsealable from error


def digest_of(secret: str) -> str:
    """What is kept of a random secret of 80 bits or more: so much chance cannot be guessed back from a plain digest."""
    return hashlib.sha256(secret.encode()).hexdigest()


def digest_of_few(text: str) -> str:
    """What is kept of something of which there are few enough to try them all: a digest under the platform's signing key."""
    key = _derived(settings.SECRET_KEY, b"rongxin digests of few")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, b"rongxin second factor"))) for key in keys])


def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
