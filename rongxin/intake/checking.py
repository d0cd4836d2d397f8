"""From a file to the outcome of every row: read, match heads, validate, resolve, and see what is recorded already.

The same function serves a batch in the background, a form while it is typed and a dry run from the terminal.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from config.environment import environment
from rongxin.engine.acts import contents
from rongxin.engine.aside import WORTH_PUTTING_ASIDE, completed, put_aside
from rongxin.engine.filled import filled
from rongxin.engine.heads import HeadMatch, known_heads, match_heads, require
from rongxin.engine.layouts import convert, under
from rongxin.engine.problems import severity_of
from rongxin.engine.resolution import Resolved, resolve
from rongxin.engine.sheets import FileFinding, Sheet, Unreadable, params_text
from rongxin.engine.swapped import by_content
from rongxin.engine.units import ProviderFacts
from rongxin.engine.validation import ACCEPTED, DUPLICATE, REVIEW, VERDICT, in_order, validate
from rongxin.intake.adapters import read_source
from rongxin.intake.envelope import as_displayed, envelope
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, StepSeverity
from rongxin.records.appending import SCHEMA
from rongxin.records.barred import Withdrawn
from rongxin.records.queries import known_acts
from rongxin.subjects.judging import judgements_for
from rongxin.subjects.queries import register_for

PHASES: Final = ("识别列", "校验", "认企业", "比对已有记录")
COMES_BACK: Final = (StepSeverity.REFUSE, StepSeverity.REVIEW)
SLICE: Final = 25_000
"""Rows whose envelope and content are made at once: those of a million rows are larger than the file."""

WITHDRAWN: Final = "act_withdrawn"
"""The problem of a row whose act was withdrawn."""

ACT: Final = ("row", "act_key", "content_hash", "decided_on", "valid_to", "polarity", "display")
"""What is known of every row at once."""


@dataclass(frozen=True)
class Circumstances:
    """What checking a file depends on besides the file: who sends it (``provider_code``: under whose judgements), what the
    department said its heads mean (:func:`.heads.head_keys` → field), and what the sender said once for all rows
    (``filled``: field → value).
    """

    provider: ProviderFacts | None = None
    provider_code: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, str] = field(default_factory=dict)


NOTHING_KNOWN: Final = Circumstances()


class Unmatched(Unreadable):
    """The table was read, but its heads do not tell which column is which field; a person can say."""

    def __init__(self, cause: Unreadable, sheet: Sheet, heads: HeadMatch) -> None:
        super().__init__(cause.code, **cause.params)
        self.sheet = sheet
        self.heads = heads


@dataclass(frozen=True)
class CheckedFile:
    """What became of a file. ``accepted`` rows are new, ``again`` are recorded already, ``waiting`` are new and wait for a
    person: the columns ACT, which :meth:`recordable` makes whole a slice at a time (of a register the rows themselves).
    ``rows_filed``: the fields of all rows, but for those put ``aside``; ``day``: on which they were checked.
    """

    sheet: Sheet
    heads: HeadMatch
    findings: tuple[FileFinding, ...]
    problems: pl.DataFrame
    persons: pl.DataFrame
    accepted: pl.DataFrame
    again: pl.DataFrame
    waiting: pl.DataFrame
    rows: int
    rejected: int
    in_review: int
    kind: RecordKind
    policy: Policy
    day: date
    rows_filed: pl.DataFrame
    aside: pl.LazyFrame | None

    @property
    def layout(self) -> str:
        """The name of the layout the file is in; empty where its heads tell none."""
        return self.heads.layout.name if self.heads.layout else ""

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
        """New rows that would not be public: lawfully, until they are complete, or because they are past their last day."""
        if "display" not in self.accepted.columns:
            return 0
        return as_displayed(self.accepted, self.kind, self.day).filter(display=Display.WITHHELD.value).height

    @property
    def subjects(self) -> pl.DataFrame:
        """Columns row, subject: whom the rows name, where the register knows it; none for a register itself."""
        if self.kind.credit.registers_subjects:
            return pl.DataFrame(schema={"row": pl.Int64, "subject": pl.Int64})
        return self.rows_filed.select(pl.col("row").cast(pl.Int64), pl.col("subject").cast(pl.Int64))

    def recordable(self, *parts: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """The rows of ``parts`` (``accepted``, ``again``, ``waiting``) as records.append or the register takes them, in the
        order of the file, SLICE at a time.
        """
        if self.kind.credit.registers_subjects:
            yield pl.concat(parts).sort("row")
            return
        wanted = pl.concat([part["row"] for part in parts]).sort()
        for part in self.rows_filed.iter_slices(SLICE):
            near = wanted.filter(wanted.is_between(part["row"][0], part["row"][-1]))
            filed = part.filter(pl.col("row").is_in(near.implode()))
            if filed.is_empty():
                continue
            filed = completed(filed, self.aside)
            shaped = envelope(filed, self.kind, self.policy, self.day)
            yield shaped.with_columns(contents(filed, self.kind)).select(SCHEMA.keys())


def check_file(
    path: Path,
    kind: RecordKind,
    policy: Policy,
    today: date,
    *,
    about: Circumstances = NOTHING_KNOWN,
    phase: Callable[[str], None] = lambda _: None,
    folder: Path | None = None,
) -> CheckedFile:
    """Check every row of the file at ``path``. ``folder``: where temporary copies of it stand, if not where the system's do;
    a large table is put aside there, and the folder must stay as long as what is returned.

    Raises Unreadable when it is no table, Unmatched when its heads do not tell which column is which field.
    """
    phase(PHASES[0])
    heads_known = known_heads(policy.kinds.values())
    sheet = read_source(path, kind, row_limit=environment.row_limit, known_heads=heads_known, folder=folder)
    sheet, heads = matched(sheet, kind, policy, about)
    converted = convert(sheet, heads, kind, about.provider)
    phase(PHASES[1])
    ladder = policy.value("intake/code_ladder", today).steps
    checked = validate(
        converted.sheet,
        converted.heads,
        under(kind, heads.layout),
        today=today,
        divisions=policy.divisions,
        ladder=ladder,
        provider=about.provider,
    )
    # The memory is for what follows: of the fields only those by which subjects are found stay.
    if folder and sheet.frame.height >= WORTH_PUTTING_ASIDE and not kind.credit.registers_subjects:
        sheet = replace(sheet, frame=pl.DataFrame(), aside=put_aside(sheet.frame, folder / "sheet.parquet"))
        converted = replace(converted, sheet=replace(converted.sheet, frame=sheet.frame))
        checked = checked.put_aside(folder / "rows.parquet")
    phase(PHASES[2])
    register = register_for(checked.codes(), checked.names())
    resolved = resolve(
        checked,
        register,
        ladder=ladder,
        name_alone=policy.value("intake/name_alone", today).steps,
        check_character_when_registered=policy.value("intake/check_character_when_registered", today).step,
        judgements=judgements_for(checked.names(), about.provider_code),
    )
    phase(PHASES[3])
    del checked  # its rows are the larger part of the memory, and those of ``resolved`` are the same and more
    rows = resolved.rows
    if kind.credit.registers_subjects:
        new, again, waiting = rows.filter(_taken([ACCEPTED, DUPLICATE])), rows.clear(), rows.filter(_taken([REVIEW]))
        withdrawn: tuple[Withdrawn, ...] = ()
    else:
        parts = (*rows.iter_slices(SLICE), rows.clear())
        shaped = pl.concat(_acts(completed(part, resolved.aside), kind, policy, today) for part in parts)
        known = known_acts(shaped)
        withdrawn = known.withdrawn
        stays = shaped.filter(~pl.col("row").cast(pl.Int64).is_in([each.row for each in withdrawn]))
        new, again, waiting = _parted(stays, known.same)
    outcome = resolved.outcome()
    problems = resolved.problems
    if withdrawn:
        problems = in_order(pl.concat([problems, _refused(withdrawn, resolved, kind, converted.heads)]), kind)
    return CheckedFile(
        sheet=sheet,
        heads=heads,
        findings=(*converted.sheet.findings, *heads.findings),
        problems=converted.at_source(_without_settled(problems, again)),
        persons=resolved.persons,
        accepted=new,
        again=again,
        waiting=waiting,
        rows=outcome.rows,
        rejected=outcome.rejected + len(withdrawn),
        in_review=waiting.height,
        kind=kind,
        policy=policy,
        day=today,
        rows_filed=rows,
        aside=resolved.aside,
    )


def matched(sheet: Sheet, kind: RecordKind, policy: Policy, about: Circumstances) -> tuple[Sheet, HeadMatch]:
    """Which column is which field, by heads and, for codes, by content; with what was said for all rows. Raises Unmatched."""
    heads = by_content(sheet, match_heads(sheet.heads, kind, about.mapping), kind)
    whole, found = filled(sheet, heads, about.filled, kind)
    try:
        return whole, require(found, whole.heads, kind, policy.kinds.values(), about.mapping)
    except Unreadable as cause:
        raise Unmatched(cause, sheet, heads) from cause


def _taken(verdicts: list[str]) -> pl.Expr:
    return pl.col(VERDICT).is_in(verdicts)


def _acts(rows: pl.DataFrame, kind: RecordKind, policy: Policy, today: date) -> pl.DataFrame:
    """ACT and the verdict of the rows that are not rejected."""
    taken = rows.filter(_taken([ACCEPTED, DUPLICATE, REVIEW]))
    return envelope(taken, kind, policy, today).select(*ACT, VERDICT)


def _refused(withdrawn: tuple[Withdrawn, ...], resolved: Resolved, kind: RecordKind, heads: HeadMatch) -> pl.DataFrame:
    """The rows about withdrawn acts as problems, told where the document number stands, else where the party does."""
    filed = kind.credit.envelope.document_number if kind.credit.envelope else None
    field = filed or kind.credit.party.name
    told = pl.DataFrame(
        [(each.row, params_text(each.params)) for each in withdrawn],
        schema={"row": pl.UInt32, "params": pl.String},
        orient="row",
    )
    rows = completed(resolved.rows.join(told, on="row", how="semi"), resolved.aside)
    return told.join(rows.select("row", value=pl.col(field).cast(pl.String)), on="row", how="left").select(
        "row",
        field=pl.lit(field),
        column=pl.lit(heads.columns.get(field), pl.Int32),
        code=pl.lit(WITHDRAWN),
        severity=pl.lit(severity_of(WITHDRAWN).value),
        value="value",
        params="params",
        suggestion=pl.lit(None, pl.String),
    )


def _parted(shaped: pl.DataFrame, known: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """New acts; those recorded already or standing twice in the file; new acts that wait for a person."""
    doubled = shaped.filter(_taken([DUPLICATE]))["row"].cast(pl.Int64)
    seen = pl.concat([known, doubled]).unique()
    is_again = pl.col("row").cast(pl.Int64).is_in(seen.implode())
    in_review = _taken([REVIEW])
    parts = (shaped.filter(which) for which in (~is_again & ~in_review, is_again, ~is_again & in_review))
    new, again, waiting = (part.select(ACT) for part in parts)
    return new, again, waiting


def _without_settled(problems: pl.DataFrame, again: pl.DataFrame) -> pl.DataFrame:
    """Nobody is asked again about a row that was recorded just so: a person answered for it then."""
    settled = pl.col("row").is_in(again["row"].cast(pl.UInt32).implode())
    return problems.filter(~((pl.col("severity") == StepSeverity.REVIEW.value) & settled))
