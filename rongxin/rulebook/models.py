"""The released versions of the rules. Rows are added, never changed or removed: by the model, and by the database
itself.
"""

from typing import Any, NoReturn

from django.db import models
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

SEED = "system:seed"

_SEEDED = models.Q(seed=True, asked_by=SEED, approved_by=SEED, supersedes=None)
_BY_TWO_PEOPLE = (
    models.Q(seed=False, supersedes__isnull=False)
    & ~models.Q(asked_by__in=("", SEED))
    & ~models.Q(approved_by__in=("", SEED))
    & ~models.Q(Exact(Lower("asked_by"), Lower("approved_by")))
)


class ReleasesAreKept(TypeError):
    """A released version was to be changed or removed. Release a new one instead."""

    def __init__(self) -> None:
        super().__init__("a released version is neither changed nor removed; release a new one")


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Releases, to read and to add to."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise ReleasesAreKept

    def delete(self) -> NoReturn:
        raise ReleasesAreKept


class Release(models.Model):
    """One version of the rules, in force from ``released_at`` until the release that supersedes it.

    ``content`` is the canonical JSON whose SHA-256 is ``digest``; ``sources`` are the files it was read from, by
    name. The same content may be released again after another one: going back is a release too. Two people release;
    only the first version of an empty rulebook is the system's own (``seed``).
    """

    digest = models.CharField("规则版本", max_length=64, db_index=True)
    pack = models.CharField("规则包", max_length=40)
    content = models.TextField("内容")
    sources = models.JSONField("来源文件")
    released_at = models.DateTimeField("发布时间", db_index=True)
    asked_by = models.CharField("提出人", max_length=150)
    approved_by = models.CharField("批准人", max_length=150)
    seed = models.BooleanField("初始版本", default=False)
    note = models.TextField("说明", blank=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="+", verbose_name="取代")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "规则版本"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=_SEEDED | _BY_TWO_PEOPLE, name="rulebook_release_by_two_people"),
            models.UniqueConstraint(fields=["seed"], condition=models.Q(seed=True), name="rulebook_release_one_seed"),
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.digest[:12]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the release; raises ReleasesAreKept when it stands already."""
        if not self._state.adding:
            raise ReleasesAreKept
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ReleasesAreKept
