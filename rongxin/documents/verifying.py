"""Whether a paper that somebody shows was issued here: by the code on it, for anybody, telling nothing that the paper is about."""

from dataclasses import dataclass
from datetime import date, datetime

from rongxin.documents.models import Document
from rongxin.storage.askers import PLATFORM, asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A document that was issued. ``withdrawn_at`` None: it stands. ``sha256``: of the PDF as it was issued."""

    number: str
    authority: str
    issued_on: date
    sha256: str
    withdrawn_at: datetime | None


def check(code: str) -> Checked | None:
    """The document with this code; None where none was issued with it. A code cannot be guessed (64 bits)."""
    with asks(PLATFORM):
        found = Document.objects.select_related("withdrawn").filter(code=code).first()
    if found is None:
        return None
    withdrawal = found.withdrawal
    return Checked(
        number=found.number,
        authority=found.authority_name,
        issued_on=found.issued_on,
        sha256=found.sha256,
        withdrawn_at=withdrawal.at if withdrawal else None,
    )
