"""批量下载: everything on display as files, for everybody and without a key; no more than lists of records show."""

from dataclasses import dataclass

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rongxin.disclosure.bulk import Edition, current, folder_of, was_made
from rongxin.portal.answers import FRESH_SECONDS, public_page, refusal

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkLine:
    """One file to fetch; ``size`` in bytes, ``part`` full or delta."""

    url: str
    form: str
    part: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPage:
    """``portal/bulk.html``. ``edition`` None: there is none now. ``position``: from where the feed goes on."""

    edition: Edition | None
    files: tuple[BulkLine, ...]
    added: int
    modified: int
    deleted: int
    manifest_url: str
    position: int


@public_page
def page(request: HttpRequest) -> HttpResponse:
    """The files that hold now, and what they are."""
    edition = current()
    counts = edition.counts if edition else {}
    told = BulkPage(
        edition=edition,
        files=tuple(
            BulkLine(
                url=reverse("portal:bulk_file", args=[edition.version, each.name]),
                form=each.form,
                part=each.part,
                rows=each.rows,
                size=each.size,
                sha256=each.sha256,
            )
            for each in edition.files
        )
        if edition
        else (),
        added=counts.get("ADD", 0),
        modified=counts.get("MOD", 0),
        deleted=counts.get("DEL", 0),
        manifest_url=reverse("portal:bulk_manifest"),
        position=edition.manifest["position"] if edition else 0,
    )
    return render(request, "portal/bulk.html", {"page": told})


@public_page
def manifest(request: HttpRequest) -> HttpResponse:
    """What a program reads first: version, position, counts, and each file with address, size and SHA-256."""
    edition = current()
    if edition is None:
        return JsonResponse({"state": "none"}, status=404)
    told = edition.manifest | {"confirmed_at": edition.confirmed_at.isoformat(timespec="seconds")}
    told["files"] = [
        each | {"url": request.build_absolute_uri(reverse("portal:bulk_file", args=[edition.version, each["name"]]))}
        for each in told["files"]
    ]
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def file(request: HttpRequest, version: str, name: str) -> HttpResponseBase:
    """A file of the edition that holds now; 410 for one of an edition before. What was begun is read to its end."""
    edition = current()
    if edition is None or edition.version != version:
        if not was_made(version):
            raise Http404
        words = _("这一版已经换新，旧版不再提供：里面可能有已经停止公示的记录。请到批量下载页取最新的一版。")
        response = refusal(request, 410, _("这一版文件已经撤下"), words, "history")
        patch_cache_control(response, no_store=True)
        return response
    found = next((each for each in edition.files if each.name == name), None)
    if found is None:
        raise Http404
    etag = quote_etag(found.sha256[:32])
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    try:
        opened = (folder_of(version) / name).open("rb")
    except FileNotFoundError as error:  # it went with the edition in this moment, or was never on this machine
        raise Http404 from error
    kind, called = TYPES[found.form], f"rongxin-{version}-{name}"
    answer = FileResponse(opened, content_type=kind, as_attachment=True, filename=called)
    answer["ETag"] = etag
    patch_cache_control(answer, public=True, max_age=FRESH_SECONDS)
    return answer
