"""Finding what was issued."""

from django.db.models import Q, QuerySet

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand, within_reach
from rongxin.documents.models import Document, DocumentFile


class NoSuchDocument(LookupError):
    """No document within the officer's reach has this code."""


def documents(officer: Account, question: str = "") -> QuerySet[Document]:
    """The documents of the officer's department, the newest first; with a question those whose number, code or title holds it."""
    demand(officer, Action.DOCUMENT_READ, officer.department)
    found = within_reach(officer, Document.objects.select_related("authority", "withdrawn"), "authority")
    asked = question.strip()
    if not asked:
        return found
    code = "".join(asked.split()).upper()
    return found.filter(Q(number__contains=asked) | Q(code=code) | Q(title__contains=asked))


def document(officer: Account, code: str) -> Document:
    """The document with this code, if it is of the officer's department; raises NoSuchDocument."""
    found = documents(officer).filter(code=code).first()
    if found is None:
        raise NoSuchDocument(code)
    return found


def content(of: Document) -> bytes:
    """The PDF as it was issued."""
    return bytes(DocumentFile.objects.get(document=of).content)
