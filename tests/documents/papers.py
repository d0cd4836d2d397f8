"""Values, drafts and the text of pages, for tests of documents."""

import io
from datetime import date
from typing import Any

from pypdf import PdfReader

from rongxin.documents.models import Document, DocumentFile
from rongxin.documents.sheets import Sheet, sheet_of
from rongxin.policy.pack import Policy
from rongxin.policy.templates import filled

AUTHORITY = "福州市示例市场监督管理局"
DAY = date(2026, 10, 9)


def values(**changed: Any) -> dict[str, Any]:
    """What a notice needs, with what the test says otherwise."""
    least = {
        "title": "补正材料通知书",
        "addressee": "福州示例榕海茶业有限公司",
        "paragraphs": ["请补齐材料。"],
        "basis": "《信用修复管理办法》",
    }
    return least | changed


def notice(policy: Policy, *, number: str = "", code: str = "", authority: str = AUTHORITY, **changed: Any) -> Sheet:
    """A notice; without a number a draft."""
    template = policy.templates["notice"]
    given = filled(template, values(**changed))
    return sheet_of(policy, template, given, authority_name=authority, on=DAY, number=number, code=code)


def written(pdf: bytes) -> str:
    """Every character of the pages in reading order, without blanks."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def page_count(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def content(document: Document) -> bytes:
    """The PDF as it is kept."""
    return bytes(DocumentFile.objects.get(document=document).content)
