"""Finding subjects: by code, old number or name; and the part of the register a batch needs."""

from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import transaction

from rongxin.engine.resolution import Register
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
    """The subject that bears this unified code, or None."""
    return Subject.objects.filter(uscc=uscc).first()


def names_of(subject: Subject) -> list[SubjectName]:
    """Present and former names, the present one first."""
    return sorted(
        SubjectName.objects.filter(subject=subject),
        key=lambda name: (name.valid_to is not None, name.valid_from is None, name.pk),
    )


def identifiers_of(subject: Subject) -> list[Identifier]:
    """Every code the subject has borne."""
    return list(Identifier.objects.filter(subject=subject).order_by("kind", "pk"))


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
    bearers = Identifier.objects.filter(value=code).select_related("subject")
    return [
        Found(bearer.subject, by_code=code)
        for bearer in bearers
        if bearer.subject.category != Category.SOLE_TRADER or bearer.subject.uscc == code
    ]


def by_name(query: str) -> list[Found]:
    """Subjects by two or more characters of a present or former name, at most LIMIT + 1; never a sole trader."""
    nearest: dict[int, NameHit] = {}
    # A subject may match under several names; twice the limit leaves room for them.
    for hit in find_names(query, limit=2 * LIMIT + 2):
        nearest.setdefault(hit.subject, hit)
    wanted = list(nearest)[: LIMIT + 1]
    subjects = Subject.objects.in_bulk(wanted)
    return [Found(subjects[key], by_name=nearest[key]) for key in wanted]


def number_of_subjects() -> int:
    """How many subjects are on the register."""
    return Subject.objects.count()


@transaction.atomic
def register_for(codes: pl.Series, names: pl.Series) -> Register:
    """The subjects that bear one of ``codes`` (any kind) or one of the normalised ``names``, with all their names.

    Set-based: two staged columns and three joins, whatever the size of the register.
    """
    wanted_codes = pl.DataFrame({"value": codes.drop_nulls().unique()}, schema={"value": pl.String})
    wanted_names = pl.DataFrame({"value": names.drop_nulls().unique()}, schema={"value": pl.String})
    with staged(wanted_codes, "wanted_codes") as cursor, staged(wanted_names, "wanted_names"):
        cursor.execute(
            "CREATE TEMPORARY TABLE touched AS SELECT i.subject_id AS subject FROM subjects_identifier i "
            "JOIN wanted_codes w ON w.value = i.value UNION SELECT n.subject_id FROM subjects_subjectname n "
            "JOIN wanted_names w ON w.value = n.normalised"
        )
        identifiers = fetched(
            cursor,
            {"kind": pl.String, "value": pl.String, "subject": pl.Int64},
            "SELECT i.kind, i.value, i.subject_id FROM subjects_identifier i JOIN touched t ON t.subject = i.subject_id",
        )
        found_names = fetched(
            cursor,
            {"name_normalised": pl.String, "subject": pl.Int64, "current": pl.Boolean},
            "SELECT n.normalised, n.subject_id, n.valid_to IS NULL FROM subjects_subjectname n "
            "JOIN touched t ON t.subject = n.subject_id",
        )
        subjects = fetched(
            cursor,
            {"subject": pl.Int64, "uscc": pl.String, "name": pl.String, "is_sole_trader": pl.Boolean},
            "SELECT k.id, k.uscc, k.name, k.category = %s FROM subjects_subject k JOIN touched t ON t.subject = k.id",
            [Category.SOLE_TRADER],
        )
        cursor.execute("DROP TABLE touched")
    return Register(identifiers=identifiers, names=found_names, subjects=subjects)
