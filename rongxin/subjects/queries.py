"""Finding subjects: by code, old number or name; and the part of the register a batch needs.

A subject that was merged into another counts as that one everywhere here: its codes and names lead there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import Q, QuerySet

from rongxin.engine.resolution import Register
from rongxin.primitives.names import normalise_name
from rongxin.primitives.uscc import normalise_code
from rongxin.storage.frames import fetched
from rongxin.storage.staging import staged
from rongxin.subjects.models import Category, Identifier, Subject, SubjectName
from rongxin.subjects.search import LIMIT, NameHit, find_names

SHORTEST_CODE: Final = 9


@dataclass(frozen=True)
class Found:
    """A subject and why it was found: by code, by number, or by this name."""

    subject: Subject
    by_code: str = ""
    by_name: NameHit | None = None


def by_uscc(uscc: str) -> Subject | None:
    """The subject that this unified code leads to, or None. It bears another one when the bearer was merged into it."""
    bearer = Subject.objects.filter(uscc=uscc).select_related("merged_into").first()
    return _counts_as(bearer) if bearer else None


def same_as(subjects: Iterable[int]) -> QuerySet[Subject]:
    """These subjects and all that were merged into them, as a subquery."""
    wanted = list(subjects)
    return Subject.objects.filter(Q(pk__in=wanted) | Q(merged_into__in=wanted))


def codes_of(subject: Subject) -> list[str]:
    """The unified codes under which the subject was known: its own, and those of what was merged into it."""
    return list(same_as([subject.pk]).values_list("uscc", flat=True))


def counting_as(subjects: Iterable[int]) -> dict[int, Subject]:
    """{key: the subject it counts as}: itself, or the one it was merged into; one query."""
    found = Subject.objects.select_related("merged_into").in_bulk(set(subjects))
    return {key: _counts_as(subject) for key, subject in found.items()}


def names_of(subject: Subject) -> list[SubjectName]:
    """Present and former names, the present one first; then names that only what was merged into it bore."""
    names = sorted(
        SubjectName.objects.filter(subject__in=same_as([subject.pk])),
        key=lambda name: (name.valid_to is not None, name.valid_from is None, name.pk),
    )
    own = [name for name in names if name.subject_id == subject.pk]
    known = {name.normalised for name in own}
    others: dict[str, SubjectName] = {}
    for name in names:
        if name.normalised not in known:
            others.setdefault(name.normalised, name)
    return [*own, *others.values()]


def identifiers_of(subject: Subject) -> list[Identifier]:
    """Every code the subject has borne, its own before those of what was merged into it."""
    found = Identifier.objects.filter(subject__in=same_as([subject.pk])).order_by("kind", "pk")
    return sorted(found, key=lambda identifier: identifier.subject_id != subject.pk)


def search(query: str) -> list[Found]:
    """Subjects by exact code or number, else by two or more characters of a name; at most LIMIT + 1 (one more than shown).

    An exact code wins over names. Sole traders appear for their full unified code only.
    """
    return by_code(query) or by_name(query)


def by_code(query: str) -> list[Found]:
    """Subjects that bear or bore exactly this code or number; sole traders only for their full unified code."""
    code = normalise_code(query)
    if len(code) < SHORTEST_CODE or not code.isascii():
        return []
    bearers = Identifier.objects.filter(value=code).select_related("subject__merged_into").order_by("pk")
    found = {
        _counts_as(bearer.subject): None
        for bearer in bearers
        if bearer.subject.category != Category.SOLE_TRADER or bearer.subject.uscc == code
    }
    return [Found(subject, by_code=code) for subject in found]


def by_name(query: str) -> list[Found]:
    """Subjects by two or more characters of a present or former name, at most LIMIT + 1; never a sole trader."""
    # A subject may match under several names; twice the limit leaves room for them.
    hits = find_names(query, limit=2 * LIMIT + 2)
    subjects = counting_as(hit.subject for hit in hits)
    nearest: dict[int, Found] = {}
    for hit in hits:
        subject = subjects[hit.subject]
        nearest.setdefault(subject.pk, Found(subject, by_name=_as_borne_by(subject, hit)))
    return list(nearest.values())[: LIMIT + 1]


def number_of_subjects() -> int:
    """How many subjects are on the register, those merged into another not counted again."""
    return Subject.objects.filter(merged_into=None).count()


@transaction.atomic
def register_for(codes: pl.Series, names: pl.Series) -> Register:
    """The subjects that bear one of ``codes`` (any kind) or one of the normalised ``names``, with all their names.

    Codes and names of what was merged into a subject are that subject's; the names as former ones. Set-based: two staged columns
    and a handful of joins, whatever the size of the register.
    """
    wanted_codes = pl.DataFrame({"value": codes.drop_nulls().unique()}, schema={"value": pl.String})
    wanted_names = pl.DataFrame({"value": names.drop_nulls().unique()}, schema={"value": pl.String})
    with staged(wanted_codes, "wanted_codes") as cursor, staged(wanted_names, "wanted_names"):
        cursor.execute(
            "CREATE TEMPORARY TABLE touched AS SELECT COALESCE(k.merged_into_id, k.id) AS subject FROM ("
            "SELECT i.subject_id AS id FROM subjects_identifier i JOIN wanted_codes w ON w.value = i.value UNION "
            "SELECT n.subject_id FROM subjects_subjectname n JOIN wanted_names w ON w.value = n.normalised) met "
            "JOIN subjects_subject k ON k.id = met.id GROUP BY COALESCE(k.merged_into_id, k.id)"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE members AS SELECT t.subject AS id, t.subject FROM touched t UNION ALL "
            "SELECT k.id, t.subject FROM touched t JOIN subjects_subject k ON k.merged_into_id = t.subject"
        )
        identifiers = fetched(
            cursor,
            {"kind": pl.String, "value": pl.String, "subject": pl.Int64},
            "SELECT i.kind, i.value, m.subject FROM subjects_identifier i JOIN members m ON m.id = i.subject_id",
        )
        found_names = fetched(
            cursor,
            {"name_normalised": pl.String, "subject": pl.Int64, "current": pl.Boolean},
            "SELECT n.normalised, m.subject, n.valid_to IS NULL AND m.id = m.subject FROM subjects_subjectname n "
            "JOIN members m ON m.id = n.subject_id",
        )
        subjects = fetched(
            cursor,
            {"subject": pl.Int64, "uscc": pl.String, "name": pl.String, "is_sole_trader": pl.Boolean},
            "SELECT k.id, k.uscc, k.name, k.category = %s FROM subjects_subject k JOIN touched t ON t.subject = k.id",
            [Category.SOLE_TRADER],
        )
        cursor.execute("DROP TABLE members")
        cursor.execute("DROP TABLE touched")
    return Register(identifiers=identifiers, names=found_names, subjects=subjects)


def _counts_as(subject: Subject) -> Subject:
    """The subject itself, or the one it was merged into (fetched with it)."""
    return subject.merged_into or subject


def _as_borne_by(subject: Subject, hit: NameHit) -> NameHit:
    """A name of what was merged into the subject is one of its former names, unless it bears the same one today."""
    if hit.subject == subject.pk:
        return hit
    return replace(hit, subject=subject.pk, is_former=normalise_name(hit.name) != normalise_name(subject.name))
