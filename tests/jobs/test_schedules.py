"""When jobs fall due, and that each time is served once."""

import threading
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from config import jobs as declared
from rongxin.jobs.models import Due, Run, State
from rongxin.jobs.registry import find
from rongxin.jobs.scheduler import Scheduler
from rongxin.jobs.schedules import SHANGHAI, Daily, Every
from rongxin.jobs.tidy import KEPT_FOR, tidy
from rongxin.jobs.worker import Worker
from tests.jobs.work import PATIENCE

MORNING = datetime(2026, 11, 22, 10, 0, 30, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


def test_a_daily_time_is_a_time_in_shanghai() -> None:
    schedule = Daily(tidy, at="02:30")
    assert schedule.latest(MORNING) == datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    assert schedule.latest(datetime(2026, 11, 22, 2, 29, 59, tzinfo=SHANGHAI)).astimezone(SHANGHAI).day == 21
    assert schedule.latest(datetime(2026, 11, 22, 2, 30, tzinfo=SHANGHAI)).astimezone(SHANGHAI).day == 22


def test_every_so_many_minutes_is_the_same_time_everywhere() -> None:
    assert Every(tidy, minutes=15).latest(MORNING) == datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
    sevens = Every(tidy, minutes=7).latest(MORNING)
    assert sevens.timestamp() % (7 * 60) == 0
    assert timedelta() <= MORNING - sevens < timedelta(minutes=7)


@pytest.mark.parametrize("minutes", [0, -5])
def test_a_period_must_be_positive(minutes: int) -> None:
    with pytest.raises(ValueError, match="never"):
        Every(tidy, minutes=minutes)


def test_a_time_of_day_must_be_one() -> None:
    with pytest.raises(ValueError, match="25:00"):
        Daily(tidy, at="25:00")


def test_every_declared_schedule_and_module_exists() -> None:
    for module in declared.MODULES:
        import_module(module)
    for schedule in declared.SCHEDULES:
        assert find(schedule.job.name) is schedule.job
        assert schedule.latest(MORNING) <= MORNING


@pytest.mark.django_db
class TestScheduler:
    def test_a_new_schedule_begins_with_its_next_time(self) -> None:
        scheduler = Scheduler([Daily(tidy, at="02:30")])
        assert scheduler.tick(MORNING) == []
        assert [run.job for run in scheduler.tick(MORNING + DAY)] == ["jobs.tidy"]

    def test_a_time_is_served_once(self) -> None:
        first, second = Scheduler([Daily(tidy, at="02:30")]), Scheduler([Daily(tidy, at="02:30")])
        first.tick(MORNING)
        assert len(first.tick(MORNING + DAY)) == 1
        assert first.tick(MORNING + DAY) == []
        assert second.tick(MORNING + DAY + timedelta(hours=3)) == []
        assert Run.objects.count() == 1

    def test_missed_times_are_made_up_by_one_run(self) -> None:
        scheduler = Scheduler([Every(tidy, minutes=5)])
        scheduler.tick(MORNING)
        assert len(scheduler.tick(MORNING + 3 * DAY)) == 1
        assert scheduler.tick(MORNING + 3 * DAY + timedelta(minutes=1)) == []
        assert Due.objects.count() == 2

    def test_no_second_run_is_added_while_the_last_one_waits(self) -> None:
        scheduler = Scheduler([Every(tidy, minutes=5)])
        scheduler.tick(MORNING)
        first = scheduler.tick(MORNING + timedelta(minutes=5))
        assert scheduler.tick(MORNING + timedelta(minutes=10)) == first
        assert Run.objects.count() == 1

    def test_two_times_of_one_job_are_both_served(self) -> None:
        scheduler = Scheduler([Daily(tidy, at="02:30"), Daily(tidy, at="14:30")])
        scheduler.tick(MORNING)
        (noon,) = scheduler.tick(MORNING + timedelta(hours=6))
        Run.objects.filter(pk=noon.pk).update(state=State.SUCCEEDED, finished_at=MORNING)
        (night,) = scheduler.tick(MORNING + timedelta(hours=18))
        assert night != noon


@pytest.mark.django_db(transaction=True)
def test_schedulers_racing_for_a_time_serve_it_once() -> None:
    Scheduler([Every(tidy, minutes=1)]).tick(MORNING)
    together, served = threading.Barrier(4, timeout=PATIENCE), []

    def look() -> None:
        try:
            scheduler = Scheduler([Every(tidy, minutes=1)])
            together.wait()
            served.extend(scheduler.tick(MORNING + DAY))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(served) == 1
    assert Run.objects.count() == DBTaskResult.objects.count() == 1
    assert Due.objects.count() == 2


NOTHING_FREQUENT = {"frequent results": 0, "frequent runs": 0, "frequent dues": 0}


@pytest.mark.django_db(transaction=True)
def test_what_runs_every_few_seconds_and_did_what_it_should_is_forgotten_after_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("config.jobs.SCHEDULES", (Every(tidy, seconds=10),))
    before_yesterday = timezone.now() - timedelta(hours=25)
    ended = [tidy.enqueue(), tidy.enqueue(), tidy.enqueue()]
    Worker(["default"], batch=True).run()
    Run.objects.filter(pk__in=[ended[0].pk, ended[1].pk]).update(finished_at=before_yesterday)
    Run.objects.filter(pk=ended[1].pk).update(state=State.FAILED)
    assert tidy.call_now() == {
        "frequent results": 1,
        "frequent runs": 1,
        "frequent dues": 0,
        "runs": 0,
        "results": 0,
        "dues": 0,
    }
    assert set(Run.objects.values_list("pk", flat=True)) == {ended[1].pk, ended[2].pk}
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == {ended[1].task_id, ended[2].task_id}


@pytest.mark.django_db(transaction=True)
def test_tidy_deletes_what_is_over_and_old_and_nothing_else() -> None:
    old = timezone.now() - KEPT_FOR - timedelta(hours=1)
    ended = [tidy.enqueue(), tidy.enqueue()]
    Worker(["default"], batch=True).run()
    Run.objects.filter(pk=ended[0].pk).update(finished_at=old)
    DBTaskResult.objects.filter(pk=ended[0].task_id).update(finished_at=old)
    waiting = tidy.enqueue()
    Run.objects.filter(pk=waiting.pk).update(created_at=old)
    for days in (1, 2):
        Due.objects.create(job="jobs.tidy", due_at=old + timedelta(days=days - 3))

    assert tidy.call_now() == {**NOTHING_FREQUENT, "runs": 1, "results": 1, "dues": 1}

    assert set(Run.objects.values_list("pk", flat=True)) == {ended[1].pk, waiting.pk}
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == {ended[1].task_id, waiting.task_id}
    assert Due.objects.count() == 1
