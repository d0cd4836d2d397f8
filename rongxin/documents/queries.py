"""Finding what was issued, and looking at it."""

import json
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q, QuerySet

from rongxin.accounts.access import Access, Act
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand, within_reach
from rongxin.documents.issuing import made_again
from rongxin.documents.models import Document, DocumentFile
from rongxin.documents.typesetting import pages
from rongxin.policy.words import Title
from rongxin.primitives.uscc import codes_in
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks


class NoSuchDocument(LookupError):
    """No document within the officer's reach has this code."""


def documents(officer: Account, question: str = "") -> QuerySet[Document]:
    """The documents of the officer's department, the newest first; with a question those whose number, code or title holds it."""
    demand(officer, Action.DOCUMENT_READ, officer.works_for)
    found = within_reach(
        officer, Action.DOCUMENT_READ, Document.objects.select_related("authority", "withdrawn"), "authority"
    )
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


def content(of: Document, access: Access) -> bytes:
    """The PDF as it was issued. Raises NotLogged."""
    _look(of, access, "print")
    return bytes(DocumentFile.objects.get(document=of).content)


def content_of_own(of: Document, access: Access) -> bytes:
    """The same for whoever the document was issued for at this moment, whichever department issued it. Raises NotLogged."""
    _look(of, access, "print")
    with asks(PLATFORM):
        return bytes(DocumentFile.objects.get(document=of).content)


def page_images(of: Document, access: Access) -> tuple[bytes, ...]:
    """Every page of the document as SVG, made again from what is kept.

    Raises NotLogged, TypesettingFailed where the compiler of today refuses a template of then, and NothingReleased where its rules
    are gone; the PDF can be read all the same.
    """
    images = _images(of.code)
    _look(of, access)
    return images


@lru_cache(maxsize=32)
def _images(code: str) -> tuple[bytes, ...]:
    return tuple(pages(made_again(Document.objects.get(code=code))))


@dataclass(frozen=True)
class Written:
    """A value of a document as text: the title of its field, and its lines."""

    title: Title
    lines: tuple[str, ...]


def written(of: Document, access: Access) -> list[Written]:
    """What was filled in, in the order of the template's fields; optional fields that were left out are passed over.

    Raises NotLogged, and NothingReleased where its rules are gone.
    """
    template = rulebook.by_digest(of.policy_digest).templates[of.template]
    _look(of, access)
    values = json.loads(of.values)
    return [
        Written(field.title, tuple(str(line) for line in (value if isinstance(value, list) else [value])))
        for field in template.fields
        if (value := values[field.name]) is not None
    ]


def _look(of: Document, access: Access, act: Act = "read") -> None:
    """The look is at the firm that the document is about; of one that says none, at those whose codes are written in it."""
    access.look([of.firm] if of.firm else codes_in(of.values), "document", act=act)
