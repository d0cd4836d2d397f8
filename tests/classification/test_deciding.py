"""The class at the time is kept with every decision about an enterprise, once, and never changes."""

from datetime import date
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rongxin.classification import deciding
from rongxin.classification.deciding import decides, keep_classes
from rongxin.classification.models import DecidedWith, Use
from rongxin.classification.running import classify_on
from rongxin.classification.using import all_used
from rongxin.records.models import Effect, Record
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import CaseEvent, Consumer, Delivery
from tests.classification.city import IN_USE_ON, City, a_city
from tests.factories import note
from tests.remedies.town import Town, on


@pytest.fixture
def city(town: Town) -> City:
    return a_city(town)


def kept() -> list[tuple[str, str]]:
    return list(DecidedWith.objects.order_by("pk").values_list("event__step", "grade"))


def test_a_decision_keeps_the_class_of_its_day(city: City) -> None:
    city.town.penalty("榕市监罚〔2026〕800号", severity="serious")
    city.used()
    with on(IN_USE_ON):
        keep_classes()
        before = kept()
        repair = city.town.apply()
        city.town.granted(repair)
        keep_classes()
        assert kept() == [*before, ("grant", "b")]
        for record in Record.objects.all():
            note(record, Effect.REPAIRED)
        assert keep_classes() == 0
        assert kept() == [*before, ("grant", "b")]


def test_without_a_class_in_use_none_is_kept(city: City) -> None:
    city.town.granted(city.town.apply())
    keep_classes()
    assert ("grant", "") in kept()


def test_what_was_decided_before_a_run_came_into_use_keeps_what_held_then(city: City) -> None:
    city.town.granted(city.town.apply())
    city.town.penalty("榕市监罚〔2026〕800号", severity="serious")
    city.used()
    with on("2026-12-01"):
        later = city.town.penalty("榕市监罚〔2026〕801号")
        city.town.granted(city.town.apply(later.number))
        city.town.penalty("榕市监罚〔2026〕802号", severity="serious")
        next_run = classify_on(date(2026, 12, 1), in_full=True)
        assert next_run.counts["c"] == 1
        city.shown(next_run)
    with on("2026-12-16"):
        keep_clocks()
        keep_classes()
    assert [grade for step, grade in kept() if step == "grant"] == ["", "b"]


def granted(city: City, number: int) -> None:
    """So many decisions about the enterprise, on days one after the other."""
    for place in range(number):
        with on(f"2026-11-{27 + place % 3}"):
            penalty = city.town.penalty(f"榕市监罚〔2026〕{800 + Record.objects.count()}号")
            city.town.granted(city.town.apply(penalty.number))


def test_what_was_decided_before_is_read_in_parts(city: City) -> None:
    city.used()
    granted(city, 4)
    assert keep_classes(limit=5) == CaseEvent.objects.count() > 10
    events = CaseEvent.objects.select_related("case", "by").order_by("position")
    decisions = [event.step for event in events if event.case.firm and decides(event)]
    assert [step for step, _ in kept()] == decisions
    assert kept().count(("grant", "a")) == decisions.count("grant") == 4


def test_a_part_is_asked_for_in_as_many_queries_as_an_event(city: City) -> None:
    city.used()
    keep_classes()
    granted(city, 1)
    with CaptureQueriesContext(connection) as few:
        assert keep_classes() > 0
    granted(city, 5)
    with CaptureQueriesContext(connection) as many:
        assert keep_classes() > 10
    assert len(many) == len(few) < 20


def test_a_killed_worker_goes_on_where_it_was(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city.used()
    granted(city, 4)
    parts = count(1)

    def killed() -> list[Use]:
        if next(parts) == 3:
            raise KeyboardInterrupt
        return all_used()

    with monkeypatch.context() as patch:
        patch.setattr(deciding, "all_used", killed)
        with pytest.raises(KeyboardInterrupt):
            keep_classes(limit=5)
    before = kept()
    assert Consumer.objects.get(name=deciding.CONSUMER).position == Delivery.objects.count() == 10
    keep_classes(limit=5)
    assert kept()[: len(before)] == before
    assert [event for event, _ in kept()].count("grant") == 4


def test_what_time_or_the_platform_does_is_no_decision(city: City) -> None:
    city.used()
    (begun,) = CaseEvent.objects.filter(step="begin")
    assert not decides(begun)
