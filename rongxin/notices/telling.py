"""Telling: notices in the platform, and what is planned to go outside, in the transaction of whoever tells."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.models import Account
from rongxin.notices.channels import is_on
from rongxin.notices.contacts import contacts_of
from rongxin.notices.models import Notice, Sending
from rongxin.notices.recipients import Recipient
from rongxin.policy.notices import ChannelName, NoticeTemplate, NoticeValue, Topic, filled_in
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.words import Title
from rongxin.workflow.models import CaseEvent

STALE_DAYS = "notices/stale_days"
Values = Mapping[NoticeValue, Title | date | int | str | None]


class NoTemplate(LookupError):
    """The rules in force have no template of this name; whatever waits for it is told once they have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no template notices/{name}.yaml in the rules in force: release a pack that has it")


def template(policy: Policy, name: str) -> NoticeTemplate:
    """The template of this name; raises NoTemplate."""
    found = policy.notices.get(name)
    if found is None:
        raise NoTemplate(name)
    return found


@transaction.atomic
def tell(
    policy: Policy,
    told: NoticeTemplate,
    *,
    key: str,
    to: Iterable[Recipient],
    values: Values,
    event: CaseEvent | None = None,
    by: Account | None = None,
    happened_at: datetime | None = None,
) -> list[Notice]:
    """Tell the recipients, each once: whoever heard of ``key`` before is passed over. Returns the new notices.

    ``happened_at``: what is older than ``notices/stale_days`` goes nowhere outside. Raises KeyError for a value that is missing.
    """
    now = timezone.now()
    words = {language: _worded(values, language) for language in ("zh", "en")}
    planned = [
        Notice(
            key=key,
            name=told.name,
            case=event.case if event else None,
            event=event,
            by=by,
            title_zh=filled_in(told.title.zh, words["zh"]),
            title_en=filled_in(told.title.en, words["en"]),
            body_zh=filled_in(told.body.zh, words["zh"]),
            body_en=filled_in(told.body.en, words["en"]),
            at=now,
            policy_digest=policy.digest,
            **recipient.columns,
        )
        for recipient in to
    ]
    new = [notice for notice in planned if _kept(notice)]
    if not _is_stale(policy, happened_at or now, now):
        Sending.objects.bulk_create(
            sending
            for notice in new
            for channel in told.outside
            for sending in _sendings(notice, channel, told.topic, now)
        )
    return new


def _kept(notice: Notice) -> bool:
    """Keep the notice, unless the recipient heard of it: of two who tell at once the second finds the first one's."""
    known = Notice.objects.filter(key=notice.key, department=notice.department, account=notice.account)
    if known.filter(uscc=notice.uscc).exists():
        return False
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    found = known.filter(uscc=notice.uscc, at=notice.at, name=notice.name).first()
    notice.pk = found.pk if found else None
    return found is not None


def _sendings(notice: Notice, channel: ChannelName, topic: Topic, now: datetime) -> Iterable[Sending]:
    """One for each address of the recipient, none where the channel is switched off."""
    for contact in contacts_of(notice, channel, topic) if is_on(channel) else ():
        yield Sending(
            notice=notice,
            channel=channel,
            department=contact.department,
            account=contact.account,
            mandate=contact.mandate,
            message_id=uuid.uuid4(),
            allowed=environment.notice_attempts,
            due_at=now,
        )


def _is_stale(policy: Policy, happened_at: datetime, now: datetime) -> bool:
    try:
        days = policy.value(STALE_DAYS, timezone.localdate(now)).count
    except NothingInForce:
        return False
    return now - happened_at > timedelta(days=days)


def _worded(values: Values, language: str) -> dict[str, str]:
    return {str(name): _written(value, language) for name, value in values.items()}


def _written(value: Title | date | int | str | None, language: str) -> str:
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日" if language == "zh" else value.isoformat()
    if isinstance(value, Title):
        return value.zh if language == "zh" else value.en
    if value is None or value == "":
        return "（无）" if language == "zh" else "(none)"
    return str(value)
