"""Telling the columns of a file that the platform does not know, and what a department said of its columns before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.accounts.permissions import Action
from rongxin.desk.forms import filled_in
from rongxin.desk.frame import access_of, batch_line, kind_title, officer_of, officer_only, show
from rongxin.desk.pages import BatchLine
from rongxin.engine.filled import may_be_filled, values_of
from rongxin.engine.guessing import Guess
from rongxin.engine.heads import detect
from rongxin.engine.problems import message
from rongxin.intake import queries
from rongxin.intake.mapping import actions
from rongxin.intake.mapping.known import NotWaiting, column_numbers, remembered, required_left, samples_of
from rongxin.intake.models import Batch, HeadMapping
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.ui.downloads import csv_download
from rongxin.ui.language import spoken
from rongxin.ui.parts import Choice

LIKELY: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLine:
    """A column of the file: its head, some cells, and the fields it may be. ``is_known``: its head told the field."""

    name: str
    letter: str
    head: str
    samples: tuple[str, ...]
    likely: tuple[Choice, ...]
    others: tuple[Choice, ...]
    is_needless: bool
    is_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FillLine:
    """A required field that the table lacks and that may say the same in every row. ``choices`` empty: it is written."""

    name: str
    title: str
    choices: tuple[Choice, ...]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsPage:
    """``desk/columns.html``: posts ``column-<index>`` for each column and ``filled-<field>`` for what every row says. ``missing``:
    required fields that the table itself must hold. ``better``: the kind whose table it seems to be.
    """

    batch: BatchLine
    reason: str
    columns: tuple[ColumnLine, ...]
    known: tuple[ColumnLine, ...]
    missing: tuple[str, ...]
    fills: tuple[FillLine, ...]
    may_say: bool
    better: Title | None = None
    better_name: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingLine:
    """What a department said of a head."""

    pk: int
    head: str
    field: str
    kind: Title
    provider: str
    by: str
    line: HeadMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingsPage:
    """``desk/mappings.html``."""

    lines: tuple[MappingLine, ...]
    may_forget: bool


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, number: str) -> HttpResponse:
    """Which column is which field; the answer is the batch, which is checked again."""
    batch = _own(request, number)
    access = access_of(request, Purpose.INTAKE, number)
    try:
        if request.method != "POST":
            return show(request, "desk/columns.html", _page(request, batch, samples_of(batch, access)))
        chosen = {index: request.POST.get(f"column-{index}", "") for index in column_numbers(batch)}
        kind = rulebook.by_digest(batch.policy_digest).kinds[batch.kind]
        if unknown := set(chosen.values()) - {"", *kind.fields}:
            raise Http404(unknown)
        values = {name: request.POST.get(f"filled-{name}", "") for name in kind.fields}
        actions.say(number, officer_of(request), chosen, values)
    except actions.NotSaid as not_said:
        error = _error(not_said, kind)
        page = _page(request, batch, samples_of(batch, access), chosen=chosen, error=error)
        return show(request, "desk/columns.html", page, status=422)
    except NotWaiting:
        pass  # it needs nothing, or somebody was faster; the page shows how it stands
    return redirect("desk:batch", number=number)


@officer_only
@require_POST
def refile(request: HttpRequest, number: str) -> HttpResponse:
    """The same file as another kind."""
    batch = _own(request, number)
    try:
        batch = actions.refile(number, officer_of(request), request.POST.get("kind", ""))
    except LookupError:
        raise Http404 from None
    except NotWaiting:
        pass  # somebody was faster; the page shows how it stands
    return redirect("desk:batch", number=batch.number)


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What the department said of its columns."""
    officer = officer_of(request)
    page = MappingsPage(
        lines=_lines(remembered(officer)),
        may_forget=officer.may(Action.BATCH_SUBMIT, officer.works_for),
    )
    return show(request, "desk/mappings.html", page)


@officer_only
@require_safe
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    heads = (_("单位"), _("记录种类"), _("列名"), _("对应的栏"), _("认定人"), _("认定时间"))
    rows = (
        (line.provider, line.kind.zh, line.head, line.field or _("不需要"), line.by, line.line.made_at.date())
        for line in _lines(remembered(officer_of(request)))
    )
    return csv_download(f"columns-{timezone.localdate().isoformat()}.csv", heads, rows)


@officer_only
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what a head means."""
    try:
        actions.forget(pk, officer_of(request))
    except HeadMapping.DoesNotExist:
        raise Http404 from None
    return redirect("desk:mappings")


def _own(request: HttpRequest, number: str) -> Batch:
    try:
        return queries.batch_for(officer_of(request), number)
    except Batch.DoesNotExist:
        raise Http404 from None


def _page(
    request: HttpRequest, batch: Batch, found: list[Guess], *, chosen: dict[int, str] | None = None, error: str = ""
) -> ColumnsPage:
    policy = rulebook.by_digest(batch.policy_digest)
    kind, language = policy.kinds[batch.kind], spoken()
    first = chosen or _proposed(found)
    lines = [(column, _line(column, kind, first[column.index])) for column in found]
    finding = batch.findings[0]
    better = policy.kinds.get(finding["params"].get("name", ""))
    placed = [field for field in first.values() if field]
    lacking = required_left(found, kind, placed)
    layout, own = detect([column.head for column in found], kind), filled_in(kind, batch.provider)
    return ColumnsPage(
        batch=batch_line(batch, policy),
        reason=message(finding["code"], finding["params"], language),
        columns=tuple(line for column, line in lines if not column.field),
        known=tuple(line for column, line in lines if column.field),
        missing=tuple(_title(kind.fields[name]) for name in lacking if not may_be_filled(name, kind)),
        fills=tuple(
            _fill(kind.fields[name], values_of(name, kind, layout), own.get(name, ""), request)
            for name in lacking
            if may_be_filled(name, kind)
        ),
        may_say=officer_of(request).may(Action.BATCH_SUBMIT, batch.provider),
        better=better.title if better and better.name != kind.name else None,
        better_name=better.name if better and better.name != kind.name else "",
        error=error,
    )


def _proposed(found: list[Guess]) -> dict[int, str]:
    """What is known, and for the rest the likeliest field unless another column took it."""
    taken = {column.field for column in found if column.field}
    proposed: dict[int, str] = {}
    for column in found:
        first = column.likely[0] if column.likely else ""
        proposed[column.index] = column.field or ("" if first in taken else first)
        taken.add(proposed[column.index])
    return proposed


def _line(column: Guess, kind: RecordKind, chosen: str) -> ColumnLine:
    likely = [name for name in (column.field, *column.likely) if name][:LIKELY]
    if chosen and chosen not in likely:
        likely.insert(0, chosen)
    likely = list(dict.fromkeys(likely))
    return ColumnLine(
        name=f"column-{column.index}",
        letter=_letter(column.index),
        head=column.head,
        samples=column.samples,
        likely=tuple(_choice(kind.fields[name], chosen) for name in likely),
        others=tuple(_choice(field, chosen) for name, field in kind.fields.items() if name not in likely),
        is_needless=not chosen,
        is_known=bool(column.field),
    )


def _fill(field: KindField, values: Sequence[str], unit: str, request: HttpRequest) -> FillLine:
    name = f"filled-{field.name}"
    chosen = request.POST.get(name, unit)
    return FillLine(
        name=name,
        title=_title(field),
        choices=tuple(Choice(value=value, label=value, is_chosen=value == chosen) for value in values),
        value=chosen,
    )


def _letter(index: int) -> str:
    """The column as a table programme names it: A … Z, AA …"""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _choice(field: KindField, chosen: str) -> Choice:
    must = _("（必填）") if field.constraints.required else ""
    return Choice(value=field.name, label=f"{_title(field)}{must}", is_chosen=field.name == chosen)


def _title(field: KindField) -> str:
    return field.credit.label if spoken() == "en" and field.credit.label else field.title


def _error(not_said: actions.NotSaid, kind: RecordKind) -> str:
    if not_said.doubled:
        named = "、".join(_title(kind.fields[name]) for name in not_said.doubled)
        return _("这些栏各选了两列以上，请只留一列：%(fields)s") % {"fields": named}
    named = "、".join(_title(kind.fields[name]) for name in not_said.fields)
    return _("这些必填的栏还没有对应的列：%(fields)s。表里没有的，请补上这一列后重新报送。") % {"fields": named}


def _lines(remembered_lines: QuerySet[HeadMapping]) -> tuple[MappingLine, ...]:
    policy: Policy = rulebook.current()
    return tuple(
        MappingLine(
            pk=line.pk,
            head=line.written,
            field=_field_title(line, policy),
            kind=kind_title(line.kind, policy),
            provider=line.provider.short_name,
            by=line.by.display_name,
            line=line,
        )
        for line in remembered_lines
    )


def _field_title(line: HeadMapping, policy: Policy) -> str:
    kind = policy.kinds.get(line.kind)
    if kind is None or line.field not in kind.fields:
        return line.field
    return _title(kind.fields[line.field])
