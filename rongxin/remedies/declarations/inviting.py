"""邀请: an office drafts a list of enterprises, looks at it, and sends or drops it. Each enterprise decides for itself; not to
declare changes nothing, and neither does declaring change a class (item 5 of 闽信用〔2019〕7号).
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.classification.running import newest_run
from rongxin.departments.regions import stem
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.notices.recipients import Recipient
from rongxin.notices.telling import tell, template
from rongxin.policy.declarations import DeclaredItem, InvitedGroup
from rongxin.policy.notices import NoticeValue
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.words import Title
from rongxin.primitives.periods import add_months
from rongxin.remedies.declarations.invited import to_invite
from rongxin.remedies.declarations.models import Declaration, InvitationList, Invited
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn
from rongxin.subjects.mandates.queries import held_among
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import same_as

INVITE_MONTHS: Final = "declarations/invite_months"
NOTICE: Final = "declaration_invited"
PART: Final = 500
_TURN: Final = "invitations"


class Problem(StrEnum):
    """Why nothing was done."""

    NO_GROUP = "no_group"
    NO_RUN = "no_run"
    NOT_DRAFTED = "not_drafted"
    OVER = "over"


class NotInvited(ValueError):
    """Nothing was done."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an enterprise reads. ``items``: what is worth declaring, the most useful first."""

    office: str
    on: date
    group: InvitedGroup
    items: tuple[DeclaredItem, ...]


@transaction.atomic
def ask(groups: Collection[str], *, by: Account) -> InvitationList:
    """Have a list drafted of the enterprises of these groups in the region of the office. Raises PermissionDenied, NotInvited."""
    demand(by, Action.DECLARATION_INVITE, by.works_for)
    chosen = [name for name in rulebook.current().invited_groups if name in groups]
    if not chosen:
        raise NotInvited(Problem.NO_GROUP)
    if newest_run() is None:
        raise NotInvited(Problem.NO_RUN)
    with asks(PLATFORM):
        made = InvitationList.objects.create(
            office=by.works_for,
            region=stem(by.works_for.region),
            groups=chosen,
            by=by,
            asked_at=timezone.now(),
        )
        made.job = draft_invitations.enqueue(made.pk, key=f"invitations-{made.pk}").pk
        made.save(update_fields=["job"])
    return made


@transaction.atomic
def send(found: InvitationList, *, by: Account) -> None:
    """Invite everybody on the list; twice is once. Raises PermissionDenied, and NotInvited before it is drafted or once dropped."""
    with _held(found, by) as kept:
        if kept.drafted_at is None:
            raise NotInvited(Problem.NOT_DRAFTED)
        if kept.sent_at is None:
            kept.sent_at = timezone.now()
            kept.job = send_invitations.enqueue(kept.pk, key=f"invitations-{kept.pk}").pk
            kept.save(update_fields=["sent_at", "job"])


@transaction.atomic
def drop(found: InvitationList, *, by: Account) -> None:
    """Invite nobody. Raises PermissionDenied, and NotInvited for a list that was sent."""
    with _held(found, by) as kept:
        if kept.sent_at is not None:
            raise NotInvited(Problem.OVER)
        if kept.dropped_at is None:
            kept.dropped_at = timezone.now()
            kept.save(update_fields=["dropped_at"])


def lists_of(officer: Account) -> QuerySet[InvitationList]:
    """The lists that the officer's office and those below it made, the newest first."""
    found = InvitationList.objects.select_related("office", "by").order_by("-pk")
    return found.filter(office__region__startswith=stem(officer.works_for.region))


def on_list(found: InvitationList, group: str = "") -> QuerySet[Invited]:
    """Who is on the list."""
    rows = Invited.objects.select_related("subject").filter(list=found).order_by("pk")
    return rows.filter(group=group) if group else rows


def told_of(found: InvitationList) -> int:
    """How many were told in their window."""
    return Invited.objects.filter(list=found).exclude(told_at=None).count()


def declared_since(found: InvitationList) -> int:
    """How many of them have declared something since the list was sent."""
    if found.sent_at is None:
        return 0
    since = Declaration.objects.filter(subject=OuterRef("subject"), declared_on__gte=timezone.localdate(found.sent_at))
    with asks(PLATFORM):  # a number alone
        return Invited.objects.filter(Exists(since), list=found).count()


@asks(PLATFORM)  # whoever acts for the enterprise was demanded by the page
def invitation_of(firm: Subject, policy: Policy, now: datetime) -> Invitation | None:
    """The newest invitation of the enterprise that stands; None where there is none, or the rules no longer have its group."""
    after = _invited_after(policy, timezone.localdate(now))
    asked = Invited.objects.select_related("list__office").filter(
        subject__in=same_as([firm.pk]), list__sent_at__gt=after
    )
    found = asked.order_by("-list__sent_at").first()
    group = policy.invited_groups.get(found.group) if found else None
    if found is None or group is None or found.list.sent_at is None:
        return None
    return Invitation(
        found.list.office.name, timezone.localdate(found.list.sent_at), group, tuple(items_of(group, policy))
    )


def items_of(group: InvitedGroup, policy: Policy) -> Iterator[DeclaredItem]:
    """What is worth declaring, as far as the rules in force know it."""
    return (policy.declared_items[name] for name in group.items if name in policy.declared_items)


@job(queue="bulk", title="拟邀请名单")
def draft_invitations(progress: Progress, key: int) -> int:
    """Find who belongs to the groups of the list; returns how many. A list that was stopped half-way begins anew.

    FileNotFoundError, ResultsDamaged and SnapshotDamaged as to_invite: then it is tried again on the newest run.
    """
    found, run = InvitationList.objects.get(pk=key), newest_run()
    if found.drafted_at or found.dropped_at or run is None:
        return 0
    policy, today = rulebook.current(), timezone.localdate()
    groups = [policy.invited_groups[name] for name in found.groups if name in policy.invited_groups]
    counts = dict.fromkeys(found.groups, 0)
    progress.phase("查找")
    Invited.objects.filter(list=found).delete()
    for rows in to_invite(groups, run, found.region, today, _invited_after(policy, today)):
        Invited.objects.bulk_create(
            (Invited(list=found, subject_id=subject, group=group) for subject, group in rows.iter_rows()),
            batch_size=PART,
        )
        for group, number in rows.group_by("group").len().iter_rows():
            counts[group] += number
        progress.advance(rows.height)
    drafted = InvitationList.objects.filter(pk=key, dropped_at=None)
    drafted.update(counts=counts, as_of=run.day, drafted_at=timezone.now())
    return sum(counts.values())


@job(queue="bulk", title="发出邀请")
def send_invitations(progress: Progress, key: int) -> int:
    """Tell every enterprise of a sent list for which somebody acts here, each once; returns how many were told now."""
    found = InvitationList.objects.select_related("office").get(pk=key)
    policy, told, last = rulebook.current(), 0, 0
    notice = template(policy, NOTICE)
    progress.phase("通知")
    rest = Invited.objects.select_related("subject").filter(list=found, told_at=None).order_by("pk")
    while part := list(rest.filter(pk__gt=last)[:PART]):
        last = part[-1].pk
        acting = held_among(each.subject_id for each in part)
        with transaction.atomic():
            for each in (each for each in part if each.subject_id in acting):
                group = policy.invited_groups.get(each.group)
                if group is None:
                    continue
                tell(
                    policy,
                    notice,
                    key=f"invited:{each.pk}",
                    to=[Recipient(uscc=each.subject.uscc)],
                    values={
                        NoticeValue.OWNER: found.office.name,
                        NoticeValue.REASON: group.says,
                        NoticeValue.TITLE: _named(items_of(group, policy)),
                    },
                )
                each.told_at = timezone.now()
                told += 1
            Invited.objects.bulk_update([each for each in part if each.told_at], ["told_at"])
        progress.advance(len(part))
    return told


@contextmanager
def _held(found: InvitationList, by: Account) -> Iterator[InvitationList]:
    """The list, for a change that nobody else makes meanwhile. Raises PermissionDenied, and NotInvited for a dropped one."""
    demand(by, Action.DECLARATION_INVITE, found.office)
    in_turn(_TURN)
    with asks(PLATFORM):
        kept = InvitationList.objects.get(pk=found.pk)
        if kept.dropped_at is not None:
            raise NotInvited(Problem.OVER)
        yield kept


def _invited_after(policy: Policy, today: date) -> datetime:
    """Since when whoever was invited is not invited again; where the rules say nothing, once is enough."""
    try:
        months = policy.value(INVITE_MONTHS, today).count
    except NothingInForce:
        return datetime.min.replace(tzinfo=UTC)
    return timezone.make_aware(datetime.combine(add_months(today, -months), time.max))


def _named(items: Iterable[DeclaredItem]) -> Title:
    titles = [item.title for item in items]
    return Title(zh="、".join(each.zh for each in titles), en=", ".join(each.en for each in titles))
