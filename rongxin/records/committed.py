"""The records that an event of the ledger commits to by one digest, found again: so that whoever has the event can recompute it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.db import connection

from rongxin.records.actions import SPLIT
from rongxin.records.models import Effect, Resolution
from rongxin.records.splitting import given_by
from rongxin.records.telling import ACTS, digest_of
from rongxin.subjects.models import Split

_BY_BATCH: Final = {ACTS[effect]: effect for effect in (Effect.RECORDED, Effect.CORRECTED)}
# By the resolution of the instant in which the record was made, as the event was told; from the firm's side, which is short.
_OF_FIRM_SQL: Final = """
    SELECT r.number || ' ' || r.content_hash FROM subjects_subject k
    JOIN records_resolution o ON o.subject_id = k.id
    JOIN records_record r ON r.id = o.record_id
    JOIN records_recordevent e ON (e.act_key IS NULL AND e.record_id = r.id OR e.act_key = r.act_key AND e.record_id = r.id)
        AND e.recorded_at = o.made_at
    WHERE k.uscc = %s AND e.basis = %s AND e.effect = %s ORDER BY e.position
"""


def lines_of(uscc: str, said: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The sorted lines ``number hash`` of the records that an event in the stream of the firm ``uscc`` commits to.

    ``said`` is what the event says. None where the records that are kept give another digest: then they were changed past the
    platform. For whoever may read the event.
    """
    found = (sorted(lines) for lines in _candidates(uscc, said))
    return next((tuple(lines) for lines in found if digest_of(lines) == said["records"]), None)


def _candidates(uscc: str, said: Mapping[str, Any]) -> Iterator[Iterable[str]]:
    act = said.get("act")
    if act in _BY_BATCH:
        with connection.cursor() as cursor:
            cursor.execute(_OF_FIRM_SQL, [uscc, said.get("batch", ""), _BY_BATCH[act]])
            made = [line for (line,) in cursor.fetchall()]
        # A batch that goes on after its end was told is told again, of what came after.
        count = int(said.get("count", 0))
        yield from (made[at : at + count] for at in range(len(made) - count + 1))
    if act not in ("subject.split", "subject.rejoin"):
        return
    for done in Split.objects.filter(origin__uscc=said.get("origin"), other__uscc=said.get("other")):
        moved = (
            given_by(done)
            if act == "subject.split"
            else Resolution.objects.filter(method=SPLIT, subject=done.other_id, ended_at=done.ended_at)
        )
        yield [f"{number} {hash_}" for number, hash_ in moved.values_list("record__number", "record__content_hash")]
