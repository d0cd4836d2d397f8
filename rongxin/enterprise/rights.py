"""我的权限: what the login may do, for each of its firms."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rongxin.accounts.matrix import matrix
from rongxin.accounts.permissions import Action, Role, Scope
from rongxin.enterprise.frame import enterprise_only, login_of, show
from rongxin.policy.words import Title
from rongxin.subjects.mandates.queries import mandates_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmRights:
    """What the login may do for one firm, and what it may not."""

    name: str
    uscc: str
    role: Title
    until: date | None
    may: tuple[Title, ...]
    may_not: tuple[Title, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsPage:
    """``enterprise/rights.html``."""

    firms: tuple[FirmRights, ...]


@enterprise_only
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Read from the matrix and the mandates, as every check is."""
    lines, roles = matrix().actions, matrix().roles
    own = [action for action in Action if Scope.ENTERPRISE in roles[Role.ENTERPRISE].scopes(action)]
    firms = tuple(
        FirmRights(
            name=mandate.firm.name,
            uscc=mandate.firm.uscc,
            role=roles[Role(mandate.role)].title,
            until=mandate.until,
            may=tuple(lines[action].title for action in own if mandate.may(action)),
            may_not=tuple(lines[action].title for action in own if not mandate.may(action)),
        )
        for mandate in mandates_of(login_of(request))
    )
    return show(request, "enterprise/rights.html", RightsPage(firms=firms))
