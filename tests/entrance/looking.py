"""A platform on which everything that is not public about a firm holds words of that firm alone, and what an answer tells of it."""

import base64
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from rongxin.ledger.entries import Kind
from rongxin.ledger.models import Pending

FACES: Final = ("desk", "enterprise", "administration", "api-1")


def routes() -> set[str]:
    """Every address of every face inside, by its name."""
    return set(_named(get_resolver().url_patterns, ""))


def _named(patterns: Iterable[URLPattern | URLResolver], namespace: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns, pattern.namespace or namespace)
        elif namespace in FACES:
            yield f"{namespace}:{pattern.name}"


@dataclass(frozen=True)
class Example:
    """A call of a route. ``arguments`` stand in its address; ``reveals``: it must have told something of a firm to somebody."""

    route: str
    arguments: tuple[object, ...] = ()
    method: str = "get"
    given: Mapping[str, Any] = field(default_factory=dict, hash=False)
    reveals: bool = False
    says: str = ""
    """What an answer tells that holds no text: the page of a document as a drawing."""
    may_be: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    """Words that on this page may be of any of several firms, and elsewhere of nobody that is known."""

    tells: frozenset[str] = frozenset()
    """Words that the firm's own stream of the ledger says, to the firm: that is no look."""

    @property
    def address(self) -> str:
        return reverse(self.route, args=self.arguments)


Words = Mapping[str, frozenset[str]]
"""{words that stand in one place that is not public: the firms whose they are}."""


def words_in(answer: HttpResponseBase, example: Example) -> str:
    """Everything an answer says, whatever it is: pages, tables, workbooks, PDFs, those inside a page, and drawings."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    said = [body.decode("utf-8", "replace")]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            said += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    papers = [body] if body.startswith(b"%PDF") else []
    papers += [base64.b64decode(found) for found in re.findall(rb"data:application/pdf;base64,([\w+/=]+)", body)]
    for paper in papers:
        try:
            said += ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(paper)).pages]
        except PyPdfError:  # made up: its bytes say what it says
            continue
    if answer.headers.get("Content-Type") == "image/svg+xml":
        said.append(example.says)
    text = "\n".join(said)
    return text + re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)


@dataclass(frozen=True)
class Looked:
    """What an answer told of which firms, and of whom a look was logged."""

    status: int
    shown: frozenset[str]
    told: Counter[str]

    @property
    def is_wrong(self) -> bool:
        """Unless each firm of which something was told was told exactly once, and nobody else."""
        return self.told != Counter(dict.fromkeys(self.shown, 1))


def looked(client: Client, example: Example, words: Words) -> Looked:
    """Call, and take back whatever it did. A look inside of a transaction is refused, so there is none around the call."""
    before = Pending.objects.filter(kind=Kind.ACCESS).count()
    place = transaction.savepoint()
    try:
        call = client.get if example.method == "get" else client.post
        answer = call(example.address, example.given, **_form(example))
        said = words_in(answer, example)
        told = Pending.objects.filter(kind=Kind.ACCESS).order_by("pk").values_list("identifier", flat=True)
        events = Counter(told[before:])
    finally:
        transaction.savepoint_rollback(place)
    looked_for = (
        (text, firms) for text, firms in [*words.items(), *example.may_be.items()] if text not in example.tells
    )
    shown = {firm for text, firms in looked_for if text in said for firm in firms}
    return Looked(answer.status_code, frozenset(shown), events)


def _form(example: Example) -> dict[str, str]:
    is_machine = example.route.startswith("api-1") and example.method == "post"
    return {"content_type": "application/json"} if is_machine else {}
