"""Opening a notice is its receipt: who, when, once."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.notices.models import Notice, Receipt
from rongxin.notices.queries import inbox, unread
from rongxin.notices.recipients import Recipient

MOST_AT_ONCE = 1000


def mark_read(pk: int, to: Iterable[Recipient], reader: Account) -> Notice:
    """The notice, read from now on if it was not; raises Notice.DoesNotExist for one that is none of theirs."""
    notice = inbox(to, reader).get(pk=pk)
    _keep([notice.pk], reader)
    return notice


def mark_all_read(to: Iterable[Recipient], reader: Account) -> int:
    """A receipt for each that is unread, at most a thousand at once; returns how many."""
    keys = list(unread(to, reader).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    _keep(keys, reader)
    return len(keys)


@transaction.atomic
def _keep(keys: Iterable[int], reader: Account) -> None:
    now = timezone.now()
    # A second tab at the same moment adds nothing.
    Receipt.objects.bulk_create([Receipt(notice_id=key, account=reader, at=now) for key in keys], ignore_conflicts=True)
