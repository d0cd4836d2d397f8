"""Who asks the database, when it is somebody with an account: what the matrix gives the role, no more."""

from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Scope
from rongxin.departments.regions import stem
from rongxin.storage.askers import NOBODY, Asker


def asker_of(account: Account) -> Asker:
    """The account as the database knows it: its face, its department and region, the actions it holds, and the present day."""
    if not account.is_active:
        return NOBODY
    held = {
        scope: tuple(sorted(frozenset[str]().union(*classes.values()))) for scope, classes in account.held.may.items()
    }
    return Asker(
        purpose=account.held.face,
        account=account.pk,
        department=account.department_id,
        region=stem(account.works_for.region) if Scope.REGION in held else "",
        of_department=held.get(Scope.DEPARTMENT, ()),
        of_region=held.get(Scope.REGION, ()),
        of_platform=held.get(Scope.PLATFORM, ()),
        day=timezone.localdate(),
    )
