"""Background work of recipients."""

from rongxin.exchange.recipients import addresses
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job


@job(title="唤醒数据接收单位")
def wake_recipients(progress: Progress) -> int:
    """Call every recipient's address that was not told of the newest yet, and try again what failed; how many took it."""
    progress.phase("唤醒")
    addresses.plan()
    return addresses.send_due()
