"""Who keeps a copy of what is public, and how fast each drops what is withdrawn: figures and dates, no judgement."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from rongxin.documents.verifying import Checked, check
from rongxin.exchange.recipients.queries import Scoreboard, ScoreLine, scoreboard
from rongxin.portal.answers import public_page
from rongxin.rulebook import queries as rulebook
from rongxin.ui.charts import Lag
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Figure
from rongxin.ui.templatetags.rongxin import thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientsPage:
    """``portal/recipients.html``."""

    board: Scoreboard
    figures: tuple[Figure, ...]
    lags: tuple[Lag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPage:
    """``portal/document.html``: what is known of a document by its code. ``checked`` None: no document has this code."""

    code: str
    checked: Checked | None
    today: date


@public_page
def page(request: HttpRequest) -> HttpResponse:
    """All recipients, and how fast they are."""
    board = scoreboard(rulebook.current(), timezone.now())
    late = sum(line.late for line in board.lines)
    figures = (
        Figure(label=_("接收单位"), value=thousands(sum(line.recipient.ended_at is None for line in board.lines))),
        Figure(
            label=_("停止公示的记录"),
            value=thousands(board.withdrawals),
            note=_("最近 %(n)s 天") % {"n": board.days},
        ),
        Figure(
            label=_("超过 24 小时没有确认"),
            value=thousands(late),
            note=_("各单位合计，条"),
            tone="red" if late else "",
        ),
    )
    lags = tuple(
        Lag(label=line.recipient.name, median=line.median, p95=line.p95) for line in board.lines if line.withdrawals
    )
    return render(request, "portal/recipients.html", {"page": RecipientsPage(board=board, figures=figures, lags=lags)})


@public_page
def page_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV (UTF-8 with mark)."""
    board = scoreboard(rulebook.current(), timezone.now())
    heads = (
        _("单位"), _("统一社会信用代码"), _("类型"), _("登记时间"), _("终止时间"), _("最近一次确认"), _("应撤下"), _("已确认"),
        _("中位数（小时）"), _("95 分位（小时）"), _("尚未确认"), _("超过 24 小时没有确认"), _("抽查发现仍在展示"), _("统计时间"),
    )  # fmt: skip
    return csv_download("recipients.csv", heads, (_row(line, board) for line in board.lines))


@public_page
def document(request: HttpRequest) -> HttpResponse:
    """Whether a document that somebody shows was issued here, and stands."""
    code = "".join(request.GET.get("code", "").split()).upper()[:40]
    shown = DocumentPage(code=code, checked=check(code) if code else None, today=timezone.localdate())
    return render(request, "portal/document.html", {"page": shown})


def _row(line: ScoreLine, board: Scoreboard) -> tuple[object, ...]:
    return (
        line.recipient.name,
        line.recipient.uscc,
        line.recipient.get_sort_display(),
        line.recipient.registered_at,
        line.recipient.ended_at,
        line.last_at,
        line.withdrawals,
        line.answered,
        None if line.median is None else f"{line.median:.2f}",
        None if line.p95 is None else f"{line.p95:.2f}",
        line.open,
        line.late,
        line.spots,
        board.as_of,
    )
