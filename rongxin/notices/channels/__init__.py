"""Ways out of the platform: e-mail and SMS, both switched off until an operator sets where they go.

Words: Channel, Message, Failure (and its Reason).
"""

from collections.abc import Callable
from typing import Final

from config.environment import environment
from rongxin.notices.channels.channel import Channel
from rongxin.notices.channels.email import EmailChannel
from rongxin.notices.channels.sms import FileGateway, SmsGateway
from rongxin.policy.notices import ChannelName

__all__ = ["channel", "is_on"]

FILE: Final = "file:"


def is_on(name: ChannelName) -> bool:
    """Whether an operator said where it goes."""
    return bool(
        {ChannelName.EMAIL: environment.mail_url.get_secret_value(), ChannelName.SMS: environment.sms_url}[name]
    )


def channel(name: ChannelName) -> Channel:
    """The channel as the settings have it."""
    made: dict[ChannelName, Callable[[], Channel]] = {ChannelName.EMAIL: EmailChannel, ChannelName.SMS: _sms}
    return made[name]()


def _sms() -> Channel:
    if environment.sms_url.startswith(FILE):
        return FileGateway(environment.outbox())
    return SmsGateway(environment.sms_url, environment.sms_secret.get_secret_value())
