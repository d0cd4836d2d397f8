"""Sending data: a file, or one record typed in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.environment import environment
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.departments.models import Department
from rongxin.desk.forms import RecordForm, filled_in
from rongxin.desk.frame import batch_line, kind_title, officer_of, officer_only, show
from rongxin.desk.pages import KindChoice, RecordFormPage, UploadPage
from rongxin.engine.marks import template_version
from rongxin.engine.problems import message, suggestion
from rongxin.engine.sheets import Unreadable
from rongxin.engine.templates import Limits, write_template
from rongxin.entrance.gate import holds_nothing_kept
from rongxin.intake import queries, trial
from rongxin.intake.duties import kinds_in_order
from rongxin.intake.files import TooLarge
from rongxin.intake.models import Batch, Channel
from rongxin.intake.receiving import NoSuchKind, as_table, receive
from rongxin.policy.kinds import RecordKind
from rongxin.rulebook import queries as rulebook
from rongxin.ui.language import spoken
from rongxin.ui.parts import Choice

RECENT = 6


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """A file of one kind; the answer to a good one is its batch."""
    officer = officer_of(request)
    demand(officer, Action.BATCH_SUBMIT, officer.works_for)
    if request.method != "POST":
        return _upload_page(request)
    file = request.FILES.get("file")
    if file is None:
        return _upload_page(request, error=_("请选择要报送的文件。"))
    continued = _continued(request)
    try:
        receipt = receive(
            file.chunks(),
            file_name=file.name or "",
            kind=continued.kind if continued else request.POST.get("kind", ""),
            provider=officer.works_for,
            by=officer,
            channel=Channel.PAGE,
            continues=continued,
        )
    except NoSuchKind:
        return _upload_page(request, error=_("请选择记录种类。"))
    except TooLarge:
        limit = environment.upload_limit_mb
        return _upload_page(request, error=_("文件超过 %(limit)s MB，请分成几份报送。") % {"limit": limit})
    return redirect("desk:batch", number=receipt.batch.number)


def _continued(request: HttpRequest) -> Batch | None:
    """The batch whose returned rows are sent again, where the page was opened for one."""
    number = request.POST.get("continues") or request.GET.get("continues")
    if not number:
        return None
    officer = officer_of(request)
    found = queries.visible_to(officer).filter(number=number, provider=officer.department_id).first()
    if found is None:
        raise Http404
    return found


def _upload_page(request: HttpRequest, *, error: str = "") -> HttpResponse:
    officer, policy = officer_of(request), rulebook.current()
    continued = _continued(request)
    examples = rulebook.examples(policy.digest)
    recent = queries.visible_to(officer).filter(submitted_by=officer)[:RECENT]
    own, others = kinds_in_order(policy, officer.works_for, timezone.localdate())
    chosen = continued.kind if continued else request.POST.get("kind") or request.GET.get("kind") or ""
    # What was sent last is most likely what is sent next.
    chosen = chosen or next((batch.kind for batch in recent), "")
    page = UploadPage(
        kinds=tuple(
            KindChoice(
                value=kind.name,
                title=kind.title,
                template_url=reverse("desk:template", args=[kind.name]),
                rules_url=reverse("portal:rules_kind", args=[kind.name]),
                form_url=f"{reverse('desk:record_form')}?kind={kind.name}",
                example_url=reverse("portal:example", args=[kind.name]) if kind.name in examples else "",
                is_chosen=kind.name == chosen,
                is_own=kind in own,
            )
            for kind in (*own, *others)
            if continued is None or kind.name == continued.kind
        ),
        continues=batch_line(continued, policy) if continued else None,
        providers=(Choice(value=officer.works_for.code, label=officer.works_for.name, is_chosen=True),),
        limit_rows=environment.row_limit,
        limit_bytes=environment.upload_limit_mb << 20,
        recent=tuple(batch_line(batch, policy) for batch in recent),
        error=error,
    )
    return show(request, "desk/upload.html", page, status=422 if error else 200)


@officer_only
@require_safe
@holds_nothing_kept
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook of a kind: its heads, lists of values, codes as text."""
    policy = rulebook.current()
    known = policy.kinds.get(kind)
    if known is None:
        raise Http404
    version = template_version(known.credit.version, policy.kind_digest(kind))
    limits = Limits(rows=environment.row_limit, megabytes=environment.upload_limit_mb)
    response = HttpResponse(
        write_template(known, version=version, limits=limits),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return response


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def record_form(request: HttpRequest) -> HttpResponse:
    """One record: tried first, so that the form can say what to mend; then kept as a batch of one."""
    officer, policy = officer_of(request), rulebook.current()
    demand(officer, Action.BATCH_SUBMIT, officer.works_for)
    kind = policy.kinds.get(request.GET.get("kind", ""))
    if kind is None:
        return _form_page(request, None, None)
    form = RecordForm(kind, request.POST or None, filled_in(kind, officer.works_for))
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, kind, form)
    table = as_table(form.values(), kind)
    if not _add_problems(form, table, officer.works_for):
        return _form_page(request, kind, form)
    receipt = receive(
        [table],
        file_name=f"{kind.title.zh}.csv",
        kind=kind.name,
        provider=officer.works_for,
        by=officer,
        channel=Channel.FORM,
        check_now=True,
    )
    return redirect("desk:batch", number=receipt.batch.number)


def _form_page(request: HttpRequest, kind: RecordKind | None, form: RecordForm | None) -> HttpResponse:
    officer, policy = officer_of(request), rulebook.current()
    own, others = kinds_in_order(policy, officer.works_for, timezone.localdate())
    page = RecordFormPage(
        kinds=tuple(
            Choice(value=each.name, label=each.title, is_chosen=kind is not None and each.name == kind.name)
            for each in (*own, *others)
        ),
        provider=officer.works_for.name,
        form=form,
        kind_title=kind_title(kind.name, policy) if kind else None,
        rules_url=reverse("portal:rules_kind", args=[kind.name]) if kind else "",
    )
    return show(request, "desk/record_form.html", page, status=422 if form is not None and form.errors else 200)


def _add_problems(form: RecordForm, table: bytes, provider: Department) -> bool:
    """Put what intake finds on the fields of the form; True when the row may be kept."""
    language = spoken()
    try:
        found = trial.problems_of(table, form.kind, provider)
    except Unreadable as unreadable:
        form.add_error(None, message(unreadable.code, unreadable.params, language))
        return False
    for problem in found:
        text = message(problem.code, problem.params, language)
        advice = problem.suggestion or suggestion(problem.code, problem.params, language)
        form.add_error(problem.field if problem.field in form.fields else None, f"{text}。{advice}" if advice else text)
    return not found
