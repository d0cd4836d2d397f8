"""The words of the rules in the language of the page."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rongxin.disclosure.views import BasisLine
from rongxin.policy.kinds import Basis
from rongxin.policy.pack import Policy
from rongxin.policy.values import Unit
from rongxin.policy.words import Title


def words(title: Title | None) -> str:
    """A text of the rules in the active language; nothing for None."""
    if title is None:
        return ""
    return title.en if get_language() == "en" else title.zh


def basis_line(policy: Policy, basis: Basis) -> BasisLine:
    """Where a rule stands, with what a reader must know about the document."""
    document = policy.documents[basis.document]
    return BasisLine(document=words(document.title), item=basis.item, rank=document.rank, reading=basis.reading)


def unit_words(unit: Unit) -> str:
    """What a number counts; nothing for values that are no numbers."""
    return {
        Unit.WORKDAYS: _("工作日"),
        Unit.DAYS: _("日"),
        Unit.MONTHS: _("个月"),
        Unit.YEARS: _("年"),
        Unit.FEN: _("分"),
        Unit.ROWS: _("行"),
    }.get(unit, "")
