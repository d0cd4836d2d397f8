"""One HTTPS request to an address that a stranger chose: the name is resolved once, what it resolves to is judged, and exactly
that is connected to. No redirect is followed, nothing is asked of a proxy, and it is over after five seconds or 64 KiB.

Source: OWASP ASVS 5.0, 15.3.2; the ranges are those that the registries of special-purpose addresses name (module ipaddress).
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urlsplit

from config.environment import environment

SECONDS: Final = 5.0
MOST_BYTES: Final = 64 * 1024
LONGEST: Final = 500
_PIECE: Final = 4096
_TUNNELS: Final = (
    ipaddress.ip_network("64:ff9b::/96"),  # NAT64
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),  # 6to4
    ipaddress.ip_network("2001::/32"),  # Teredo
    ipaddress.ip_network("::/96"),  # IPv4-compatible
)


class Outcome(StrEnum):
    """What became of a request, in a closed word; never what the other side said."""

    TAKEN = "taken"
    NOT_AN_ADDRESS = "not_an_address"
    UNKNOWN_HOST = "unknown_host"
    FORBIDDEN_HOST = "forbidden_host"
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    TIMEOUT = "timeout"
    REDIRECTED = "redirected"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    WRONG_ANSWER = "wrong_answer"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of it; ``body`` only of what was taken."""

    outcome: Outcome
    status: int | None = None
    body: bytes = b""


def fault_of(url: str) -> Outcome | None:
    """What is wrong with an address as it is written: only https with a host name, no login in it, no fragment."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Outcome.NOT_AN_ADDRESS
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST
    is_whole = parts.scheme == "https" and bool(parts.hostname) and not parts.fragment and port != 0
    return None if is_plain and is_whole and "@" not in parts.netloc and "\\" not in url else Outcome.NOT_AN_ADDRESS


def is_allowed(address: str) -> bool:
    """Whether it may be connected to: globally reachable and nothing else, or within a network that the operator named."""
    found = _plain(ipaddress.ip_address(address.partition("%")[0]))
    if any(found in network for network in environment.webhook_allowed()):
        return True
    if isinstance(found, IPv6Address) and any(found in tunnel for tunnel in _TUNNELS):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def post(url: str, body: bytes, headers: dict[str, str]) -> Answered:
    """Send ``body``; any 2xx is taken."""
    if fault := fault_of(url):
        return Answered(fault)
    deadline = time.monotonic() + SECONDS
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    addresses = _resolved(host, port, deadline)
    if fault := _fault_of_host(addresses):
        return Answered(fault)
    assert addresses
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Pinned(host, port, addresses[0], deadline)
    # Whoever sends a byte a second would never run into the time-out of a socket: it is cut off from here.
    cut = threading.Timer(max(deadline - time.monotonic(), 0.01), connection.cut)
    cut.daemon = True
    cut.start()
    try:
        connection.request("POST", path, body, headers)
        answered = _answer(connection.getresponse())
        # What was cut off reads like an answer that came to its end.
        return answered if time.monotonic() < deadline else Answered(Outcome.TIMEOUT, answered.status)
    except ssl.SSLCertVerificationError:
        return Answered(Outcome.UNTRUSTED)
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        return Answered(Outcome.TIMEOUT if time.monotonic() >= deadline else Outcome.UNREACHABLE)
    finally:
        cut.cancel()
        connection.close()


def _fault_of_host(addresses: list[str] | None) -> Outcome | None:
    if not addresses:
        return Outcome.TIMEOUT if addresses is None else Outcome.UNKNOWN_HOST
    # One that is forbidden among several is a trick, or a mistake that must be mended: none is used.
    return None if all(is_allowed(address) for address in addresses) else Outcome.FORBIDDEN_HOST


def _answer(response: http.client.HTTPResponse) -> Answered:
    status = response.status
    if 300 <= status < 400:
        return Answered(Outcome.REDIRECTED, status)
    if not 200 <= status < 300:
        return Answered(Outcome.REFUSED, status)
    read = b""
    while piece := response.read(_PIECE):
        read += piece
        if len(read) > MOST_BYTES:
            return Answered(Outcome.TOO_LARGE, status)
    return Answered(Outcome.TAKEN, status, read)


def _resolved(host: str, port: int, deadline: float) -> list[str] | None:
    """The addresses of a host, asked for once; None where it takes too long. The question itself cannot be broken off."""
    found: list[str] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(str(answer[4][0]) for answer in answers)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(deadline - time.monotonic(), 0))
    return None if asking.is_alive() else found


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address written as IPv6 is the IPv4 address."""
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address that was judged, for the name that the certificate must bear."""

    def __init__(self, host: str, port: int, address: str, deadline: float) -> None:
        self._context_of_call = ssl.create_default_context()
        super().__init__(host, port, timeout=max(deadline - time.monotonic(), 0.01), context=self._context_of_call)
        self._address = address
        self._wire: socket.socket | None = None

    def connect(self) -> None:
        """As the standard library does, to the address instead of the name."""
        self._wire = socket.create_connection((self._address, self.port), self.timeout)
        self._wire = self.sock = self._context_of_call.wrap_socket(self._wire, server_hostname=self.host)

    def cut(self) -> None:
        """Break it off from another thread."""
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)
