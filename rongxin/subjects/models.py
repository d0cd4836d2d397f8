from django.db import models
from django.db.models.functions import Substr


class Category(models.TextChoices):
    """What kind of organisation a subject is, by the first two characters of its code."""

    ENTERPRISE = "enterprise", "企业"
    COOPERATIVE = "cooperative", "农民专业合作社"
    SOLE_TRADER = "sole_trader", "个体工商户"
    PUBLIC_BODY = "public_body", "机关事业单位"
    SOCIAL_ORGANISATION = "social_organisation", "社会组织"
    OTHER = "other", "其他组织"


class Status(models.TextChoices):
    """State on the register."""

    ACTIVE = "active", "存续"
    REVOKED = "revoked", "吊销"
    CLOSED = "closed", "注销"
    MOVED = "moved", "迁出"
    UNKNOWN = "unknown", "登记状态未提供"


class Scale(models.TextChoices):
    """Size of an enterprise as filed; it is never computed here."""

    LARGE = "large", "大型"
    MEDIUM = "medium", "中型"
    SMALL = "small", "小型"
    MICRO = "micro", "微型"


class IdentifierKind(models.TextChoices):
    """Codes a subject has borne."""

    USCC = "uscc", "统一社会信用代码"
    REGISTRATION_NUMBER = "registration_number", "工商注册号"
    ORGANISATION_CODE = "organisation_code", "组织机构代码"


class Subject(models.Model):
    """A market entity on the register (信用主体): an organisation or a sole trader, never a natural person.

    ``name`` and ``uscc`` repeat the present name and code for pages; their history is in SubjectName and Identifier.
    ``industry``: two to four digits of GB/T 4754. ``merged_into``: the subject that this one proved to be, as the standing Merge
    says; never a chain. ``changed_at``: when a register last said anything new of it; empty where that was before it was noted.
    """

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=200)
    category = models.CharField("类别", max_length=24, choices=Category.choices)
    status = models.CharField("登记状态", max_length=12, choices=Status.choices, default=Status.UNKNOWN)
    legal_form = models.CharField("企业类型", max_length=100, blank=True)
    established_on = models.DateField("成立日期", null=True)
    region = models.CharField("登记地区", max_length=12, blank=True)
    address = models.CharField("住所", max_length=400, blank=True)
    business_scope = models.TextField("经营范围", blank=True)
    registered_capital = models.CharField("注册资本", max_length=60, blank=True)
    industry = models.CharField("行业代码", max_length=4, null=True)
    scale = models.CharField("企业规模", max_length=8, choices=Scale.choices, null=True)
    source = models.CharField("来源", max_length=200)
    source_on = models.DateField("来源日期")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField("登记信息变动时间", null=True)

    class Meta:
        verbose_name = "信用主体"
        indexes = [
            models.Index(fields=["changed_at"], name="subjects_changed_at"),
            # The organisation code inside the unified code (GB 32100-2015), by which an old one or a slip beside it is found.
            models.Index(Substr("uscc", 9, 9), name="subjects_organisation_part"),
        ]

    def __str__(self) -> str:
        return self.name


class SubjectName(models.Model):
    """A name and the days it was borne; ``valid_to`` empty means the present name.

    ``head_block`` and ``tail_block``: the parts by which alike names are gathered for a person to compare (engine.candidates).
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    text = models.CharField("名称", max_length=200)
    normalised = models.CharField(max_length=200)
    head_block = models.CharField(max_length=8, null=True)
    tail_block = models.CharField(max_length=8, null=True)
    valid_from = models.DateField("自", null=True)
    valid_to = models.DateField("至", null=True)
    source = models.CharField("来源", max_length=200)

    class Meta:
        verbose_name = "名称"
        indexes = [
            models.Index(fields=["normalised"], name="subjects_name_normalised"),
            models.Index(fields=["head_block"], name="subjects_name_head"),
            models.Index(fields=["tail_block"], name="subjects_name_tail"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(valid_to=None), name="subjects_one_present_name"
            )
        ]


class Identifier(models.Model):
    """A code and its source. Old numbers may wrongly be borne twice; only the unified code is unique."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    kind = models.CharField("种类", max_length=24, choices=IdentifierKind.choices)
    value = models.CharField("代码", max_length=50)
    source = models.CharField("来源", max_length=200)

    class Meta:
        verbose_name = "代码"
        indexes = [models.Index(fields=["value"], name="subjects_identifier_value")]
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "value"], name="subjects_identifier_once"),
            models.UniqueConstraint(
                fields=["value"], condition=models.Q(kind="uscc"), name="subjects_uscc_of_one_subject"
            ),
        ]


class Verdict(models.TextChoices):
    """What a person said about a filed party and a subject."""

    SAME = "same", "就是该主体"
    DIFFERENT = "different", "不是该主体"


class Judgement(models.Model):
    """What a person decided about a party as filed (normalised name and code) and a subject; ended, never changed.

    ``provider`` is the department code under which it was decided. "Different" is remembered for everybody, "same" only for rows of
    that provider that give the same name and the same code.
    """

    provider = models.CharField(max_length=32)
    name_normalised = models.CharField(max_length=200)
    code = models.CharField("报送的代码", max_length=50, blank=True)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    by = models.CharField("经办", max_length=64)
    basis = models.CharField("依据", max_length=300, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "归属认定"
        indexes = [models.Index(fields=["name_normalised", "code"], name="subjects_judgement_party")]


class Merge(models.Model):
    """Two subjects proved to be one (same-as); ended when that proves wrong, and then everything is as before.

    ``answers``: why each doubt (subjects.merging.Doubt) did not stand in the way.
    """

    kept = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    basis = models.CharField("依据", max_length=300)
    answers = models.JSONField("核对说明", default=dict)
    by = models.CharField("经办", max_length=64)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    ended_basis = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "主体合并"
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=models.Q(ended_at=None), name="subjects_absorbed_once"
            ),
            models.CheckConstraint(condition=~models.Q(kept=models.F("absorbed")), name="subjects_merge_of_two"),
        ]


class Split(models.Model):
    """One subject proved to be two: what belongs to ``other`` went there; ended when that proves wrong.

    ``moved`` says what else than records: ids of ``names`` and ``identifiers`` now borne by ``other``, ``dropped`` identifiers
    that ``other`` bore already (kind, value, source), ids of the ``judgements`` written so that it stays so and of those
    ``overruled``. The records are those whose resolution was made at ``made_at`` with the method "split".
    """

    origin = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    other = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    moved = models.JSONField("移出的名称和代码", default=dict)
    basis = models.CharField("依据", max_length=300)
    by = models.CharField("经办", max_length=64)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    ended_basis = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "主体拆分"
        constraints = [
            models.CheckConstraint(condition=~models.Q(origin=models.F("other")), name="subjects_split_into_two"),
        ]


class SuccessionKind(models.TextChoices):
    """How one subject follows another in law; each keeps its own records."""

    MERGER = "merger", "合并"
    DIVISION = "division", "分立"
    CONVERSION = "conversion", "转型为企业"


class Succession(models.Model):
    """A subject took over another by merger, division, or as the enterprise a sole trader became. Not same-as: no record moves."""

    kind = models.CharField(max_length=12, choices=SuccessionKind.choices)
    predecessor = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    successor = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    effective_on = models.DateField("生效日期")
    document = models.CharField("文书", max_length=200)
    by = models.CharField("经办", max_length=64)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    ended_basis = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "承继关系"
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"], condition=models.Q(ended_at=None), name="subjects_succession_once"
            )
        ]
