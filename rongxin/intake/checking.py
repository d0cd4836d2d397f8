"""From a file to the outcome of every row: read, match heads, validate, resolve, and see what is recorded already.

The same function serves a batch in the background, a form while it is typed and a dry run from the terminal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from config.environment import environment
from rongxin.engine.acts import contents
from rongxin.engine.heads import HeadMatch, known_heads, require_heads
from rongxin.engine.reading import read_table
from rongxin.engine.resolution import resolve
from rongxin.engine.sheets import FileFinding, Sheet
from rongxin.engine.validation import ACCEPTED, DUPLICATE, VERDICT, validate
from rongxin.intake.envelope import envelope
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, StepSeverity
from rongxin.records import actions as records
from rongxin.records.queries import known_acts
from rongxin.subjects.queries import register_for

PHASES: Final = ("识别列", "校验", "认企业", "比对已有记录")
COMES_BACK: Final = (StepSeverity.REFUSE, StepSeverity.REVIEW)


@dataclass(frozen=True)
class CheckedFile:
    """What became of a file. ``accepted`` rows are new, ``again`` are recorded already; both as records.append takes them."""

    sheet: Sheet
    heads: HeadMatch
    findings: tuple[FileFinding, ...]
    problems: pl.DataFrame
    persons: pl.DataFrame
    accepted: pl.DataFrame
    again: pl.DataFrame
    rows: int
    rejected: int
    in_review: int

    @property
    def refused_person(self) -> int:
        """Rows about natural persons: only their numbers and reasons are here."""
        return self.persons.height

    @property
    def comes_back(self) -> bool:
        """Whether a return workbook is due."""
        return self.rejected + self.in_review + self.refused_person > 0

    @property
    def withheld(self) -> int:
        """New rows that would not be public: lawfully, or until they are complete."""
        if "display" not in self.accepted.columns:
            return 0
        return self.accepted.filter(pl.col("display") == Display.WITHHELD.value).height

    @property
    def accepted_and_again(self) -> pl.DataFrame:
        """All rows that a release records: new acts, and acts seen again."""
        return pl.concat([self.accepted, self.again]).sort("row")


def check_file(
    path: Path, kind: RecordKind, policy: Policy, today: date, *, phase: Callable[[str], None] = lambda _: None
) -> CheckedFile:
    """Check every row of the file at ``path``. Raises Unreadable when it is no table of this kind."""
    phase(PHASES[0])
    sheet = read_table(path, row_limit=environment.row_limit, known_heads=known_heads(policy.kinds.values()))
    heads = require_heads(sheet.heads, kind, policy.kinds.values())
    phase(PHASES[1])
    ladder = policy.value("intake/code_ladder", today).steps
    checked = validate(sheet, heads, kind, today=today, divisions=policy.divisions, ladder=ladder)
    phase(PHASES[2])
    register = register_for(checked.codes(), checked.names())
    resolved = resolve(
        checked,
        register,
        ladder=ladder,
        name_alone=_name_alone(policy, kind, today),
        check_character_when_registered=policy.value("intake/check_character_when_registered", today).step,
    )
    phase(PHASES[3])
    accepted = resolved.rows.filter(pl.col(VERDICT).is_in([ACCEPTED, DUPLICATE]))
    if kind.credit.registers_subjects:
        new, again = accepted, accepted.clear()
    else:
        filled = accepted.with_columns(contents(accepted, kind))
        shaped = envelope(filled, kind, policy, today).select(records.SCHEMA.keys())
        known = known_acts(shaped)
        new, again = _parted(shaped, accepted, known)
    outcome = resolved.outcome()
    return CheckedFile(
        sheet=sheet,
        heads=heads,
        findings=(*sheet.findings, *heads.findings),
        problems=resolved.problems,
        persons=resolved.persons,
        accepted=new,
        again=again,
        rows=outcome.rows,
        rejected=outcome.rejected,
        in_review=outcome.in_review,
    )


def _parted(shaped: pl.DataFrame, accepted: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """New acts, and those recorded already or standing twice in the file."""
    doubled = accepted.filter(pl.col(VERDICT) == DUPLICATE)["row"].cast(pl.Int64)
    seen = pl.concat([known["row"], doubled]).unique()
    is_again = pl.col("row").cast(pl.Int64).is_in(seen.implode())
    return shaped.filter(~is_again), shaped.filter(is_again)


def _name_alone(policy: Policy, kind: RecordKind, today: date) -> StepSeverity:
    by_polarity = policy.value("intake/name_alone", today).steps
    return by_polarity.get(kind.credit.polarity, by_polarity["other"])
