"""The tables of the log. All but ``Pending`` hold commitments, hashes and sealed contents only.

Triggers refuse what is not said here, whoever asks: a log, a cut, a checkpoint never changes; an entry loses salt, contents and key
to the shredder and nothing else; a stream only grows.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rongxin.ledger.suites import Suite, numbered

HASH_BYTES = 32


class Log(models.Model):
    """One append-only log; the newest is the one that is written. ``suite`` is fixed for its life."""

    origin = models.CharField(_("名称"), max_length=200, unique=True)
    suite = models.PositiveSmallIntegerField(_("杂凑算法"))
    began_at = models.DateTimeField(_("开始时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("存证账本")

    def __str__(self) -> str:
        return self.origin

    @property
    def hashing(self) -> Suite:
        """The suite itself. Raises SuiteUnavailable where this Python lacks it."""
        return numbered(self.suite)


class Pending(models.Model):
    """An event written in the transaction of what it tells; the sequencer takes it out. ``time``: milliseconds since 1970."""

    kind = models.PositiveSmallIntegerField()
    of = models.CharField(max_length=16)
    identifier = models.CharField(max_length=64)
    payload = models.TextField()
    salt = models.BinaryField()
    time = models.BigIntegerField()
    sealed = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("待入账事项")


class Stream(models.Model):
    """What is known of one subject's events: how many, the last leaf, the last time. ``stream``: its pseudonym, 32 bytes."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="+", db_index=False)
    stream = models.BinaryField()
    count = models.BigIntegerField()
    head = models.BinaryField()
    time = models.BigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("事项序列")
        constraints = [models.UniqueConstraint(fields=["log", "stream"], name="ledger_stream_once")]


class SubjectKey(models.Model):
    """The key of one stream's contents, sealed under the platform's; kept in a backup of its own (docs/ledger.md)."""

    stream = models.OneToOneField(Stream, models.PROTECT, primary_key=True, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = _("主体密钥")


class Entry(models.Model):
    """One event: its 118 bytes, its leaf, and, until they are destroyed, salt, sealed contents and their sealed key."""

    pk = models.CompositePrimaryKey("log_id", "index")
    log = models.ForeignKey(Log, models.PROTECT, related_name="+", db_index=False)
    index = models.BigIntegerField()
    entry = models.BinaryField()
    leaf = models.BinaryField()
    stream = models.ForeignKey(Stream, models.PROTECT, related_name="+", db_index=False)
    number = models.BigIntegerField()
    salt = models.BinaryField(null=True)
    payload = models.BinaryField(null=True)
    key = models.BinaryField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("账目")
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="ledger_entry_number_once")]


class Cut(models.Model):
    """The tree as it was after one batch: ``root`` of ``size`` leaves and its frontier; ``time`` by the sequencer's clock."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="+", db_index=False)
    size = models.BigIntegerField()
    root = models.BinaryField()
    frontier = models.BinaryField()
    time = models.BigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("树根")
        constraints = [models.UniqueConstraint(fields=["log", "size"], name="ledger_cut_once")]


class Checkpoint(models.Model):
    """The signed note over a cut."""

    cut = models.OneToOneField(Cut, models.PROTECT, primary_key=True, related_name="+")
    note = models.TextField(_("签名文本"))
    signed_at = models.DateTimeField(_("签署时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("检查点")


class Cosignature(models.Model):
    """A witness saw a checkpoint and found it consistent with what it saw before."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="+")
    witness = models.CharField(_("见证方"), max_length=200)
    line = models.TextField()
    cosigned_at = models.DateTimeField(_("见证时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("见证签名")
        constraints = [models.UniqueConstraint(fields=["checkpoint", "witness"], name="ledger_cosigned_once")]


class HeadsMap(models.Model):
    """The heads of all streams of a cut; the event that commits to it is number ``number`` of the stream of heads."""

    cut = models.OneToOneField(Cut, models.PROTECT, primary_key=True, related_name="+")
    number = models.BigIntegerField()
    lines = models.BigIntegerField()
    root = models.BinaryField()
    made_at = models.DateTimeField(_("生成时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("序列末端表")


class Withholding(models.Model):
    """An event that its subject is not shown before ``until``, by order of a case; two people decided, the day opens it."""

    stream = models.ForeignKey(Stream, models.PROTECT, related_name="+", db_index=False)
    number = models.BigIntegerField()
    until = models.DateField(_("封存至"))
    order = models.CharField(_("文书号"), max_length=100)
    by = models.CharField(_("经办"), max_length=64)
    approved_by = models.CharField(_("批准"), max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("封存")
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="ledger_withheld_once"),
            models.CheckConstraint(condition=~Q(by=F("approved_by")), name="ledger_withheld_by_two"),
        ]


class Task(models.TextChoices):
    """What an auditor asks of a log."""

    VERIFY = "verify", _("全账核对")
    EXPORT = "export", _("导出")
    LOOKS = "looks", _("查阅周报")


class Audit(models.Model):
    """Something an auditor asked of a log, or the platform made for auditors, and what came of it.

    ``day``: the Monday of a weekly report. ``size``: entries that were looked at. ``wrong``: how many things were found;
    ``told``: the first of them in words, or the report. ``ended_at`` empty: it is under way. ``by`` empty: made by schedule.
    """

    log = models.ForeignKey(Log, models.PROTECT, related_name="+", db_index=False)
    task = models.CharField(_("事项"), max_length=8, choices=Task)
    day = models.DateField(null=True)
    with_contents = models.BooleanField(_("含内容"), default=False)
    by = models.CharField(_("经办"), max_length=150, blank=True)
    asked_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    ended_at = models.DateTimeField(_("完成时间"), null=True)
    size = models.BigIntegerField(default=0)
    wrong = models.BigIntegerField(default=0)
    told = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("账本审计")
        indexes = [models.Index(fields=["log", "task"], name="ledger_audit_task")]
