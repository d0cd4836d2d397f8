"""E-mail over Django's backend (SMTP, or files on a platform for demonstration).

At least once: a crash between the server's yes and our writing it down sends the same mail again, under the same Message-ID,
which mail systems use to drop doubles. Never sending would be worse: the mail only says that something waits.
"""

import smtplib
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from rongxin.notices.channels.channel import Failure, Message, Reason

FOR_GOOD: Final = range(500, 600)
# The first kind that fits counts.
_BY_KIND: Final[tuple[tuple[tuple[type[Exception], ...], Reason], ...]] = (
    (
        (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused, smtplib.SMTPNotSupportedError),
        Reason.LOGIN_REFUSED,
    ),
    ((TimeoutError,), Reason.TIMEOUT),
    ((smtplib.SMTPException, OSError), Reason.UNREACHABLE),
    # A line break in a header, an address that cannot be written.
    ((ValueError,), Reason.ADDRESS_REFUSED),
)


class EmailChannel:
    """One connection for a round of mails."""

    def __init__(self) -> None:
        self.connection = get_connection()
        self.is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, message: Message) -> None:
        """Hand one mail to the server."""
        try:
            if not self.is_open:
                self.connection.open()
                self.is_open = True
            self._mail(message).send(fail_silently=False)
        except Exception as error:
            self._close()
            raise Failure(_reason(error)) from None

    def _mail(self, message: Message) -> EmailMessage:
        sender = settings.DEFAULT_FROM_EMAIL
        host = sender.rpartition("@")[2].strip(" >") or "localhost"
        headers = {"Message-ID": f"<{message.id}@{host}>", "Auto-Submitted": "auto-generated"}
        return EmailMessage(
            message.subject, message.text, sender, [message.address], headers=headers, connection=self.connection
        )

    def _close(self) -> None:
        self.is_open = False
        with suppress(smtplib.SMTPException, OSError):
            self.connection.close()


def _reason(error: Exception) -> Reason:
    """What went wrong, in a closed word; the error itself may quote the address."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            is_final = all(code in FOR_GOOD for code, _ in error.recipients.values())
            return Reason.ADDRESS_REFUSED if is_final else Reason.NOT_NOW
        case smtplib.SMTPDataError():
            return Reason.MESSAGE_REFUSED if error.smtp_code in FOR_GOOD else Reason.NOT_NOW
    return next((reason for kinds, reason in _BY_KIND if isinstance(error, kinds)), Reason.FAULT)
