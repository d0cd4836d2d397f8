"""Search for the public: a code, a document number, or two characters of a name; never a person.

An exact code wins over a document number, an exact document number over names. Sole traders are found by full code or
document number only. The question is not logged; one that holds an identity or telephone number is not searched at all.
"""

from collections import Counter
from typing import Final

from django.utils.translation import gettext as _

from rongxin.disclosure.lines import lines_across
from rongxin.disclosure.subjects import CLOSED, counts_in_order, platform_began_on, region_name
from rongxin.disclosure.views import Hit, SearchResult
from rongxin.engine.cells import document_key
from rongxin.policy.pack import Policy
from rongxin.primitives import resident_id
from rongxin.primitives.names import normalise_name, split
from rongxin.primitives.uscc import LENGTH as USCC_LENGTH
from rongxin.records import queries as records
from rongxin.records.display import Moment
from rongxin.subjects import queries as subjects
from rongxin.subjects.queries import Found
from rongxin.subjects.search import LIMIT, SHORTEST

SHOWN_DOCUMENTS: Final = 20


def is_personal(query: str) -> bool:
    """Whether the question holds an identity or telephone number; then it is neither searched nor said again."""
    return (
        resident_id.looks_like(query) or resident_id.looks_like_old(query) or resident_id.mask_numbers(query) != query
    )


def find(query: str, policy: Policy, moment: Moment) -> SearchResult:
    """What a reader's question finds among subjects and displayed records."""
    if is_personal(query):
        return SearchResult(is_personal=True)
    if len(normalise_name(query)) < SHORTEST:
        return SearchResult(too_short=True)
    found = subjects.by_code(query)
    if not found:
        documents = _documents(query, policy, moment)
        if documents.total_shown:
            return documents
        found = subjects.by_name(query)
    return SearchResult(hits=_hits(query, found[:LIMIT], policy, moment), more=len(found) > LIMIT)


def shorter(query: str) -> str:
    """A part of a name that may find more than the whole: its own word, without region and legal form."""
    core = split(query).core
    return core if SHORTEST <= len(core) < len(normalise_name(query)) else ""


def _documents(query: str, policy: Policy, moment: Moment) -> SearchResult:
    key = document_key(query)
    found = records.by_document(key, policy, moment, limit=SHOWN_DOCUMENTS + 1)
    if not found:
        return SearchResult()
    bearers = records.subjects_of(shown.record for shown in found)
    began_on = platform_began_on(moment.day)
    lines = lines_across(found, bearers, policy, moment.day, began_on=began_on, name_sole_traders=True)
    return SearchResult(document_hits=lines[:SHOWN_DOCUMENTS], more=len(lines) > SHOWN_DOCUMENTS)


def _hits(query: str, found: list[Found], policy: Policy, moment: Moment) -> tuple[Hit, ...]:
    if not found:
        return ()
    counts = records.counts_of([each.subject.pk for each in found], policy, moment)
    names = Counter(normalise_name(each.subject.name) for each in found)
    return tuple(
        Hit(
            name=each.subject.name,
            uscc=each.subject.uscc,
            status=each.subject.get_status_display(),
            is_closed=each.subject.status in CLOSED,
            region=region_name(each.subject.region, policy),
            legal_form=each.subject.legal_form,
            established_on=each.subject.established_on,
            counts=counts_in_order(counts.get(each.subject.pk, {}), policy),
            matched_name=each.by_name.name if each.by_name and each.by_name.is_former else "",
            former_from=each.by_name.valid_from if each.by_name else None,
            former_to=each.by_name.valid_to if each.by_name else None,
            is_homonym=names[normalise_name(each.subject.name)] > 1,
            why=_why(query, each),
        )
        for each in found
    )


def _why(query: str, found: Found) -> str:
    if found.by_name is None:
        if found.by_code == found.subject.uscc:
            return ""
        return _("曾以此代码归集") if len(found.by_code) == USCC_LENGTH else _("旧代码相符")
    if found.by_name.is_former:
        return _("曾用名相符")
    whole = normalise_name(query)
    return "" if whole in normalise_name(found.by_name.name) else _("名称分段相符")
