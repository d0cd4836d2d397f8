"""告知: before a run comes into use, whoever is to have a worse class by it hears of it, while there is time to object."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.classification.models import Use
from rongxin.classification.reading import held, reckoned
from rongxin.classification.using import in_preview
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.notices.models import Notice
from rongxin.notices.recipients import Recipient
from rongxin.notices.telling import tell
from rongxin.policy.indicator_words import CLASS_TITLES
from rongxin.policy.indicators import RiskClass
from rongxin.policy.notices import NoticeValue
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.mandates.queries import acted_for
from rongxin.subjects.models import Subject

NOTICE: Final = "class_shown"
PART: Final = 500
"""So many enterprises are told in one transaction."""


@job(queue="bulk", title="告知类别将变差的企业")
def tell_of_shown(progress: Progress) -> int:
    """Tell every enterprise for which somebody acts here and whose class the run that is shown makes worse, each once; returns how
    many were told. Nothing where none is shown, or all were told of it, or the rules in force know no such notice yet.
    """
    use, policy = in_preview(), rulebook.current()
    if use is None or use.told_at is not None or NOTICE not in policy.notices:
        return 0
    told, keys = 0, acted_for()
    progress.phase("告知", len(keys))
    for first in range(0, len(keys), PART):
        part = keys[first : first + PART]
        told += _tell(use, policy, part)
        progress.advance(len(part))
    Use.objects.filter(pk=use.pk).update(told_at=timezone.now())
    return told


@asks(PLATFORM)  # a number alone
def told_of(use: Use) -> int:
    """How many enterprises were told of it."""
    return Notice.objects.filter(key=_key(use)).count()


@asks(PLATFORM)  # a number alone
def read_of(use: Use) -> int:
    """How many of those opened it."""
    return Notice.objects.filter(key=_key(use), receipts__isnull=False).distinct().count()


def _key(use: Use) -> str:
    return f"class-shown:{use.pk}"


@transaction.atomic
def _tell(use: Use, policy: Policy, keys: Sequence[int]) -> int:
    # No class is better than A, so most need no second look.
    shown = {key: its.grade for key, its in reckoned(use.run, keys).items() if its.grade > RiskClass.A}
    now = {key: its.grade or RiskClass.A for key, its in held(shown.keys(), timezone.localdate()).items()}
    worse = [key for key, grade in shown.items() if grade > now.get(key, RiskClass.A)]
    told = 0
    for firm in Subject.objects.filter(pk__in=worse).order_by("pk"):
        values = {
            NoticeValue.GRADE: CLASS_TITLES[shown[firm.pk]],
            NoticeValue.GRADE_BEFORE: CLASS_TITLES[now[firm.pk]] if firm.pk in now else None,
            NoticeValue.ON: use.run.day,
            NoticeValue.DUE_ON: use.case.due_on,
        }
        to = [Recipient(uscc=firm.uscc)]
        told += len(tell(policy, policy.notices[NOTICE], key=_key(use), to=to, values=values))
    return told
