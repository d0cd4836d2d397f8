"""What persons decided about parties as filed and subjects: remembered, used, ended when it proves wrong.

A party is a normalised name and a code. "Different" holds for everybody: that subject is never proposed for that party again.
"Same" holds for later rows of the same department that give the same name and the same code; a name alone decides nothing.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from rongxin.engine.candidates import DIFFERENT, JUDGED_SCHEMA, SAME
from rongxin.engine.resolution import BY_JUDGEMENT
from rongxin.storage.frames import fetched
from rongxin.storage.staging import staged
from rongxin.subjects.models import Judgement, Subject, Verdict
from rongxin.subjects.queries import counting_as
from rongxin.subjects.telling import tell_judgements

PARTIES_SCHEMA: Final = {
    "row": pl.Int64,
    "name": pl.String,
    "code": pl.String,
    "subject": pl.Int64,
    "method": pl.String,
}
"""Rows and whom they name: normalised name, code as engine.candidates.party_code gives it, the subject found and how."""

_LONGEST_BASIS: Final = 300


@dataclass(frozen=True, slots=True)
class FiledParty:
    """Whom a department wrote: normalised name, and the code as engine.candidates.party_code gives it (may be empty)."""

    name: str
    code: str = ""


@transaction.atomic
def judge(
    party: FiledParty, subject: Subject, verdict: Verdict, *, provider: str, by: str, basis: str
) -> tuple[Judgement, ...]:
    """Remember that ``party`` is, or is not, ``subject``; judged so before it stays as it is.

    Ends what says otherwise: the other verdict on the two, and with "same" the department's earlier "same" on another subject.
    Returns what earlier rows may now disagree with: the judgements that ended, and a new "different".
    """
    about = Judgement.objects.select_for_update().filter(name_normalised=party.name, code=party.code, ended_at=None)
    standing = about.filter(subject=subject, verdict=verdict)
    if verdict == Verdict.SAME:
        standing = standing.filter(provider=provider)
    if standing.exists():
        return ()
    contrary = Q(subject=subject) & ~Q(verdict=verdict)
    if verdict == Verdict.SAME:
        contrary |= Q(verdict=Verdict.SAME, provider=provider)
    ended = tuple(about.filter(contrary).select_related("subject"))
    now = timezone.now()
    about.filter(contrary).update(ended_at=now, ended_by=by)
    tell_judgements("subject.unjudge", ended, by=by)
    made = Judgement.objects.create(
        provider=provider,
        name_normalised=party.name,
        code=party.code,
        subject=subject,
        verdict=verdict,
        by=by,
        basis=basis[:_LONGEST_BASIS],
        made_at=now,
    )
    tell_judgements("subject.judge", [made], by=by)
    return ended if verdict == Verdict.SAME else (*ended, made)


@transaction.atomic
def take_back(
    party: FiledParty, subject: Subject, verdict: Verdict, *, provider: str, by: str
) -> tuple[Judgement, ...]:
    """End what this department decided about the two, and return it; nothing where nothing stands."""
    standing = Judgement.objects.select_related("subject").filter(
        name_normalised=party.name, code=party.code, subject=subject, verdict=verdict, provider=provider, ended_at=None
    )
    ended = tuple(standing)
    standing.update(ended_at=timezone.now(), ended_by=by)
    tell_judgements("subject.unjudge", ended, by=by)
    return ended


def contradicted(parties: pl.DataFrame, provider: str) -> list[int]:
    """Of rows of the department (PARTIES_SCHEMA) those that a check would not lay on their subject now.

    A row that followed a judgement needs one of the department that stands and names the same subject; any other row must
    not be judged "different" from its subject. Subjects that were merged count as one. Three statements.
    """
    standing = judgements_for(parties["name"], provider).select("name", "code", "verdict", "own", said="subject")
    merged = {key: subject.pk for key, subject in counting_as(parties["subject"].drop_nulls()).items()}
    counting = parties.with_columns(pl.col("subject").replace(merged))
    said = counting.join(standing, on=["name", "code"]).filter(pl.col("subject") == pl.col("said"))
    upheld = said.filter((pl.col("verdict") == SAME) & "own")
    followed = counting.filter(method=BY_JUDGEMENT).join(upheld, on="row", how="anti")
    refuted = said.filter((pl.col("verdict") == DIFFERENT) & (pl.col("method") != BY_JUDGEMENT))
    return sorted({*followed["row"], *refuted["row"]})


@transaction.atomic
def judgements_for(names: pl.Series, provider: str) -> pl.DataFrame:
    """Standing judgements about parties of these normalised ``names`` (engine.candidates.JUDGED_SCHEMA).

    A subject that was merged into another counts as that one. ``on`` is the day of the judgement in Shanghai.
    """
    wanted = names.drop_nulls().unique().alias("value").to_frame()
    with staged(wanted, "wanted_parties") as cursor:
        found = fetched(
            cursor,
            JUDGED_SCHEMA,
            "SELECT j.name_normalised, j.code, b.id, b.uscc, j.verdict, j.provider = %s, j.by, "
            "substr(CAST(j.made_at AS varchar(40)), 1, 19) FROM wanted_parties w "
            "JOIN subjects_judgement j ON j.name_normalised = w.value AND j.ended_at IS NULL "
            "JOIN subjects_subject k ON k.id = j.subject_id "
            "JOIN subjects_subject b ON b.id = COALESCE(k.merged_into_id, k.id) ORDER BY j.id",
            [provider],
        )
    # Both databases give the instant in UTC, as Django sets them.
    instant = pl.col("on").str.to_datetime("%Y-%m-%d %H:%M:%S", time_zone="UTC")
    return found.with_columns(instant.dt.convert_time_zone("Asia/Shanghai").dt.to_string("%Y-%m-%d").alias("on"))
