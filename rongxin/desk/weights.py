"""调整风险分值: numbers of the risk classes set anew on a page; what is saved is a draft of rules like any other."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.case_panels import address
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.desk.rule_drafts import why_not
from rongxin.disclosure.catalogue import indicator_lines, written
from rongxin.disclosure.rule_views import IndicatorLine
from rongxin.disclosure.wording import words
from rongxin.governance.rules.actions import NotDrafted, Problem, draft
from rongxin.governance.rules.lines import changed_files
from rongxin.governance.rules.setting import (
    LONGEST_REASON,
    Entries,
    Mistake,
    Setting,
    Wrong,
    range_of,
    settable,
    setting,
    title_of,
    told,
)
from rongxin.policy.files import PolicyErrors
from rongxin.policy.indicator_words import DIMENSION_TITLES, told_names
from rongxin.policy.indicators import CLASSES, DIMENSIONS, Dimension
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook

LONGEST_NUMBER: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField:
    """One number to set. ``now``: in force. ``text``: what stands in the field. ``called``: its name with that of its value."""

    name: str
    label: Title
    called: str
    now: int
    text: str
    error: str = ""

    @property
    def id(self) -> str:
        """What a link to the field names."""
        return self.name.replace("/", "-").replace(".", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Other numbers that are released already, for a later day; ``url`` shows the page with what holds then."""

    first_day: date
    numbers: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """An indicator with the numbers that it weighs."""

    line: IndicatorLine
    fields: tuple[NumberField, ...]
    planned: tuple[Planned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionPart:
    """The indicators of one dimension, and the most points that it may bring."""

    name: str
    title: Title
    cap: NumberField | None
    weights: tuple[Weight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is wrong with the entry ``id``, which is ``called`` so on the page."""

    id: str
    called: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsPage:
    """``desk/weights.html``: the numbers in force on ``shown_on`` under ``version``, and what was entered, with ``complaints``.

    ``refusal``: why nothing was saved, where no single field is wrong. ``mistakes``: what the check of the rules found.
    """

    version: str
    shown_on: date
    today: date
    thresholds: tuple[NumberField, ...]
    planned: tuple[Planned, ...]
    parts: tuple[DimensionPart, ...]
    first_day: str
    reason: str
    complaints: tuple[Complaint, ...] = ()
    refusal: str = ""
    mistakes: tuple[str, ...] = ()
    longest: int = LONGEST_REASON
    longest_number: int = LONGEST_NUMBER

    @property
    def begins(self) -> tuple[int, ...]:
        """From how many points on the classes b, c and d begin, as it is in force."""
        return tuple(each.now for each in self.thresholds)

    @property
    def error_of_day(self) -> str:
        """What is wrong with the first day."""
        return next((each.words for each in self.complaints if each.id == "first_day"), "")

    @property
    def error_of_reason(self) -> str:
        """What is wrong with the reason."""
        return next((each.words for each in self.complaints if each.id == "reason"), "")


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Set numbers anew; the answer to a sound setting is the case of its draft."""
    officer = officer_of(request)
    demand(officer, Action.RULE_DRAFT, officer.works_for)
    rules, today = rulebook.current(), timezone.localdate()
    if request.method != "POST":
        return show(request, "desk/weights.html", _page(rules, request.GET.get("on", ""), today))
    sent = _Sent(request, rules, today)
    if sent.version != rules.digest:
        return sent.refused(why_not(NotDrafted(Problem.OUTDATED)))
    made = setting(rules, sent.entries, first_day=sent.first_day, reason=sent.reason, today=today)
    if not isinstance(made, Setting):
        return sent.mistaken(made)
    changed = changed_files(rules, rulebook.sources(rules.digest), made)
    try:
        found = draft(changed, told(rules, made), officer, title=title_of(rules, made), made_from=rules.digest)
    except NotDrafted as refusal:
        return sent.refused(why_not(refusal))
    except PolicyErrors as stopped:
        return sent.refused(_("没有通过规则校验："), tuple(str(error) for error in stopped.errors))
    messages.success(request, _("已保存为草案，等第二人复核。"))
    return redirect(address(found.case))


class _Sent:
    """The form as it was sent: what differs from what it was filled in beside."""

    def __init__(self, request: HttpRequest, rules: Policy, today: date) -> None:
        given = request.POST
        self.request, self.rules, self.today = request, rules, today
        self.first_day, self.reason = given.get("first_day", ""), given.get("reason", "")
        self.version = given.get("version", "")
        filled_in_beside = _day(given.get("shown_on", "")) or today
        self.shown_on = max(filled_in_beside, today)
        shown = settable(self._shown(), filled_in_beside)
        self.entries: Entries = {
            key: {
                name: given[f"{key}.{name}"]
                for name, number in numbers.items()
                if f"{key}.{name}" in given and given[f"{key}.{name}"].strip() != str(number)
            }
            for key, numbers in shown.items()
        }

    def _shown(self) -> Policy:
        try:
            return rulebook.by_digest(self.version)
        except rulebook.NothingReleased:
            return self.rules

    def mistaken(self, mistakes: tuple[Mistake, ...]) -> HttpResponse:
        """The form again, each mistake at its field; nothing but "unchanged" is about no field."""
        unchanged = next((_words(each) for each in mistakes if each.wrong == Wrong.UNCHANGED), "")
        return self._again(mistakes=mistakes, refusal=unchanged)

    def refused(self, refusal: str, told: tuple[str, ...] = ()) -> HttpResponse:
        """The form again beside the numbers in force now, with why nothing was saved."""
        return self._again(refusal=refusal, told=told)

    def _again(
        self, *, mistakes: tuple[Mistake, ...] = (), refusal: str = "", told: tuple[str, ...] = ()
    ) -> HttpResponse:
        form = _Form(self.rules, self.shown_on, self.entries, mistakes)
        page = form.page(self.today, first_day=self.first_day, reason=self.reason, refusal=refusal, told=told)
        return show(self.request, "desk/weights.html", page, status=422)


def _page(rules: Policy, asked: str, today: date) -> WeightsPage:
    """The page with what is in force on the day that was asked for, or today."""
    on = max(_day(asked) or today, today)
    return _Form(rules, on, {}, ()).page(today, first_day=on.isoformat())


class _Form:
    """The parts of the page from the rules in force, what was entered and what is wrong with it."""

    def __init__(self, rules: Policy, on: date, entries: Entries, mistakes: tuple[Mistake, ...]) -> None:
        self.rules, self.on, self.entries = rules, on, entries
        self.shown = settable(rules, on)
        self.mistakes = mistakes
        self.wrong = {(each.key, each.name): each for each in mistakes if each.key}
        self.lines = {line.key: line for line in indicator_lines(rules, on)}

    def page(
        self, today: date, *, first_day: str, reason: str = "", refusal: str = "", told: tuple[str, ...] = ()
    ) -> WeightsPage:
        thresholds = self._fields(CLASSES, "")
        parts = tuple(self._part(dimension) for dimension in Dimension)
        return WeightsPage(
            version=self.rules.digest,
            shown_on=self.on,
            today=today,
            thresholds=thresholds,
            planned=self._planned(CLASSES),
            parts=parts,
            first_day=first_day,
            reason=reason,
            complaints=tuple(self._complaints(thresholds, parts)),
            refusal=refusal,
            mistakes=told,
        )

    def _part(self, dimension: Dimension) -> DimensionPart:
        title = DIMENSION_TITLES[dimension]
        caps = {each.name: each for each in self._fields(DIMENSIONS, "")}
        return DimensionPart(
            name=dimension.value,
            title=title,
            cap=caps.get(f"{DIMENSIONS}.{dimension.value}"),
            weights=tuple(
                Weight(line=line, fields=self._fields(key, words(line.title)), planned=self._planned(key))
                for key, line in self.lines.items()
                if line.dimension == title
            ),
        )

    def _fields(self, key: str, of: str) -> tuple[NumberField, ...]:
        names = told_names(self.rules, key)
        return tuple(self._field(key, name, names[name], of) for name in self.shown.get(key, {}))

    def _field(self, key: str, name: str, label: Title, of: str) -> NumberField:
        now, wrong = self.shown[key][name], self.wrong.get((key, name))
        said = {CLASSES: _("%(class)s起点"), DIMENSIONS: _("%(class)s上限")}.get(key, "%(class)s")
        called = said % {"class": words(label)}
        return NumberField(
            name=f"{key}.{name}",
            label=label,
            called=f"{of} · {called}" if of else called,
            now=now,
            text=self.entries.get(key, {}).get(name, str(now)),
            error=_words(wrong) if wrong else "",
        )

    def _planned(self, key: str) -> tuple[Planned, ...]:
        history = self.rules.values.get(key)
        later = (line for line in (history.lines if history else ()) if line.first_day > self.on)
        return tuple(
            Planned(
                first_day=line.first_day,
                numbers=written(line.value, told_names(self.rules, key)),
                url=f"{reverse('desk:weights')}?on={line.first_day.isoformat()}",
            )
            for line in sorted(later, key=lambda line: line.first_day)
            if history and history.line_on(line.first_day) == line
        )

    def _complaints(self, thresholds: tuple[NumberField, ...], parts: tuple[DimensionPart, ...]) -> "list[Complaint]":
        fields = [*thresholds]
        for part in parts:
            fields += [part.cap] if part.cap else []
            fields += [field for weight in part.weights for field in weight.fields]
        found = [Complaint(id=each.id, called=each.called, words=each.error) for each in fields if each.error]
        for each in self.mistakes:
            if each.wrong in (Wrong.DAY, Wrong.PAST):
                found.append(Complaint(id="first_day", called=_("从哪天起"), words=_words(each)))
            elif each.wrong == Wrong.REASON:
                found.append(Complaint(id="reason", called=_("为什么改"), words=_words(each)))
        return found


def _words(mistake: Mistake) -> str:
    least, largest = range_of(mistake.key)
    return {
        Wrong.NOT_WHOLE: _("请填 0 或者正整数。"),
        Wrong.RANGE: _("请填 %(least)s 到 %(largest)s 之间的整数。") % {"least": least, "largest": largest},
        Wrong.ORDER: _("B、C、D 类的起点须依次增大。")
        if mistake.key == CLASSES
        else _("“最多”不能小于“每一项”，高一档不能小于低一档。"),
        Wrong.DAY: _("请填写日期，例如 2026-12-01。"),
        Wrong.PAST: _("请填今天或者以后的日期；过去的分类不重算。"),
        Wrong.REASON: _("请写明为什么改，%(n)s 字以内，不写号码。") % {"n": LONGEST_REASON},
        Wrong.UNCHANGED: _("没有改动任何数值。"),
    }[mistake.wrong]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
