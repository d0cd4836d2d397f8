"""What runs in the background: the modules whose jobs a worker knows, and what falls due when."""

from rongxin.jobs.schedules import Daily, Schedule
from rongxin.jobs.tidy import tidy

MODULES: tuple[str, ...] = ("rongxin.jobs.tidy", "rongxin.intake.jobs")

SCHEDULES: tuple[Schedule, ...] = (Daily(tidy, at="03:10"),)
