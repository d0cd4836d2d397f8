from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rongxin.accounts.models import Account
from rongxin.departments.models import Department
from rongxin.documents.models import Document
from rongxin.policy.notices import ChannelName
from rongxin.policy.words import Title
from rongxin.subjects.mandates.models import Mandate
from rongxin.workflow.models import Case, CaseEvent

CHANNELS = [(ChannelName.EMAIL.value, _("邮件")), (ChannelName.SMS.value, _("短信"))]
OF_DEPARTMENT = Q(department__isnull=False, account__isnull=True)
OF_ACCOUNT = Q(department__isnull=True, account__isnull=False)
OF_MANDATE = Q(department__isnull=True, account__isnull=True, mandate__isnull=False)
OF_ONE = OF_DEPARTMENT & Q(mandate__isnull=True) | OF_ACCOUNT & Q(mandate__isnull=True) | OF_MANDATE
"""Whose address it is: a department's, one officer's, or a firm's as the login of a mandate entered it."""


class Notice(models.Model):
    """One thing told to one recipient, in the words of the template of that day. Never changed.

    The recipient is a department, an account, or a market entity by its unified code. ``key`` says what is told of: each
    recipient hears of it once. ``name`` is that of the template. ``by`` did what is told, and need not read it. ``at`` is when
    it was written.
    """

    key = models.CharField(max_length=120)
    name = models.CharField(max_length=40)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    event = models.ForeignKey(CaseEvent, models.PROTECT, null=True, related_name="+", db_index=False)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    title_zh = models.CharField("标题", max_length=300)
    title_en = models.CharField(max_length=300)
    body_zh = models.TextField("内容")
    body_en = models.TextField()
    at = models.DateTimeField("时间")
    policy_digest = models.CharField("规则版本", max_length=64)

    class Meta:
        verbose_name = "消息"
        constraints = [
            models.CheckConstraint(
                condition=(OF_DEPARTMENT & Q(uscc=""))
                | (OF_ACCOUNT & Q(uscc=""))
                # Django's empty text is no recipient.
                | Q(department__isnull=True, account__isnull=True) & ~Q(uscc=""),
                name="notices_one_recipient",
            ),
            models.UniqueConstraint(
                fields=["key", "department"], condition=Q(department__isnull=False), name="notices_department_told_once"
            ),
            models.UniqueConstraint(
                fields=["key", "account"], condition=Q(account__isnull=False), name="notices_account_told_once"
            ),
            models.UniqueConstraint(fields=["key", "uscc"], condition=~Q(uscc=""), name="notices_subject_told_once"),
        ]
        indexes = [
            models.Index(
                fields=["department", "at"], condition=Q(department__isnull=False), name="notices_of_department"
            ),
            models.Index(fields=["account", "at"], condition=Q(account__isnull=False), name="notices_of_account"),
            models.Index(fields=["uscc", "at"], condition=~Q(uscc=""), name="notices_of_subject"),
        ]

    @property
    def title(self) -> Title:
        """In both languages."""
        return Title(zh=self.title_zh, en=self.title_en)

    @property
    def body(self) -> Title:
        """In both languages; lines are paragraphs."""
        return Title(zh=self.body_zh, en=self.body_en)


class Receipt(models.Model):
    """An account opened a notice. Once, never changed: it proves that the notice was read."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="receipts", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("已读时间")

    class Meta:
        verbose_name = "已读回执"
        constraints = [models.UniqueConstraint(fields=["notice", "account"], name="notices_read_once")]


class Contact(models.Model):
    """Where a department, an officer or a firm hears that something waits; used once it is confirmed.

    ``sealed``: the address; it can be removed for good. ``mandate``: a service address of its firm, gone with it; ``topics``: what
    is told there. ``digest`` is that of the code that would be taken now, ``tries`` counts wrong answers to it, ``code_until``
    is its end; ``code_reason`` says why it was not sent. ``failures``: messages in a row that this address did not take;
    ``set_aside_at``: they were too many, nothing goes there until it is confirmed anew.
    """

    channel = models.CharField(max_length=8, choices=CHANNELS)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+", db_index=False)
    sealed = models.TextField()
    topics = models.JSONField("提醒的事项", default=list)
    set_at = models.DateTimeField("登记时间")
    confirmed_at = models.DateTimeField("确认时间", null=True)
    digest = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    code_until = models.DateTimeField(null=True)
    code_reason = models.CharField(max_length=24, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    set_aside_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "联系方式"
        constraints = [
            models.CheckConstraint(condition=OF_ONE, name="notices_contact_of_one"),
            models.UniqueConstraint(
                fields=["department", "channel"],
                condition=Q(department__isnull=False),
                name="notices_department_contact_once",
            ),
            models.UniqueConstraint(
                fields=["account", "channel"], condition=Q(account__isnull=False), name="notices_account_contact_once"
            ),
            models.UniqueConstraint(
                fields=["mandate", "channel"], condition=Q(mandate__isnull=False), name="notices_mandate_contact_once"
            ),
        ]


class CodeAsked(models.Model):
    """An account had a code sent; only a digest of the address, and only for a day: nobody is flooded with codes.

    ``address`` empty: it was not sent, because so many had gone there.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    address = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="notices_codes_of_account"),
            models.Index(fields=["address", "at"], name="notices_codes_to_address"),
        ]


class ContactChange(models.Model):
    """That an address was entered or removed, and by whom; never the address itself. Only added to.

    ``by`` empty: the platform removed it, because its owner ended or nobody confirmed it.
    """

    channel = models.CharField(max_length=8, choices=CHANNELS)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")
    is_removal = models.BooleanField(default=False)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "联系方式变更"
        ordering = ("-pk",)


class SendingState(models.TextChoices):
    """How a notice on its way outside stands."""

    WAITING = "waiting", _("待发")
    TAKEN = "taken", _("发送中")
    SENT = "sent", _("已发出")
    GAVE_UP = "gave_up", _("未发出")


class Sending(models.Model):
    """A notice on its way to one address outside. ``message_id`` is written before anything leaves and never changes.

    ``department``, ``account`` or ``mandate``: whose address, looked up when it is sent. ``allowed``: with that many attempts it
    gives up. ``due_at``: not before; for one that is taken, when others may take it over. ``reason``: why the last attempt failed.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="sendings", db_index=False)
    channel = models.CharField(max_length=8, choices=CHANNELS)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")
    message_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, choices=SendingState, default=SendingState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    allowed = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=24, blank=True)

    class Meta:
        verbose_name = "外发"
        constraints = [
            models.CheckConstraint(condition=OF_ONE, name="notices_sending_to_one"),
            models.CheckConstraint(condition=Q(attempts__lte=F("allowed")), name="notices_sending_gives_up"),
            models.UniqueConstraint(
                fields=["notice", "channel", "department"],
                condition=Q(department__isnull=False),
                name="notices_department_sent_once",
            ),
            models.UniqueConstraint(
                fields=["notice", "channel", "account"],
                condition=Q(account__isnull=False),
                name="notices_account_sent_once",
            ),
            models.UniqueConstraint(
                fields=["notice", "channel", "mandate"],
                condition=Q(mandate__isnull=False),
                name="notices_mandate_sent_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at"],
                condition=Q(state__in=[SendingState.WAITING, SendingState.TAKEN]),
                name="notices_sendings_due",
            ),
            models.Index(fields=["notice"], condition=Q(state=SendingState.GAVE_UP), name="notices_sendings_given_up"),
        ]


class Attempt(models.Model):
    """How one attempt of a sending ended, or that somebody had it tried again (``by``). Only added to.

    ``reason`` is a closed word (``channels.channel.Reason``), never what a server said: that may hold the address.
    """

    sending = models.ForeignKey(Sending, models.PROTECT, related_name="tries", db_index=False)
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    is_sent = models.BooleanField(default=False)
    reason = models.CharField(max_length=24, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = "外发记录"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["sending", "number"], condition=Q(by__isnull=True), name="notices_attempt_ends_once"
            )
        ]


class Way(models.TextChoices):
    """Ways of official delivery."""

    DIRECT = "direct", _("直接送达")
    POST = "post", _("邮寄送达")
    ELECTRONIC = "electronic", _("电子送达")
    LEFT = "left", _("留置送达")
    PUBLIC = "public", _("公告送达")


class Serving(models.Model):
    """An official delivery (送达) as an officer recorded it. Never changed: what follows, and what was wrong, are notes.

    ``document_name`` is its number or title; ``document`` the one issued here, if it was. ``on``: the day of handing over,
    posting, leaving, sending or announcing. ``served_on``: the day that counts; None while a letter is on its way. ``days``: how
    long a public notice runs, by the rules of that day. ``has_consent``: the addressee agreed to electronic delivery.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    document_name = models.CharField("文书", max_length=120)
    way = models.CharField("送达方式", max_length=12, choices=Way)
    on = models.DateField("日期")
    served_on = models.DateField("送达日期", null=True)
    tracking = models.CharField("邮件号", max_length=30, blank=True)
    days = models.PositiveSmallIntegerField("公告期间", null=True)
    has_consent = models.BooleanField("已同意电子送达", default=False)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False, verbose_name="经办人")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("记载时间")
    policy_digest = models.CharField("规则版本", max_length=64)

    class Meta:
        verbose_name = "送达"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(condition=Q(way=Way.PUBLIC) ^ Q(days__isnull=True), name="notices_public_has_days"),
            models.CheckConstraint(condition=~Q(way=Way.POST) | Q(served_on__isnull=True), name="notices_post_waits"),
            models.CheckConstraint(
                condition=~Q(way=Way.ELECTRONIC) | Q(has_consent=True), name="notices_electronic_by_consent"
            ),
        ]


class ServingNoteKind(models.TextChoices):
    """What came after."""

    RECEIVED = "received", _("已签收")
    RETURNED = "returned", _("退件")
    VOID = "void", _("更正作废")


class ServingNote(models.Model):
    """What came after a serving was recorded: the letter was received or came back, or the entry was wrong. Never changed."""

    serving = models.ForeignKey(Serving, models.PROTECT, related_name="notes", db_index=False)
    kind = models.CharField(max_length=8, choices=ServingNoteKind)
    on = models.DateField("日期")
    reason = models.CharField("原因", max_length=200, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("记载时间")

    class Meta:
        verbose_name = "送达后续"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["serving", "kind"], name="notices_serving_note_once"),
            # A letter is received or comes back; never both.
            models.UniqueConstraint(
                fields=["serving"],
                condition=Q(kind__in=[ServingNoteKind.RECEIVED, ServingNoteKind.RETURNED]),
                name="notices_letter_ends_once",
            ),
        ]


class ServingProof(models.Model):
    """The scanned proof of a serving (送达回证): as uploaded. Never changed."""

    serving = models.OneToOneField(Serving, models.PROTECT, related_name="proof", primary_key=True)
    media_type = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        verbose_name = "送达回证"
