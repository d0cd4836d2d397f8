"""Whether classes hit: inspections after a run came into use are held against it; days are those of Shanghai."""

import shutil
from datetime import date, datetime

import pytest

from rongxin.classification.folders import folder_of
from rongxin.classification.measuring import measure_hits, measured, newest_report, uses
from rongxin.classification.models import HitReport, Run, Use
from rongxin.classification.running import classify_on
from rongxin.engine.risk.hits import HitRates
from rongxin.subjects.models import Subject
from rongxin.workflow.actions import open_case
from tests.classification.city import IN_USE_ON, TODAY, City, a_city
from tests.factories import a_record, a_subject, at
from tests.remedies.town import Town, on

CLEAN, BAD = "未发现问题", "发现问题已责令改正"


@pytest.fixture
def city(town: Town) -> City:
    return a_city(town)


def an_inspection(city: City, firm: Subject, day: str, result: str) -> None:
    on_day = date.fromisoformat(day)
    a_record(
        firm,
        kind="inspection_result",
        department=city.town.department,
        inspected_on=on_day,
        decided_on=on_day,
        inspection_result=result,
    )


def test_inspections_are_held_against_the_class_in_use_before_them(city: City) -> None:
    firms = [a_subject() for _ in range(3)]
    city.used()
    with on("2026-12-20"):
        an_inspection(city, firms[0], "2026-11-20", BAD)
        for firm, result in zip(firms, (BAD, CLEAN, CLEAN), strict=True):
            an_inspection(city, firm, "2026-12-01", result)
        found = measured(date(2026, 12, 20))
    assert (found.counted.all, found.counted.classed, found.counted.before_first_run) == (4, 3, 1)
    assert (found.random.classes["a"].n, found.random.classes["a"].count) == (3, 1)
    assert found.random.classes["a"].rate is None, "of fewer than 30 no rate is told"


def test_without_a_run_in_use_nothing_is_held_against_a_class(city: City) -> None:
    an_inspection(city, city.town.firm, "2026-11-02", BAD)
    found = measured(TODAY)
    assert (found.counted.all, found.counted.classed) == (1, 0)


def test_the_run_in_use_is_so_to_no_end_and_the_next_takes_its_place_on_its_first_day(city: City) -> None:
    first = city.used()
    assert [(begins, ends) for begins, ends, _ in uses()] == [(date.fromisoformat(IN_USE_ON), date.max)]
    with on(IN_USE_ON):
        second = city.used(classify_on(date(2026, 11, 27), in_full=True), "2026-12-12")
    assert [(begins, ends, results.run.id) for begins, ends, results in uses()] == [
        (date(2026, 11, 27), date(2026, 12, 11), first.run.result),
        (date(2026, 12, 12), date.max, second.run.result),
    ]


def test_a_run_that_was_replaced_on_its_first_day_is_left_out_and_days_are_those_of_shanghai(city: City) -> None:
    run = classify_on(TODAY, in_full=True)
    for begins, ends in (
        (at("2026-10-01", "00:30"), at("2026-10-05", "00:10")),
        (at("2026-10-05", "00:10"), at("2026-10-05", "09:00")),
        (at("2026-10-05", "09:00"), None),
    ):
        _in_use(city, run, begins, ends)
    assert [each[:2] for each in uses()] == [
        (date(2026, 10, 1), date(2026, 10, 4)),
        (date(2026, 10, 5), date.max),
    ]


def _in_use(city: City, run: Run, begins: datetime, ends: datetime | None) -> None:
    """The results of ``run`` under a name of its own, in use from then to then."""
    case = open_case("classification", title="示例", owner=city.first.works_for, by=city.first)
    if Use.objects.filter(run=run).exists():
        copy = Run.objects.get(pk=run.pk)
        copy.pk, copy.name = None, f"{run.name[:20]}-{case.pk}"
        copy.save()
        folder_of(copy).symlink_to(folder_of(run))
        run = copy
    Use.objects.create(case=case, run=run, since=begins, until=ends, is_current=None if ends else True)


def test_a_run_whose_results_are_gone_is_left_out(city: City) -> None:
    use = city.used()
    shutil.rmtree(folder_of(use.run))
    assert list(uses()) == []


def test_the_report_of_a_day_is_one_and_the_newest_is_shown(city: City) -> None:
    assert newest_report() is None
    measure_hits.call_now()
    assert measure_hits.call_now() == str(TODAY)
    kept = HitReport.objects.get()
    assert HitRates.of_json(kept.report) == measured(TODAY)
    with on("2026-11-13"):
        measure_hits.call_now()
        newest = newest_report()
    assert newest is not None
    assert (newest.day, HitReport.objects.count()) == (date(2026, 11, 13), 2)
