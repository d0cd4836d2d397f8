"""What the platform signs beside the log: JSON as compact JWS (RFC 7515, Ed25519 as in RFC 8037), for what changes by the hour.

It is the key of the checkpoints, which /ledger publishes. A checkpoint has line feeds and what is signed here has none, so
neither passes for the other.
"""

import base64
import binascii
import json
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from config.environment import environment
from rongxin.ledger.notes import Signer

ALGORITHM: Final = "EdDSA"


class TokenRefused(ValueError):
    """It is no token, or the platform's key has not signed it."""


def signed(payload: dict[str, Any], *, kind: str) -> str:
    """``payload`` as a token; ``kind`` stands in its head as ``typ``. Its ``kid`` is :func:`key_name`."""
    head = {"alg": ALGORITHM, "kid": key_name(), "typ": kind}
    told = f"{_text(_json(head))}.{_text(_json(payload))}"
    return f"{told}.{_text(_signer().sign(told).value)}"


def opened(token: str) -> dict[str, Any]:
    """What a token of this platform says. Raises TokenRefused."""
    told, _, signature = token.rpartition(".")
    head, _, payload = told.partition(".")
    try:
        if json.loads(_bytes(head)).get("alg") != ALGORITHM:
            raise TokenRefused("not EdDSA")
        Ed25519PublicKey.from_public_bytes(_signer().public).verify(_bytes(signature), told.encode())
        said: dict[str, Any] = json.loads(_bytes(payload))
    except (InvalidSignature, binascii.Error, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise TokenRefused("the platform's key has not signed this") from error
    return said


def key_name() -> str:
    """The ``kid`` of every token: the public key in hexadecimal, as /ledger shows it."""
    return _signer().public.hex()


def public_jwk() -> dict[str, str]:
    """The public key as JSON Web Key (RFC 8037)."""
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _text(_signer().public),
        "kid": key_name(),
        "alg": ALGORITHM,
        "use": "sig",
    }


def _signer() -> Signer:
    return Signer(environment.ledger_base(), environment.ledger_key("signing"))


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
