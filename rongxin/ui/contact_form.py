"""Addresses for mails and SMS on a page: the same for a department, an officer and a firm. What is kept is never shown whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rongxin.accounts.models import Account
from rongxin.accounts.one_time_codes import Entered, Outcome
from rongxin.accounts.queries import demand_proof
from rongxin.accounts.sealing import Unsealable
from rongxin.notices.channels import is_on
from rongxin.notices.channels.channel import Reason
from rongxin.notices.confirming import TooManyCodes, ask_code, enter_code
from rongxin.notices.contacts import BadAddress, Owner, changes_of, choose_topics, masked, own_contacts, set_contact
from rongxin.notices.models import Contact, ContactChange
from rongxin.policy.notices import ChannelName, Topic
from rongxin.subjects.mandates.models import Mandate
from rongxin.ui.forms import offer
from rongxin.ui.labels import LABELS, label

LATELY: Final = 10
LONGEST_CODE: Final = 40
_BAD: Final = {
    ChannelName.EMAIL: gettext_lazy("这不是电子邮箱地址，例：bangongshi@example.gov.cn。没有保存。"),
    ChannelName.SMS: gettext_lazy("手机号码是 11 位数字。没有保存。"),
}
_TOO_MANY: Final = gettext_lazy("您今天要求的验证码太多了，请明天再来。")
_NOT_TAKEN: Final[dict[Outcome, str | Promise]] = {
    Outcome.VOID: gettext_lazy("这个验证码已经作废，请再要一个。"),
    Outcome.EXPIRED: gettext_lazy("验证码过期了，请再要一个。"),
}


class ContactForm(forms.Form):
    """An address for each channel, left as it is when empty; of a firm also what is told there."""

    email = forms.CharField(label=gettext_lazy("电子邮箱"), required=False, max_length=120)
    sms = forms.CharField(label=gettext_lazy("手机号码"), required=False, max_length=20)
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("提醒哪些事"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("没有选的，站内消息照样有；期限总在站内消息里写明。"),
    )

    def __init__(self, owner: Owner, data: QueryDict | None = None) -> None:
        known = own_contacts(owner)
        chosen = next((contact.topics for contact in known.values()), list(Topic))
        super().__init__(data, initial={"topics": chosen})
        self.owner = owner
        offer(self, "topics", [(word.value, words) for word, words in LABELS[Topic].items()])
        if not isinstance(owner, Mandate):
            del self.fields["topics"]
        for channel in ChannelName:
            field = self.fields[channel]
            field.disabled = not is_on(channel)
            field.help_text = _hint(channel, known.get(channel))

    def keep(self, by: Account) -> bool:
        """Keep what was given and send codes; False when something is wrong, which then stands at its field. All or nothing."""
        with transaction.atomic():
            for channel in ChannelName:
                self._keep_one(channel, self.cleaned_data[channel].strip(), by)
            if isinstance(self.owner, Mandate):
                choose_topics(self.owner, [Topic(each) for each in self.cleaned_data["topics"]])
            if self.errors:
                transaction.set_rollback(True)
        return not self.errors

    def _keep_one(self, channel: ChannelName, address: str, by: Account) -> None:
        if not address:
            return
        try:
            contact = set_contact(self.owner, channel, address, by=by)
            if contact is not None:
                ask_code(contact, by=by)
        except BadAddress:
            self.add_error(channel, _BAD[channel])
        except TooManyCodes:
            self.add_error(channel, _TOO_MANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """An address that is entered. ``state``: in_use, unconfirmed or set_aside. ``until``: a code is waited for as long."""

    channel: str
    title: str
    address: str
    state: str
    until: datetime | None
    why: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsView:
    """``ui/_contacts.html``. ``changes``: when an address was entered or removed, the newest first."""

    form: ContactForm
    lines: tuple[ContactLine, ...]
    changes: tuple[ContactChange, ...]
    is_wrong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of what was sent from the page: ``said`` when it was done, else the page again with what was wrong."""

    view: ContactsView
    said: str = ""


def contacts_view(
    owner: Owner, form: ContactForm | None = None, errors: Mapping[str, str | Promise] | None = None
) -> ContactsView:
    """What is entered; ``errors``: what was wrong with a code, by channel."""
    wrong = errors or {}
    return ContactsView(
        form=form or ContactForm(owner),
        lines=tuple(_line(contact, str(wrong.get(name, ""))) for name, contact in sorted(own_contacts(owner).items())),
        changes=tuple(changes_of(owner)[:LATELY]),
        is_wrong=bool(wrong or (form and form.errors)),
    )


def answer(owner: Owner, by: Account, given: QueryDict) -> Answered:
    """Do what the page asks for: ``do`` is keep, code, again or remove, the last three for a ``channel``.

    Raises ProofTooOld where an address is to be entered; removing one asks for nothing.
    """
    contact = own_contacts(owner).get(given.get("channel", ""))
    match given.get("do"):
        case "remove":
            if contact is not None:
                set_contact(owner, ChannelName(contact.channel), "", by=by)
            return Answered(view=contacts_view(owner), said=_("已经删除，马上不再使用。"))
        case "again" if contact is not None:
            return _again(owner, contact, by)
        case "code" if contact is not None:
            return _code(owner, contact, given.get("contact_code", "")[:LONGEST_CODE])
    demand_proof(by)
    form = ContactForm(owner, given)
    if form.is_valid() and form.keep(by):
        return Answered(view=contacts_view(owner), said=_("已经保存。新登记的地址，收到验证码填写以后才启用。"))
    return Answered(view=contacts_view(owner, form))


def _again(owner: Owner, contact: Contact, by: Account) -> Answered:
    try:
        ask_code(contact, by=by)
    except TooManyCodes:
        return Answered(view=contacts_view(owner, errors={contact.channel: _TOO_MANY}))
    except Unsealable:
        return Answered(view=contacts_view(owner, errors={contact.channel: label(Reason.UNREADABLE)}))
    return Answered(view=contacts_view(owner), said=_("验证码另发一个，前面的作废。"))


def _code(owner: Owner, contact: Contact, code: str) -> Answered:
    entered = enter_code(contact, code)
    if entered.outcome == Outcome.RIGHT:
        return Answered(view=contacts_view(owner), said=_("已经确认，从现在起启用。"))
    return Answered(view=contacts_view(owner, errors={contact.channel: _not_taken(entered)}))


def _not_taken(entered: Entered) -> str | Promise:
    if entered.outcome != Outcome.WRONG:
        return _NOT_TAKEN[entered.outcome]
    told = ngettext("验证码不对，还可以试 %(n)s 次。", "验证码不对，还可以试 %(n)s 次。", entered.left)
    return told % {"n": entered.left}


def _hint(channel: ChannelName, contact: Contact | None) -> str:
    if not is_on(channel):
        return _("平台还没有开通这种提醒，开通以后再登记。")
    return _("要换就填新的，不填不变。") if contact else _("还没有登记。")


def _line(contact: Contact, error: str) -> ContactLine:
    state = "set_aside" if contact.set_aside_at else "in_use" if contact.confirmed_at else "unconfirmed"
    return ContactLine(
        channel=contact.channel,
        title=contact.get_channel_display(),
        address=masked(contact) or _("（读不出，请重新登记）"),
        state=state,
        until=contact.code_until if not contact.code_reason else None,
        why=label(Reason(contact.code_reason)) if contact.code_reason else "",
        error=error,
    )
