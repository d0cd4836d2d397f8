"""What every way out of the platform does: send one message, or say why not in a closed word."""

from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID


class Reason(StrEnum):
    """Why an attempt failed. Never what a server said: that may hold the address."""

    NO_ADDRESS = "no_address"
    UNREADABLE = "unreadable"
    ADDRESS_REFUSED = "address_refused"
    MESSAGE_REFUSED = "message_refused"
    NOT_NOW = "not_now"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    LOGIN_REFUSED = "login_refused"
    REDIRECTED = "redirected"
    SERVER_FAULT = "server_fault"
    STOPPED = "stopped"
    FAULT = "fault"
    NO_WORDS = "no_words"


# No further attempt with the same address and text will do better.
FOR_GOOD = frozenset({Reason.NO_ADDRESS, Reason.UNREADABLE, Reason.ADDRESS_REFUSED, Reason.MESSAGE_REFUSED})
# It lies with the address: others are taken.
OF_THE_ADDRESS = frozenset({Reason.ADDRESS_REFUSED, Reason.NOT_NOW})
# The whole channel is down or set up wrongly: other messages need not be tried now.
OF_THE_CHANNEL = frozenset({Reason.UNREACHABLE, Reason.TIMEOUT, Reason.LOGIN_REFUSED, Reason.REDIRECTED, Reason.BUSY})


class Failure(Exception):
    """The message was not taken, or nobody knows whether it was."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves the platform. ``id`` is the same at every attempt."""

    id: UUID
    address: str
    subject: str
    text: str

    def __repr__(self) -> str:
        """Without the address: what is logged by mistake names nobody."""
        return f"<Message {self.id}>"


class Channel(Protocol):
    """A way out, open for one round of messages."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, message: Message) -> None:
        """Hand the message over; raises Failure. Returning means that the other side took it."""
        ...
