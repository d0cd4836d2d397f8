from django.db import models


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


class IdentifierKind(models.TextChoices):
    """Codes a subject has borne."""

    USCC = "uscc", "统一社会信用代码"
    REGISTRATION_NUMBER = "registration_number", "工商注册号"
    ORGANISATION_CODE = "organisation_code", "组织机构代码"


class Subject(models.Model):
    """A market entity on the register (信用主体): an organisation or a sole trader, never a natural person.

    ``name`` and ``uscc`` repeat the present name and code for pages; their history is in SubjectName and Identifier.
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
    source = models.CharField("来源", max_length=200)
    source_on = models.DateField("来源日期")

    class Meta:
        verbose_name = "信用主体"

    def __str__(self) -> str:
        return self.name


class SubjectName(models.Model):
    """A name and the days it was borne; ``valid_to`` empty means the present name."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    text = models.CharField("名称", max_length=200)
    normalised = models.CharField(max_length=200)
    valid_from = models.DateField("自", null=True)
    valid_to = models.DateField("至", null=True)
    source = models.CharField("来源", max_length=200)

    class Meta:
        verbose_name = "名称"
        indexes = [models.Index(fields=["normalised"], name="subjects_name_normalised")]
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
