"""The example of a record kind as a file: rows as a department would send them, all made up."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from rongxin.policy.pack import Policy
from rongxin.portal.answers import public_page, refusal
from rongxin.rulebook import queries as rulebook
from rongxin.ui.downloads import MARK


@public_page
def example(request: HttpRequest, kind: str) -> HttpResponse:
    """The table of an example as it lies in the rules in force (UTF-8 with mark)."""
    text = rulebook.examples(rulebook.current().digest).get(kind)
    if text is None:
        return refusal(request, 404, _("没有这个示例文件"), _("请从目录里选择一种记录。"), "search-off")
    response = HttpResponse(MARK + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}-example.csv"'
    return response


def example_url(policy: Policy, kind: str) -> str:
    """Where the example of a kind is; empty for a kind without one."""
    return reverse("portal:example", args=[kind]) if kind in rulebook.examples(policy.digest) else ""
