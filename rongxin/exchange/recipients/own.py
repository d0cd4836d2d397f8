"""What a firm and an officer who see a record are told of where it was dropped: the record, its arrivals, its papers."""

from dataclasses import dataclass

from rongxin.accounts.access import Access
from rongxin.documents import queries as documents
from rongxin.documents.models import Document
from rongxin.exchange.recipients import papers
from rongxin.exchange.recipients.queries import Arrivals, arrivals
from rongxin.records.display import Moment, known
from rongxin.records.models import Record
from rongxin.records.queries import firm_of, resolved_to, subjects_of
from rongxin.subjects.models import Subject


@dataclass(frozen=True, slots=True)
class Ended:
    """A record whose display ended by an event, and who dropped it."""

    record: Record
    told: Arrivals


def of_firm(subject: Subject, number: str) -> Ended | None:
    """The firm's own record with this number, where its display ended by an event and stays so."""
    own = resolved_to([subject.pk]).values("record")
    return _ended(known(Moment.now()).filter(number=number, pk__in=own).select_related("provider").first())


def of_record(record: Record) -> Ended | None:
    """The same of a record that an officer sees."""
    return _ended(record)


def certificate(ended: Ended, access: Access) -> tuple[Document, bytes]:
    """同步证明 as a file. Raises NotLogged."""
    subject = subjects_of([ended.record]).get(ended.record.pk)
    name = subject.name if subject else ended.record.party_name
    return _file(papers.certificate(ended.record, ended.told, firm=firm(ended.record), firm_name=name), access)


def notice(ended: Ended, access: Access) -> tuple[Document, bytes]:
    """停止公示告知书 as a file. Raises NotLogged."""
    return _file(papers.notice(ended.record, ended.told, firm=firm(ended.record)), access)


def _file(document: Document, access: Access) -> tuple[Document, bytes]:
    return document, documents.content_of_own(document, access)


def firm(record: Record) -> str:
    """The unified code of whose the record is, for the ledger."""
    return firm_of(record, subjects_of([record]).get(record.pk))


def _ended(record: Record | None) -> Ended | None:
    told = arrivals(record.number) if record else None
    return Ended(record, told) if record and told else None
