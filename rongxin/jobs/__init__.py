"""Background work that survives a killed worker: leases, heartbeat, retries, schedules, progress.

Built over django-tasks' database backend: work is enqueued in the same transaction as the business row. A worker holds
a lease on what it runs and renews it; when the lease lapses another worker takes the work up again. A job is therefore
always written so that doing it twice does nothing twice.

Words: job (a name and a function), run (one time it was asked for), lease, progress, schedule.
"""

from rongxin.jobs.errors import Cancelled, LeaseLost
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import Job, job

__all__ = ["Cancelled", "Job", "LeaseLost", "Progress", "job"]
