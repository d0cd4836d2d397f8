"""From a checked file to questions: one for every row that a person must look at, with reasons and candidates."""

from typing import Final

import polars as pl
from django.db import connection
from django.utils import timezone

from rongxin.departments.models import Department
from rongxin.engine.acts import NAME
from rongxin.engine.candidates import CANDIDATE_SCHEMA, PARTY_SCHEMA, candidates, party_code, wanted
from rongxin.engine.cells import normalised_names
from rongxin.intake.checking import CheckedFile
from rongxin.intake.models import Batch, Question, QuestionState
from rongxin.policy.kinds import Party
from rongxin.policy.words import StepSeverity
from rongxin.storage.frames import kept
from rongxin.storage.staging import staged
from rongxin.subjects.judging import judgements_for
from rongxin.subjects.pool import pool_for

IDENTITY: Final = frozenset(
    {
        "code_unknown_to_register",
        "name_disagrees",
        "code_missing_name_known",
        "name_ambiguous",
        "subject_unknown",
        "code_and_name_point_elsewhere",
        "judged_different",
        "judgement_ended",
        "code_hidden",
    }
)
"""Problems that ask whose row it is; all others that need a person ask whether the row is right as filed."""

_NAME, _CODE, _VALUE, _ROW = 200, 50, 100, "row"


def questions_of(checked: CheckedFile, provider: Department) -> pl.DataFrame:
    """The questions of a checked file: row, party_name, name_normalised, party_code, reasons and candidates (JSON).

    A fixed number of statements, however many rows ask. Kinds that register subjects ask nothing about identity.
    """
    waiting = checked.waiting.select(pl.col(_ROW).cast(pl.UInt32))
    parties = _parties(checked.rows_filed.join(waiting, on=_ROW, how="semi"), checked.kind.credit.party, provider)
    return questions_about(parties, checked.problems.join(waiting, on=_ROW, how="semi"), provider)


def questions_about(parties: pl.DataFrame, problems: pl.DataFrame, provider: Department) -> pl.DataFrame:
    """The questions about ``parties`` (as ``parties_filed`` gives them), asked because of ``problems``; as ``questions_of``."""
    reasons = _reasons(problems)
    proposed = _proposed(parties, reasons, provider)
    return (
        parties.join(reasons.drop("asks_whose"), on=_ROW, how="left", maintain_order="left")
        .join(proposed, on=_ROW, how="left", maintain_order="left")
        .select(
            pl.col(_ROW).cast(pl.Int64),
            pl.col("party_name").fill_null("").str.slice(0, _NAME),
            pl.col("name").fill_null("").str.slice(0, _NAME).alias("name_normalised"),
            party_code("code", "registration_number", "organisation_code").str.slice(0, _CODE).alias("party_code"),
            pl.col("reasons").fill_null("[]"),
            pl.col("candidates").fill_null("[]"),
        )
    )


def keep(batch: Batch, questions: pl.DataFrame) -> None:
    """Make ``questions`` those of the batch. Must run in the transaction that concludes its check."""
    Question.objects.filter(batch=batch).delete()
    add(batch, questions)


def add(batch: Batch, questions: pl.DataFrame) -> None:
    """Ask ``questions`` (as ``questions_of``) of the batch, in one statement however many they are."""
    cast = "CAST({} AS jsonb)" if connection.vendor == "postgresql" else "{}"
    with staged(questions, "staged_questions") as cursor:
        cursor.execute(
            "INSERT INTO intake_question (batch_id, row, party_name, name_normalised, party_code, reasons, candidates, state, "
            "asked_at, note) SELECT %s, row, party_name, name_normalised, party_code, "
            f"{cast.format('reasons')}, {cast.format('candidates')}, %s, %s, '' FROM staged_questions ORDER BY row",
            [batch.pk, QuestionState.OPEN, kept(timezone.now())],
        )


def parties_filed(rows: pl.DataFrame, party: Party, provider: Department) -> pl.DataFrame:
    """The party of each row that is shaped for recording (records.appending.SCHEMA), read from its content."""
    fields = [field for field in (party.name, party.uscc, party.registration_number, party.organisation_code) if field]
    content = [pl.col("content").str.json_path_match(f"$.{field}").alias(field) for field in fields]
    filed = rows.select(_ROW, *content, pl.lit(normalised_names(rows["party_name"])).alias(NAME))
    return _parties(filed, party, provider)


def _parties(rows: pl.DataFrame, party: Party, provider: Department) -> pl.DataFrame:
    """The party of each row as candidates takes it, and its name as filed."""

    def of(field: str | None) -> pl.Expr:
        return pl.col(field) if field else pl.lit(None, pl.String)

    return rows.select(
        _ROW,
        pl.col(party.name).alias("party_name"),
        pl.col(NAME).alias("name"),
        of(party.uscc).alias("code"),
        of(party.registration_number).alias("registration_number"),
        of(party.organisation_code).alias("organisation_code"),
        pl.lit(provider.region).alias("region"),
    )


def _reasons(problems: pl.DataFrame) -> pl.DataFrame:
    """Why each row waits, as a JSON list of {code, field, value, params}, and whether it asks whose it is."""
    told = problems.filter(pl.col("severity") == StepSeverity.REVIEW.value).with_columns(
        pl.struct("code", pl.col("field").fill_null(""), pl.col("value").fill_null("").str.slice(0, _VALUE))
        .struct.json_encode()
        .str.strip_suffix("}")
        .alias("told"),
    )
    return told.group_by(_ROW, maintain_order=True).agg(
        asks_whose=pl.col("code").is_in(list(IDENTITY)).any(),
        reasons=pl.lit("[")
        + (pl.col("told") + ',"params":' + pl.col("params").fill_null("{}") + "}").str.join(",")
        + pl.lit("]"),
    )


def _proposed(parties: pl.DataFrame, reasons: pl.DataFrame, provider: Department) -> pl.DataFrame:
    """Candidates of the rows that ask whose they are, looked for once for each different party: row, candidates (JSON)."""
    columns = [name for name in PARTY_SCHEMA if name != "at"]
    asking = parties.join(reasons.filter("asks_whose"), on=_ROW, how="semi")
    different = asking.select(columns).unique(maintain_order=True).with_row_index("at")
    if different.is_empty():
        return pl.DataFrame(schema={_ROW: pl.UInt32, "candidates": pl.String})
    found = candidates(different, pool_for(wanted(different)), judgements_for(different["name"], provider.code))
    return (
        asking.join(different, on=columns, how="left", nulls_equal=True)
        .join(as_json(found), on="at")
        .select(_ROW, "candidates")
    )


def as_json(found: pl.DataFrame) -> pl.DataFrame:
    """Candidates as a JSON list for each party, the likeliest first: at, candidates."""
    told = [name for name in CANDIDATE_SCHEMA if name not in ("at", "rank")]
    return (
        found.sort("at", "rank")
        .select("at", pl.struct(told).struct.json_encode().alias("candidates"))
        .group_by("at", maintain_order=True)
        .agg(candidates=pl.lit("[") + pl.col("candidates").str.join(",") + pl.lit("]"))
    )
