"""我的权限: what the officer may do, to what and why; and for the rest, who may."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rongxin.accounts.matrix import About, matrix
from rongxin.accounts.permissions import Action, DataClass, Role, Scope
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.policy.words import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What the officer may do: where, and to data of which class. ``decides``: it changes what holds for others."""

    title: Title
    scope: Scope
    data_class: DataClass
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What the officer may not do, and which roles may."""

    title: Title
    roles: tuple[Title, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsPage:
    """``desk/rights.html``."""

    role: Title
    department: str
    region: str
    rights: tuple[Right, ...]
    others: tuple[Other, ...]


@officer_only
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The officer's own line of the permission matrix."""
    officer = officer_of(request)
    lines = matrix().actions
    held = {
        action: (scope, data_class)
        for scope, classes in officer.held.may.items()
        for data_class, actions in classes.items()
        for action in actions
    }
    told = RightsPage(
        role=officer.held.title,
        department=officer.works_for.name,
        region=officer.works_for.region,
        rights=tuple(
            Right(title=lines[action].title, scope=scope, data_class=data_class, decides=lines[action].decides)
            for action, (scope, data_class) in sorted(held.items())
        ),
        others=tuple(
            Other(title=line.title, roles=_holders(action))
            for action, line in lines.items()
            if action not in held and line.about == About.CREDIT
        ),
    )
    return show(request, "desk/rights.html", told)


def _holders(action: Action) -> tuple[Title, ...]:
    return tuple(matrix().roles[role].title for role in Role if matrix().roles[role].scopes(action))
