"""The class at the time is kept with every decision about an enterprise, once, and never changes."""

import pytest

from rongxin.classification.deciding import decides, keep_classes
from rongxin.classification.models import DecidedWith
from rongxin.records.models import Effect, Record
from rongxin.workflow.models import CaseEvent
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


def test_what_time_or_the_platform_does_is_no_decision(city: City) -> None:
    city.used()
    (begun,) = CaseEvent.objects.filter(step="begin")
    assert not decides(begun)
