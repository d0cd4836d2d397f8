"""Sources that do not send our tables: each adapter reads one source as it comes and gives the sheet that intake checks.

An adapter belongs to a record kind. It recognises its source by itself, so nobody has to choose it; what it read is told as a
finding of the file. It decides nothing: whether a row is about a person, complete, or known is seen by the same checks as ever.
To add one, copy the nearest folder and name it in ``ADAPTERS``.

Words: Adapter, source.
"""

from collections.abc import Iterable
from pathlib import Path

from rongxin.engine.reading import read_table
from rongxin.engine.sheets import Sheet
from rongxin.intake.adapters.adapter import Adapter
from rongxin.intake.adapters.court_enforcement import CourtEnforcement
from rongxin.intake.adapters.environmental_grades import EnvironmentalGrades
from rongxin.policy.kinds import RecordKind

ADAPTERS: tuple[Adapter, ...] = (CourtEnforcement(), EnvironmentalGrades())


def read_source(
    path: Path,
    kind: RecordKind,
    *,
    row_limit: int,
    known_heads: frozenset[str],
    adapters: Iterable[Adapter] = ADAPTERS,
    folder: Path | None = None,
) -> Sheet:
    """The sheet in the file at ``path``: as an adapter of ``kind`` reads its source, else as a table (``folder`` as there).

    Unreadable as engine.reading.read_table.
    """
    for adapter in adapters:
        if adapter.kind == kind.name:
            sheet = adapter.read(path, kind, row_limit=row_limit, folder=folder)
            if sheet is not None:
                return sheet
    return read_table(path, row_limit=row_limit, known_heads=known_heads, folder=folder)
