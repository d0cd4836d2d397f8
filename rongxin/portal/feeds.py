"""The feeds: Atom for readers, JSON for programs; both say what was published, changed and deleted, newest first.

Atom follows RFC 4287, its pages RFC 5005, deletions RFC 6721. JSON follows JSON Feed 1.1; ``_rongxin`` holds what a program
needs, and ``?after=<cursor>`` gives what followed, the oldest first.
"""

import re
from typing import Any, Final
from urllib.parse import urlencode
from xml.etree import ElementTree

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from config.environment import environment
from rongxin.disclosure.feed import Feed, FeedEntry, feed
from rongxin.disclosure.wording import words
from rongxin.portal import parameters
from rongxin.portal.answers import public_page
from rongxin.rulebook import queries as rulebook
from rongxin.ui.language import spoken

_POSITION: Final = re.compile("[0-9]{1,18}")
ATOM: Final = "http://www.w3.org/2005/Atom"
TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
STATUS: Final = "https://www.w3.org/ns/credentials/status#BitstringStatusListEntry"
"""The relation of a link to the signed status: address of the list, index after the sign #."""
JSON_FEED: Final = "https://jsonfeed.org/version/1.1"

ElementTree.register_namespace("", ATOM)
ElementTree.register_namespace("at", TOMBSTONES)


@public_page
def atom(request: HttpRequest) -> HttpResponse:
    """The newest changes as Atom, a hundred at most; ``next`` leads to older ones."""
    policy = rulebook.current()
    kind = parameters.kind(request, policy)
    found = feed(policy, kind=kind, before=_position(request, "before"))
    root = ElementTree.Element(f"{{{ATOM}}}feed", {"xml:lang": "zh-CN" if spoken() == "zh" else "en"})
    here = request.build_absolute_uri(reverse("portal:feed_atom"))
    _put(root, "id", here + (f"?{urlencode({'kind': kind})}" if kind else ""))
    _put(root, "title", _title(kind))
    _put(root, "updated", found.updated_at.isoformat(timespec="seconds"))
    _put(ElementTree.SubElement(root, f"{{{ATOM}}}author"), "name", environment.platform_name)
    _link(root, "self", request.build_absolute_uri())
    _link(root, "alternate", request.build_absolute_uri(reverse("portal:newest")))
    if found.more:
        _link(root, "next", f"{here}?{urlencode(_kept(kind) | {'before': found.last})}")
    for entry in found.entries:
        _deleted(root, entry) if entry.is_deleted else _written(root, entry, request)
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return _dated(HttpResponse(text, content_type="application/atom+xml; charset=utf-8"), found)


@public_page
def json(request: HttpRequest) -> HttpResponse:
    """The same as JSON Feed; with ``after`` what followed a cursor, the oldest first, until ``next_url`` is missing."""
    policy = rulebook.current()
    kind = parameters.kind(request, policy)
    before, after = _position(request, "before"), _position(request, "after")
    is_following = after is not None
    if is_following and before is not None:
        raise parameters.Unclear(_("after 和 before 只能用一个。"))
    found = feed(policy, kind=kind, before=before, after=after)
    here = request.build_absolute_uri(reverse("portal:feed_json"))
    answer: dict[str, Any] = {
        "version": JSON_FEED,
        "title": _title(kind),
        "home_page_url": request.build_absolute_uri(reverse("portal:newest")),
        "feed_url": request.build_absolute_uri(),
        "language": "zh-CN" if spoken() == "zh" else "en",
        "_rongxin": {"cursor": found.last if is_following else found.newest, "as_of": found.updated_at.isoformat()},
        "items": [_item(entry, request) for entry in found.entries],
    }
    if found.more:
        turn = "after" if is_following else "before"
        answer["next_url"] = f"{here}?{urlencode(_kept(kind) | {turn: found.last})}"
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Type"] = "application/feed+json; charset=utf-8"
    return _dated(response, found)


def _position(request: HttpRequest, name: str) -> int | None:
    asked = request.GET.get(name, "")
    if asked and not _POSITION.fullmatch(asked):
        raise parameters.Unclear(_("%(name)s 要写成上一次得到的位置，一个整数。") % {"name": name})
    return int(asked) if asked else None


def _kept(kind: str) -> dict[str, str | int]:
    return {"kind": kind} if kind else {}


def _title(kind: str) -> str:
    title = _("%(platform)s · 最新公示") % {"platform": environment.platform_name}
    known = rulebook.current().kinds.get(kind)
    return f"{title} · {words(known.title)}" if known else title


def _dated(response: HttpResponse, found: Feed) -> HttpResponse:
    response["Last-Modified"] = http_date(found.updated_at.timestamp())
    return response


def _address(entry: FeedEntry, request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("portal:record", args=[entry.number]))


def _summary(entry: FeedEntry) -> str:
    """One sentence about an act: who, by which authority and document, and until when."""
    if entry.is_deleted:
        told = {"withdrawn": _("已撤回。"), "ended": _("公示已经结束。")}.get(entry.why, _("现在不公示。"))
        return told + entry.reason
    parts = [entry.subject_name, words(entry.kind_title), entry.authority, entry.document_number]
    if entry.shown_until:
        parts.append(_("公示到 %(day)s") % {"day": entry.shown_until.isoformat()})
    if entry.is_disputed:
        parts.append(_("异议中"))
    return " · ".join(part for part in parts if part)


# ── Atom ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _put(parent: ElementTree.Element, name: str, text: str) -> None:
    # Characters that XML forbids cannot be escaped either.
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = "".join(c for c in text if c >= " " or c in "\t\n")


def _link(parent: ElementTree.Element, rel: str, address: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": address})


def _written(root: ElementTree.Element, entry: FeedEntry, request: HttpRequest) -> None:
    element = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
    _put(element, "id", entry.id)
    _put(element, "title", entry.title)
    _put(element, "updated", entry.at.isoformat(timespec="seconds"))
    if entry.recorded_at:
        _put(element, "published", entry.recorded_at.isoformat(timespec="seconds"))
    _link(element, "alternate", _address(entry, request))
    if entry.entry:
        _link(element, STATUS, f"{entry.entry.address}#{entry.entry.index}")
    ElementTree.SubElement(element, f"{{{ATOM}}}category", {"term": entry.kind, "label": words(entry.kind_title)})
    _put(element, "summary", _summary(entry))


def _deleted(root: ElementTree.Element, entry: FeedEntry) -> None:
    when = entry.at.isoformat(timespec="seconds")
    element = ElementTree.SubElement(root, f"{{{TOMBSTONES}}}deleted-entry", {"ref": entry.id, "when": when})
    ElementTree.SubElement(element, f"{{{TOMBSTONES}}}comment").text = _summary(entry)


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _item(entry: FeedEntry, request: HttpRequest) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": _address(entry, request),
        "content_text": _summary(entry),
        "date_modified": entry.at.isoformat(timespec="seconds"),
        "_rongxin": {
            "change": entry.change,
            "position": entry.position,
            "number": entry.number,
            "kind": entry.kind,
            "credentialStatus": entry.entry.as_json() if entry.entry else None,
        },
    }
    if entry.is_deleted:
        item["_rongxin"] |= {"why": entry.why, "reason": entry.reason}
        return item
    item |= {
        "title": entry.title,
        "date_published": entry.recorded_at.isoformat(timespec="seconds") if entry.recorded_at else None,
        "tags": [words(entry.kind_title)],
    }
    item["_rongxin"] |= {
        "version": entry.version,
        "subject": {"name": entry.subject_name, "uscc": entry.subject_uscc},
        "authority": entry.authority,
        "document_number": entry.document_number,
        "decided_on": entry.decided_on.isoformat() if entry.decided_on else None,
        "shown_until": entry.shown_until.isoformat() if entry.shown_until else None,
        "disputed": entry.is_disputed,
    }
    return item
