"""分类检验: whether inspections find more in higher classes, from the report kept last; those drawn at random measure honestly."""

from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.classification.measuring import MONTHS, measure_hits, newest_report
from rongxin.classification.words import title_of
from rongxin.desk.classes import reader_of
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.engine.risk.differences import Part
from rongxin.engine.risk.hits import HitRates, Hits
from rongxin.engine.risk.proportions import Rate, Ratio, Trend, ratio_of
from rongxin.jobs.models import Run
from rongxin.policy.indicators import RiskClass
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.ui.downloads import file_download
from rongxin.ui.templatetags.rongxin import percent

SURE: Final = 0.05
"""A trend that chance alone makes less often than this is told as one."""
LEAST_TOLD: Final = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLine:
    """What inspections of a class found: of those drawn at random, and of all."""

    grade: RiskClass
    random: Rate
    everyone: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class BandLine:
    """The same of a band of points. ``span``: from which to which."""

    span: str
    random: Rate
    everyone: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftLine:
    """How many times more often something was found where an indicator counts than where it does not."""

    title: Title
    with_it: Rate
    without_it: Rate
    ratio: Ratio | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterLine:
    """What inspections of each class found in a quarter, those drawn at random; how many enterprises had each class."""

    name: str
    rates: tuple[tuple[str, Rate], ...]
    population: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HitsCard:
    """What the report says. ``told``: in a sentence; ``trend``: whether it rises with the class, in words. ``few``: lifts of
    indicators that too few of those inspected have. ``quarters``: since a run came into use.
    """

    report: HitRates
    made_at: datetime
    told: str
    trend: str
    lines: tuple[ClassLine, ...]
    bands: tuple[BandLine, ...]
    lifts: tuple[LiftLine, ...]
    few: tuple[LiftLine, ...]
    quarters: tuple[QuarterLine, ...]
    left_out: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HitsPage:
    """``desk/class_hits.html``. ``card`` None: no inspection could be held against a class yet."""

    card: HitsCard | None
    counted_at: datetime | None
    months: int
    may_keep: bool
    is_running: bool


@officer_only
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The report kept last, or what is needed for one."""
    officer = reader_of(request)
    kept = newest_report()
    report = HitRates.of_json(kept.report) if kept else None
    shown = HitsPage(
        card=_card(report, kept.made_at) if kept and report and report.counted.classed else None,
        counted_at=kept.made_at if kept else None,
        months=MONTHS,
        may_keep=officer.may(Action.CLASS_KEEP, officer.works_for),
        is_running=Run.objects.live().filter(job=measure_hits.name).exists(),
    )
    return show(request, "desk/class_hits.html", shown)


@officer_only
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The report kept last, for machines."""
    reader_of(request)
    kept = newest_report()
    if kept is None:
        raise Http404
    return file_download(f"class-hits-{kept.day}.json", kept.report.encode(), "application/json")


@officer_only
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Have the report made now."""
    officer = officer_of(request)
    demand(officer, Action.CLASS_KEEP, officer.works_for)
    measure_hits.enqueue(key="desk")
    messages.success(request, _("已经开始检验，完成以后出现在这一页。"))
    return redirect("desk:class_hits")


def _card(report: HitRates, made_at: datetime) -> HitsCard:
    random, everyone, policy, counted = report.random, report.everyone, rulebook.current(), report.counted
    lifts = [
        LiftLine(
            title=title_of(Part.INDICATORS, each.indicator, policy, policy),
            with_it=each.with_it,
            without_it=each.without_it,
            ratio=each.ratio,
        )
        for each in random.lifts
        if each.with_it.n
    ]
    return HitsCard(
        report=report,
        made_at=made_at,
        told=_sentence(random, report.least),
        trend=_trend(random.trend),
        lines=tuple(
            ClassLine(grade=grade, random=random.classes[grade.value], everyone=everyone.classes[grade.value])
            for grade in RiskClass
        ),
        bands=tuple(
            BandLine(span=_span(one.least, one.below), random=one.failed, everyone=two.failed)
            for one, two in zip(random.bands, everyone.bands, strict=True)
        ),
        lifts=tuple(
            sorted(
                (each for each in lifts if each.with_it.rate is not None),
                key=lambda each: -each.ratio.ratio if each.ratio else 1.0,
            )
        ),
        few=tuple(each for each in lifts if each.with_it.rate is None),
        quarters=tuple(
            QuarterLine(
                name=f"{each.year} Q{each.quarter}",
                rates=tuple((grade.value.upper(), each.random[grade.value]) for grade in RiskClass),
                population=tuple((each.population or {}).get(grade.value, 0) for grade in RiskClass),
            )
            for each in dropwhile(lambda each: each.population is None, report.quarters)
        ),
        left_out=(
            (_("当时还没有启用任何分类"), counted.before_first_run),
            (_("当时没有可用的分类，或者分类可能已经知道检查结果"), counted.without_run),
            (_("当时的分类里没有这家企业"), counted.without_class),
            (_("记录在异议中，或者已经修复、撤回、失去依据"), counted.set_aside),
            (_("记录里没有写检查结果"), counted.without_result),
        ),
    )


def _sentence(random: Hits, least: int) -> str:
    low, high = random.classes[RiskClass.A.value], random.classes[RiskClass.D.value]
    if low.rate is None or high.rate is None:
        return _(
            "样本不足，还不能说高风险的是不是问题多：随机抽查 A 类 %(low)s 次、D 类 %(high)s 次，各要满 %(least)s 次才算比例。"
        ) % {"low": low.n, "high": high.n, "least": least}
    both = {"low": percent(low.rate), "high": percent(high.rate)}
    ratio = ratio_of(high, low)
    if ratio is None:
        return _("随机抽查里，A 类没有发现问题，D 类有 %(high)s 发现问题。") % both
    if ratio.low is None or ratio.high is None:
        return _("随机抽查里，D 类没有发现问题，A 类有 %(low)s 发现问题。") % both
    numbers = {"ratio": f"{ratio.ratio:.1f}", "least": f"{ratio.low:.1f}", "most": f"{ratio.high:.1f}"}
    return _(
        "随机抽查里，D 类发现问题的比例（%(high)s）是 A 类（%(low)s）的 %(ratio)s 倍，"
        "有 95%% 的把握在 %(least)s 倍到 %(most)s 倍之间。"
    ) % (both | numbers)


def _trend(trend: Trend | None) -> str:
    if trend is None:
        return _("样本不足，看不出类别和检查结果的关系。")
    told = _("不到 %(n)s") % {"n": "0.1%"} if trend.p < LEAST_TOLD else _("约 %(n)s") % {"n": percent(trend.p)}
    if trend.p >= SURE:
        return _("看不出类别和检查结果的关系：这样的差别，偶然出现的可能性%(p)s。") % {"p": told}
    if trend.z > 0:
        return _("类别越高，发现问题越多；这样的差别，偶然出现的可能性%(p)s。") % {"p": told}
    return _("反过来了：类别越高，发现问题反而越少（偶然出现的可能性%(p)s）。请检查指标和分值。") % {"p": told}


def _span(least: int, below: int | None) -> str:
    if below is None:
        return _("%(first)s 分起") % {"first": least}
    if below == least + 1:
        return _("%(points)s 分") % {"points": least}
    return _("%(first)s–%(last)s 分") % {"first": least, "last": below - 1}
