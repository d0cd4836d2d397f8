"""A one-time link, shown once to be handed over, and sent where an e-mail address was given. The address is not kept."""

import logging
from smtplib import SMTPException

from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config.environment import environment
from rongxin.accounts.models import Account
from rongxin.administration.frame import show
from rongxin.entrance.hosts import link_for

log = logging.getLogger(__name__)


def show_link(request: HttpRequest, account: Account, word: str, *, address: str = "") -> HttpResponse:
    """The link in clear, for the only time, and whether it was sent to ``address``."""
    link = link_for(account, word, request)
    page = {
        "account": account,
        "link": link,
        "hours": environment.invitation_hours,
        "address": address,
        "was_sent": bool(address) and _sent(link, address),
    }
    return show(request, "administration/link.html", page)


def _sent(link: str, address: str) -> bool:
    subject = _("%(platform)s：设置您的账号") % {"platform": environment.platform_name}
    text = _(
        "请在 %(hours)d 小时内打开下面的链接，设置密码和第二重验证。链接只能用一次，不要转给别人。\n\n%(link)s\n"
    ) % {
        "hours": environment.invitation_hours,
        "link": link,
    }
    try:
        return send_mail(subject, text, None, [address]) == 1
    except (OSError, SMTPException):
        log.warning("the mail with a one-time link could not be sent", exc_info=False)
        return False
