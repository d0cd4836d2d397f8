"""A security key in software, for tests: answers what a browser would hand on, signs with ES256."""

import json
import re
import struct
from hashlib import sha256
from html import unescape
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, ATTESTED = 0x01, 0x40


class SoftKey:
    """One key for one host name."""

    def __init__(self, host: str = "testserver", origin: str = "https://testserver") -> None:
        self.host, self.origin = host, origin
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.number = sha256(str(id(self)).encode()).digest()
        self.uses = 0

    def create(self, asked: Any, *, flags: int = PRESENT, origin: str = "") -> str:
        """The answer to what a page asks of ``navigator.credentials.create``."""
        public = cbor.encode(ES256.from_cryptography_key(self.private.public_key()))
        credential = b"\0" * 16 + struct.pack(">H", len(self.number)) + self.number + public
        data = self._data(flags | ATTESTED) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked, origin)
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def get(self, asked: Any, *, flags: int = PRESENT, origin: str = "", uses: int | None = None) -> str:
        """The answer to what a page asks of ``navigator.credentials.get``."""
        self.uses = self.uses + 1 if uses is None else uses
        data, client = self._data(flags), self._client("webauthn.get", asked, origin)
        signature = self.private.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _data(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.uses)

    def _client(self, kind: str, asked: Any, origin: str) -> bytes:
        told = {"type": kind, "challenge": asked["publicKey"]["challenge"], "origin": origin or self.origin}
        return json.dumps(told).encode()

    def _answer(self, **parts: bytes) -> str:
        response = {name: websafe_encode(part) for name, part in parts.items()}
        number = websafe_encode(self.number)
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": response})


def asked_on(page: str) -> Any:
    """What a page asks of security keys."""
    found = re.search(r'<script id="key-options" type="application/json">(.*?)</script>', page, re.S)
    assert found, "the page asks no key"
    asked = json.loads(unescape(found[1]))
    assert websafe_decode(asked["publicKey"]["challenge"])
    return asked
