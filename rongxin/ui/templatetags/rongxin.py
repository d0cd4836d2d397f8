"""Components that templates write: every one escapes what it is given."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rongxin.exchange.recipients.outgoing import Outcome
from rongxin.policy.words import Title
from rongxin.ui import charts, drawing
from rongxin.ui.clock import ClockDay
from rongxin.ui.highlight import marked
from rongxin.ui.labels import label

register = template.Library()
register.filter("marked", marked)
register.filter("label", label)

CHIP_TONES = ("plain", "shown", "met", "soon", "late", "good", "bad", "disputed", "ended", "step", "demo", "declared")
USCC_GROUPS = ((0, 2), (2, 8), (8, 17), (17, 18))
USCC_LENGTH = 18
FEN_PER_YUAN = 100


# ── signs ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite, ``size`` sm or lg; always beside words, so hidden from screen readers."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#tabler-{}"></use></svg>',
        f" icon-{size}" if size else "",
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def chip(text: object, tone: str = "plain", icon_name: str = "") -> SafeString:
    """A state in one word. ``tone`` is one of CHIP_TONES; colour is never alone, the word says it too."""
    if tone not in CHIP_TONES:
        raise template.TemplateSyntaxError(f"chip: no tone {tone!r}")
    sign = icon(icon_name) if icon_name else SafeString()
    return format_html('<span class="rx-chip is-{}">{}{}</span>', tone, sign, text)


@register.simple_tag
def class_letter(grade: str, size: str = "") -> SafeString:
    """The letter of a class of risk. ``size`` xl stands beside words that say the class, so hidden from screen readers."""
    plain, large = '<span class="rx-class {}">{}</span>', '<span class="rx-class {} xl" aria-hidden="true">{}</span>'
    return format_html(large if size == "xl" else plain, grade, grade.upper())


# ── words, codes, numbers, days ──────────────────────────────────────────────────────────────────────────────────────
@register.filter
def lang(title: Title | str) -> str:
    """The name in the language of the page; a plain text stays itself."""
    if isinstance(title, str):
        return title
    return title.en if get_language() == "en" else title.zh


@register.filter
def grouped_code(code: str) -> SafeString:
    """A unified code as 2-6-9-1 by margins, so that copying gives 18 unbroken characters (GB 32100 parts)."""
    if len(code) != USCC_LENGTH:
        return format_html('<span class="rx-code" translate="no">{}</span>', code)
    groups = format_html_join("", "<i>{}</i>", ((code[start:end],) for start, end in USCC_GROUPS))
    return format_html('<span class="rx-code" translate="no">{}</span>', groups)


@register.filter
def thousands(number: int | None) -> str:
    """12345 → 12,345; nothing for None."""
    return "" if number is None else f"{number:,}"


@register.filter
def signed(number: int) -> str:
    """+18, −5 with a real minus."""
    return f"{number:+,d}".replace("-", "−")


@register.filter
def yuan(fen: int | None) -> str:
    """Whole fen as yuan with two places, unit named; nothing for None."""
    if fen is None:
        return ""
    return _("%(amount)s 元") % {"amount": f"{Decimal(fen) / FEN_PER_YUAN:,.2f}"}


@register.filter
def percent(share: float | None, places: int = 1) -> str:
    """A share (0 to 1) rounded down, so that 99.96 % does not read as 100 %."""
    if share is None:
        return "—"
    return f"{(Decimal(str(share)) * 100).quantize(Decimal(10) ** -places, ROUND_DOWN)}%"


@register.filter
def outcome(word: str) -> str:
    """What became of a call, in words."""
    return str(label(Outcome(word)))


@register.filter
def hours(length: float | None) -> str:
    """A length in hours as people say it: minutes below one hour, days above two; a dash for None."""
    if length is None:
        return "—"
    if length < 1:
        return _("%(n)s 分钟") % {"n": max(round(length * 60), 1)}
    if length < 48:
        return _("%(n)s 小时") % {"n": f"{length:.1f}"}
    return _("%(n)s 天") % {"n": f"{length / 24:.1f}"}


@register.filter
def day(moment: date | datetime | None) -> SafeString:
    """2026-11-23, or 2026-11-23 09:05 for an instant (in the platform's time zone); nothing for None."""
    if moment is None:
        return SafeString()
    if isinstance(moment, datetime):
        local = timezone.localtime(moment)
        return format_html('<time datetime="{}">{}</time>', local.isoformat(), f"{local:%Y-%m-%d %H:%M}")
    return format_html('<time datetime="{0}">{0}</time>', moment.isoformat())


@register.filter
def long_day(moment: date | None) -> SafeString:
    """2026年11月23日, as official documents write days; nothing for None."""
    if moment is None:
        return SafeString()
    written = formats.date_format(moment, _("Y年n月j日"))
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), written)


@register.filter
def month(moment: date) -> SafeString:
    """2026年10月."""
    return format_html(
        '<time datetime="{}">{}</time>', f"{moment:%Y-%m}", formats.date_format(moment, "YEAR_MONTH_FORMAT")
    )


# ── drawings ─────────────────────────────────────────────────────────────────────────────────────────────────────────
register.simple_tag(drawing.term_bar)
register.simple_tag(drawing.share_dot)
register.simple_tag(drawing.share_bar)
register.simple_tag(drawing.qr)
register.simple_tag(drawing.class_scale)
register.simple_tag(charts.share_trend)
register.simple_tag(charts.month_bars)
register.simple_tag(charts.lag_lines)


@register.simple_tag
def bar_line(**parts: int) -> SafeString:
    """``{% bar_line g=1182 r=14 n=38 %}``: see drawing.bar_line."""
    return drawing.bar_line(parts)


@register.simple_tag
def working_day_clock(days: Sequence[ClockDay], start: str = "") -> SafeString:
    """The cells of a working-day clock, and below what the colours mean. ``start``: what is written in the first cell."""
    words = {
        "start": start or pgettext("clock cell", "决定"),
        "pause": pgettext("clock cell", "暂停"),
        "off": pgettext("clock cell", "休"),
        "done": pgettext("clock cell", "公示"),
        "late": pgettext("clock cell", "公示"),
        "due": pgettext("clock cell", "到期"),
        "gap": "…",
    }
    cells = format_html_join(
        "",
        '<li class="{}"{}><span>{}</span><b>{}</b></li>',
        (
            (
                f"{cell.kind} now" if cell.is_now else cell.kind,
                SafeString(' aria-current="date"') if cell.is_now else "",
                "…" if cell.kind == "gap" else f"{cell.day.month}/{cell.day.day}",
                words.get(cell.kind, cell.number),
            )
            for cell in days
        ),
    )
    present = {cell.kind for cell in days}
    meanings = (
        ("counted", _("工作日")),
        ("off", _("不计")),
        ("pause", _("暂停计时")),
        ("done", _("实际公示")),
        ("late", _("实际公示（已逾期）")),
        ("due", _("期限最后一日")),
        ("over", _("逾期的工作日")),
    )
    legend = format_html_join(
        "", '<span><i class="{}"></i>{}</span>', (meaning for meaning in meanings if meaning[0] in present)
    )
    return format_html('<ol class="rx-days">{}</ol><div class="rx-legend" aria-hidden="true">{}</div>', cells, legend)


# ── addresses and forms ──────────────────────────────────────────────────────────────────────────────────────────────
@register.simple_tag(takes_context=True)
def query_with(context: RequestContext, **changes: object) -> str:
    """The query of this page with ``changes``, as an address: None or empty removes a key."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def current(context: RequestContext, *names: str) -> SafeString:
    """Marks a menu entry that stands for the page being shown: ``names`` are its address names."""
    match = context["request"].resolver_match
    return SafeString(' aria-current="page"' if match and match.view_name in names else "")


@register.simple_tag(takes_context=True)
def page_query(context: RequestContext, number: int, key: str = "") -> str:
    """The query of this page for another part of a list, which ``key`` names where there are several."""
    return query_with(context, **{key or "page": number})


@register.inclusion_tag("ui/_pagination.html", takes_context=True)
def pagination(context: RequestContext, page: Page[Any], unit: str = "", key: str = "") -> dict[str, Any]:
    """Where we are in a list and the way to its neighbours; ``unit`` is the measure word of what is listed."""
    return {"request": context["request"], "page": page, "unit": unit or _("条"), "key": key}


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field in our look, tied to its hint and its errors for screen readers."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "")
    name = "form-select" if kind == "select" else "form-control"
    if kind in ("checkbox", "radio"):
        name = "rx-choices" if widget.use_fieldset else "form-check-input"
    attributes: dict[str, Any] = {"class": name}
    described = [f"{field.auto_id}-hint"] * bool(field.help_text) + [f"{field.auto_id}-error"] * bool(field.errors)
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.errors:
        attributes["class"] += " is-wrong"
    return field.as_widget(attrs=attributes)
