"""Who is who: find two subjects, and what was merged, split and succeeded, by whom and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, cast
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rongxin.accounts.models import Account
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.desk.subject_parts import may_merge
from rongxin.desk.subject_words import KINDS
from rongxin.disclosure.finding import is_personal
from rongxin.disclosure.subjects import region_name
from rongxin.rulebook import queries as rulebook
from rongxin.subjects import queries as subjects
from rongxin.subjects.models import Merge, Split, Subject, Succession, SuccessionKind
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Tab

PAGE_SIZE: Final = 20
MOST_HITS: Final = 10
PERSONAL: Final = "personal"
Sort = Literal["merges", "splits", "successions"]
SORTS: Final[tuple[Sort, ...]] = ("merges", "splits", "successions")


@dataclass(frozen=True, slots=True, kw_only=True)
class HitLine:
    """A subject found for one side; ``url`` chooses it."""

    name: str
    uscc: str
    status: str
    region: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """One side of the search: the question, and what it found as long as it is not one subject alone."""

    field: str
    label: str
    question: str
    hits: tuple[HitLine, ...] = ()
    chosen: HitLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedLine:
    """A merge, split or succession: from ``before`` to ``after``; ``end_url`` undoes it, empty where that may not be."""

    sort: Sort
    kind: str
    before: Subject
    after: Subject
    effective_on: date | None
    basis: str
    by: str
    made_at: datetime
    ended_at: datetime | None
    ended_by: str
    ended_basis: str
    end_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectsPage:
    """``desk/subjects.html``. ``may_merge``: this officer may change who is who; ``split_url`` once one side is chosen.

    ``is_personal``: the question held somebody's number; it was not searched.
    """

    sides: tuple[Sought, Sought]
    sort: Sort
    tabs: tuple[Tab, ...]
    deeds: Page[DeedLine]
    may_merge: bool
    is_personal: bool
    split_url: str = ""

    @property
    def is_searching(self) -> bool:
        """Something was asked for."""
        return any(side.question for side in self.sides)


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Find two subjects; below, what was done. Two subjects found lead straight to their comparison."""
    officer = officer_of(request)
    questions = {field: request.GET.get(field, "").strip() for field in ("one", "other")}
    if any(is_personal(question) for question in questions.values()):
        # As on the public site: nobody searches for a person, and the address that holds the number is left.
        return redirect(f"{reverse('desk:subjects')}?{PERSONAL}")
    one = _sought("one", _("主体甲"), questions)
    other = _sought("other", _("主体乙"), questions)
    if one.chosen and other.chosen:
        chosen = {"keep": one.chosen.uscc, "absorb": other.chosen.uscc}
        return redirect(f"{reverse('desk:subject_compare')}?{urlencode(chosen)}")
    sort = cast(Sort, request.GET.get("sort") if request.GET.get("sort") in SORTS else "merges")
    may = may_merge(officer)
    numbered = Paginator(_deeds(sort), PAGE_SIZE).get_page(request.GET.get("page"))
    alone = one.chosen or other.chosen
    page = SubjectsPage(
        sides=(one, other),
        sort=sort,
        tabs=_tabs(sort),
        deeds=Page(_lines(list(numbered), may=may), numbered.number, cast("Paginator[DeedLine]", numbered.paginator)),
        may_merge=may,
        is_personal=PERSONAL in request.GET,
        split_url=f"{reverse('desk:subject_split')}?{urlencode({'origin': alone.uscc})}" if alone and may else "",
    )
    return show(request, "desk/subjects.html", page)


@officer_only
@require_safe
def listing_csv(request: HttpRequest) -> HttpResponse:
    """Every merge, split and succession, standing and ended, as CSV."""
    heads = (
        *(_("事项"), _("方式"), _("原主体"), _("原主体代码"), _("现主体"), _("现主体代码"), _("生效日期"), _("依据")),
        *(_("经办"), _("办理时间"), _("撤销人"), _("撤销时间"), _("撤销依据")),
    )
    rows = (
        (
            *(_sorts()[line.sort], line.kind, line.before.name, line.before.uscc, line.after.name, line.after.uscc),
            *(line.effective_on, line.basis, line.by, _local(line.made_at)),
            *(line.ended_by, _local(line.ended_at), line.ended_basis),
        )
        for sort in SORTS
        for line in _lines(list(_deeds(sort)), may=False)
    )
    return csv_download(f"subjects-{timezone.localdate().isoformat()}.csv", heads, rows)


def _sought(field: str, label: str, questions: dict[str, str]) -> Sought:
    question = questions[field]
    # By number or name, a sole trader by full code only: the register's own rule.
    found = [each.subject for each in subjects.search(question)[:MOST_HITS]] if question else []
    hits = tuple(_hit(subject, field, questions) for subject in found)
    alone = hits[0] if len(hits) == 1 else None
    return Sought(field=field, label=label, question=question, hits=() if alone else hits, chosen=alone)


def _hit(subject: Subject, field: str, questions: dict[str, str]) -> HitLine:
    return HitLine(
        name=subject.name,
        uscc=subject.uscc,
        status=subject.get_status_display(),
        region=region_name(subject.region, rulebook.current()),
        url=f"?{urlencode({**questions, field: subject.uscc})}",
    )


def _sorts() -> dict[Sort, str]:
    return {"merges": _("合并"), "splits": _("拆分"), "successions": _("承继")}


def _tabs(chosen: Sort) -> tuple[Tab, ...]:
    return tuple(
        Tab(label=label, url=f"?sort={sort}", is_current=sort == chosen, number=_deeds(sort).count())
        for sort, label in _sorts().items()
    )


def _deeds(sort: Sort) -> QuerySet[Any]:
    """Standing ones first, then the newest."""
    if sort == "merges":
        deeds: QuerySet[Any] = Merge.objects.select_related("kept", "absorbed")
    elif sort == "splits":
        deeds = Split.objects.select_related("origin", "other")
    else:
        deeds = Succession.objects.select_related("predecessor", "successor")
    return deeds.order_by("ended_at", "-made_at", "-pk")


def _lines(deeds: Sequence[Merge | Split | Succession], *, may: bool) -> list[DeedLine]:
    names = _names_of(name for deed in deeds for name in (deed.by, deed.ended_by))
    return [_line(deed, names, may=may) for deed in deeds]


def _line(deed: Merge | Split | Succession, names: dict[str, str], *, may: bool) -> DeedLine:
    kind, effective_on = "", None
    if isinstance(deed, Merge):
        sort: Sort = "merges"
        before, after, basis, address = deed.absorbed, deed.kept, deed.basis, "desk:merge_end"
    elif isinstance(deed, Split):
        sort, before, after, basis, address = "splits", deed.origin, deed.other, deed.basis, "desk:split_end"
    else:
        sort, before, after, basis = "successions", deed.predecessor, deed.successor, deed.document
        kind, effective_on, address = str(KINDS[SuccessionKind(deed.kind)]), deed.effective_on, "desk:succession_end"
    return DeedLine(
        sort=sort,
        kind=kind,
        before=before,
        after=after,
        effective_on=effective_on,
        basis=basis,
        by=names.get(deed.by, deed.by),
        made_at=deed.made_at,
        ended_at=deed.ended_at,
        ended_by=names.get(deed.ended_by, deed.ended_by),
        ended_basis=deed.ended_basis,
        end_url=reverse(address, args=[deed.pk]) if may and deed.ended_at is None else "",
    )


def _names_of(usernames: Iterable[str]) -> dict[str, str]:
    """{user name: name to show}."""
    accounts = Account.objects.filter(username__in=set(usernames) - {""})
    return dict(accounts.values_list("username", "display_name"))


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
