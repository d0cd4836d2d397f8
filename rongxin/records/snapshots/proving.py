"""That nothing is missing: the counts and the sums of keys in the files, and the same asked of the database by another way."""

from collections.abc import Mapping

from django.db.backends.utils import CursorWrapper

from rongxin.engine.risk.layout import SHIFT, Count
from rongxin.subjects.models import Category


class Incomplete(Exception):
    """A bucket does not hold what the database counts for it: ``bucket``, and both counts."""

    def __init__(self, bucket: int, written: Count, counted: Count) -> None:
        super().__init__(
            f"bucket {bucket:05d} does not hold what the database counts: written {written}, counted {counted}; "
            "nothing was kept, make it anew"
        )
        self.bucket, self.written, self.counted = bucket, written, counted


_NEWEST = "NOT EXISTS (SELECT 1 FROM records_record n WHERE n.supersedes_id = o.record_id)"


def counted(cursor: CursorWrapper, *, members: str = "") -> dict[int, Count]:
    """What the database holds by bucket: of everything, or of the subjects in the column ``subject`` of a temporary table."""
    subjects = f"{members} m JOIN subjects_subject k ON k.id = m.subject" if members else "subjects_subject k"
    # Written so that a table of few members is where the database begins, and all records are read in their order.
    resolved = (
        f"{subjects} JOIN records_resolution o ON o.subject_id = k.id"
        if members
        else "records_resolution o JOIN subjects_subject k ON k.id = o.subject_id"
    )
    cursor.execute(
        f"SELECT k.id >> {SHIFT}, count(*), CAST(sum(k.id) AS bigint) FROM {subjects} "
        "WHERE k.merged_into_id IS NULL AND k.category <> %s GROUP BY 1",
        [Category.SOLE_TRADER],
    )
    of_subjects = {bucket: (number, keys) for bucket, number, keys in cursor.fetchall()}
    cursor.execute(
        f"SELECT COALESCE(k.merged_into_id, k.id) >> {SHIFT}, count(*), CAST(sum(o.record_id) AS bigint) "
        f"FROM {resolved} WHERE o.ended_at IS NULL AND k.category <> %s AND {_NEWEST} GROUP BY 1",
        [Category.SOLE_TRADER],
    )
    of_records = {bucket: (number, keys) for bucket, number, keys in cursor.fetchall()}
    return {
        bucket: Count(*of_subjects.get(bucket, (0, 0)), *of_records.get(bucket, (0, 0)))
        for bucket in sorted({*of_subjects, *of_records})
    }


def prove(written: Mapping[int, Count], told: Mapping[int, Count]) -> None:
    """Raise Incomplete for the first bucket of which both do not say the same."""
    for bucket in sorted({*written, *told}):
        ours, theirs = written.get(bucket, Count()), told.get(bucket, Count())
        if ours != theirs:
            raise Incomplete(bucket, ours, theirs)
