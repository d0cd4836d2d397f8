"""Issuing and withdrawing documents. One transaction each, or part of the transaction of whoever asks."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from rongxin.departments.models import Department
from rongxin.documents.glyphs import demand_glyphs
from rongxin.documents.models import Document, DocumentFile, Series, Withdrawal
from rongxin.documents.sheets import Sheet, sheet_of, template_of
from rongxin.documents.typesetting import typeset, typeset_with
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, firm_or_platform
from rongxin.policy.pack import Policy
from rongxin.policy.templates import Fault, Template, faults, filled
from rongxin.primitives.canonical import canonical_json
from rongxin.rulebook import queries as rulebook

CODE_LENGTH: Final = 16


class ValuesUnfit(ValueError):
    """The values do not fill the template; ``faults`` names every field and what is wrong with it."""

    def __init__(self, found: list[Fault]) -> None:
        self.faults = found
        super().__init__("; ".join(f"{fault.field}: {fault.told.en}" for fault in found))


class NotWithdrawn(ValueError):
    """The document was withdrawn already, or no reason was given."""


@transaction.atomic
def issue(
    template: str, values: Mapping[str, Any], *, authority: Department, by: str, firm: str | None = None
) -> Document:
    """Issue a document of ``authority`` under its next number, today, by the rules in force; ``by`` says who signs for it.
    ``firm``: the unified code of the enterprise that it is about.

    The series of the authority stays locked until the transaction ends, and goes back with it: no number is lost and none is given
    twice. So it should be the last thing that a longer transaction does. Raises NoSuchTemplate, ValuesUnfit, NoGlyph (a character
    that no font has) and TypesettingFailed, none of which takes a number.
    """
    policy = rulebook.current()
    chosen = template_of(policy, template)
    found = faults(chosen, values)
    if found:
        raise ValuesUnfit(found)
    given = filled(chosen, values)
    demand_glyphs(sheet_of(policy, chosen, given, authority_name=authority.name, on=timezone.localdate()).writing)
    series, moment = _next(authority, chosen.series_for(authority.code))
    return _added(policy, chosen, given, authority=authority, series=series, moment=moment, by=by, firm=firm)


@transaction.atomic
def withdraw(document: Document, *, by: str, reason: str) -> Withdrawal:
    """Withdraw a document; it keeps its number and its PDF. Raises NotWithdrawn."""
    reason = " ".join(reason.split())
    if not reason:
        raise NotWithdrawn("a withdrawal needs a reason")
    # Whoever comes second waits here, and then sees the withdrawal of the first.
    Document.objects.select_for_update().get(pk=document.pk)
    if Withdrawal.objects.filter(document=document).exists():
        raise NotWithdrawn("the document was withdrawn already")
    made = Withdrawal.objects.create(document=document, reason=reason, by=by, at=timezone.now())
    _log("document.withdraw", document)
    return made


def made_again(document: Document) -> Sheet:
    """The sheet of an issued document, under the rules of its day; raises NothingReleased where they are gone."""
    policy = rulebook.by_digest(document.policy_digest)
    return sheet_of(
        policy,
        policy.templates[document.template],
        json.loads(document.values),
        authority_name=document.authority_name,
        on=document.issued_on,
        number=document.number,
        code=document.code,
    )


def printed(document: Document, **once: str) -> bytes:
    """The PDF of an issued document with values that are on the printed paper and kept nowhere, such as a one-time code.

    Each stands for an optional field of the template that was left out when the document was issued.
    """
    sheet = made_again(document)
    if wrong := sorted(name for name in once if sheet.values.get(name, name) is not None):
        raise ValueError(f"not fields that were left out: {', '.join(wrong)}")
    return typeset(replace(sheet, values={**sheet.values, **once}))


def _next(authority: Department, word: str) -> tuple[Series, datetime]:
    """The series of this year, locked, one number on; and the moment of issue, which lies in that year."""
    while True:
        year = timezone.localdate().year
        Series.objects.get_or_create(authority=authority, word=word, year=year)
        series = Series.objects.select_for_update().get(authority=authority, word=word, year=year)
        moment = timezone.now()
        # Whoever waited for the lock over New Year takes a number of the new year.
        if timezone.localdate(moment).year == year:
            break
    series.last += 1
    series.save(update_fields=["last"])
    return series, moment


def _added(
    policy: Policy,
    template: Template,
    values: Mapping[str, Any],
    *,
    authority: Department,
    series: Series,
    moment: datetime,
    by: str,
    firm: str | None,
) -> Document:
    on = timezone.localdate(moment)
    number = f"{series.word}〔{series.year}〕{series.last}号"
    said = {
        "authority": authority.code,
        "authority_name": authority.name,
        "number": number,
        "on": on.isoformat(),
        "policy": policy.digest,
        "template": template.name,
        "values": dict(values),
    }
    code = sha256(canonical_json(said).encode()).hexdigest()[:CODE_LENGTH].upper()
    sheet = sheet_of(policy, template, values, authority_name=authority.name, on=on, number=number, code=code)
    content = typeset(sheet)
    document = Document.objects.create(
        number=number,
        authority=authority,
        authority_name=authority.name,
        series_word=series.word,
        year=series.year,
        ordinal=series.last,
        template=template.name,
        title=sheet.title,
        policy_digest=policy.digest,
        values=canonical_json(dict(values)),
        code=code,
        sha256=sha256(content).hexdigest(),
        typeset_with=typeset_with(),
        issued_on=on,
        issued_at=moment,
        issued_by=by,
        firm=firm,
    )
    DocumentFile.objects.create(document=document, content=content)
    _log("document.issue", document)
    return document


def _log(act: str, document: Document) -> None:
    told = {
        "act": act,
        "document": document.number,
        "authority": document.authority.code,
        "template": document.template,
        "code": document.code,
        "sha256": document.sha256,
    }
    log(Kind.STATUS, firm_or_platform(document.firm), told)
