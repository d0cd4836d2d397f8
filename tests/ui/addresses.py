"""A tiny site for the tests of our scripts: the real templates, filled with made-up pages, no platform behind."""

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import import_module
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import engines
from django.urls import URLPattern, include, path

from rongxin.desk.pages import BatchFile, BatchLine, BatchProgress, Frame, KindChoice, Tally, UploadPage
from rongxin.policy.words import Polarity, Severity, Title
from rongxin.ui.parts import Choice

PENALTY = Title(zh="行政处罚", en="Penalty")
FRAME = Frame(
    officer="郑示例",
    unit="示例区市场监管局",
    role=Title(zh="审核员", en="Reviewer"),
    today=date(2026, 11, 23),
    is_workday=True,
    may_send=True,
)
UPLOAD = UploadPage(
    kinds=(KindChoice(value="penalty", title=PENALTY, template_url="/t", rules_url="/r", form_url="/f"),),
    providers=(Choice(value="990000-01", label="示例区市场监管局"),),
    limit_rows=1000,
    limit_bytes=1000,
    recent=(),
)
BATCH = BatchLine(
    url="/desk/batches/B-1",
    number="B-1",
    file_name="示例.csv",
    kind_title=PENALTY,
    provider="示例区市场监管局",
    sent_by="郑示例",
    sent_at=datetime(2026, 11, 23, 1, 3, tzinfo=UTC),
    state="working",
)
PROGRESS = BatchProgress(url="/desk/progress", batch_url="/desk/batches/B-1", phase="校验", rows_total=100)
RESULT = BatchFile(batch=replace(BATCH, state="released"), size=10, encoding="UTF-8", hash="0" * 64)
CASE = """{% extends "ui/desk.html" %}{% block content %}<div id="case">{% include "desk/_batch_file.html" %}</div>{% endblock %}"""
RECORDS = """{% extends "ui/portal.html" %}{% block content %}
<button class="btn" data-copy="91990000MA0000015Q" data-copied="已复制" hidden><span>复制</span></button>
<ol class="rx-tl">{% include "portal/_records.html" %}</ol>{% endblock %}"""
asked = 0


def line(number: int) -> SimpleNamespace:
    """A record of a list."""
    return SimpleNamespace(
        number=f"990000-{number:026d}",
        title=f"示例决定 {number}",
        kind_title=PENALTY,
        icon="gavel",
        polarity=Polarity.ADVERSE,
        severity=Severity.GENERAL,
        authority="示例区市场监管局",
        document_number=f"示罚〔2026〕{number}号",
        decided_on=date(2026, 9, 28),
    )


def records(request: HttpRequest) -> HttpResponse:
    """Two records, then two more."""
    first = 3 if "offset" in request.GET else 1
    year = SimpleNamespace(year=2026, records=(line(first), line(first + 1)), continues=first > 1)
    page = SimpleNamespace(years=(year,), more_url="" if first > 1 else "/records?offset=2", more_number=2)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "portal/_records.html", {"page": page})
    return HttpResponse(engines["django"].from_string(RECORDS).render({"page": page}, request))


def upload(request: HttpRequest) -> HttpResponse:
    """Takes every file but one called bad.csv."""
    if request.method != "POST":
        return render(request, "desk/upload.html", {"page": UPLOAD, "frame": FRAME})
    if request.FILES["file"].name == "bad.csv":  # type: ignore[union-attr]
        page = replace(UPLOAD, error="文件里没有认得的列名。")
        return render(request, "desk/upload.html", {"page": page, "frame": FRAME}, status=422)
    return HttpResponseRedirect("/desk/batches/B-1")


def batch(request: HttpRequest, number: str) -> HttpResponse:
    """In progress until it was asked three times."""
    page = RESULT if asked >= 3 else replace(RESULT, batch=BATCH, progress=PROGRESS)
    if asked >= 3:
        page = replace(page, tally=Tally(rows=100, accepted_public=100))
    panel = SimpleNamespace(content=page)
    return HttpResponse(engines["django"].from_string(CASE).render({"panel": panel, "frame": FRAME}, request))


def progress(request: HttpRequest) -> HttpResponse:
    """A little further each time."""
    global asked
    asked += 1
    context = {"progress": replace(PROGRESS, rows_done=30 * asked, is_over=asked >= 3)}
    return render(request, "desk/_batch_progress.html", context)


def stub(request: HttpRequest, **arguments: str) -> HttpResponse:
    """Any other address: an empty page of the public site."""
    return render(request, "404.html")


def stubs(module: str, own: list[URLPattern]) -> list[URLPattern]:
    """Every other address of a face, with nothing behind it."""
    taken = {pattern.name for pattern in own}
    real = import_module(module).urlpatterns
    return [path(each.pattern._route, stub, name=each.name) for each in real if each.name not in taken]


own_portal = [path("records", records)]
own_desk = [
    path("upload", upload, name="upload"),
    path("batches/<number>", batch, name="batch"),
    path("progress", progress),
]
portal = [*own_portal, *stubs("rongxin.portal.urls", own_portal)]
desk = [*own_desk, *stubs("rongxin.desk.urls", own_desk)]
urlpatterns = [
    path("", include((portal, "portal"))),
    path("desk/", include((desk, "desk"))),
    path("enterprise/", include((stubs("rongxin.enterprise.urls", []), "enterprise"))),
    path("", include((stubs("rongxin.entrance.urls", []), "entrance"))),
    path("", include("rongxin.ui.urls")),
]
