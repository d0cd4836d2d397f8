"""The one place where the time is made up.

A platform that is tried out must show what months of work look like: batches week by week, most displayed in time, some
late. All that follows from when things were received and recorded, and those instants are written by the doors
themselves. So while the demonstration is loaded, and only then and only on a platform that says it is one
(RONGXIN_DEMO), the clock is set to the past. Nothing else in the product sets it, and no real platform can.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from config.environment import environment


class NotForDemonstration(RuntimeError):
    """The operator has not said that this platform holds made-up data (RONGXIN_DEMO)."""


class Clock:
    """A clock that runs on at its usual speed from where it was set last, but never past the true time."""

    def __init__(self) -> None:
        self.true = timezone.now
        self._set_to: datetime | None = None
        self._set_at = time.monotonic()

    def set(self, instant: datetime) -> None:
        """It is ``instant`` now, or a little later where the clock has run past it. ValueError for one in the future."""
        if instant > self.true():
            raise ValueError(f"{instant} is in the future")
        reached = self._set_to and self.now()
        self._set_to, self._set_at = max(instant.astimezone(UTC), reached or instant), time.monotonic()

    def now(self) -> datetime:
        """What ``django.utils.timezone.now`` answers while this clock is in use."""
        if self._set_to is None:
            return self.true()
        return min(self._set_to + timedelta(seconds=time.monotonic() - self._set_at), self.true())


@contextmanager
def made_up_time() -> Iterator[Clock]:
    """Django's clock follows the yielded one. Raises NotForDemonstration on a platform that is none."""
    if not environment.demo:
        raise NotForDemonstration("the clock is set on platforms for demonstration only (RONGXIN_DEMO=1)")
    clock = Clock()
    timezone.now = clock.now
    try:
        yield clock
    finally:
        timezone.now = clock.true
