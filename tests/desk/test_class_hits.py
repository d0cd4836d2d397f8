"""分类准不准: a sentence that is honest about few inspections, the chart, what each indicator does, what is left out."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from rongxin.accounts.permissions import Role
from rongxin.classification.measuring import measure_hits
from rongxin.classification.models import HitReport
from rongxin.engine.risk.hits import Band, Counted, HitRates, Hits, Lift, Quarter, hit_rates
from rongxin.engine.risk.inspections import INSPECTIONS, Inspected
from rongxin.engine.risk.proportions import Rate, ratio_of, trend_of
from rongxin.jobs.models import Run
from tests.desk.test_pages import as_officer
from tests.factories import a_department, an_account, at, the_rules
from tests.strict import assert_strict

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/classes/hits"
TODAY = date(2026, 11, 30)
LEAST = 30


@pytest.fixture
def page() -> Iterator[Client]:
    """Of the credit office, which may have it measured."""
    with time_machine.travel(at("2026-11-30"), tick=False):
        the_rules()
        office = a_department("lead", "福州市示例信用办", region="350100")
        yield as_officer(an_account(Role.CITY_OFFICE, office, "lead"))


def hits(*classes: tuple[int, int]) -> Hits:
    """Of (inspections, failed) of a to d, with an indicator that is among the factors of c and d."""
    rates = {name: Rate.of(n, count, LEAST) for name, (n, count) in zip("abcd", classes, strict=True)}
    (low_n, low), (high_n, high) = (
        [sum(each) for each in zip(*part, strict=True)] for part in (classes[:2], classes[2:])
    )
    with_it, without_it = Rate.of(high_n, high, LEAST), Rate.of(low_n, low, LEAST)
    return Hits(
        failed=Rate.of(low_n + high_n, low + high, LEAST),
        classes=rates,
        rises=None,
        trend=trend_of(classes, LEAST),
        false_alarms=Rate.of(high_n, high_n - high, LEAST),
        misses=Rate.of(low_n, low, LEAST),
        bands=(Band(0, 30, Rate.of(low_n, low, LEAST)), Band(30, None, Rate.of(high_n, high, LEAST))),
        lifts=(Lift("penalties_general", with_it, without_it, ratio_of(with_it, without_it)),),
    )


def kept(random: Hits) -> None:
    n = random.failed.n
    report = HitRates(
        first=TODAY - timedelta(700),
        last=TODAY,
        least=LEAST,
        counted=Counted(n + 7, n, 7, 0, 0, 2, 1),
        random=random,
        everyone=random,
        quarters=tuple(
            Quarter(2026, number, random.classes, random.classes, {"a": 900, "b": 60, "c": 30, "d": 10})
            for number in (2, 3, 4)
        ),
    )
    HitReport.objects.create(day=TODAY, made_at=at("2026-11-30"), report=report.json())


def text_of(page: Client) -> str:
    answer = page.get(ADDRESS)
    assert answer.status_code == 200
    assert_strict(answer)
    return answer.content.decode()


def test_before_there_is_anything_it_says_what_is_needed(page: Client) -> None:
    text = text_of(page)
    assert "还没有可以对照的检查结果" in text
    assert "要先有一次启用的分类" in text
    empty = hit_rates(Inspected(TODAY, TODAY, pl.DataFrame(schema=INSPECTIONS)), [])
    HitReport.objects.create(day=TODAY, made_at=at("2026-11-30"), report=empty.json())
    assert "没有一次检查能对上类别" in text_of(page)


def test_how_many_times_more_is_found_in_d_than_in_a_is_told_with_how_sure_it_is(page: Client) -> None:
    kept(hits((400, 20), (100, 10), (60, 12), (40, 16)))
    text = text_of(page)
    assert "D 类发现问题的比例（40.0%）是 A 类（5.0%）的 8.0 倍，有 95% 的把握在 4.5 倍到 14.2 倍之间。" in text
    assert "类别越高，发现问题越多；这样的差别，偶然出现的可能性不到 0.1%。" in text
    for words in ("一般的行政处罚", "0–29 分", "30 分起", "2026 Q4"):
        assert words in text
    assert "<svg" in text
    assert text.count("当时还没有启用任何分类") == 1


@pytest.mark.parametrize(
    ("classes", "told"),
    [
        (
            [(400, 20), (100, 10), (60, 12), (3, 2)],
            "样本不足，还不能说高风险的是不是问题多：随机抽查 A 类 400 次、D 类 3 次",
        ),
        ([(40, 0), (40, 1), (40, 2), (40, 4)], "A 类没有发现问题，D 类有 10.0% 发现问题"),
        ([(40, 4), (40, 2), (40, 1), (40, 0)], "D 类没有发现问题，A 类有 10.0% 发现问题"),
        ([(100, 40), (100, 30), (100, 20), (100, 10)], "反过来了：类别越高，发现问题反而越少"),
        ([(100, 10), (100, 11), (100, 9), (100, 10)], "看不出类别和检查结果的关系"),
        ([(3, 1), (0, 0), (0, 0), (0, 0)], "样本不足，看不出类别和检查结果的关系。"),
    ],
)
def test_it_is_honest(page: Client, classes: list[tuple[int, int]], told: str) -> None:
    kept(hits(*classes))
    assert told in text_of(page)


def test_a_rate_of_too_few_is_not_told(page: Client) -> None:
    kept(hits((400, 20), (100, 10), (60, 12), (3, 2)))
    assert "样本太少（3 次）" in text_of(page)


def test_indicators_that_few_have_and_quarters_before_the_first_run_make_no_rows(page: Client) -> None:
    kept(hits((400, 20), (100, 10), (10, 2), (3, 2)))
    report = HitReport.objects.get()
    told = HitRates.of_json(report.report)
    early = Quarter(2025, 4, told.random.classes, told.random.classes, None)
    report.report = replace(told, quarters=(early, *told.quarters)).json()
    report.save()
    text = text_of(page)
    assert "另有 1 个指标样本太少，还不能说" in text
    assert "抽查到的企业还没有计过任何指标" not in text
    assert ("2025 Q4" in text, "2026 Q2" in text) == (False, True)


def test_the_report_is_a_download(page: Client) -> None:
    assert page.get(reverse("desk:class_hits_json")).status_code == 404
    kept(hits((400, 20), (100, 10), (60, 12), (40, 16)))
    assert json.loads(page.get(reverse("desk:class_hits_json")).content)["counted"]["all"] == 607


def test_the_office_has_it_measured_and_the_page_says_so(page: Client) -> None:
    assert page.post(reverse("desk:class_hits_start")).status_code == 302
    assert Run.objects.filter(job=measure_hits.name).count() == 1
    assert "正在检验" in text_of(page)


def test_the_page_speaks_english(page: Client) -> None:
    kept(hits((400, 20), (100, 10), (60, 12), (40, 16)))
    page.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "8.0 times as often as in A" in text_of(page)
