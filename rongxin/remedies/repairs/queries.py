"""Reading repairs."""

from collections.abc import Iterable

from rongxin.accounts.access import Access
from rongxin.remedies.repairs.models import Repair, RepairNotice, Revocation
from rongxin.workflow.models import Case


def repair_of(case: Case, access: Access) -> Repair:
    """The repair of a case. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    return Repair.objects.select_related("subject", "case__owner").get(case=case)


def revocation_of(case: Case, access: Access) -> Revocation:
    """The revocation of a case. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    return Revocation.objects.select_related("repair__case", "repair__subject", "case__owner").get(case=case)


def revocations_of(repair: Repair) -> list[Revocation]:
    """What was opened to revoke the repair, the newest first. For whoever sees its case."""
    return list(Revocation.objects.filter(repair=repair).select_related("case").order_by("-pk"))


def repairs_of(numbers: Iterable[str]) -> dict[str, list[Repair]]:
    """The applications for these acts by number, the newest first; one query. For whoever may see the acts."""
    found: dict[str, list[Repair]] = {}
    rows = Repair.objects.filter(record__in=list(numbers)).select_related("case__owner").order_by("-pk")
    for each in rows:
        found.setdefault(each.record, []).append(each)
    return found


def notice_of(number: str, version: int) -> RepairNotice | None:
    """The notice that was issued with this version of a record."""
    return RepairNotice.objects.select_related("document").filter(record=number, version=version).first()
