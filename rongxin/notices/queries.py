"""Reading notices: the inbox of any recipient, what was told about a case, and what did not go out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final, TypedDict

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, DataClass
from rongxin.accounts.queries import within_reach
from rongxin.notices.models import Attempt, Notice, Receipt, Sending, SendingState
from rongxin.notices.recipients import Recipient
from rongxin.subjects.mandates.models import Mandate
from rongxin.workflow.models import Case

UNREAD_FOR: Final = timedelta(days=90)
"""What is older counts as read by nobody: whoever is new in a department does not begin with years of messages."""


class Marks(TypedDict):
    """What ``inbox`` knows of a notice for its reader."""

    read_at: datetime | None
    is_unread: bool


class Ended(TypedDict):
    """When the last attempt of a sending was; None before the first."""

    ended_at: datetime | None


# What a query adds to a model is known to the type checker alone.
if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    MarkedNotice = WithAnnotations[Notice, Marks]
    EndedSending = WithAnnotations[Sending, Ended]
else:
    MarkedNotice, EndedSending = Notice, Sending


def recipients_of(officer: Account) -> tuple[Recipient, ...]:
    """As whom an officer is told: the account, and the department where the role sees its cases."""
    own = Recipient(account=officer)
    if officer.may(Action.CASE_READ, officer.works_for):
        return (own, Recipient(department=officer.department))
    return (own,)


def inbox(to: Iterable[Recipient], reader: Account, *, only_unread: bool = False) -> QuerySet[MarkedNotice]:
    """What the recipients were told: the unread first, then the newest.

    ``read_at`` is when ``reader`` opened it; what ``reader`` did counts as read from the beginning. ``is_unread`` says that it is
    neither, and not older than ``UNREAD_FOR``.
    """
    mine = Receipt.objects.filter(notice=OuterRef("pk"), account=reader)
    found = Notice.objects.filter(reduce(or_, (recipient.query for recipient in to), Q(pk__in=())))
    marked = found.annotate(read_at=Subquery(mine.values("at")[:1])).annotate(is_unread=_is_unread(reader))
    wanted = marked.filter(is_unread=True) if only_unread else marked
    return wanted.select_related("case", "department", "account").order_by("-is_unread", "-at", "-pk")


def unread(to: Iterable[Recipient], reader: Account) -> QuerySet[Notice]:
    """What ``reader`` has still to open; one cheap query to count."""
    recent = Notice.objects.filter(at__gt=timezone.now() - UNREAD_FOR).exclude(by=reader)
    addressed = recent.filter(reduce(or_, (recipient.query for recipient in to), Q(pk__in=())))
    return addressed.filter(~Exists(Receipt.objects.filter(notice=OuterRef("pk"), account=reader)))


def message_for(to: Iterable[Recipient], access: Access, pk: int) -> MarkedNotice | None:
    """One message of the inbox whole, None where there is none. Raises NotLogged."""
    notice = inbox(to, access.actor).filter(pk=pk).first()
    if notice is not None:
        access.look([notice.uscc or (notice.case.firm if notice.case else None) or ""], "told")
    return notice


def told_about(case: Case, access: Access) -> list[Notice]:
    """Everything that was told about a case, the oldest first, with receipts and sendings; three queries. Raises NotLogged."""
    access.look([case.firm or ""], "told")
    return list(_with_ways(Notice.objects.filter(case=case)).order_by("at", "pk"))


def _with_ways(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    receipts = Receipt.objects.select_related("account__department").order_by("at")
    sendings = Sending.objects.select_related("department", "account__department", "mandate").order_by("pk")
    found = notices.select_related("department", "account__department", "case")
    return found.prefetch_related(Prefetch("receipts", receipts), Prefetch("sendings", sendings))


def sent_for(mandate: Mandate, access: Access) -> QuerySet[Sending]:
    """What went, or was to go, to the addresses of a mandate, the newest first. Raises NotLogged."""
    access.look([mandate.firm.uscc], "told", fields=DataClass.PERSONAL)
    return Sending.objects.filter(mandate=mandate).select_related("notice").order_by("-pk")


def told_to(uscc: str, about: QuerySet[Case], access: Access) -> QuerySet[Notice]:
    """What an enterprise was told about these cases, the newest first. Raises NotLogged."""
    access.look([uscc], "told")
    return _with_ways(Notice.objects.filter(uscc=uscc, case__in=about.values("pk"))).order_by("-at", "-pk")


def given_up() -> QuerySet[EndedSending]:
    """What did not go out, on the whole platform, the newest first. For administrators: shows no message and no case."""
    failed = Sending.objects.filter(state=SendingState.GAVE_UP)
    ended = Attempt.objects.filter(sending=OuterRef("pk")).order_by("-pk").values("at")[:1]
    return (
        failed.select_related("department", "account__department")
        .annotate(ended_at=Subquery(ended))
        .order_by(Coalesce("ended_at", "due_at").desc(), "-pk")
    )


def given_up_within_reach(officer: Account) -> QuerySet[EndedSending]:
    """What did not go out about cases that the officer may act on: the own department's, a credit office's region."""
    failed = given_up().select_related("notice__case")
    return within_reach(officer, Action.CASE_ACT, failed, "notice__case__owner")


def _is_unread(reader: Account) -> Combinable:
    is_recent, is_open = Q(at__gt=timezone.now() - UNREAD_FOR), Q(read_at=None)
    return ExpressionWrapper(is_recent & is_open & ~Q(by=reader), output_field=BooleanField())
