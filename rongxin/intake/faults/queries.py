"""Reading the ledger of codes: the worklist of an officer, and the rates of departments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from rongxin.accounts.access import Access, Act
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import within_reach
from rongxin.departments.models import Department
from rongxin.intake.models import Batch, CodeFault, FaultKind, FaultState
from rongxin.primitives.uscc import codes_in
from rongxin.records.display import SHANGHAI


@dataclass(frozen=True)
class Rate:
    """One department in a period. ``coded``: rows sent that carry a code; the others: rows with that fault, and those still open.

    A rate is a share of ``coded`` (0 to 1), None where nothing was sent.
    """

    department: Department
    coded: int
    wrong: int
    placeholder: int
    doubled: int
    old: int
    open: int

    @property
    def wrong_rate(self) -> float | None:
        """错码率: wrong and placeholder codes."""
        return (self.wrong + self.placeholder) / self.coded if self.coded else None

    @property
    def doubled_rate(self) -> float | None:
        """重码率: one code under several names, or several codes for one name."""
        return self.doubled / self.coded if self.coded else None


def visible_faults(officer: Account) -> QuerySet[CodeFault]:
    """The faults of the officer's department; of its region for a credit office."""
    faults = CodeFault.objects.select_related("provider", "subject", "mended_by")
    return within_reach(officer, Action.BATCH_READ, faults)


def worklist(
    officer: Account, *, fault: str = "", state: str = FaultState.OPEN, query: str = ""
) -> QuerySet[CodeFault]:
    """Faults to look at, the oldest first; the same code of the same party sent again stands there once, as it was last sent."""
    same = {name: OuterRef(name) for name in ("provider", "field", "fault", "value", "party_name", "state")}
    found = visible_faults(officer).filter(~Exists(CodeFault.objects.filter(**same, pk__gt=OuterRef("pk"))))
    if fault:
        found = found.filter(fault=fault)
    if state:
        found = found.filter(state=state)
    if query:
        found = found.filter(party_name__icontains=query) | found.filter(value=query.upper())
    return found.order_by("found_on", "batch", "row", "pk")


def with_notes(faults: Iterable[CodeFault], access: Access, act: Act = "read") -> list[CodeFault]:
    """Faults for whoever reads what officers wrote about them; a code without a note is a public head. Raises NotLogged."""
    found = list(faults)
    access.look((_firm(fault) for fault in found if fault.note), "batch", act=act)
    return found


def _firm(fault: CodeFault) -> str:
    known = fault.subject.uscc if fault.subject is not None else ""
    return fault.right_code or known or next(iter(codes_in(fault.value)), "")


def open_faults(officer: Account) -> dict[str, int]:
    """How many faults are open, by what is wrong."""
    counted = worklist(officer).order_by().values("fault").annotate(n=Count("pk"))
    return {line["fault"]: line["n"] for line in counted}


def rates(start: date, end: date, departments: Iterable[Department]) -> list[Rate]:
    """The rates of ``departments`` over what was found and sent from ``start`` to ``end``, both included; two queries.

    The most wrong first; departments that sent nothing last.
    """
    sent_from = datetime.combine(start, time(), SHANGHAI)
    sent_before = datetime.combine(end + timedelta(days=1), time(), SHANGHAI)
    coded = dict(
        Batch.objects.filter(received_at__gte=sent_from, received_at__lt=sent_before)
        .values_list("provider")
        .annotate(rows=Sum("coded"))
        .order_by()
    )
    faults: dict[tuple[int, str], int] = {}
    still_open: dict[int, int] = {}
    counted = (
        CodeFault.objects.filter(found_on__range=(start, end))
        .values("provider", "fault", "state")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for line in counted:
        key = (line["provider"], line["fault"])
        faults[key] = faults.get(key, 0) + line["n"]
        if line["state"] == FaultState.OPEN:
            still_open[line["provider"]] = still_open.get(line["provider"], 0) + line["n"]
    found = [
        Rate(
            department=each,
            coded=coded.get(each.pk) or 0,
            open=still_open.get(each.pk, 0),
            **{kind.value: faults.get((each.pk, kind.value), 0) for kind in FaultKind},
        )
        for each in departments
    ]
    return sorted(found, key=lambda rate: (rate.wrong_rate is None, -(rate.wrong_rate or 0), rate.department.code))
