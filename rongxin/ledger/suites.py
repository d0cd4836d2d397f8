"""The hash functions a log may be built on: SHA-256 (FIPS 180-4) and SM3 (GB/T 32905). One log never mixes them."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

WIDTH: Final = 32
"""Bytes of a hash."""


class UnknownSuite(ValueError):
    """No suite has this number or name."""


class SuiteUnavailable(RuntimeError):
    """The OpenSSL that Python was built with does not have the hash function."""


@dataclass(frozen=True)
class Suite:
    """One hash function and the ways a log uses it; ``digest_of`` makes a hash object of bytes."""

    number: int
    name: str
    digest_of: Callable[[bytes], Any]

    def hash(self, data: bytes) -> bytes:
        """32 bytes."""
        digest: bytes = self.digest_of(data).digest()
        return digest

    def leaf(self, entry: bytes) -> bytes:
        """The hash of a leaf of the tree (RFC 6962, 2.1)."""
        return self.hash(b"\x00" + entry)

    def node(self, left: bytes, right: bytes) -> bytes:
        """The hash of what stands above ``left`` and ``right`` (RFC 6962, 2.1)."""
        return self.hash(b"\x01" + left + right)

    def keyed(self, key: bytes, message: bytes) -> bytes:
        """HMAC (RFC 2104)."""
        return hmac.digest(key, message, self.name)


SHA256: Final = Suite(1, "sha256", hashlib.sha256)
SM3: Final = Suite(2, "sm3", partial(hashlib.new, "sm3"))
_SUITES: Final = (SHA256, SM3)


def numbered(number: int) -> Suite:
    """The suite of this number. Raises UnknownSuite, or SuiteUnavailable where Python lacks it."""
    return _usable(next((suite for suite in _SUITES if suite.number == number), None), number)


def named(name: str) -> Suite:
    """The suite of this name. Raises UnknownSuite, or SuiteUnavailable where Python lacks it."""
    return _usable(next((suite for suite in _SUITES if suite.name == name), None), name)


def _usable(suite: Suite | None, asked: int | str) -> Suite:
    if suite is None:
        raise UnknownSuite(f"no suite {asked!r}: 1 is sha256, 2 is sm3")
    if suite.name not in hashlib.algorithms_available:
        raise SuiteUnavailable(
            f"this Python's OpenSSL has no {suite.name}: build it with {suite.name}, or choose sha256"
        )
    return suite
