"""The words of what rests on what."""

from django.db.models import TextChoices


class Sort(TextChoices):
    """What can rest on something, or bear something that rests on it. A clause bears only."""

    RECORD = "record", "记录"
    ENTRY = "entry", "名单列入"
    MEASURE = "measure", "措施"
    BAN = "ban", "禁入"
    CLAUSE = "clause", "条款"


class Necessity(TextChoices):
    """What the loss of a support does: without a necessary one the effect is at an end, without a contributing one it is
    suspended.
    """

    NECESSARY = "necessary", "必要依据"
    CONTRIBUTING = "contributing", "辅助依据"
