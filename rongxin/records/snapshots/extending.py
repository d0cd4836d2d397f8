"""A delta of a snapshot: every row of each subject that was touched since, so that base and deltas say what a new base would."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import Final

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from rongxin.engine.risk.layout import (
    REPLACED_FILE,
    SHAREHOLDING,
    Count,
    Snapshot,
    delta_folder,
    new_folder,
    record_schema,
    rules_digest,
)
from rongxin.jobs.progress import Progress
from rongxin.policy.pack import Policy
from rongxin.records.snapshots.links import MEMBERS, SHARES, LinkChanges, put_links, shares
from rongxin.records.snapshots.proving import counted, prove
from rongxin.records.snapshots.rows import Part, Tally, acts, subjects, tables
from rongxin.records.snapshots.states import states_of
from rongxin.records.snapshots.touched import touched_subjects
from rongxin.records.snapshots.writing import Folder, View, by_bucket
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.frames import fetched
from rongxin.storage.staging import staged
from rongxin.storage.statistics import refresh
from rongxin.storage.views import one_view
from rongxin.subjects.models import Category

AT_ONCE: Final = 10_000
"""Subjects whose records are read at once."""
_MEMBERS: Final = "staged_members"
_WANTED: Final = "staged_wanted"


class RulesChanged(Exception):
    """The policy says otherwise which columns there are or what may count: a delta would not fit, a new base is needed."""


def extend(snapshot: Snapshot, policy: Policy, progress: Progress | None = None) -> Snapshot:
    """Write what changed since ``snapshot`` as a delta, whole or not at all; the same snapshot where nothing did.

    RulesChanged where the base was made under other kinds, lists or ends of documents (weights do not matter); FileExistsError
    where the snapshot was extended meanwhile; Incomplete and OSError as ``build`` does.
    """
    progress = progress or Progress()
    if rules_digest(policy) != snapshot.last.rules:
        raise RulesChanged(f"{snapshot.folder}: the rules of the snapshot are not those of now; build a new base")
    target = delta_folder(snapshot.folder, len(snapshot.parts))
    with asks(PLATFORM), one_view(), connection.cursor() as cursor:
        view = View.now()
        progress.phase("变动的主体")
        touched = _organisations(cursor, touched_subjects(cursor, snapshot.last, policy, view))
        if touched.is_empty():
            return snapshot
        with new_folder(target) as place:
            made = Folder(place)
            replaced = _put_links(cursor, made, snapshot, touched, policy, view)
            made.put(REPLACED_FILE, replaced.to_frame("subject"))
            told: dict[int, Count] = defaultdict(Count)
            progress.phase("记录", len(replaced))
            for bucket, keys in by_bucket(replaced.to_frame("subject")):
                _put_bucket(cursor, made, bucket, keys, policy, view, told)
                progress.advance(keys.height)
            prove(made.held(), told)
            made.close(view, policy, tuple(part.id for part in snapshot.parts))
    return Snapshot.at(snapshot.folder)


def changed_subjects(before: Snapshot, after: Snapshot) -> pl.Series:
    """Keys of the subjects of which ``after`` may say anything else than ``before``, in order.

    ValueError where ``after`` does not go on from ``before``: then every subject may have changed.
    """
    if after.parts[: len(before.parts)] != before.parts:
        raise ValueError(f"snapshot {after.id} does not go on from {before.id}")
    later = [after.folder_of(number) / REPLACED_FILE for number in range(len(before.parts), len(after.parts))]
    found = [pl.read_parquet(path)["subject"] for path in later]
    return pl.concat([pl.Series("subject", dtype=pl.Int64), *found]).unique().sort()


def _organisations(cursor: CursorWrapper, keys: pl.Series) -> pl.Series:
    with staged(keys.to_frame("subject"), "staged_subjects"):
        found = fetched(
            cursor,
            {"subject": pl.Int64},
            "SELECT k.id FROM staged_subjects s JOIN subjects_subject k ON k.id = s.subject WHERE k.category <> %s",
            [Category.SOLE_TRADER],
        )
    return found["subject"].sort()


@contextmanager
def _members(cursor: CursorWrapper, keys: pl.Series) -> Iterator[pl.DataFrame]:
    """Whatever counts as one of the subjects ``keys``, as MEMBERS, and in the temporary tables: their records, too."""
    with staged(keys.to_frame("subject"), "staged_subjects"):
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_MEMBERS} AS SELECT k.id AS subject, s.subject AS owner, k.uscc "
            "FROM staged_subjects s JOIN subjects_subject k ON k.id = s.subject WHERE k.merged_into_id IS NULL UNION ALL "
            "SELECT k.id, s.subject, k.uscc FROM staged_subjects s JOIN subjects_subject k ON k.merged_into_id = s.subject"
        )
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_WANTED} AS SELECT o.record_id AS record FROM {_MEMBERS} m "
            "JOIN records_resolution o ON o.subject_id = m.subject WHERE o.ended_at IS NULL"
        )
        refresh(_MEMBERS, _WANTED)
        yield fetched(cursor, dict(MEMBERS), f"SELECT subject, owner, uscc FROM {_MEMBERS}")
        cursor.execute(f"DROP TABLE {_WANTED}")
        cursor.execute(f"DROP TABLE {_MEMBERS}")


def _read(
    cursor: CursorWrapper, members: pl.DataFrame, policy: Policy, view: View, tally: Tally, *, kind: str = ""
) -> dict[str, pl.DataFrame]:
    """The records of the members, by table; of one kind only where it is given."""
    part = Part.staged(_WANTED, kind)
    states = states_of(_WANTED, policy, view.moment)

    def owners(bearers: pl.Series) -> pl.Series:
        return bearers.replace_strict(members["subject"], members["owner"], default=None, return_dtype=pl.Int64)

    return tables(cursor, part, acts(cursor, part, owners, states, tally), policy.kinds, tally)


def _put_bucket(
    cursor: CursorWrapper,
    made: Folder,
    bucket: int,
    keys: pl.DataFrame,
    policy: Policy,
    view: View,
    told: dict[int, Count],
) -> None:
    found: list[pl.DataFrame] = []
    records: dict[str, list[pl.DataFrame]] = {}
    for part in keys.iter_slices(AT_ONCE):
        with _members(cursor, part["subject"]) as members:
            found.append(subjects(cursor, "k.id IN (SELECT subject FROM staged_subjects)", []))
            for table, rows in _read(cursor, members, policy, view, made.tally).items():
                records.setdefault(table, []).append(rows)
            for place, count in counted(cursor, members=_MEMBERS).items():
                told[place] = Count(
                    *(one + other for one, other in zip(astuple(told[place]), astuple(count), strict=True))
                )
    made.put_subjects(bucket, pl.concat(found))
    for table, frames in records.items():
        made.put_records(table, bucket, pl.concat(frames))


def _put_links(
    cursor: CursorWrapper, made: Folder, snapshot: Snapshot, touched: pl.Series, policy: Policy, view: View
) -> pl.Series:
    """Write the links of all subjects that the delta replaces, and say which those are: the touched, and who is at the other end of
    a link that changed.
    """
    if SHAREHOLDING not in policy.kinds:
        return touched
    fresh = [pl.DataFrame(schema=record_schema(policy.kinds[SHAREHOLDING]))]
    for part in touched.to_frame("subject").iter_slices(AT_ONCE):
        with _members(cursor, part["subject"]) as members:
            read = _read(cursor, members, policy, view, Tally(), kind=SHAREHOLDING)
            fresh += [read[SHARES]] if SHARES in read else []
    changes = LinkChanges(snapshot, touched, shares(pl.concat(fresh).lazy()))
    others = changes.others(touched, _links_of(cursor, changes, touched))
    replaced = _organisations(cursor, pl.concat([touched, others]).unique())
    put_links(made, _links_of(cursor, changes, replaced))
    return replaced


def _links_of(cursor: CursorWrapper, changes: LinkChanges, keys: pl.Series) -> pl.DataFrame:
    with _members(cursor, keys) as members:
        return changes.of(cursor, members)
