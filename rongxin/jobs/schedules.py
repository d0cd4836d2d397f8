"""When a job falls due. Times of day are Asia/Shanghai."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from rongxin.jobs.registry import Job

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Schedule(Protocol):
    """A job without required arguments and the times it falls due."""

    @property
    def job(self) -> Job[..., Any]: ...

    def latest(self, now: datetime) -> datetime:
        """The last time it fell due, up to and including ``now``."""
        ...


@dataclass(frozen=True)
class Every:
    """Every so many minutes or seconds, counted from the epoch: the same times in every process, whenever it started."""

    job: Job[..., Any]
    minutes: int = 0
    seconds: int = 0

    def __post_init__(self) -> None:
        if self.minutes < 0 or self.seconds < 0 or not self.period:
            raise ValueError(f"{self.job.name}: every {self.minutes} minutes {self.seconds} seconds is never")

    @property
    def period(self) -> int:
        """Seconds from one time to the next."""
        return self.minutes * 60 + self.seconds

    def latest(self, now: datetime) -> datetime:
        return datetime.fromtimestamp(int(now.timestamp()) // self.period * self.period, UTC)


@dataclass(frozen=True)
class Daily:
    """Every day at a time such as ``"02:30"``."""

    job: Job[..., Any]
    at: str

    def __post_init__(self) -> None:
        try:
            time.fromisoformat(self.at)
        except ValueError as error:
            raise ValueError(f"{self.job.name}: {self.at!r} is not a time of day: {error}")

    def latest(self, now: datetime) -> datetime:
        local = now.astimezone(SHANGHAI)
        due = datetime.combine(local.date(), time.fromisoformat(self.at), SHANGHAI)
        return due if due <= local else due - timedelta(days=1)
