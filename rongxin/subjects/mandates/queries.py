"""Who acts for whom, asked at every request: what ended or ran out a moment ago holds no longer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, DataClass, Role, Scope
from rongxin.accounts.queries import Denied, demand_proof
from rongxin.departments.models import Department
from rongxin.departments.regions import covers, stem
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.mandates.models import Claim, Mandate, ProxyInvitation
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import same_as
from rongxin.workflow.models import Case

OFFICE_ROLES: Final = (Role.WINDOW, Role.COUNTY_OFFICE, Role.CITY_OFFICE)
PROXY_ACTIONS: Final = tuple(
    action for action in Action if Scope.ENTERPRISE in matrix().roles[Role.PROXY].scopes(action)
)
"""What a proxy can be given."""


class NoMandate(LookupError):
    """The login does not act for this enterprise, or there is none: nobody is told which."""


def standing(today: date | None = None) -> QuerySet[Mandate]:
    """The mandates that hold."""
    day = today or timezone.localdate()
    rows = Mandate.objects.filter(
        Q(until=None) | Q(until__gte=day), ended=None, given_by__ended=None, account__is_active=True
    )
    return rows.select_related("subject__merged_into", "account")


def mandates_of(account: Account) -> list[Mandate]:
    """The enterprises that a login acts for, one mandate for each, in the order of their names."""
    return sorted(standing().filter(account=account), key=lambda mandate: (mandate.firm.name, mandate.pk))


def demand(account: Account, uscc: str, action: Action) -> Mandate:
    """The mandate by which the login may do ``action`` for the enterprise of this code: the one way to what is an enterprise's own.

    Raises NoMandate, PermissionDenied for a proxy without that action, and ProofTooOld for what decides.
    """
    mandate = mandate_for(account, uscc)
    if not mandate.may(action):
        raise Denied(action, uscc)
    if matrix().actions[action].decides:
        demand_proof(account)
    return mandate


def mandate_for(account: Account, uscc: str) -> Mandate:
    """The mandate of the login for the enterprise of this code, whatever it may do by it; raises NoMandate."""
    # A firm and what was merged into it may both have been claimed: the wider mandate counts.
    found = sorted(acting_for(uscc).filter(account=account), key=lambda mandate: not mandate.is_holder)
    if not found:
        raise NoMandate(uscc)
    return found[0]


def acting_for(uscc: str) -> QuerySet[Mandate]:
    """The mandates that hold for the enterprise of this code, those for what was merged into it among them."""
    of_code = Q(subject__uscc=uscc, subject__merged_into=None) | Q(subject__merged_into__uscc=uscc)
    return standing().filter(of_code)


def holder_of(subject: Subject) -> Mandate | None:
    """The mandate of the login that holds the enterprise."""
    of_firm = same_as([subject.merged_into_id or subject.pk])
    with asks(PLATFORM):  # that somebody holds it, whoever asks
        return standing().filter(subject__in=of_firm, role=Role.ENTERPRISE).order_by("pk").first()


def proxies_under(mandates: Iterable[Mandate]) -> QuerySet[Mandate]:
    """The proxies that hold and were given by these mandates, the newest first."""
    return standing().filter(given_by__in=list(mandates)).order_by("-pk")


@dataclass(frozen=True, slots=True)
class ProxiesOf:
    """The proxies of a holder: those that hold, invitations that nobody used yet, and those that ended; the newest first."""

    standing: tuple[Mandate, ...]
    invitations: tuple[ProxyInvitation, ...]
    past: tuple[Mandate, ...]


def proxies_of(mandate: Mandate, access: Access, *, most_past: int) -> ProxiesOf:
    """Who acts for the firm beside its holder. Raises NotLogged."""
    access.look([mandate.firm.uscc], "file", fields=DataClass.PERSONAL)
    return ProxiesOf(
        tuple(proxies_under([mandate])),
        tuple(open_invitations(mandate)),
        tuple(past_proxies_under(mandate, limit=most_past)),
    )


def past_proxies_under(mandate: Mandate, *, limit: int) -> list[Mandate]:
    """Proxies that ended or ran out, the newest first."""
    rows = Mandate.objects.filter(given_by=mandate).exclude(pk__in=standing().values("pk"))
    return list(rows.select_related("account", "ended").order_by("-pk")[:limit])


def ended_of(account: Account, *, limit: int) -> list[Mandate]:
    """What the login acted for and does not any more, the newest first."""
    rows = Mandate.objects.filter(account=account).exclude(pk__in=standing().values("pk"))
    return list(rows.select_related("subject__merged_into", "account", "ended").order_by("-pk")[:limit])


def open_invitations(mandate: Mandate) -> QuerySet[ProxyInvitation]:
    """Invitations of a holder that nobody has used yet."""
    rows = ProxyInvitation.objects.filter(given_by=mandate, over_at=None, expires_at__gt=timezone.now())
    return rows.order_by("-pk")


# ── claims ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def claims_of(account: Account) -> list[Claim]:
    """The claims of a login, the newest first."""
    return list(_claims().filter(account=account).order_by("-pk"))


def claims_against(account: Account) -> list[Claim]:
    """Open claims of others that would take a mandate from this login, once their code was entered."""
    return list(_claims().filter(replaces__in=standing().filter(account=account), case__is_open=True).order_by("-pk"))


def claim_for(account: Account, number: str) -> Claim:
    """A claim of the login's own, or one that would replace it; raises Claim.DoesNotExist for every other, as if there were
    none.
    """
    return _claims().get(Q(account=account) | Q(replaces__account=account), case__number=number)


def claim_in(case: Case, access: Access) -> Claim:
    """The claim of a case, for officers who see the case. Raises Claim.DoesNotExist and NotLogged."""
    claim = claim_of(case.number)
    access.look([case.firm or claim.subject.uscc], "case")
    return claim


def claim_of(number: str) -> Claim:
    """The same for the work of the platform; raises Claim.DoesNotExist."""
    return _claims().get(case__number=number)


def _claims() -> QuerySet[Claim]:
    return Claim.objects.select_related(
        "case__owner", "case__handler", "subject__merged_into", "account", "replaces__account", "document"
    )


def offices(subject: Subject) -> list[Department]:
    """Where a claim of this enterprise can be handled: departments with somebody at a window or in a credit office; those of its
    own region first, the nearest before all.
    """
    staffed = Account.objects.filter(role__in=OFFICE_ROLES, is_active=True).values("department")
    with asks(PLATFORM):  # which offices have somebody is told to every enterprise
        found = list(Department.objects.filter(pk__in=staffed))
    return sorted(
        found,
        key=lambda office: (not covers(office.region, subject.region), -len(stem(office.region)), office.code),
    )


def acted_for() -> list[int]:
    """Keys of all subjects for which somebody acts now, as which they count, in order; one query."""
    counts_as = Coalesce("subject__merged_into", "subject")
    return list(standing().values_list(counts_as, flat=True).order_by(counts_as).distinct())


def held_among(subjects: Iterable[int]) -> set[int]:
    """Which of these subjects somebody acts for now; one query."""
    wanted = set(subjects)
    of_firms = standing().filter(Q(subject__in=wanted) | Q(subject__merged_into__in=wanted))
    return {mandate.subject.merged_into_id or mandate.subject_id for mandate in of_firms}
