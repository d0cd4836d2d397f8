"""What was issued, and the counters its numbers come from. The database itself keeps both from being changed."""

from typing import Any

from django.db import models

from rongxin.departments.models import Department
from rongxin.documents.sheets import grouped


class Series(models.Model):
    """The numbers of one authority under one word in one year; ``last``, the highest that was given, only counts on by one."""

    authority = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="发文机关")
    word = models.CharField("机关代字", max_length=16)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        verbose_name = "文号序列"
        constraints = [models.UniqueConstraint(fields=["authority", "word", "year"], name="documents_series_once")]


class Document(models.Model):
    """An official document that was issued. It never changes; a withdrawal is a row of its own, and the number stays taken.

    ``values`` (canonical JSON), ``template``, ``policy_digest``, ``authority_name``, ``number`` and ``issued_on`` are all that the
    page says, so it can be made again; ``sha256`` is that of the PDF, ``typeset_with`` the compiler, fonts and frame it was made
    with. ``code`` stands on the page and finds the document. ``firm``: the unified code of the enterprise that it is about, in
    whose stream of the ledger it is; null for none.
    """

    number = models.CharField("文号", max_length=40)
    authority = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="发文机关")
    authority_name = models.CharField("发文机关标志", max_length=200)
    series_word = models.CharField("机关代字", max_length=16)
    year = models.PositiveSmallIntegerField("年份")
    ordinal = models.PositiveIntegerField("序号")
    template = models.CharField("模板", max_length=40)
    title = models.CharField("标题", max_length=300)
    policy_digest = models.CharField("规则版本", max_length=64)
    values = models.TextField("内容")
    code = models.CharField("核验编号", max_length=16, unique=True)
    sha256 = models.CharField("PDF 校验值", max_length=64)
    typeset_with = models.CharField("排版程序与字体", max_length=60)
    issued_on = models.DateField("成文日期")
    issued_at = models.DateTimeField("签发时间")
    issued_by = models.CharField("签发人", max_length=150)
    # Null, not empty: a column added without a default leaves the table and its triggers as they are.
    firm = models.CharField("企业", max_length=18, null=True)

    class Meta:
        verbose_name = "文书"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "series_word", "year", "ordinal"], name="documents_document_number_once"
            )
        ]
        indexes = [models.Index(fields=["number"], name="documents_by_number")]

    def __str__(self) -> str:
        return self.number

    @property
    def withdrawal(self) -> "Withdrawal | None":
        """How the document was withdrawn, None while it stands."""
        found: Withdrawal | None = getattr(self, "withdrawn", None)
        return found

    @property
    def grouped_code(self) -> str:
        """The code as the page shows it: four groups of four."""
        return grouped(self.code)


class DocumentFile(models.Model):
    """The PDF of a document, as it was issued."""

    document = models.OneToOneField(Document, models.PROTECT, primary_key=True, related_name="+", verbose_name="文书")
    content = models.BinaryField("PDF")

    class Meta:
        verbose_name = "文书文件"


class Withdrawal(models.Model):
    """A document was withdrawn: by whom, when and why. Once, for good."""

    document = models.OneToOneField(Document, models.PROTECT, related_name="withdrawn", verbose_name="文书")
    reason = models.CharField("原因", max_length=300)
    by = models.CharField("撤回人", max_length=150)
    at = models.DateTimeField("撤回时间")

    class Meta:
        verbose_name = "文书撤回"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the withdrawal; it is never changed."""
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)
