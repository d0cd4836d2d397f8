"""The clock is set for the demonstration only, runs on, never leads into the future, and is put back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rongxin.demonstration.clock import NotForDemonstration, made_up_time


def test_it_is_what_the_clock_is_set_to_and_then_the_true_time_again(demo_platform: None) -> None:
    true = timezone.now()
    past = true - timedelta(days=40)
    with made_up_time() as clock:
        assert timezone.now() >= true, "not set yet"
        clock.set(past)
        assert past <= timezone.now() < past + timedelta(minutes=1)
        assert timezone.localdate() == timezone.localtime(past).date()
    assert timezone.now() >= true


def test_it_runs_on_but_never_past_the_true_time(demo_platform: None) -> None:
    with made_up_time() as clock:
        clock.set(timezone.now() - timedelta(days=1))
        first = timezone.now()
        assert timezone.now() > first
        clock.set(clock.true())
        assert timezone.now() <= clock.true()


def test_it_never_goes_back(demo_platform: None) -> None:
    day = timezone.now() - timedelta(days=2)
    with made_up_time() as clock:
        clock.set(day)
        seen = timezone.now()
        clock.set(day)
        assert timezone.now() > seen


def test_it_is_not_set_into_the_future(demo_platform: None) -> None:
    with made_up_time() as clock, pytest.raises(ValueError, match="in the future"):
        clock.set(timezone.now() + timedelta(days=1))


def test_it_is_put_back_after_an_error(demo_platform: None) -> None:
    def fail_in_the_past() -> None:
        with made_up_time() as clock:
            clock.set(timezone.now() - timedelta(days=400))
            raise LookupError

    true = timezone.now()
    with pytest.raises(LookupError):
        fail_in_the_past()
    assert timezone.now() >= true


def test_a_real_platform_has_no_made_up_time() -> None:
    with pytest.raises(NotForDemonstration, match="RONGXIN_DEMO"), made_up_time():
        pytest.fail("the clock could be set")
