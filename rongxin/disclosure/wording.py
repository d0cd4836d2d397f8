"""The words of the rules in the language of the page."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rongxin.disclosure.views import BasisLine
from rongxin.policy.kinds import Basis, RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.values import Unit
from rongxin.policy.words import Rank, Severity, Title


def words(title: Title | None) -> str:
    """A text of the rules in the active language; nothing for None."""
    if title is None:
        return ""
    return title.en if get_language() == "en" else title.zh


def basis_line(policy: Policy, basis: Basis) -> BasisLine:
    """Where a rule stands, with what a reader must know about the document."""
    document = policy.documents[basis.document]
    return BasisLine(document=words(document.title), item=basis.item, rank=document.rank, reading=basis.reading)


def told_severity(policy: Policy, kind: RecordKind, severity: Severity) -> Severity:
    """The severity as the public is told it: ``none`` where only settings of the platform sort the record.

    A setting may give a record the shortest display; it does not make anybody untrustworthy (失信).
    """
    ranks = {policy.documents[clause.basis.document].rank for clause in kind.credit.severity if clause.then == severity}
    return Severity.NONE if ranks == {Rank.LOCAL_SETTING} else severity


def unit_words(unit: Unit) -> str:
    """What a number counts; nothing for values that are no numbers."""
    return {
        Unit.HOURS: _("小时"),
        Unit.WORKDAYS: _("工作日"),
        Unit.DAYS: _("日"),
        Unit.MONTHS: _("个月"),
        Unit.YEARS: _("年"),
        Unit.FEN: _("分"),
        Unit.ROWS: _("行"),
        Unit.POINTS: _("风险分"),
    }.get(unit, "")
