"""Parts of a text that may tell of persons: as suggested, as a person marked them, as the page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rongxin.primitives.recognisers import Sign, Suspect


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A suspected part of the text: ``value`` is ``start-end``, ``why`` says what gave it away."""

    value: str
    words: str
    why: str
    is_checked: bool


def spans_of(values: Iterable[str]) -> list[tuple[int, int]]:
    """(start, end) of each ``start-end``; what is none is passed over."""
    spans = []
    for value in values:
        start, _dash, end = value.partition("-")
        if start.isdecimal() and end.isdecimal() and len(value) < 20:
            spans.append((int(start), int(end)))
    return spans


def marks_in(words: str, found: Iterable[Suspect], chosen: set[str] | None) -> tuple[Mark, ...]:
    """The suggestions, and what the person had added before an error, in the order of the text."""
    suggested = {f"{each.start}-{each.end}": each for each in found}
    added = [(start, end) for start, end in spans_of(chosen or ()) if f"{start}-{end}" not in suggested]
    spans = sorted([(each.start, each.end) for each in suggested.values()] + added)
    marks = []
    for start, end in spans:
        value = f"{start}-{end}"
        each = suggested.get(value)
        marks.append(
            Mark(
                value=value,
                words=words[start:end],
                why=_why(each) if each else _("自己标的"),
                is_checked=chosen is None or value in chosen,
            )
        )
    return tuple(marks)


def marked(words: str, marks: Iterable[Mark]) -> SafeString:
    """The text with its marks; a carriage return would shift every position behind it in a browser."""
    shown, position, pieces = words.replace("\r", " "), 0, []
    for mark in marks:
        start, end = spans_of([mark.value])[0]
        if start < position:
            continue
        pieces.append((format_html("{}", shown[position:start]),))
        off = "" if mark.is_checked else SafeString(' class="is-off"')
        pieces.append((format_html('<mark data-mark="{}"{}>{}</mark>', mark.value, off, shown[start:end]),))
        position = end
    pieces.append((format_html("{}", shown[position:]),))
    return format_html_join("", "{}", pieces)


def _why(suspect: Suspect) -> str:
    if suspect.clue:
        return _("“%(clue)s”后面的姓名") % {"clue": suspect.clue}
    return {
        Sign.ROLE: _("职务或身份后面的姓名"),
        Sign.LISTED: _("与姓名并列"),
        Sign.STATEMENT: _("陈述、签字或到场的人"),
        Sign.PARTICULARS: _("后面写着性别、年龄或证件"),
        Sign.TITLE: _("带称呼的姓名"),
        Sign.UNNAMED: _("以“某”代名"),
        Sign.MASKED: _("打了星号的姓名"),
        Sign.INTERPUNCT: _("带间隔号的姓名"),
        Sign.IDENTITY_NUMBER: _("居民身份证号码"),
        Sign.PASSPORT: _("护照或通行证号码"),
        Sign.TELEPHONE: _("电话号码"),
        Sign.ACCOUNT: _("社交或支付账号"),
        Sign.BANK_CARD: _("银行卡号"),
        Sign.PLATE: _("车牌号"),
        Sign.EMAIL: _("电子邮箱"),
        Sign.ADDRESS: _("可能是个人住址"),
    }[suspect.sign]
