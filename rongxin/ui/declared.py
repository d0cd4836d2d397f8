"""How a declaration of an enterprise is marked: always as its own words, never as an official fact."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rongxin.remedies.declarations.queries import DeclarationView
from rongxin.remedies.declarations.rules import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingView:
    """A mark: its words and the tone of its chip."""

    words: str
    tone: str


def public_mark(view: DeclarationView) -> StandingView:
    """What readers see: verified or not, nothing else."""
    if view.is_verified:
        return StandingView(words=_("自主申报 · 已核实"), tone="declared")
    return StandingView(words=_("自主申报 · 未核实"), tone="ended")


def standing_view(view: DeclarationView) -> StandingView:
    """What the enterprise and the offices see."""
    match view.standing:
        case Standing.UNVERIFIED | Standing.VERIFIED:
            return public_mark(view)
        case Standing.EXAMINED:
            return StandingView(words=_("正在查核"), tone="disputed")
        case Standing.EXPIRED:
            return StandingView(words=_("已到期"), tone="ended")
        case Standing.WITHDRAWN:
            return StandingView(words=_("已撤回"), tone="ended")
        case Standing.REPLACED:
            return StandingView(words=_("已有新的一版"), tone="ended")
    return StandingView(words=_("经查核不实"), tone="bad")
