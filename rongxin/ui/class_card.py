"""Why an enterprise has its class, as a card: the same words for officers on the desk and for the enterprise in its own window."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rongxin.accounts.access import Access
from rongxin.classification.explaining import Named, Told, explained, sources_of
from rongxin.classification.models import Adjustment, Run
from rongxin.engine.risk.explaining import Aside, Factor, Standing, Why
from rongxin.engine.risk.plans import GRADES, Plan
from rongxin.policy.indicator_words import CLASS_TITLES, DIMENSION_TITLES, MONEY
from rongxin.policy.indicators import Dimension, Indicator, RiskClass
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from rongxin.ui.templatetags.rongxin import lang, yuan

Address = Callable[[str], str]
"""The page of a record by its number, on the face that shows the card; empty for none."""

LARGEST: Final = 2
"""So many factors are named in the sentence."""
MOST_EFFECTS: Final = 6
WHYS: Final = {
    Why.DISPUTED: gettext_lazy("异议中"),
    Why.ENDED: gettext_lazy("已修复、撤回或者停止公示"),
    Why.UNSUPPORTED: gettext_lazy("所依据的决定已失效"),
    Why.WITHHELD: gettext_lazy("依法不公示或者没有核清"),
    Why.SEVERITY: gettext_lazy("失信程度不明或者不计"),
    Why.EARLY: gettext_lazy("早于企业成立"),
    Why.FUTURE: gettext_lazy("决定日期在计算日以后"),
    Why.TERM_OVER: gettext_lazy("期限已满"),
    Why.NO_LONGER_VALID: gettext_lazy("已过有效期"),
    Why.NOT_LOOKED_AT: gettext_lazy("没有指标看这一项"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One class of the scale: from which points on, up to which; None: no end."""

    grade: RiskClass
    first: int
    last: int | None
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A record behind a factor. ``gone_on``: from when the factor looks at it no longer."""

    number: str
    document: str
    authority: str
    decided_on: date
    gone_on: date | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorLine:
    """One factor: what it says, its points, what stands behind it, the day it ends."""

    title: Title
    dimension: Title
    reason: str
    points: int
    sources: tuple[SourceLine, ...]
    others: int
    gone_on: date | None
    next_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """How it stands from a day on."""

    day: date
    grade: RiskClass
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """How it would stand without a record, or without any."""

    told: str
    url: str
    grade: RiskClass
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideLine:
    """Records that bring nothing, by why."""

    why: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCard:
    """``ui/_class.html``. ``capped``: what the bounds of the dimensions, and the bound at 0, take off the sum of the factors.
    ``floor``: the hard rule that decides, where one does. ``better``: the first day on which the class is better.
    """

    grade: RiskClass
    points: int
    day: date
    told: str
    floor: str
    bands: tuple[Band, ...]
    factors: tuple[FactorLine, ...]
    capped: int
    course: tuple[Then, ...]
    better: Then | None
    effects: tuple[EffectLine, ...]
    without_all: Then
    aside: tuple[AsideLine, ...]

    @property
    def title(self) -> Title:
        """Of the class."""
        return CLASS_TITLES[self.grade]

    @property
    def now(self) -> Then:
        """How it stands on the day."""
        return Then(day=self.day, grade=self.grade, points=self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentCard:
    """``ui/_adjustment.html``. ``shows_answer``: the draft of an answer is for offices alone. ``url``: why it has this class."""

    adjustment: Adjustment
    url: str
    shows_answer: bool


def class_card(run: Run, firm: Subject, access: Access, address: Address) -> ClassCard:
    """The card of an enterprise in a run, in the words of the rules of that run. Raises what explained and results_of raise."""
    told = explained(run, firm, access)
    return _card_of(told, _Sources(sources_of(told.explanation), rulebook.by_digest(run.policy_digest).kinds, address))


@dataclass(frozen=True, slots=True)
class _Sources:
    """The records that an explanation names, as its readers are told of them."""

    records: Mapping[int, Named]
    kinds: Mapping[str, RecordKind]
    address: Address

    def line(self, record: int, gone_on: date | None = None) -> SourceLine:
        """One record. A kind without document numbers (tax grades, ratings) is called by its title."""
        named = self.records[record]
        return SourceLine(
            number=named.number,
            document=named.document_number or self._kind(named),
            authority=named.authority or named.provider,
            decided_on=named.decided_on,
            gone_on=gone_on,
            url=self.address(named.number),
        )

    def without(self, record: int) -> str:
        """What the effect of ending one record is called."""
        named = self.records[record]
        words = {"day": named.decided_on.isoformat(), "kind": self._kind(named), "document": named.document_number}
        return (
            _("没有 %(day)s 的%(kind)s（%(document)s）") if named.document_number else _("没有 %(day)s 的%(kind)s")
        ) % words

    def _kind(self, named: Named) -> str:
        kind = self.kinds.get(named.kind)
        return lang(kind.title) if kind else named.kind


def _card_of(told: Told, sources: _Sources) -> ClassCard:
    plan, explanation = told.plan, told.explanation
    standing = explanation.standing
    indicators = {each.name: each.indicator for each in plan.indicators}
    factors = tuple(
        _factor(each, indicators[each.indicator], sources)
        for each in sorted(explanation.factors, key=lambda each: -each.points)
        if each.points
    )
    course = tuple(_then(each) for each in explanation.course)
    floor = next((lang(each.title) for each in plan.floors if each.name == standing.floor), "")
    return ClassCard(
        grade=standing.grade,
        points=standing.points,
        day=standing.day,
        told=_sentence(plan, standing, factors, floor),
        floor=floor,
        bands=bands_of(plan, standing.grade),
        factors=factors,
        capped=standing.points - sum(each.points for each in factors),
        course=course,
        better=next((each for each in course if each.grade < standing.grade), None),
        effects=tuple(_effects(told, sources)),
        without_all=_then(explanation.without_all),
        aside=tuple(_aside(explanation.aside, sources)),
    )


def bands_of(plan: Plan, current: RiskClass | None) -> tuple[Band, ...]:
    """The scale of the classes."""
    firsts = [0, *(plan.classes[grade.value] for grade in GRADES[1:])]
    lasts = [after - 1 for _first, after in pairwise(firsts)]
    return tuple(
        Band(grade=grade, first=first, last=last, is_current=grade == current)
        for grade, first, last in zip(GRADES, firsts, [*lasts, None], strict=True)
    )


def _sentence(plan: Plan, standing: Standing, factors: tuple[FactorLine, ...], floor: str) -> str:
    band = next(each for each in bands_of(plan, standing.grade) if each.is_current)
    span = (
        _("%(first)s–%(last)s 分") % {"first": band.first, "last": band.last}
        if band.last is not None
        else _("%(first)s 分起") % {"first": band.first}
    )
    grade = standing.grade.value.upper()
    if floor and not band.first <= standing.points <= (band.last or standing.points):
        told = _("%(points)s 分，按硬规则“%(floor)s”属 %(grade)s 类。") % {
            "points": standing.points,
            "floor": floor,
            "grade": grade,
        }
    else:
        told = _("%(points)s 分，属 %(grade)s 类（%(span)s）。") % {
            "points": standing.points,
            "grade": grade,
            "span": span,
        }
    largest = [each for each in factors if each.points > 0][:LARGEST]
    if not largest:
        return told + _("没有增加风险的因素。")
    named = _("和").join(
        _("“%(title)s”（%(points)s 分）") % {"title": lang(each.title), "points": each.points} for each in largest
    )
    return told + _("主要因为%(named)s。") % {"named": named}


def _factor(factor: Factor, indicator: Indicator, sources: _Sources) -> FactorLine:
    behind = [sources.line(each.record, each.gone_on) for each in factor.sources if each.record in sources.records]
    return FactorLine(
        title=indicator.title,
        dimension=DIMENSION_TITLES[Dimension(indicator.dimension)],
        reason=_reason(factor, indicator),
        points=factor.points,
        sources=tuple(sorted(behind, key=lambda each: each.decided_on, reverse=True)),
        others=len(factor.shares),
        gone_on=factor.gone_on,
        next_on=factor.next_on,
    )


def _reason(factor: Factor, indicator: Indicator) -> str:
    value = factor.word or str(factor.value)
    if factor.value is not None and indicator.take.operator in MONEY:
        value = yuan(factor.value)
    months = indicator.window.months if indicator.window else ""
    return lang(indicator.reason).format(value=value, months=months)


def _then(standing: Standing) -> Then:
    return Then(day=standing.day, grade=standing.grade, points=standing.points)


def _effects(told: Told, sources: _Sources) -> Iterable[EffectLine]:
    now = told.explanation.standing
    better = sorted(
        (each for each in told.explanation.without if each.standing.points < now.points),
        key=lambda each: (each.standing.grade, each.standing.points, each.record),
    )
    for each in better[:MOST_EFFECTS]:
        if named := sources.records.get(each.record):
            yield EffectLine(
                told=sources.without(each.record),
                url=sources.address(named.number),
                grade=each.standing.grade,
                points=each.standing.points,
            )


def _aside(aside: Iterable[Aside], sources: _Sources) -> Iterable[AsideLine]:
    by_why: dict[Why, list[SourceLine]] = {}
    for each in aside:
        if each.record in sources.records:
            by_why.setdefault(each.why, []).append(sources.line(each.record))
    for why in Why:
        if why in by_why:
            yield AsideLine(why=str(WHYS[why]), sources=tuple(by_why[why]))
