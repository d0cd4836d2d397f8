from django.db import models

from rongxin.departments.models import Department
from rongxin.records.bearing import Necessity, Sort
from rongxin.subjects.models import Subject


class Effect(models.TextChoices):
    """What an event does to a record (architecture §4). Expiry is computed, never an event."""

    RECORDED = "recorded", "入库"
    CORRECTED = "corrected", "更正"
    DISPUTED = "disputed", "提出异议"
    DISPUTE_ENDED = "dispute_ended", "异议办结"
    SUSPENDED = "suspended", "暂停公示"
    RESUMED = "resumed", "恢复公示"
    REPAIRED = "repaired", "已修复"
    REPAIR_REVOKED = "repair_revoked", "撤销修复"
    WITHDRAWN = "withdrawn", "撤回"
    ANNULLED = "annulled", "决定被撤销"
    SEALED = "sealed", "封存"
    UNSEALED = "unsealed", "解除封存"
    ERASED = "erased", "删除内容"


ENDS_DISPLAY = (Effect.SUSPENDED, Effect.REPAIRED, Effect.WITHDRAWN, Effect.ANNULLED, Effect.SEALED, Effect.ERASED)
# What undoes an end of display; a withdrawal, an annulment and an erasure are never undone.
UNDONE_BY = {
    Effect.SUSPENDED: Effect.RESUMED,
    Effect.REPAIRED: Effect.REPAIR_REVOKED,
    Effect.SEALED: Effect.UNSEALED,
}


class Record(models.Model):
    """One version of one act on one subject: the envelope. Rows are added, never changed (architecture §4).

    ``number`` is the public address of the act and is shared by its versions; ``act_key`` is the fingerprint that tells the same
    act again. ``amount_fen`` is whole fen. ``decided_on``, ``valid_from`` and ``valid_to`` are days in Shanghai, last day included.
    """

    number = models.CharField("记录编号", max_length=40)
    version = models.PositiveIntegerField("版本")
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField("种类", max_length=63)
    kind_digest = models.CharField(max_length=64)
    policy_digest = models.CharField("规则版本", max_length=64)
    party_name = models.CharField("报送的名称", max_length=200)
    party_code = models.CharField("报送的代码", max_length=50, blank=True)
    act_key = models.CharField(max_length=64)
    authority = models.CharField("认定单位", max_length=200)
    authority_uscc = models.CharField(max_length=18, blank=True)
    document_number = models.CharField("文号", max_length=128)
    document_key = models.CharField(max_length=128)
    decided_on = models.DateField("决定日期")
    valid_from = models.DateField("有效期自", null=True)
    valid_to = models.DateField("有效期至", null=True)
    polarity = models.CharField("性质", max_length=8)
    severity = models.CharField("失信程度", max_length=8)
    amount_fen = models.BigIntegerField("金额（分）", null=True)
    basis = models.TextField("报送的依据", blank=True)
    display = models.CharField("公示", max_length=8)
    display_reason = models.CharField("不公示原因", max_length=200, blank=True)
    display_clause = models.CharField("公示依据", max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    origin = models.CharField("来源平台", max_length=12)
    region = models.CharField("地区", max_length=12)
    provider = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="信息提供单位", db_index=False
    )
    recorded_at = models.DateTimeField("入库时间")

    class Meta:
        verbose_name = "公共信用信息"
        constraints = [
            models.UniqueConstraint(fields=["act_key", "version"], name="records_act_version"),
            models.UniqueConstraint(fields=["number", "version"], name="records_number_version"),
        ]
        indexes = [
            models.Index(fields=["document_key"], name="records_document"),
            models.Index(fields=["recorded_at"], name="records_recorded_at"),
            models.Index(fields=["provider", "decided_on"], name="records_provider_decided"),
            # Of the few that supersede another; nearly all are first versions.
            models.Index(
                fields=["supersedes"], condition=models.Q(supersedes__isnull=False), name="records_supersedes"
            ),
        ]


class RecordContent(models.Model):
    """What the kind adds, as canonical JSON text in a row of its own, so that it can be erased while the envelope stays."""

    record = models.OneToOneField(Record, models.PROTECT, primary_key=True, related_name="+")
    text = models.TextField()
    title = models.CharField("标题", max_length=300)


class RecordEvent(models.Model):
    """What happened to an act, under a gapless cursor: ``position`` 1, 2, 3 … in the order of commits.

    The first event of every act is that it was recorded; it is found by its record. ``act_key`` leads to what happened since.
    """

    position = models.BigIntegerField(unique=True)
    record = models.ForeignKey(Record, models.PROTECT, related_name="+", db_index=False)
    act_key = models.CharField(max_length=64, null=True)
    effect = models.CharField("事项", max_length=16, choices=Effect.choices)
    effective_at = models.DateTimeField("生效时间")
    recorded_at = models.DateTimeField("记载时间")
    by = models.CharField("经办", max_length=64)
    basis = models.CharField("依据", max_length=300, blank=True)
    # Null, not empty: a column added without a default leaves the table and its triggers as they are.
    reason = models.CharField("公开的说明", max_length=200, null=True)

    class Meta:
        verbose_name = "记录事项"
        # Nearly every event is a first one: keys in no order would cost more than all else that is written of it.
        indexes = [
            models.Index(
                fields=["act_key", "position"], condition=models.Q(act_key__isnull=False), name="records_event_act"
            ),
            models.Index(fields=["record"], condition=models.Q(act_key__isnull=True), name="records_event_first"),
        ]

    @property
    def act(self) -> str:
        """The key of its act; a first event is asked for it through its record."""
        return self.act_key or self.record.act_key


class EventCursor(models.Model):
    """The last position given out. Its row is locked until commit, so positions appear without gaps and in order."""

    name = models.CharField(max_length=16, primary_key=True)
    value = models.BigIntegerField(default=0)


class Untold(models.Model):
    """A batch of whose records the ledger is not told enterprise by enterprise yet: their events begin at ``since``.

    Written with its first record, gone with the transaction that tells (records.telling).
    """

    batch = models.CharField("批次", max_length=32, primary_key=True)
    since = models.BigIntegerField()


class Sighting(models.Model):
    """An act seen in a row of a batch: the first time and every time it was sent again."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    batch = models.CharField("批次", max_length=32)
    row = models.PositiveIntegerField("行")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="records_sighting_once")]


class Resolution(models.Model):
    """Whose record it is, why we think so, and since when; ended, never changed, when it proves wrong."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    method = models.CharField("认定方式", max_length=24)
    by = models.CharField("经办", max_length=64)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record"], condition=models.Q(ended_at=None), name="records_one_resolution")
        ]
        # Of the few that ended: a resolution that was not made with its record has one before it.
        indexes = [
            models.Index(
                fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="records_resolution_ended"
            )
        ]


class ClearingDecision(models.TextChoices):
    """What a person decided about a text that may name persons."""

    AS_FILED = "as_filed", "原文公开"
    MASKED = "masked", "隐去所标后公开"
    WITHHELD = "withheld", "不公开"
    REOPENED = "reopened", "重新核对"


class Clearing(models.Model):
    """What the public may read of one text of a record. Rows are added; the newest of a record and field counts.

    ``text`` is the public version, empty where nothing is shown. ``reopened`` takes a decision back: the text waits again.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    field = models.CharField(max_length=63)
    decision = models.CharField(max_length=8, choices=ClearingDecision.choices)
    text = models.TextField(blank=True)
    by = models.CharField("经办", max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = "文本核对"
        indexes = [models.Index(fields=["record", "field"], name="records_clearing_field")]


class Support(models.Model):
    """What an effect (a list entry, another adverse record, a measure, a ban) rests on. Rows are added; one ends by a SupportEnd.

    ``effect`` and ``support`` are numbers within their sort: of a record, or of a clause the document's name in the rules.
    ``effect_act`` and ``support_act`` are the keys of the acts where these are records, else empty. ``ends_when_repaired``: a
    repair of the support counts as its loss, because the clause of the effect says so.
    """

    effect_sort = models.CharField(max_length=8, choices=Sort.choices)
    effect = models.CharField("效果", max_length=64)
    effect_act = models.CharField(max_length=64, blank=True)
    sort = models.CharField(max_length=8, choices=Sort.choices)
    support = models.CharField("依据", max_length=64)
    support_act = models.CharField(max_length=64, blank=True)
    necessity = models.CharField("必要性", max_length=12, choices=Necessity.choices)
    ends_when_repaired = models.BooleanField("修复后终止", default=False)
    basis = models.CharField("理由", max_length=300)
    by = models.CharField("经办", max_length=64)
    made_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "效果的依据"
        indexes = [
            models.Index(fields=["effect_act"], name="records_support_effect_act"),
            models.Index(fields=["support_act"], name="records_support_act"),
            models.Index(fields=["effect", "effect_sort"], name="records_support_effect"),
            models.Index(fields=["support", "sort"], name="records_support_support"),
        ]


class SupportEnd(models.Model):
    """An effect does not rest on a support any more: it was named by mistake, or another ground took its place."""

    support = models.OneToOneField(Support, models.PROTECT, related_name="end")
    basis = models.CharField("理由", max_length=300)
    by = models.CharField("经办", max_length=64)
    ended_at = models.DateTimeField("终止时间")

    class Meta:
        verbose_name = "效果的依据终止"


class Candidate(models.Model):
    """The text of ``effect`` cites the document of ``cited``: a person says whether the one rests on the other.

    ``is_confirmed`` None: nobody said yet.
    """

    effect = models.ForeignKey(Record, models.PROTECT, related_name="+", db_index=False)
    effect_act = models.CharField(max_length=64)
    cited = models.ForeignKey(Record, models.PROTECT, related_name="+", db_index=False)
    cited_act = models.CharField(max_length=64)
    found_at = models.DateTimeField("发现时间")
    is_confirmed = models.BooleanField("是依据", null=True)
    decided_by = models.CharField("经办", max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "可能的依据"
        constraints = [models.UniqueConstraint(fields=["effect_act", "cited_act"], name="records_candidate_once")]
        indexes = [models.Index(fields=["cited_act"], name="records_candidate_cited")]
