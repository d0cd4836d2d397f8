"""Background work of notices."""

from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.notices import contacts, sending
from rongxin.notices.consuming import CONSUMER, consume
from rongxin.notices.models import Sending, SendingState
from rongxin.workflow.outbox import LIMIT, deliver


def wake() -> None:
    """Events were written: have them told at once, not at the next time of the schedule."""
    make_notices.enqueue(key="written")


@job(title="生成消息")
def make_notices(progress: Progress) -> int:
    """Notices of all events that were not told yet; returns how many events. A crash at any point doubles and loses none."""
    progress.phase("消息")
    told = 0
    while done := deliver(CONSUMER, consume):
        told += done
        progress.advance(done)
        if done < LIMIT:
            break
    if told and Sending.objects.filter(state=SendingState.WAITING).exists():
        send_outside.enqueue(key="planned")
    return told


@job(title="外发邮件、短信")
def send_outside(progress: Progress) -> dict[str, int]:
    """Mails and SMS that are due; returns how many went out, failed, and were given up."""
    progress.phase("外发")
    return sending.send_due()


@job(title="联系方式换钥重封")
def seal_addresses_anew(progress: Progress) -> int:
    """Addresses under the present signing key, while the former one is still known; returns how many."""
    progress.phase("重封")
    return contacts.seal_anew()


@job(title="清除不用的联系方式")
def forget_addresses(progress: Progress) -> int:
    """Addresses whose owner has gone, that nobody confirmed or that take nothing; returns how many."""
    progress.phase("清除")
    return contacts.forget_what_is_over()
