"""What the hours ask for: warnings before they are over, and word to the offices above when they are. Each once."""

from datetime import datetime

from django.utils import timezone

from rongxin.governance.incidents.effects import moment, values_of
from rongxin.governance.incidents.models import Incident
from rongxin.governance.incidents.queries import WAITING, clock_of, warn_hours
from rongxin.governance.incidents.rules import Hours, reached
from rongxin.notices.recipients import Recipient, overseers
from rongxin.notices.telling import tell, template
from rongxin.policy.notices import NoticeValue
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries as rulebook

WARNED, OVER = "incident_warned", "incident_over"


def keep_hours(now: datetime | None = None) -> int:
    """Tell what is due; returns how many messages. A platform that was down tells the last warning only."""
    policy, at = rulebook.current(), now or timezone.now()
    waiting = Incident.objects.filter(WAITING).select_related("case__owner").order_by("pk")
    return sum(_tell(policy, incident, at) for incident in waiting)


def _tell(policy: Policy, incident: Incident, now: datetime) -> int:
    clock, owner = clock_of(incident, now), incident.case.owner
    said = values_of(incident) | {NoticeValue.REPORT_BY: moment(incident.report_due_at)}
    to = [Recipient(department=owner)]
    if clock.state == Hours.OVER:
        above = [Recipient(department=each) for each in overseers(owner) if each != owner]
        values = said | {NoticeValue.HOURS_LATE: clock.hours}
        return len(
            tell(policy, template(policy, OVER), key=f"incident:{incident.pk}:over", to=[*to, *above], values=values)
        )
    warning = reached(incident.discovered_at, now, warn_hours(incident.discovered_at))
    if warning is None:
        return 0
    values = said | {NoticeValue.HOURS_LEFT: clock.hours}
    key = f"incident:{incident.pk}:warned:{warning}"
    return len(tell(policy, template(policy, WARNED), key=key, to=to, values=values))
