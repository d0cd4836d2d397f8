"""What a reader may ask in the query of an address; anything else is refused with a sentence that helps."""

import re
from datetime import date
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext as _

from rongxin.policy.pack import Policy

LONGEST_QUERY: Final = 100
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER: Final = re.compile(r"[0-9]{1,7}")


class Unclear(ValueError):
    """A parameter cannot be used; the message is shown to the reader."""


def question(request: HttpRequest) -> str:
    """``q``, at most LONGEST_QUERY characters; control characters and odd blanks count as blanks."""
    asked = "".join(character if character.isprintable() else " " for character in request.GET.get("q", "")).strip()
    if len(asked) > LONGEST_QUERY:
        raise Unclear(_("查询内容最多 %(most)s 个字。请只写名称、代码或文号。") % {"most": LONGEST_QUERY})
    return asked


def day(request: HttpRequest, name: str, *, first: date, last: date) -> date | None:
    """A day from ``first`` to ``last``, or None when none is asked for."""
    asked = request.GET.get(name, "")
    if not asked:
        return None
    try:
        found = date.fromisoformat(asked) if _DAY.fullmatch(asked) else None
    except ValueError:
        found = None
    if found is None:
        raise Unclear(_("日期请写成 2026-11-22 这样。"))
    if not first <= found <= last:
        raise Unclear(
            _("可以查 %(first)s 到 %(last)s 的任何一天。更早平台还没有记录，将来的还没有发生。")
            % {"first": first.isoformat(), "last": last.isoformat()}
        )
    return found


def kind(request: HttpRequest, policy: Policy) -> str:
    """The name of a kind that makes records, or nothing for all."""
    asked = request.GET.get("kind", "")
    known = policy.kinds.get(asked)
    if asked and (known is None or known.credit.envelope is None):
        raise Unclear(_("没有这个记录种类。"))
    return asked


def number(request: HttpRequest, name: str, *, most: int, otherwise: int = 0) -> int:
    """A whole number up to ``most``."""
    asked = request.GET.get(name, "")
    if not asked:
        return otherwise
    if not _NUMBER.fullmatch(asked) or int(asked) > most:
        raise Unclear(_("页码要在 %(most)s 以内。请加上日期或种类，缩小范围。") % {"most": most})
    return int(asked)


def wants_json(request: HttpRequest) -> bool:
    """Whether ``format=json`` is asked for; other formats do not exist."""
    asked = request.GET.get("format", "")
    if asked not in ("", "json"):
        raise Unclear(_("只有 format=json 这一种格式。"))
    return asked == "json"
