from django.db import models

from rongxin.subjects.models import Subject
from rongxin.workflow.models import Case


class About(models.TextChoices):
    """What an enterprise asks about."""

    LOOK = "look", "为何被查询"
    DECISION = "decision", "为何这样决定"


class Outcome(models.TextChoices):
    """What the department answers."""

    EXPLAINED = "explained", "说明原因"
    NOT_OURS = "not_ours", "本单位没有查询或者决定"
    WITHHELD = "withheld", "依法不予说明"


class Inquiry(models.Model):
    """What an enterprise asks; where the answer stands is its case. ``reference``: the record, case or document it is about.

    ``event``: the event of the ledger that is asked about, as ``log/index``, where it was asked beside it; once for each.
    ``answer`` is written by a person, holds no number of a person, and no name that was not confirmed to be none.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="企业")
    about = models.CharField("询问", max_length=8, choices=About.choices)
    happened_on = models.DateField("查询或者决定的日期")
    reference = models.CharField("文号或者编号", max_length=60, blank=True)
    event = models.CharField("账本事项", max_length=80, blank=True)
    outcome = models.CharField("答复", max_length=10, choices=Outcome.choices, blank=True)
    answer = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "企业询问"
        constraints = [
            models.UniqueConstraint(fields=["event"], condition=~models.Q(event=""), name="inquiries_event_asked_once")
        ]
