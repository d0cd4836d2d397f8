"""Which records cite the document of another record of the same firm: found in whole parts, proposed to a person, decided by nobody
here.

The text of an adverse record (basis, ground, the document that is enforced) is normalised as document numbers are, and searched for
the numbers of the firm's other records. A new record may cite, or be cited by, one that was there before.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl
from django.utils import timezone

from rongxin.engine.cells import document_key
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.policy.words import Polarity
from rongxin.records.actions import suspend_lost
from rongxin.records.consuming import deliver
from rongxin.records.models import Candidate, Effect, RecordEvent, Support
from rongxin.storage.frames import fetched
from rongxin.storage.staging import staged

CONSUMER: Final = "citing"
PART: Final = 5_000
SHORTEST: Final = 6
"""Characters of a document number below which it is found in texts by chance."""
_ENTERED: Final = (Effect.RECORDED, Effect.CORRECTED)

# Every record of the firms of these records, and whose it counts as.
_OF_FIRMS_SQL: Final = """
    SELECT DISTINCT r.id, r.act_key, f.id, r.document_key, r.polarity = %s, CAST(r.decided_on AS varchar(10))
    FROM staged_entered w
    JOIN records_resolution o ON o.record_id = w.record AND o.ended_at IS NULL
    JOIN subjects_subject k ON k.id = o.subject_id
    JOIN subjects_subject f ON f.id = COALESCE(k.merged_into_id, k.id)
    JOIN subjects_subject m ON m.id = f.id OR m.merged_into_id = f.id
    JOIN records_resolution p ON p.subject_id = m.id AND p.ended_at IS NULL
    JOIN records_record r ON r.id = p.record_id
"""
_OF_FIRMS: Final = {
    "record": pl.Int64,
    "act": pl.String,
    "firm": pl.Int64,
    "key": pl.String,
    "is_adverse": pl.Boolean,
    "decided_on": pl.String,
}
_NUMBER: Final = r"〔\d{4}〕[^〔〕]{0,20}?\d+号"
"""What of a document number is told apart in a text wherever the number begins: 〔2026〕23号, 〔2026〕闽0102民初12号."""
_TEXTS_SQL: Final = """
    SELECT r.id, r.basis || ' ' || COALESCE(c.text, '') FROM staged_citing w
    JOIN records_record r ON r.id = w.record LEFT JOIN records_recordcontent c ON c.record_id = r.id
"""


@job(title="查找记录的依据")
def find_cited(progress: Progress) -> dict[str, int]:
    """Propose what new records cite, and suspend what lost a support by the calendar or by a batch. Returns counts."""
    progress.phase("引用的文号")
    read = deliver(CONSUMER, propose, effects=_ENTERED, limit=PART)
    progress.phase("失去依据的")
    # An idle platform takes no lock.
    return {"read": read, "suspended": suspend_lost() if Support.objects.exists() else 0}


def propose(events: Sequence[RecordEvent]) -> None:
    """Keep a candidate for each adverse record that cites another, where one of the two is of these events; each once."""
    found = list(_cited([event.record_id for event in events]).iter_rows(named=True))
    known = set(
        Candidate.objects.filter(effect_act__in={row["effect_act"] for row in found}).values_list(
            "effect_act", "cited_act"
        )
    )
    now = timezone.now()
    new = {
        (row["effect_act"], row["cited_act"]): Candidate(
            effect_id=row["effect"],
            effect_act=row["effect_act"],
            cited_id=row["cited"],
            cited_act=row["cited_act"],
            found_at=now,
        )
        for row in found
        if (row["effect_act"], row["cited_act"]) not in known
    }
    Candidate.objects.bulk_create(new.values(), ignore_conflicts=True)


def _cited(entered: list[int]) -> pl.DataFrame:
    """Adverse records (``effect``) whose text names the document of an earlier or equally old record (``cited``) of the firm."""
    with staged(pl.DataFrame({"record": entered}, schema={"record": pl.Int64}), "staged_entered") as cursor:
        every = fetched(cursor, _OF_FIRMS, _OF_FIRMS_SQL, [Polarity.ADVERSE.value])
    # A firm with one act cites nothing.
    every = every.filter(pl.col("act").n_unique().over("firm") > 1)
    named = every.with_columns(tail=pl.col("key").str.extract(f"({_NUMBER})")).drop_nulls("tail")
    named = named.filter(pl.col("key").str.len_chars() >= SHORTEST)
    with staged(every.filter("is_adverse").select("record"), "staged_citing") as cursor:
        texts = fetched(cursor, {"record": pl.Int64, "text": pl.String}, _TEXTS_SQL)
    texts = texts.with_columns(
        text=pl.Series([document_key(text) for text in texts["text"].to_list()], dtype=pl.String)
    )
    tails = texts.with_columns(tail=pl.col("text").str.extract_all(_NUMBER)).explode("tail").drop_nulls("tail").unique()
    effects = tails.join(every.select("record", "act", "firm", "decided_on"), on="record")
    pairs = effects.join(named, on=["firm", "tail"], suffix="_cited").filter(
        pl.col("act") != pl.col("act_cited"),
        pl.col("decided_on_cited") <= pl.col("decided_on"),
        pl.col("record").is_in(entered) | pl.col("record_cited").is_in(entered),
        pl.col("text").str.contains(pl.col("key"), literal=True),
    )
    return pairs.select(effect="record", effect_act="act", cited="record_cited", cited_act="act_cited").unique(
        ["effect_act", "cited_act"], keep="any"
    )
