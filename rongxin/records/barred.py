"""What must not be recorded, found for many rows at once: acts that were withdrawn, and whom rows name as judgements know it.

A withdrawal or an annulment is never undone (records.withdrawing), so the same act cannot come back by being sent again, with
whatever content. A repair, a suspension, a sealing and an erasure are none of these: they say nothing against the act itself.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from rongxin.engine.candidates import party_code
from rongxin.engine.cells import normalised_names
from rongxin.records.models import Effect
from rongxin.rulebook import queries as rulebook
from rongxin.storage.frames import fetched, kept
from rongxin.subjects.judging import PARTIES_SCHEMA

WITHDRAWAL: Final = (Effect.WITHDRAWN, Effect.ANNULLED)
_MARKS: Final = ", ".join(["%s"] * len(WITHDRAWAL))


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A row about an act that was withdrawn: the number of its record, the day in Shanghai, and what the public is told."""

    row: int
    number: str
    day: date
    reason: str

    @property
    def params(self) -> dict[str, str]:
        """The particulars of the problem ``act_withdrawn``."""
        return {"number": self.number, "day": self.day.isoformat(), "reason": self.reason}


def filed_parties(rows: pl.DataFrame, policy_digest: str, kind: str) -> pl.DataFrame:
    """Whom rows of one kind (row, party_name, content, subject, method) name, as judgements know it: PARTIES_SCHEMA.

    The code is any of the codes of the kind, so it is read from the content, not from the envelope.
    """
    party = rulebook.by_digest(policy_digest).kinds[kind].credit.party
    codes = (
        pl.col("content").str.json_path_match(f"$.{field}") if field else pl.lit(None, pl.String)
        for field in (party.uscc, party.registration_number, party.organisation_code)
    )
    parties = rows.with_columns(
        pl.lit(normalised_names(rows["party_name"])).alias("name"), party_code(*codes).alias("code")
    )
    return parties.select(pl.col(name).cast(dtype) for name, dtype in PARTIES_SCHEMA.items())


def withdrawn_rows(cursor: CursorWrapper, table: str) -> tuple[Withdrawn, ...]:
    """The rows of the staged ``table`` (columns row, act_key) whose act stands withdrawn now, in order; one statement."""
    now: Any = kept(timezone.now())
    found = fetched(
        cursor,
        {"row": pl.Int64, "number": pl.String, "at": pl.String, "effect": pl.String, "reason": pl.String},
        "SELECT s.row, r.number, substr(CAST(e.effective_at AS varchar(40)), 1, 19), e.effect, e.reason "
        f"FROM {table} s JOIN records_recordevent e ON e.act_key = s.act_key AND e.effect IN ({_MARKS}) "
        "AND e.effective_at <= %s JOIN records_record r ON r.id = e.record_id WHERE NOT EXISTS "
        "(SELECT 1 FROM records_recordevent later WHERE later.act_key = e.act_key AND later.position > e.position "
        f"AND later.effect IN ({_MARKS}) AND later.effective_at <= %s) ORDER BY s.row",
        [*WITHDRAWAL, now, *WITHDRAWAL, now],
    )
    # Both databases give the instant in UTC, as Django sets them.
    instant = pl.col("at").str.to_datetime("%Y-%m-%d %H:%M:%S", time_zone="UTC")
    days = found.with_columns(instant.dt.convert_time_zone("Asia/Shanghai").dt.date().alias("day"))
    return tuple(
        Withdrawn(row, number, day, (reason or Effect(effect).label).rstrip("。"))
        for row, number, day, effect, reason in days.select("row", "number", "day", "effect", "reason").iter_rows()
    )
