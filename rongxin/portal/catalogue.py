"""The catalogue of what is collected (measure 4), as a page and as a file."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rongxin.disclosure.collecting import Catalogue, catalogue
from rongxin.portal.answers import public_page
from rongxin.records.display import Moment
from rongxin.rulebook import queries as rulebook
from rongxin.ui.downloads import csv_download
from rongxin.ui.labels import label
from rongxin.ui.templatetags.rongxin import lang


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePage:
    """``portal/catalogue.html``."""

    catalogue: Catalogue
    as_of: date


@public_page
def items(request: HttpRequest) -> HttpResponse:
    """Every item with its source, frequency, share level and when it was last received."""
    today = Moment.now().day
    page = CataloguePage(catalogue=catalogue(rulebook.current(), today), as_of=today)
    return render(request, "portal/catalogue.html", {"page": page})


@public_page
def items_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV (UTF-8 with mark, so that a table programme reads it)."""
    today = Moment.now().day
    heads = (
        _("目录编码"),
        _("记录种类"),
        _("名称"),
        _("类别"),
        _("权责类型"),
        _("信息提供单位"),
        _("报送频次"),
        _("宽限天数"),
        _("共享级别"),
        _("目录层级"),
        _("报送单位数"),
        _("逾期未报单位数"),
        _("最近收到"),
    )
    rows = (
        (
            line.code,
            line.kind,
            lang(line.title),
            line.category,
            line.power,
            lang(line.provider),
            label(line.frequency.every),
            line.frequency.days_allowed,
            label(line.share),
            lang(line.level),
            line.delivered.departments,
            line.delivered.silent,
            line.delivered.last_received_on,
        )
        for line in catalogue(rulebook.current(), today).lines
    )
    return csv_download(f"catalogue-{today.isoformat()}.csv", heads, rows)
