"""The form of addresses for mails and SMS: the same for a department and for oneself. What is kept is never shown whole."""

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rongxin.accounts.models import Account
from rongxin.departments.models import Department
from rongxin.notices.channels import is_on
from rongxin.notices.contacts import BadAddress, masked, own_contacts, set_contact
from rongxin.policy.notices import ChannelName


class ContactForm(forms.Form):
    """An address for each channel. Left empty it stays as it is; the box beside it removes it."""

    email = forms.CharField(label=gettext_lazy("电子邮箱"), required=False, max_length=120)
    remove_email = forms.BooleanField(label=gettext_lazy("删除电子邮箱"), required=False)
    sms = forms.CharField(label=gettext_lazy("手机号码"), required=False, max_length=20)
    remove_sms = forms.BooleanField(label=gettext_lazy("删除手机号码"), required=False)

    def __init__(self, owner: Department | Account, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.owner = owner
        known = own_contacts(owner)
        for channel in ChannelName:
            contact = known.get(channel)
            told = _("已登记 %(address)s。要换就填新的，不填不变。") if contact else _("还没有登记。")
            if contact:
                told %= {"address": masked(contact) or _("（读不出，请重新登记）")}
            else:
                del self.fields[f"remove_{channel}"]
            off = "" if is_on(channel) else _("平台还没有开通这种提醒，登记后等开通即用。")
            self.fields[channel].help_text = f"{told}{off}"

    def keep(self, by: Account) -> bool:
        """Keep what was given; False when an address is none, which then stands at its field. All or nothing."""
        given = {channel: self.cleaned_data[channel].strip() for channel in ChannelName}
        with transaction.atomic():
            for channel, address in given.items():
                try:
                    if address or self.cleaned_data.get(f"remove_{channel}"):
                        set_contact(self.owner, channel, address, by=by)
                except BadAddress:
                    self.add_error(channel, _BAD[channel])
            if self.errors:
                transaction.set_rollback(True)
        return not self.errors


_BAD = {
    ChannelName.EMAIL: gettext_lazy("这不是电子邮箱地址，例：bangongshi@example.gov.cn。没有保存。"),
    ChannelName.SMS: gettext_lazy("手机号码是 11 位数字。没有保存。"),
}
