"""Snapshots for the engine, filled from the database: a base of everything known, deltas of what changed since.

    building    the base: one pass over the records, spilled, then bucket by bucket
    extending   a delta: every row of each subject that was touched since
    touched     which subjects those are
    rows        records as columns;  states: which of them may not count;  links: shares between organisations
    proving     counts and sums of keys, asked of the database by another way and compared

A snapshot is a projection that can be deleted and made anew (docs/decisions/0017). Its layout: ``engine.risk.layout``.

Words: base, delta, touched, replaced, owner (the subject as which a record's subject counts), part (of the records, read at once).
"""

from rongxin.records.snapshots.building import build
from rongxin.records.snapshots.extending import RulesChanged, changed_subjects, extend
from rongxin.records.snapshots.proving import Incomplete

__all__ = ["Incomplete", "RulesChanged", "build", "changed_subjects", "extend"]
