"""Background work of declarations. Nothing that is shown depends on it: expiry is computed when somebody reads."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.notices.recipients import Recipient
from rongxin.notices.telling import tell, template
from rongxin.policy.notices import NoticeValue
from rongxin.policy.pack import NothingInForce
from rongxin.remedies.declarations.actions import close
from rongxin.remedies.declarations.queries import expired, expiring
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates.outside import code_of_case

REMIND_DAYS: Final = "declarations/remind_days"
EXPIRING: Final = "declaration_expiring"
PART: Final = 100


@job(title="自主申报到期")
def keep_declarations(progress: Progress) -> int:
    """Remind of what expires soon, each once, and close the cases of what expired; returns how many firms were reminded."""
    progress.phase("提醒")
    told = remind()
    progress.phase("到期")
    while part := expired(timezone.localdate(), limit=PART):
        close(part)
        progress.advance(len(part))
    return told


def remind() -> int:
    """Tell every firm whose declaration expires within the days of the rules, once for each; returns how many were told now."""
    policy, today, told = rulebook.current(), timezone.localdate(), 0
    try:
        days = policy.value(REMIND_DAYS, today).count
    except NothingInForce:
        return 0
    for each in expiring(today, today + timedelta(days=days)):
        told += len(
            tell(
                policy,
                template(policy, EXPIRING),
                key=f"declaration:{each.pk}:expiring",
                to=[Recipient(uscc=code_of_case(each.case))],
                values={
                    NoticeValue.NUMBER: each.number,
                    NoticeValue.TITLE: each.case.title,
                    NoticeValue.DUE_ON: each.until,
                },
            )
        )
    return told
