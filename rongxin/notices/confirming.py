"""Confirming an address: a message with a one-time code goes there, and whoever gets it enters the code.

The code is made when the message is sent; only its digest is kept, for half an hour. Whether other codes went to the same address
shows in no answer: where too many did, the page says what it always says and nothing is sent.
"""

import uuid
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.models import Account
from rongxin.accounts.one_time_codes import Entered, Outcome, code_digest, new_code, try_code
from rongxin.accounts.sealing import Unsealable, digest_of_few
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.notices.channels import channel, is_on
from rongxin.notices.channels.channel import Failure, Message, Reason
from rongxin.notices.contacts import address_of
from rongxin.notices.models import CodeAsked, Contact
from rongxin.policy.notices import ChannelName, CodeText, CodeValue, filled_in
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn

LASTS: Final = timedelta(minutes=30)
A_DAY: Final = timedelta(days=1)
MOST_OF_ACCOUNT: Final = 10
MOST_TO_ADDRESS: Final = 5


class TooManyCodes(Exception):
    """The account had so many codes sent that it has to wait a day."""


@transaction.atomic
def ask_code(contact: Contact, *, by: Account) -> None:
    """Have a code sent to the address; a code that was out is void. Raises TooManyCodes, and Unsealable."""
    now = timezone.now()
    address = digest_of_few(f"{contact.channel}:{address_of(contact).lower()}")
    in_turn(f"codes of {by.pk}")
    in_turn(f"codes to {address}")
    with asks(PLATFORM):  # how many went to an address, whoever asked
        lately = CodeAsked.objects.filter(at__gt=now - A_DAY)
        if lately.filter(account=by).count() >= MOST_OF_ACCOUNT:
            raise TooManyCodes
        is_held_back = lately.filter(address=address).count() >= MOST_TO_ADDRESS
        CodeAsked.objects.create(account=by, address="" if is_held_back else address, at=now)
    # Until the message goes out a code is waited for that nobody has: a guess is answered as it always is.
    Contact.objects.filter(pk=contact.pk).update(
        digest=code_digest(new_code()), tries=0, code_until=now + LASTS, code_reason=""
    )
    if not is_held_back:
        send_code.enqueue(contact.pk)


@job(title="发地址验证码")
def send_code(progress: Progress, pk: int) -> str:
    """Make a code and send it; run again after a crash it sends another, and the former is void. Returns how it ended."""
    progress.phase("外发")
    contact = Contact.objects.filter(pk=pk, code_until__gt=timezone.now()).first()
    if contact is None:
        return "void"
    code = new_code()
    of_same = Contact.objects.filter(pk=pk, sealed=contact.sealed, code_until=contact.code_until)
    if not of_same.update(digest=code_digest(code), tries=0):
        return "void"
    reason = _sent(contact, code)
    if reason is None:
        return "sent"
    of_same.update(digest="", code_reason=reason)
    return reason


@transaction.atomic
def enter_code(contact: Contact, code: str) -> Entered:
    """Try the code that came to the address: the right one has it used from now on."""
    found = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if found.code_until is None:
        return Entered(Outcome.VOID)
    if found.code_until <= timezone.now():
        return Entered(Outcome.EXPIRED)
    entered = try_code(found, code)
    if entered.outcome == Outcome.RIGHT:
        found.confirmed_at, found.code_until = timezone.now(), None
        found.failures, found.set_aside_at = 0, None
    found.save(update_fields=["digest", "tries", "code_until", "confirmed_at", "failures", "set_aside_at"])
    return entered


def _sent(contact: Contact, code: str) -> Reason | None:
    name = ChannelName(contact.channel)
    outside = rulebook.current().outside_texts.get(name)
    if outside is None or outside.confirming is None:
        return Reason.NO_WORDS
    if not is_on(name):
        return Reason.UNREACHABLE
    try:
        message = _message(outside.confirming, address_of(contact), code)
        with channel(name) as way:
            way.send(message)
    except Unsealable:
        return Reason.UNREADABLE
    except Failure as failure:
        return failure.reason
    return None


def _message(text: CodeText, address: str, code: str) -> Message:
    values = {
        str(CodeValue.PLATFORM): environment.platform_name,
        str(CodeValue.CODE): code,
        str(CodeValue.MINUTES): str(int(LASTS.total_seconds()) // 60),
    }
    zh = filled_in(text.body.zh, values)
    if text.subject is None:
        return Message(uuid.uuid4(), address, "", zh)
    return Message(
        uuid.uuid4(), address, filled_in(text.subject.zh, values), f"{zh}\n\n{filled_in(text.body.en, values)}\n"
    )
