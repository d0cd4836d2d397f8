"""The public pages: parse, ask disclosure, fill the page, render."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from config.environment import environment
from rongxin.disclosure import catalogue
from rongxin.disclosure.figures import Figures, figures
from rongxin.disclosure.finding import find, shorter
from rongxin.disclosure.lines import newest_lines
from rongxin.disclosure.records import record_view
from rongxin.disclosure.representation import public_hash, representation, tombstone_representation
from rongxin.disclosure.subjects import platform_began_on, subject_view
from rongxin.disclosure.views import Count, RecordLine, SearchResult
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, Title
from rongxin.portal import parameters
from rongxin.portal.answers import public_page, refusal, unkept_page, unlisted
from rongxin.portal.examples import example_url
from rongxin.portal.pages import (
    HomePage,
    NewestPage,
    RecordPage,
    RulesKindPage,
    RulesPage,
    SearchPage,
    SubjectPage,
    TombstonePage,
)
from rongxin.records.display import Moment
from rongxin.records.queries import Hidden, why_hidden
from rongxin.records.withdrawing import tombstone
from rongxin.remedies.declarations.queries import DeclarationView, public_of_code
from rongxin.rulebook import queries as rulebook
from rongxin.ui.clock import clock_days
from rongxin.ui.declared import StandingView, public_mark
from rongxin.ui.drawing import Term
from rongxin.ui.parts import Choice, Figure, Tab
from rongxin.ui.templatetags.rongxin import lang, percent, thousands

NEWEST_ON_HOME: Final = 8
KINDS_ON_HOME: Final = 5
KINDS_NAMED: Final = 3
NEWEST_ON_PAGE: Final = 30
MOST_PAGES: Final = 100
MOST_OFFSET: Final = 100_000
PERSONAL: Final = "personal"


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """What the platform holds, what came last, how punctual the departments are."""
    policy, moment = rulebook.current(), Moment.now()
    counted = figures(policy, moment)
    newest = newest_lines(policy, moment, began_on=counted.began_on, limit=NEWEST_ON_HOME)
    page = HomePage(
        figures=_figures(counted),
        examples=_examples(newest) if environment.demo else (),
        tabs=_kind_tabs(reverse("portal:newest"), {}, _most_displayed(counted.displayed), ""),
        newest=newest,
        punctuality=counted.punctuality if counted.punctuality.rows else None,
        as_of=counted.as_of,
    )
    return render(request, "portal/home.html", {"page": page})


@unkept_page
def search(request: HttpRequest) -> HttpResponse:
    """Subjects and decisions that a question finds. The question is neither logged nor kept."""
    query = parameters.question(request)
    if not query:
        results = SearchResult(is_personal=PERSONAL in request.GET)
        return render(request, "portal/search.html", {"page": SearchPage(query="", results=results)})
    results = find(query, rulebook.current(), Moment.now())
    if results.is_personal:
        # Away from an address that holds somebody's number.
        return HttpResponseRedirect(f"{reverse('portal:search')}?{PERSONAL}")
    page = SearchPage(query=query, results=results, shorter_query="" if results.total_shown else shorter(query))
    return render(request, "portal/search.html", {"page": page})


@public_page
def subject(request: HttpRequest, uscc: str) -> HttpResponse:
    """One subject and its displayed records, today or on a past day."""
    if uscc != uscc.upper():
        return HttpResponsePermanentRedirect(reverse("portal:subject", args=[uscc.upper()]))
    policy, present = rulebook.current(), Moment.now()
    began_on = platform_began_on(present.day)
    moment = Moment.of(parameters.day(request, "as_of", first=began_on, last=present.day))
    kind = parameters.kind(request, policy)
    offset = parameters.number(request, "offset", most=MOST_OFFSET)
    found = subject_view(uscc, policy, moment, began_on=began_on, kind=kind, offset=offset)
    if found is None:
        heading = _("没有查到这个代码")
        words = _("登记库里没有这个代码的企业或组织。请核对 18 位代码，或改用名称查询。")
        return refusal(request, 404, heading, words, "search-off")
    url = reverse("portal:subject", args=[found.card.uscc])
    if found.card.uscc != uscc:
        # Not a permanent redirect: a merge that proves wrong is undone, and a browser would never ask again.
        question = request.GET.urlencode()
        return HttpResponseRedirect(f"{url}?{question}" if question else url)
    kept = {"as_of": moment.day.isoformat()} if moment.day != present.day else {}
    more = {**({"kind": kind} if kind else {}), **kept, "offset": found.part.next_offset}
    page = SubjectPage(
        subject=found.card,
        counts=found.counts,
        summaries=found.summaries,
        tabs=_kind_tabs(url, kept, [(each.kind, each.label, each.number) for each in found.counts], kind),
        years=found.part.years,
        as_of=moment.day,
        today=present.day,
        first_day=began_on,
        url=url,
        permalink=request.build_absolute_uri(url),
        kind=kind,
        more_url=f"{url}?{urlencode(more)}" if found.part.more_number else "",
        more_number=found.part.more_number,
        is_demo=environment.demo,
        declarations=_declared(found.card.uscc, policy) if moment.day == present.day and not offset else (),
    )
    is_next_part = offset > 0 and request.headers.get("HX-Request") == "true"
    template = "portal/_records.html" if is_next_part else "portal/subject.html"
    return unlisted(render(request, template, {"page": page}), found.card.is_sole_trader)


@public_page
def record(request: HttpRequest, number: str) -> HttpResponse:
    """One record on display, as a page or as JSON; one that is not displayed says only that."""
    policy, present = rulebook.current(), Moment.now()
    wants_json = parameters.wants_json(request)
    began_on = platform_began_on(present.day)
    moment = Moment.of(parameters.day(request, "as_of", first=began_on, last=present.day))
    view = record_view(number, policy, moment, began_on=began_on)
    if view is None:
        return _not_displayed(request, number, policy, moment, present)
    if wants_json:
        answer = JsonResponse(representation(view), json_dumps_params={"ensure_ascii": False, "indent": 1})
        return unlisted(answer, view.is_sole_trader)
    url = reverse("portal:record", args=[number])
    page = RecordPage(
        record=view,
        public_hash=public_hash(view),
        clock=clock_days(
            view.timeliness.decided_on,
            view.timeliness.due,
            view.timeliness.done,
            present.day,
            policy.calendar.is_workday,
        )
        if view.timeliness
        else (),
        term=Term.of(view.decided_on, view.term, present.day),
        url=url,
        permalink=request.build_absolute_uri(url),
        as_of=moment.day,
        today=present.day,
        is_demo=environment.demo,
    )
    return unlisted(render(request, "portal/record.html", {"page": page}), view.is_sole_trader)


@public_page
def newest(request: HttpRequest) -> HttpResponse:
    """What came on display, the newest first, or on one day."""
    policy, moment = rulebook.current(), Moment.now()
    began_on = platform_began_on(moment.day)
    kind = parameters.kind(request, policy)
    on = parameters.day(request, "on", first=began_on, last=moment.day)
    number = max(1, parameters.number(request, "page", most=MOST_PAGES, otherwise=1))
    lines = newest_lines(
        policy,
        moment,
        began_on=began_on,
        kind=kind,
        on=on,
        limit=NEWEST_ON_PAGE + 1,
        offset=(number - 1) * NEWEST_ON_PAGE,
    )
    kept = {**({"kind": kind} if kind else {}), **({"on": on.isoformat()} if on else {})}
    has_earlier = len(lines) > NEWEST_ON_PAGE and number < MOST_PAGES
    page = NewestPage(
        kinds=tuple(
            Choice(value=each.name, label=each.title, is_chosen=each.name == kind) for each in _displayable(policy)
        ),
        records=lines[:NEWEST_ON_PAGE],
        today=moment.day,
        on=on,
        kind=kind,
        earlier_url=f"?{urlencode({**kept, 'page': number + 1})}" if has_earlier else "",
        later_url=f"?{urlencode({**kept, 'page': number - 1})}" if number > 1 else "",
    )
    return render(request, "portal/newest.html", {"page": page})


@public_page
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force in plain language, with their sources."""
    policy, today = rulebook.current(), Moment.now().day
    page = RulesPage(
        kinds=catalogue.kind_cards(policy),
        values=catalogue.value_cards(policy, today),
        indicators=catalogue.indicator_lines(policy, today),
        code_steps=catalogue.code_steps(policy, today),
        calendar=catalogue.calendar_years(policy),
        pack_title=policy.title,
        policy_digest=policy.digest,
        as_of=today,
    )
    return render(request, "portal/rules.html", {"page": page})


@public_page
def rules_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind of record: its fields and who may see them, its severities, its display."""
    policy, today = rulebook.current(), Moment.now().day
    found = policy.kinds.get(kind)
    if found is None:
        heading = _("没有这个记录种类")
        return refusal(request, 404, heading, _("请从目录里选择一种。"), "search-off")
    page = RulesKindPage(
        title=found.title,
        description=found.description,
        provider=found.credit.provider,
        polarity=found.credit.polarity,
        version=found.credit.version,
        fields=catalogue.field_lines(found),
        severity=catalogue.severity_lines(policy, found),
        display=catalogue.display_lines(policy, found, today),
        deadline=catalogue.deadline_card(policy, found, today),
        terms=catalogue.term_cards(policy, found, today),
        polarities=catalogue.polarity_lines(policy, found),
        withheld=catalogue.withheld_lines(policy, found),
        example_url=example_url(policy, kind),
    )
    return render(request, "portal/rules_kind.html", {"page": page})


def _declared(uscc: str, policy: Policy) -> tuple[tuple[DeclarationView, StandingView], ...]:
    """What the firm says of itself and shows; it is no record."""
    return tuple((each, public_mark(each)) for each in public_of_code(uscc, policy))


def _figures(counted: Figures) -> tuple[Figure, ...]:
    month = counted.punctuality
    named = sorted(counted.displayed, key=lambda count: -count.number)[:KINDS_NAMED]
    kinds = " · ".join(f"{lang(count.label)} {thousands(count.number)}" for count in named)
    if len(counted.displayed) > KINDS_NAMED:
        kinds = _("%(kinds)s 等 %(number)s 类") % {"kinds": kinds, "number": len(counted.displayed)}
    return (
        Figure(label=_("信用主体"), value=thousands(counted.subjects), note=_("企业、个体工商户和其他组织")),
        Figure(label=_("公示中的记录"), value=thousands(counted.records), note=kinds),
        Figure(
            label=_("按期公示率（%(month)s月）") % {"month": month.month.month},
            value=percent(month.share),
            note=_("按决定日期统计，依法不公示的不计"),
        ),
        Figure(label=_("信息提供单位"), value=thousands(counted.units), note=_("向平台报送的部门")),
    )


def _examples(newest: tuple[RecordLine, ...]) -> tuple[str, ...]:
    """Searches worth trying, from made-up data only: a real firm is nobody's example."""
    named = [line for line in newest if line.subject_uscc]
    if not named:
        return ()
    return (shorter(named[0].subject_name) or named[0].subject_name, named[0].subject_uscc, named[0].document_number)


def _displayable(policy: Policy) -> list[RecordKind]:
    """The kinds whose records may be displayed at all."""
    return [
        kind
        for kind in policy.kinds.values()
        if kind.credit.envelope is not None and any(each.display == Display.PUBLIC for each in kind.credit.display)
    ]


def _most_displayed(counts: tuple[Count, ...]) -> list[tuple[str, Title, None]]:
    """The kinds with the most displayed records, in the order of the catalog."""
    most = {count.kind for count in sorted(counts, key=lambda count: -count.number)[:KINDS_ON_HOME]}
    return [(count.kind, count.label, None) for count in counts if count.kind in most]


def _kind_tabs(
    url: str, kept: dict[str, str], kinds: Sequence[tuple[str, Title, int | None]], chosen: str
) -> tuple[Tab, ...]:
    """All, and each kind; ``kept`` stays in the addresses."""
    numbers = [number for _name, _title, number in kinds if number is not None]
    whole = f"{url}?{urlencode(kept)}" if kept else url
    return (
        Tab(label=_("全部"), url=whole, is_current=not chosen, number=sum(numbers) if numbers else None),
        *(
            Tab(
                label=title,
                url=f"{url}?{urlencode({**kept, 'kind': name})}",
                is_current=name == chosen,
                number=number,
            )
            for name, title, number in kinds
        ),
    )


def _not_displayed(request: HttpRequest, number: str, policy: Policy, moment: Moment, present: Moment) -> HttpResponse:
    """410 for an act that is known and not displayed today, 404 for one unknown or not yet displayed on that day."""
    hidden = why_hidden(number, policy, present)
    is_json = parameters.wants_json(request)
    if hidden is None:
        if is_json:
            return JsonResponse({"number": number, "state": "unknown"}, status=404)
        words = _("平台没有这个编号的记录。请核对编号，或按名称、代码、文号查询。")
        return refusal(request, 404, _("没有这条记录"), words, "search-off")
    if moment.day != present.day and record_view(number, policy, present, began_on=present.day) is not None:
        words = _("这条记录今天公示着，%(day)s 那天没有公示。") % {"day": moment.day.isoformat()}
        return refusal(request, 404, _("那一天没有公示"), words, "history")
    withdrawn = tombstone(number) if hidden == Hidden.WITHDRAWN else None
    if is_json:
        return JsonResponse(tombstone_representation(number, hidden.value, withdrawn), status=410)
    page = TombstonePage(number=number, state=hidden.value, withdrawn=withdrawn)
    return render(request, "portal/tombstone.html", {"page": page}, status=410)
