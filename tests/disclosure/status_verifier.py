"""A verifier of status entries written from the recommendations alone: Bitstring Status List v1.0, VC 2.0, RFC 7515, RFC 8037.

It imports nothing of the platform. ``fetch`` gives the body of an address.
"""

import base64
import gzip
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Unknown(Exception):
    """No answer can be had; whoever shows the record must not."""


def may_be_displayed(entry: dict[str, str], fetch: Callable[[str], bytes], jwk: dict[str, str], now: datetime) -> bool:
    """The bit of the entry; raises Unknown whatever is wrong."""
    if entry["type"] != "BitstringStatusListEntry":
        raise Unknown("another type of entry")
    credential = opened(fetch(entry["statusListCredential"]), jwk)
    subject = credential["credentialSubject"]
    if credential["id"] != entry["statusListCredential"]:
        raise Unknown("another list")
    if "BitstringStatusListCredential" not in credential["type"] or subject["type"] != "BitstringStatusList":
        raise Unknown("no status list")
    if subject["statusPurpose"] != entry["statusPurpose"]:
        raise Unknown("another purpose")
    if not instant(credential["validFrom"]) <= now < instant(credential["validUntil"]):
        raise Unknown("stale")
    if not subject["encodedList"].startswith("u"):
        raise Unknown("not base64url")
    bits = gzip.decompress(unpadded(subject["encodedList"][1:]))
    if len(bits) * 8 < 131_072:
        raise Unknown("shorter than the least length")
    index = int(entry["statusListIndex"])
    if not 0 <= index < len(bits) * 8:
        raise Unknown("index out of range")
    return bool(bits[index // 8] & (0b1000_0000 >> index % 8))


def opened(token: bytes, jwk: dict[str, str]) -> dict[str, Any]:
    head, payload, signature = token.decode("ascii").split(".")
    told = json.loads(unpadded(head))
    if (told["alg"], told["kid"], told["typ"]) != ("EdDSA", jwk["kid"], "vc+jwt"):
        raise Unknown("another algorithm, key or type")
    try:
        key = Ed25519PublicKey.from_public_bytes(unpadded(jwk["x"]))
        key.verify(unpadded(signature), f"{head}.{payload}".encode("ascii"))
    except InvalidSignature as error:
        raise Unknown("not signed by the platform") from error
    credential: dict[str, Any] = json.loads(unpadded(payload))
    if credential["@context"][0] != "https://www.w3.org/ns/credentials/v2":
        raise Unknown("no credential of version 2.0")
    return credential


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
