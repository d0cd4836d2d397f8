"""SMS over an HTTP gateway, or into files on a platform for demonstration.

The gateway gets ``POST`` with JSON ``{"id", "to", "text"}``. ``Idempotency-Key`` is the id, the same at every attempt: a
gateway must send one SMS for one key. ``X-Rongxin-Signature`` is the HMAC-SHA256, in hex, of ``<X-Rongxin-Timestamp>.<body>``
under the shared secret. Any 2xx means taken. No redirect is followed and no body is read.
"""

import hashlib
import hmac
import http.client
import json
import ssl
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from rongxin.notices.channels.channel import Failure, Message, Reason

TIMEOUT_SECONDS: Final = 10.0
_ANSWERS: Final = {
    http.client.UNAUTHORIZED: Reason.LOGIN_REFUSED,
    http.client.FORBIDDEN: Reason.LOGIN_REFUSED,
    http.client.REQUEST_TIMEOUT: Reason.BUSY,
    http.client.TOO_MANY_REQUESTS: Reason.BUSY,
    http.client.CONFLICT: Reason.NOT_NOW,  # the same key is under way there
}


class SmsGateway:
    """The gateway at ``url``; one connection for each message."""

    def __init__(self, url: str, secret: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self.url, self.secret, self.timeout = urlsplit(url), secret, timeout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, message: Message) -> None:
        """Hand one SMS to the gateway."""
        body = json.dumps(
            {"id": str(message.id), "to": message.address, "text": message.text}, ensure_ascii=False
        ).encode()
        connection = self._connection()
        try:
            connection.request("POST", self._path, body, self._headers(message, body))
            status = connection.getresponse().status
        except TimeoutError:
            raise Failure(Reason.TIMEOUT) from None
        except (OSError, http.client.HTTPException):
            raise Failure(Reason.UNREACHABLE) from None
        finally:
            connection.close()
        if failed := _reason(status):
            raise Failure(failed)

    @property
    def _path(self) -> str:
        return (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")

    def _connection(self) -> http.client.HTTPConnection:
        host = self.url.hostname or ""
        if self.url.scheme == "https":
            return http.client.HTTPSConnection(
                host, self.url.port, timeout=self.timeout, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(host, self.url.port, timeout=self.timeout)

    def _headers(self, message: Message, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        signed = hmac.new(self.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": str(message.id),
            "X-Rongxin-Timestamp": stamp,
            "X-Rongxin-Signature": signed,
        }


class FileGateway:
    """Lays each SMS down as a file named by its id: the same one again is the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, message: Message) -> None:
        """Write the file."""
        told = {"to": message.address, "text": message.text}
        path = self.folder / f"{message.id}.sms.json"
        path.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")


def _reason(status: int) -> Reason | None:
    """What an answer means; None for yes."""
    by_hundreds = {2: None, 3: Reason.REDIRECTED, 4: Reason.MESSAGE_REFUSED}
    return _ANSWERS.get(status, by_hundreds.get(status // 100, Reason.SERVER_FAULT))
