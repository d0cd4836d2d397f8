"""Whose record each row is: by code, by an old number under the same name, and, for a person to confirm, by the name
alone.

The register is given as tables restricted to the batch; nothing is looked up here. Sole traders are natural persons
in civil law: their code or number finds them, their name never does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import polars as pl

from rongxin.engine import acts
from rongxin.engine import cells as cell
from rongxin.engine.acts import NAME, POLARITY, SEVERITY, USABLE
from rongxin.engine.candidates import DIFFERENT, JUDGED_SCHEMA, SAME, party_code
from rongxin.engine.findings import AT, NO_PARAMS, found
from rongxin.engine.persons import CODE_IS_RESIDENT_ID
from rongxin.engine.problems import severity_of
from rongxin.engine.sheets import ROW, params_text
from rongxin.engine.validation import (
    ACCEPTED,
    DUPLICATE,
    REJECTED,
    REVIEW,
    VERDICT,
    Checked,
    in_order,
    verdicts,
)
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import StepSeverity
from rongxin.primitives.names import has_organisation_word, mask_person

SOLE_TRADER: Final = "92"
"""How the unified code of a sole trader begins (GB 32100: registered by market regulation, category 2)."""

BY_CODE, BY_NUMBER, BY_ORGANISATION_CODE, BY_NAME, BY_JUDGEMENT, BY_NOTHING = (
    "code",
    "registration_number",
    "organisation_code",
    "name",
    "judgement",
    "none",
)

_FORM_OF_CODE: Final = ("uscc_check_character", "uscc_organisation_code", "organisation_code_invalid")
"""Problems of a code by itself, which whoever said whose it is has looked at."""


NO_JUDGEMENTS: Final = pl.DataFrame(schema=JUDGED_SCHEMA)


@dataclass(frozen=True, slots=True)
class Register:
    """The part of the register that a batch needs.

    ``identifiers``: kind (uscc, registration_number, organisation_code), value, subject. ``names``: name_normalised,
    subject, current. ``subjects``: subject, uscc, name, is_sole_trader. Whoever is touched by a code or name of the
    batch stands here with all names.
    """

    identifiers: pl.DataFrame
    names: pl.DataFrame
    subjects: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of rows; ``rows`` is the sum of the others."""

    rows: int
    accepted: int
    rejected: int
    refused_person: int
    duplicates: int
    in_review: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """A judged table with the subject of each row.

    ``rows``: as :attr:`.validation.Checked.rows`, with ``subject`` (null: none found), ``method`` (code,
    registration_number, organisation_code, name, judgement, none) and, for kinds that make records, ``act_key``,
    ``document_key``, ``content_hash`` of every row that is not rejected (:func:`.acts.identified`; the content
    itself: :func:`.acts.contents`). ``aside``: as :attr:`.validation.Checked.aside`.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame
    persons: pl.DataFrame
    aside: pl.LazyFrame | None = None

    def outcome(self) -> Outcome:
        """What became of the rows."""
        counts = dict(self.rows[VERDICT].value_counts().iter_rows())
        return Outcome(
            rows=self.rows.height + self.persons.height,
            accepted=counts.get(ACCEPTED, 0),
            rejected=counts.get(REJECTED, 0),
            refused_person=self.persons.height,
            duplicates=counts.get(DUPLICATE, 0),
            in_review=counts.get(REVIEW, 0),
        )


def resolve(
    checked: Checked,
    register: Register,
    *,
    ladder: Mapping[str, StepSeverity],
    name_alone: Mapping[str, StepSeverity],
    check_character_when_registered: StepSeverity,
    judgements: pl.DataFrame = NO_JUDGEMENTS,
) -> Resolved:
    """Find the subject of every row, refuse the rows about persons that only the register could tell, and judge
    again.

    ``ladder``: what the steps ``registered`` and ``name_agrees`` do. ``name_alone``: what a row without usable code
    does whose name one subject bears, by the polarity of the row (else ``other``).
    ``check_character_when_registered``: what a failing check character does where the register knows that very code
    under that name. ``judgements`` (candidates.JUDGED_SCHEMA): what persons decided about parties; "different" keeps
    the subject from that party, "same" leads the department's rows of the same name and the same code there unless the
    code itself leads to a subject of that name. Kinds that register subjects are not looked up.
    """
    checked, persons = _without_suspects(checked, register)
    kind, rows, problems = checked.kind, checked.rows, checked.problems
    if kind.credit.registers_subjects:
        nobody = (pl.lit(None, pl.Int64).alias("subject"), pl.lit(BY_NOTHING).alias("method"))
        rows = rows.with_columns(*nobody, verdicts(rows, problems, checked.repetitions))
        return Resolved(rows=rows, problems=problems, persons=persons, aside=checked.aside)
    looked = _as_judged(_look_up(rows, kind, register), judgements)
    problems = _judged_already(problems, looked, checked)
    problems = _registered_after_all(problems, looked, checked, check_character_when_registered)
    problems = in_order(pl.concat([problems, *_problems(looked, checked, register, ladder, name_alone)]), kind)
    rows = rows.with_columns(looked["subject"], looked["method"], verdicts(rows, problems, checked.repetitions))
    rows = acts.identified(rows, kind, checked.aside)
    return Resolved(rows=rows, problems=problems, persons=persons, aside=checked.aside)


def _without_suspects(checked: Checked, register: Register) -> tuple[Checked, pl.DataFrame]:
    """The table without the rows whose code is an identity number that no subject bears; and all refused person
    rows.
    """
    suspects = checked.rows.filter(pl.col(ROW).is_in(checked.suspects.implode()))
    code = checked.kind.credit.party.uscc
    if code:
        suspects = suspects.filter(~pl.col(code).is_in(register.identifiers["value"].implode()).fill_null(False))
    if suspects.is_empty():
        return checked, checked.persons
    refused = suspects.select(ROW, pl.lit(CODE_IS_RESIDENT_ID).alias("reason"))
    stays = ~checked.rows[ROW].is_in(refused[ROW].implode())
    left = replace(
        checked,
        rows=checked.rows.filter(stays),
        problems=checked.problems.join(refused, on=ROW, how="anti", maintain_order="left"),
        repetitions=checked.repetitions.filter(stays),
    )
    return left, pl.concat([checked.persons, refused]).sort(ROW)


def _look_up(rows: pl.DataFrame, kind: RecordKind, register: Register) -> pl.DataFrame:
    """What the register says of every row: at, code, name, polarity, party_code, subject, method, current, bearers, bearer.

    ``current``: whether the name is the subject's present one; null where it is none of its names. ``bearers``: how
    many subjects bear the name, ``bearer`` one of them; asked only where the code does not settle it.
    """
    party = kind.credit.party

    def of(field: str | None) -> pl.Expr:
        return pl.col(field) if field else pl.lit(None, pl.String)

    wanted = rows.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias(AT),
        pl.when(USABLE).then(of(party.uscc)).alias("code"),
        of(party.registration_number).alias(BY_NUMBER),
        of(party.organisation_code).alias(BY_ORGANISATION_CODE),
        pl.col(NAME).alias("name"),
        POLARITY,
        party_code(of(party.uscc), of(party.registration_number), of(party.organisation_code)).alias("party_code"),
    )
    names = register.names.group_by(pl.col("name_normalised").alias("name"), "subject").agg(pl.col("current").any())
    uncoded = wanted.filter(pl.col("code").is_null())
    by_code = _bearers(wanted, "code", "uscc", register).join(names, on=["subject", "name"], how="left")
    by_number = [
        _bearers(uncoded, number, number, register).join(names, on=["subject", "name"])
        for number in (BY_NUMBER, BY_ORGANISATION_CODE)
    ]
    doubtful = pl.concat([uncoded.select(AT, "name"), by_code.filter(pl.col("current").is_null()).select(AT, "name")])
    bearers = _bearers_of_names(doubtful, names, register)
    alone = bearers.filter(pl.col("bearers") == 1).join(uncoded, on=AT, how="semi")
    hits = [
        by_code.with_columns(method=pl.lit(BY_CODE)),
        *(
            hit.with_columns(method=pl.lit(method))
            for hit, method in zip(by_number, (BY_NUMBER, BY_ORGANISATION_CODE), strict=True)
        ),
        alone.rename({"bearer": "subject"}).with_columns(method=pl.lit(BY_NAME)),
    ]
    surest = pl.concat([hit.select(AT, "subject", "method", "current") for hit in hits])
    return (
        wanted.select(AT, "code", "name", POLARITY, "party_code")
        .join(surest.unique(AT, keep="first", maintain_order=True), on=AT, how="left", maintain_order="left")
        .join(bearers.drop("current"), on=AT, how="left", maintain_order="left")
        .with_columns(pl.col("method").fill_null(BY_NOTHING), pl.col("bearers").fill_null(0))
    )


def _as_judged(looked: pl.DataFrame, judgements: pl.DataFrame) -> pl.DataFrame:
    """``looked`` corrected by what persons decided, with ``refuted`` (the subject found that it was judged not to be) and
    ``judged_uscc`` (the code of the subject it was judged to be).
    """
    said = looked.select(AT, "name", "party_code").join(
        judgements, left_on=["name", "party_code"], right_on=["name", "code"]
    )
    refuted = said.filter(pl.col("verdict") == DIFFERENT).select(AT, "subject", refuted=pl.col("subject")).unique()
    same = said.filter((pl.col("verdict") == SAME) & "own" & (pl.col("party_code") != ""))
    judged = same.select(AT, judged="subject", judged_uscc="uscc").unique(AT, keep="last", maintain_order=True)
    is_refuted, is_judged = pl.col("refuted").is_not_null(), pl.col("judged").is_not_null() & ~pl.col("settled")
    return (
        looked.join(refuted, on=[AT, "subject"], how="left", maintain_order="left")
        .join(judged, on=AT, how="left", maintain_order="left")
        .with_columns(settled=(pl.col("method") == BY_CODE) & pl.col("current").is_not_null() & ~is_refuted)
        .with_columns(
            subject=pl.when(is_judged).then("judged").when(~is_refuted).then("subject"),
            method=pl.when(is_judged)
            .then(pl.lit(BY_JUDGEMENT))
            .when(is_refuted)
            .then(pl.lit(BY_NOTHING))
            .otherwise("method"),
            current=pl.when(~is_judged & ~is_refuted).then("current"),
            refuted=pl.when(~is_judged).then("refuted"),
            judged_uscc=pl.when(is_judged).then("judged_uscc"),
        )
        .drop("judged", "settled")
    )


def _judged_already(problems: pl.DataFrame, looked: pl.DataFrame, checked: Checked) -> pl.DataFrame:
    """What is wrong with a code by itself is a warning where a person has said whose it is."""
    party = checked.kind.credit.party
    rows = checked.rows[ROW].gather(looked.filter(pl.col("method") == BY_JUDGEMENT)[AT])
    concerned = (
        pl.col("code").is_in(_FORM_OF_CODE)
        & pl.col("field").is_in([name for name in (party.uscc, party.organisation_code) if name])
        & (pl.col(SEVERITY) == StepSeverity.REVIEW.value)
        & pl.col(ROW).is_in(rows.implode())
    )
    warning = pl.lit(StepSeverity.WARN.value)
    return problems.with_columns(pl.when(concerned).then(warning).otherwise(SEVERITY).alias(SEVERITY))


def _bearers(wanted: pl.DataFrame, column: str, kind: str, register: Register) -> pl.DataFrame:
    """The rows of ``wanted`` with the subject that alone bears their code of this kind: at, name, subject.

    An organisation code is also borne inside the unified code, as its characters 9 to 17 (GB 32100-2015).
    """
    of_kind = register.identifiers.filter(pl.col("kind") == kind).select("value", "subject")
    if kind == BY_ORGANISATION_CODE:
        unified = register.identifiers.filter(pl.col("kind") == "uscc")
        of_kind = pl.concat([of_kind, unified.select(pl.col("value").str.slice(8, 9), "subject")])
    known = of_kind.unique()
    alone = known.unique("value", keep="none")
    return wanted.join(alone, left_on=column, right_on="value").select(AT, "name", "subject")


def _bearers_of_names(doubtful: pl.DataFrame, names: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Who bears the names, sole traders left out: at, bearers, bearer, current."""
    asked = names.join(doubtful, on="name", how="semi")
    public = asked.join(register.subjects.filter(~pl.col("is_sole_trader")), on="subject", how="semi")
    by_name = public.group_by("name").agg(
        pl.col("subject").n_unique().alias("bearers"), pl.col("subject").min().alias("bearer"), pl.col("current").any()
    )
    return doubtful.join(by_name, on="name").select(AT, "bearers", "bearer", "current")


def _problems(
    looked: pl.DataFrame,
    checked: Checked,
    register: Register,
    ladder: Mapping[str, StepSeverity],
    name_alone: Mapping[str, StepSeverity],
) -> Iterator[pl.DataFrame]:
    """What the look-up finds, as problems."""
    party = checked.kind.credit.party
    code = party.uscc or party.name
    has_code, has_subject = pl.col("code").is_not_null(), pl.col("subject").is_not_null()
    agrees, has_name = pl.col("current").is_not_null(), pl.col("name").is_not_null()
    disagrees = (pl.col("method") == BY_CODE) & ~agrees & has_name
    refuted = pl.col("refuted").is_not_null()
    lost = ~has_code & ~has_subject & has_name & ~refuted
    registered, name_agrees = ladder["registered"], ladder["name_agrees"]
    sole_traders = register.subjects.filter("is_sole_trader")["subject"]
    is_sole_trader = pl.coalesce("judged_uscc", "code").str.starts_with(SOLE_TRADER).fill_null(False) | pl.col(
        "subject"
    ).is_in(sole_traders.implode())
    cases = (
        _Case("sole_trader_refused", code, pl.lit(checked.kind.credit.organisations_only) & is_sole_trader),
        _Case("code_unknown_to_register", code, has_code & ~has_subject & ~refuted, severity=registered),
        _Case("judged_different", party.name, refuted, ("registered",)),
        _Case("judged_same", party.name, pl.col("method") == BY_JUDGEMENT, ("judged_uscc",)),
        _Case("code_and_name_point_elsewhere", party.name, disagrees & (pl.col("bearers") > 0), ("registered", "uscc")),
        _Case("name_disagrees", party.name, disagrees & (pl.col("bearers") == 0), ("registered",), name_agrees),
        _Case("former_name_used", party.name, ~pl.col("current"), ("registered",)),
        *(
            _Case(
                "code_missing_name_known",
                code,
                (pl.col("method") == BY_NAME) & (pl.col(POLARITY) == polarity.value),
                ("registered", "uscc"),
                name_alone.get(polarity, name_alone["other"]),
            )
            for polarity in sorted(checked.kind.credit.polarities)
        ),
        _Case("name_ambiguous", party.name, lost & (pl.col("bearers") > 1), ("bearers",)),
        _Case("subject_unknown", code, lost & (pl.col("bearers") == 0), severity=registered),
    )
    for case in cases:
        concerned = looked.filter(case.where)
        severity = case.severity or severity_of(case.code)
        if severity != StepSeverity.IGNORE and concerned.height:
            yield _as_problems(_with_registered(concerned, register), case, severity, checked)


class _Case(NamedTuple):
    """One thing the look-up may find: its code, the field it is told at, for which rows, with which particulars."""

    code: str
    field: str
    where: pl.Expr
    params: tuple[str, ...] = ()
    severity: StepSeverity | None = None


def _with_registered(concerned: pl.DataFrame, register: Register) -> pl.DataFrame:
    """With the present name of the subject, and the code of whoever the name leads to.

    The name of a sole trader that is a person's own is shown masked.
    """
    concerned = concerned.with_columns(pl.coalesce("subject", "refuted").alias("subject"))
    subjects = register.subjects.join(concerned, on="subject", how="semi")
    shown = cell.changed_where(subjects["name"], subjects["is_sole_trader"], _shown_name)
    named = subjects.select("subject", shown.alias("registered"))
    codes = register.subjects.select(pl.col("subject").alias("bearer"), "uscc")
    return concerned.join(named, on="subject", how="left", maintain_order="left").join(
        codes, on="bearer", how="left", maintain_order="left"
    )


def _shown_name(name: str) -> str:
    return name if has_organisation_word(name) else mask_person(name)


def _as_problems(concerned: pl.DataFrame, case: _Case, severity: StepSeverity, checked: Checked) -> pl.DataFrame:
    at = concerned[AT]
    particulars = concerned.select(*case.params).iter_rows(named=True)
    params = [params_text({name: str(value) for name, value in row.items()}) for row in particulars]
    suggestion = concerned["uscc"] if case.code == "code_missing_name_known" else None
    findings = found(at, case.code, params=params or NO_PARAMS, suggestion=suggestion, severity=severity)
    return findings.select(
        checked.rows[ROW].gather(at),
        pl.lit(case.field).alias("field"),
        pl.lit(checked.columns.get(case.field), pl.Int32).alias("column"),
        "code",
        SEVERITY,
        checked.rows[case.field].gather(at).alias("value"),
        "params",
        "suggestion",
    )


def _registered_after_all(
    problems: pl.DataFrame, looked: pl.DataFrame, checked: Checked, severity: StepSeverity
) -> pl.DataFrame:
    """Problems with a failing check character made as light as ``severity`` where the register knows the code under
    the name.

    Authorities of Xiamen gave codes before 2016 that fail the check and are in use.
    """
    known = looked.filter((pl.col("method") == BY_CODE) & pl.col("current").is_not_null())[AT]
    concerned = (
        (pl.col("code") == "uscc_check_character")
        & (pl.col("field") == checked.kind.credit.party.uscc)
        & pl.col(ROW).is_in(checked.rows[ROW].gather(known).implode())
    )
    lighter = problems.with_columns(pl.when(concerned).then(pl.lit(severity.value)).otherwise(SEVERITY).alias(SEVERITY))
    return lighter.filter(pl.col(SEVERITY) != StepSeverity.IGNORE.value)
