"""Reading what was unwound: for the page of the case, for the page of a record, and for the firm itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.notices.models import Receipt
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.records.display import Moment, displayed, known
from rongxin.records.models import Effect, Record, RecordEvent
from rongxin.records.queries import resolved_to
from rongxin.remedies.unwinding.models import Item, ItemSort, Redecision, Unwinding
from rongxin.remedies.unwinding.rules import HAPPENED, Stand, stand_of
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.models import Subject
from rongxin.workflow import queries as cases
from rongxin.workflow.models import Case, CaseDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An item of the checklist as it stands. ``title``: of the effect or the document, or the name of the office.

    ``decided_at``: when two people decided, or it was settled. ``read_at``: when somebody of the office first opened the notice.
    """

    item: Item
    stand: Stand
    title: str
    decided_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Proof that the platform's own outlets follow: the position and instant of the event since which the portal, the API and the
    feed show what they show. ``is_displayed`` now.
    """

    position: int
    at: datetime
    is_displayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwound:
    """What became of everything that followed from one event of a record. ``documents`` by number: what the firm was given."""

    unwinding: Unwinding
    record: Record
    outlets: Outlets
    lines: tuple[Line, ...]
    documents: tuple[CaseDocument, ...]

    @property
    def happened(self) -> Title:
        """What happened to the record."""
        return HAPPENED[Effect(self.unwinding.effect)]

    @property
    def open(self) -> int:
        """How many items are not settled."""
        return sum(each.stand != Stand.DONE for each in self.lines)

    def of(self, sort: ItemSort) -> tuple[Line, ...]:
        """The lines of one sort."""
        return tuple(each for each in self.lines if each.item.sort == sort)

    @property
    def effects(self) -> tuple[Line, ...]:
        """What rested on the record."""
        return self.of(ItemSort.EFFECT)

    @property
    def offices(self) -> tuple[Line, ...]:
        """Who was told."""
        return self.of(ItemSort.OFFICE)

    @property
    def papers(self) -> tuple[Line, ...]:
        """Documents that name it."""
        return self.of(ItemSort.DOCUMENT)


def unwinding_of_case(case: Case) -> Unwinding:
    """What a case unwinds, for the procedure."""
    return Unwinding.objects.select_related("case__owner").get(case=case)


def items_of(unwinding: Unwinding) -> QuerySet[Item]:
    """The checklist in order; whatever shows it asks :func:`unwound`."""
    found = Item.objects.filter(unwinding=unwinding)
    return found.select_related("department", "redecision__case", "document", "notice", "settled_by").order_by("pk")


def unwound(case: Case, access: Access, policy: Policy) -> Unwound:
    """One case whole, for an officer who sees it. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    with asks(PLATFORM):  # cases of other offices that decide anew, and receipts: of these no more than how they stand
        return _unwound([unwinding_of_case(case)], policy)[0]


def unwound_for_firm(firm: Subject, number: str, access: Access, policy: Policy) -> list[Unwound] | None:
    """Everything that was unwound of one record, for the firm whose it is: the newest first. Raises NotLogged.

    For logins that act for it: ask ``subjects.mandates.queries.demand`` first. None for a record of somebody else.
    """
    access.look([firm.uscc], "case")
    if not known(Moment.now()).filter(number=number, pk__in=resolved_to([firm.pk]).values("record")).exists():
        return None
    with asks(PLATFORM):  # the offices' cases; the firm reads what became of its own record
        found = Unwinding.objects.filter(number=number).select_related("case__owner").order_by("-position")
        return _unwound(list(found), policy)


def waiting() -> list[str]:
    """The numbers of cases whose checklist is still to be made."""
    found = Unwinding.objects.filter(searched_at=None, case__is_open=True).order_by("pk")
    return list(found.values_list("case__number", flat=True))


def numbers_unwound(numbers: Iterable[str]) -> frozenset[str]:
    """Of which of these records something was unwound; one query. For whoever may see the records."""
    with asks(PLATFORM):
        return frozenset(Unwinding.objects.filter(number__in=list(numbers)).values_list("number", flat=True))


def open_redecision_of(number: str, officer: Account) -> Redecision | None:
    """The case in which a record is decided anew just now, where the officer sees it."""
    seen = cases.visible_to(officer)
    found = Redecision.objects.filter(number=number, case__in=seen, case__is_open=True).select_related("case")
    return found.order_by("-pk").first()


def title_of(item: Item) -> str:
    """As an item is called: the document number of the effect, the title of the document, the name of the office."""
    if item.sort == ItemSort.OFFICE and item.department is not None:
        return item.department.name
    if item.document is not None:
        return f"{item.document.title}（{item.document.number}）"
    record = known(Moment.now()).filter(number=item.ref).first()
    return _called(record) if record else item.ref


def _called(record: Record) -> str:
    return f"{record.authority}{record.document_number}" if record.document_number else record.number


def _unwound(of: list[Unwinding], policy: Policy) -> list[Unwound]:
    present = Moment.now()
    numbers = {each.number for each in of}
    items = Item.objects.filter(unwinding__in=of).order_by("pk")
    items = items.select_related("department", "redecision__case", "document", "notice", "settled_by")
    whole = list(items)
    numbers |= {item.ref for item in whole if item.sort == ItemSort.EFFECT}
    records = {each.number: each for each in known(present).filter(number__in=numbers).select_related("provider")}
    shown = set(displayed(policy, present).filter(number__in=numbers).values_list("number", flat=True))
    events = RecordEvent.objects.in_bulk([each.position for each in of], field_name="position")
    read: dict[int, datetime] = {}
    for notice, at in Receipt.objects.filter(notice__in=[i.notice_id for i in whole if i.notice_id]).values_list(
        "notice", "at"
    ):
        read[notice] = min(at, read.get(notice, at))
    papers = list(
        CaseDocument.objects.filter(case__in=[each.case_id for each in of]).select_related("document").order_by("pk")
    )
    return [
        Unwound(
            unwinding=each,
            record=records[each.number],
            outlets=Outlets(
                position=each.position, at=events[each.position].recorded_at, is_displayed=each.number in shown
            ),
            lines=tuple(_line(item, records, read) for item in whole if item.unwinding_id == each.pk),
            documents=tuple(paper for paper in papers if paper.case_id == each.case_id),
        )
        for each in of
    ]


def _line(item: Item, records: dict[str, Record], read: dict[int, datetime]) -> Line:
    record = records.get(item.ref) if item.sort == ItemSort.EFFECT else None
    return Line(
        item=item,
        stand=stand_of(item),
        title=_called(record) if record else title_of(item),
        decided_at=item.redecision.decided_at if item.redecision is not None else item.settled_at,
        read_at=read.get(item.notice_id or 0),
    )
