"""Reading objections."""

from collections.abc import Iterable

from rongxin.accounts.access import Access
from rongxin.remedies.objections.models import Objection
from rongxin.workflow.models import Case


def objection_of(case: Case, access: Access) -> Objection:
    """The objection of a case. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    return Objection.objects.select_related("subject", "case__owner").get(case=case)


def objections_to(numbers: Iterable[str]) -> dict[str, list[Objection]]:
    """The objections to these records by number, the newest first; one query. For whoever may see the records."""
    found: dict[str, list[Objection]] = {}
    rows = Objection.objects.filter(record__in=list(numbers)).select_related("case__owner").order_by("-pk")
    for each in rows:
        found.setdefault(each.record, []).append(each)
    return found


def statement_beside(number: str) -> Objection | None:
    """What its firm says beside a record whose objection stayed undecided; None where nothing does."""
    shown = Objection.objects.filter(record=number, is_statement_shown=True)
    return shown.select_related("case").order_by("-pk").first()
