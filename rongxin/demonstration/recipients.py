"""Two made-up recipients of public data: one keeps up, the other takes what changed and does not say that it carried it out."""

from typing import Final

from django.db import transaction

from rongxin.accounts.models import Account
from rongxin.demonstration.codes import numbered_code
from rongxin.demonstration.staff import LEAD, SECOND
from rongxin.exchange.recipients import registry
from rongxin.exchange.recipients.acknowledging import MOST, acknowledge, hand_over
from rongxin.exchange.recipients.models import Recipient, Sort
from rongxin.records.changes import last_position
from rongxin.rulebook import queries as rulebook

_PROMPT: Final = ("示例信用服务机构", 91, Sort.AGENCY)
_SLOW: Final = ("示例企业信息网站", 92, Sort.WEBSITE)


@transaction.atomic
def register_some() -> None:
    """Register both, once; they begin with what is newest."""
    lead = Account.objects.filter(username=LEAD).first()
    if lead is None or Recipient.objects.exists():
        return
    second = Account.objects.get(username=SECOND)
    for name, number, sort in (_PROMPT, _SLOW):
        made = registry.propose(
            name=name, uscc=numbered_code("9", "1", number), sort=sort, office="示例数据部", by=lead
        )
        registry.approve(made.pk, second)
        _carry_out(made)


@transaction.atomic
def answer_some() -> None:
    """The prompt one carries out what changed since; the other only takes it."""
    for each in Recipient.objects.filter(registered_at__isnull=False, served__isnull=False):
        if each.name == _PROMPT[0]:
            _carry_out(each)
        elif each.name == _SLOW[0]:
            hand_over(each, rulebook.current(), after=each.served or 0, limit=MOST)


def _carry_out(recipient: Recipient) -> None:
    recipient.refresh_from_db()
    newest, _ = last_position()
    after = newest if recipient.served is None else recipient.served
    page = hand_over(recipient, rulebook.current(), after=after, limit=MOST)
    acknowledge(recipient, max(page.last, after))
