"""Which subjects were touched since a snapshot: every one of which a row may not be as it was."""

from datetime import timedelta
from typing import Any, Final

import polars as pl
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from rongxin.engine.risk.layout import Manifest
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment, lost_supports
from rongxin.records.snapshots.writing import View
from rongxin.storage.frames import fetched, kept
from rongxin.storage.staging import staged
from rongxin.subjects.models import Merge

OVERLAP: Final = timedelta(hours=1)
"""What is marked by an instant is asked again from so long before the last snapshot: a transaction that was open when it was taken
may have written an earlier one. Events have positions and need none."""

_SUBJECT: Final[dict[str, Any]] = {"subject": pl.Int64}
# An event touches whom any version of its act was resolved to; a first event has one version only.
_BY_EVENTS: Final = """
    SELECT o.subject_id FROM records_recordevent e JOIN records_resolution o ON o.record_id = e.record_id
    WHERE e.position > %s
    UNION SELECT o.subject_id FROM records_recordevent e JOIN records_record v ON v.act_key = e.act_key
    JOIN records_resolution o ON o.record_id = v.id WHERE e.act_key IS NOT NULL AND e.position > %s
"""
_BY_ACTS: Final = """
    SELECT o.subject_id FROM staged_acts s JOIN records_record v ON v.act_key = s.act_key
    JOIN records_resolution o ON o.record_id = v.id
"""
# A resolution that was not made with its record has one before it that ended.
_BY_RESOLUTIONS: Final = """
    SELECT o.subject_id FROM records_resolution d JOIN records_resolution o ON o.record_id = d.record_id
    WHERE d.ended_at IS NOT NULL AND (d.ended_at > %s OR o.made_at > %s)
    UNION SELECT d.subject_id FROM records_resolution d JOIN records_resolution o ON o.record_id = d.record_id
    WHERE d.ended_at IS NOT NULL AND o.made_at > %s
"""
_OWNERS: Final = """
    SELECT s.subject FROM staged_touched s UNION
    SELECT k.merged_into_id FROM staged_touched s JOIN subjects_subject k ON k.id = s.subject
    WHERE k.merged_into_id IS NOT NULL
"""


def touched_subjects(cursor: CursorWrapper, last: Manifest, policy: Policy, view: View) -> pl.Series:
    """Keys of the subjects, in order, with those as which they count; sole traders may be among them."""
    since = last.known_at - OVERLAP
    instant = kept(since)
    found = [
        _asked(cursor, _BY_EVENTS, [last.position] * 2),
        _asked(cursor, _BY_RESOLUTIONS, [instant] * 3),
        _asked(cursor, "SELECT id FROM subjects_subject WHERE changed_at > %s", [instant]),
        _of_merges(since),
        _of_lost(cursor, last, policy, view),
    ]
    with staged(pl.concat(found).unique().to_frame("subject"), "staged_touched"):
        return _asked(cursor, _OWNERS, []).sort()


def _asked(cursor: CursorWrapper, sql: str, params: list[Any]) -> pl.Series:
    return fetched(cursor, _SUBJECT, sql, params)["subject"]


def _of_merges(since: Any) -> pl.Series:
    changed = Merge.objects.filter(Q(made_at__gt=since) | Q(ended_at__gt=since)).values_list("kept", "absorbed")
    return pl.Series("subject", [key for pair in changed for key in pair], dtype=pl.Int64)


def _of_lost(cursor: CursorWrapper, last: Manifest, policy: Policy, view: View) -> pl.Series:
    """Whose acts lost a support, or have it again, since: also by a day that passed, without an event."""
    acts = _lost(policy, Moment.at(last.known_at)) ^ _lost(policy, view.moment)
    if not acts:
        return pl.Series("subject", dtype=pl.Int64)
    with staged(pl.DataFrame({"act_key": sorted(acts)}), "staged_acts"):
        return _asked(cursor, _BY_ACTS, [])


def _lost(policy: Policy, moment: Moment) -> set[str]:
    return set(lost_supports(policy, moment).exclude(effect_act="").values_list("effect_act", flat=True))
