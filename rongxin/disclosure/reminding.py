"""Telling departments that acts which wait for release are past their deadline or due soon: once a week for the same counts."""

from collections import defaultdict
from datetime import date
from typing import Final

from django.utils import timezone

from rongxin.departments.models import Department
from rongxin.disclosure.clocks import RunningClock, clock_counts, running_clocks
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.notices.recipients import Recipient
from rongxin.notices.telling import Values, tell, template
from rongxin.policy.notices import NoticeValue
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries as rulebook

NAME: Final = "publicity_due"


@job(title="公示时限提醒")
def remind_of_deadlines(progress: Progress) -> int:
    """Remind every department that has something urgent, on working days; returns how many were told."""
    policy, today = rulebook.current(), timezone.localdate()
    progress.phase("提醒")
    if policy.calendar.is_provisional(today) or policy.calendar.is_workday(today):
        return remind(policy, today)
    return 0


def remind(policy: Policy, today: date) -> int:
    """Tell what is urgent today; whoever heard of the same counts this week is passed over."""
    by_provider: dict[int, list[RunningClock]] = defaultdict(list)
    for clock in running_clocks(policy, today):
        by_provider[clock.waiting.provider].append(clock)
    departments, week = Department.objects.in_bulk(by_provider), today.isocalendar()
    told = 0
    for provider, clocks in by_provider.items():
        counts, department = clock_counts(clocks), departments[provider]
        if not counts.urgent:
            continue
        values: Values = {
            NoticeValue.OWNER: department.name,
            NoticeValue.ON: today,
            NoticeValue.ACTS_OVERDUE: counts.overdue,
            NoticeValue.ACTS_SOON: counts.soon,
        }
        key = f"publicity:{week.year}-W{week.week:02d}:{counts.overdue}:{counts.soon}"
        to = [Recipient(department=department)]
        told += len(tell(policy, template(policy, NAME), key=key, to=to, values=values))
    return told
