"""外发失败: mails and SMS that were given up, and why, for the system administrator. Shows no case and no content."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.administration.frame import administrator_of, administrators_only, show
from rongxin.notices import sending
from rongxin.notices.channels import is_on
from rongxin.notices.models import CHANNELS, Sending
from rongxin.notices.queries import given_up
from rongxin.policy.notices import ChannelName
from rongxin.ui.failed_sendings import failed_line

PAGE_SIZE = 50


def _retrier(request: HttpRequest) -> Account:
    administrator = administrator_of(request)
    demand(administrator, Action.SENDING_RETRY, administrator.works_for)
    return administrator


@administrators_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What was given up, the newest first; and which channels are switched on."""
    _retrier(request)
    numbered = Paginator(given_up(), PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [
        failed_line(each, again_url=reverse("administration:sending_again", args=[each.pk]), tells=False)
        for each in numbered
    ]
    channels = [(words, is_on(ChannelName(name))) for name, words in CHANNELS]
    return show(request, "administration/sendings.html", {"sendings": numbered, "lines": lines, "channels": channels})


@administrators_only
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try one anew."""
    administrator = _retrier(request)
    try:
        sending.send_again(Sending.objects.get(pk=pk), by=administrator)
    except Sending.DoesNotExist:
        raise Http404 from None
    except sending.NotGivenUp:
        messages.info(request, _("已经在发送，没有重复办理。"))
    else:
        messages.success(request, _("已经排上，几分钟内再发。"))
    return redirect("administration:sendings")
