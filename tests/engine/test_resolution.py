from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rongxin.engine.candidates import JUDGED_SCHEMA
from rongxin.engine.resolution import Register, Resolved, resolve
from rongxin.policy.words import StepSeverity
from rongxin.primitives import registration_number
from tests.engine.made_up import LADDER, check, code, codes_of, kind_named, penalty, register, resolved

PENALTY = kind_named("administrative_penalty")
A, B, TRADER = code(10_000_001), code(10_000_002), code(10_000_003, "9", "2")
OLD_NUMBER = "35010460012345" + registration_number.check_digit("35010460012345")
REGISTER = register(
    (1, A, "示例贸易1有限公司"),
    (2, B, "示例贸易2有限公司"),
    (3, TRADER, "林示例"),
    former=[(1, "示例旧名有限公司"), (4, "示例同名有限公司"), (5, "示例同名有限公司")],
    numbers=[
        ("registration_number", "110000006000374", 1),
        ("organisation_code", "594672399", 2),
        ("uscc", code(4), 4),
        ("uscc", code(5), 5),
    ],
)
REGISTER = Register(
    REGISTER.identifiers,
    REGISTER.names,
    pl.concat(
        [
            REGISTER.subjects,
            pl.DataFrame(
                {
                    "subject": [4, 5],
                    "uscc": [code(4), code(5)],
                    "name": ["甲公司", "乙公司"],
                    "is_sole_trader": [False] * 2,
                }
            ),
        ]
    ),
)


def one(
    folder: Path, known: Register = REGISTER, name_alone: StepSeverity = StepSeverity.REVIEW, **changes: str
) -> Resolved:
    return resolved(check([penalty(1, **changes)], folder, PENALTY), known, name_alone)


def subject(outcome: Resolved) -> tuple[Any, ...]:
    """Subject, how it was found, verdict."""
    return outcome.rows.select("subject", "method", "verdict").row(0)


def test_the_code_finds_the_subject(tmp_path: Path) -> None:
    outcome = one(tmp_path)

    assert subject(outcome) == (1, "code", "accepted")
    assert outcome.problems.is_empty()


@pytest.mark.parametrize(
    ("changes", "found", "told"),
    [
        ({"party_uscc": code(9)}, (None, "none", "review"), [("party_uscc", "code_unknown_to_register")]),
        ({"party_name": "另一有限公司"}, (1, "code", "review"), [("party_name", "name_disagrees")]),
        ({"party_name": "示例贸易2有限公司"}, (1, "code", "review"), [("party_name", "code_and_name_point_elsewhere")]),
        ({"party_name": "示例旧名有限公司"}, (1, "code", "accepted"), [("party_name", "former_name_used")]),
        ({"party_uscc": ""}, (1, "name", "review"), [("party_uscc", "code_missing_name_known")]),
        (
            {"party_uscc": "", "party_name": "示例同名有限公司"},
            (None, "none", "review"),
            [("party_name", "name_ambiguous")],
        ),
        (
            {"party_uscc": "", "party_name": "示例无名有限公司"},
            (None, "none", "review"),
            [("party_uscc", "subject_unknown")],
        ),
        (
            {"party_uscc": "", "party_name": "示例旧名有限公司"},
            (1, "name", "review"),
            [("party_name", "former_name_used"), ("party_uscc", "code_missing_name_known")],
        ),
        ({"party_uscc": "", "party_reg_no": "110000006000374"}, (1, "registration_number", "accepted"), []),
        (
            {"party_uscc": "", "party_org_code": "59467239-9", "party_name": "示例贸易2有限公司"},
            (2, "organisation_code", "accepted"),
            [],
        ),
        (
            {"party_uscc": "", "party_reg_no": "110000006000374", "party_name": "示例贸易2有限公司"},
            (2, "name", "review"),
            [("party_uscc", "code_missing_name_known")],
        ),
        ({"party_uscc": "", "party_name": ""}, (None, "none", "rejected"), [("party_name", "required_missing")]),
    ],
)
def test_what_the_register_says_of_a_row(
    tmp_path: Path, changes: dict[str, str], found: tuple[Any, ...], told: list[tuple[str, str]]
) -> None:
    outcome = one(tmp_path, **changes)

    assert subject(outcome) == found
    assert codes_of(outcome.problems) == told


def test_a_problem_names_what_the_register_says(tmp_path: Path) -> None:
    (told,) = one(tmp_path, party_name="示例贸易2有限公司").problems.rows(named=True)
    assert told["params"] == f'{{"registered":"示例贸易1有限公司","uscc":"{B}"}}'
    assert (told["column"], told["value"]) == (0, "示例贸易2有限公司")

    (told,) = one(tmp_path, party_uscc="").problems.rows(named=True)
    assert (told["suggestion"], told["column"], told["value"]) == (A, 2, None)


@pytest.mark.parametrize(("step", "verdict"), [("ignore", "accepted"), ("warn", "accepted"), ("refuse", "rejected")])
def test_what_a_name_alone_does_is_a_setting(tmp_path: Path, step: str, verdict: str) -> None:
    outcome = one(tmp_path, name_alone=StepSeverity(step), party_uscc="")

    assert subject(outcome) == (1, "name", verdict)


def test_a_sole_trader_is_found_by_code_and_never_by_name(tmp_path: Path) -> None:
    by_code = one(tmp_path, party_uscc=TRADER, party_name="林示例", party_category="个体工商户")
    by_name = one(tmp_path, party_uscc="", party_reg_no=OLD_NUMBER, party_name="林示例", party_category="个体工商户")
    pointing = one(tmp_path, party_name="林示例")

    assert subject(by_code) == (3, "code", "accepted")
    assert subject(by_name)[:2] == (None, "none")
    assert ("party_uscc", "subject_unknown") in codes_of(by_name.problems)
    assert codes_of(pointing.problems) == [("party_name", "name_disagrees")]


def test_the_own_name_of_a_sole_trader_is_shown_masked(tmp_path: Path) -> None:
    (told,) = one(tmp_path, party_uscc=TRADER, party_name="示例小吃店").problems.rows(named=True)

    assert told["params"] == '{"registered":"林**"}'


XIAMEN = "91350203M0001QKT19"
"""In use, and its check character should be F (codes given in Xiamen before 2016)."""


def test_a_failing_check_character_weighs_less_where_the_register_knows_the_code_under_that_name(
    tmp_path: Path,
) -> None:
    known = register((1, XIAMEN, "示例贸易1有限公司"))

    def severities(outcome: Resolved) -> list[tuple[str, str]]:
        return outcome.problems.select("code", "severity").rows()

    assert severities(one(tmp_path, known, party_uscc=XIAMEN)) == [("uscc_check_character", "warn")]
    assert subject(one(tmp_path, known, party_uscc=XIAMEN)) == (1, "code", "accepted")
    assert severities(one(tmp_path, known, party_uscc=XIAMEN, party_name="另一有限公司")) == [
        ("name_disagrees", "review"),
        ("uscc_check_character", "review"),
    ]
    assert severities(one(tmp_path, party_uscc=XIAMEN)) == [
        ("code_unknown_to_register", "review"),
        ("uscc_check_character", "review"),
    ]


def test_a_kind_that_registers_subjects_is_not_looked_up(tmp_path: Path) -> None:
    kind = kind_named("registration")
    judged = check([{"name": "示例新设有限公司", "uscc": code(77)}], tmp_path, kind)

    outcome = resolved(judged, register())

    assert subject(outcome) == (None, "none", "accepted")
    assert outcome.problems.is_empty()
    assert "act_key" not in outcome.rows.columns


def test_every_row_of_a_batch_is_counted_once(tmp_path: Path) -> None:
    rows = [
        *(penalty(1), penalty(1), penalty(2, party_category="自然人"), penalty(3, penalty_basis="")),
        *(penalty(2, party_uscc=""), penalty(2, penalty_document_no="x")),
    ]

    counts = resolved(check(rows, tmp_path, PENALTY), REGISTER).outcome()

    assert (counts.accepted, counts.duplicates, counts.refused_person) == (2, 1, 1)
    assert (counts.rejected, counts.in_review, counts.rows) == (1, 1, 6)


def test_a_step_that_is_ignored_tells_nothing(tmp_path: Path) -> None:
    judged = check([penalty(1, party_name="另一有限公司")], tmp_path, PENALTY)
    lenient = LADDER | {"name_agrees": StepSeverity.IGNORE, "registered": StepSeverity.IGNORE}

    outcome = resolve(
        judged,
        REGISTER,
        ladder=lenient,
        name_alone={"other": StepSeverity.WARN},
        check_character_when_registered=StepSeverity.WARN,
    )

    assert subject(outcome) == (1, "code", "accepted")
    assert outcome.problems.is_empty()
    assert outcome.rows["act_key"].str.len_chars().to_list() == [64]


def judged(verdict: str, subject: int, name: str, code: str = "", *, own: bool = True) -> pl.DataFrame:
    """One judgement about the party (name, code) and a subject."""
    line = (name, code, subject, {1: A, 2: B}[subject], verdict, own, "clerk", "2026-11-20")
    return pl.DataFrame([line], schema=JUDGED_SCHEMA, orient="row")


def judging(
    folder: Path, judgements: pl.DataFrame, name_alone: StepSeverity = StepSeverity.REVIEW, **changes: str
) -> Resolved:
    return resolve(
        check([penalty(1, **changes)], folder, PENALTY),
        REGISTER,
        ladder=LADDER,
        name_alone={"other": name_alone},
        check_character_when_registered=StepSeverity.WARN,
        judgements=judgements,
    )


UNKNOWN = code(9)


def test_a_row_of_the_same_name_and_code_follows_what_was_judged_and_says_so(tmp_path: Path) -> None:
    outcome = judging(
        tmp_path, judged("same", 2, "示例另名公司", UNKNOWN), party_uscc=UNKNOWN, party_name="示例另名公司"
    )

    assert subject(outcome) == (2, "judgement", "accepted")
    (told,) = outcome.problems.rows(named=True)
    assert (told["code"], told["severity"], told["params"]) == ("judged_same", "warn", f'{{"judged_uscc":"{B}"}}')


def test_a_code_that_fails_its_check_is_not_asked_about_again_once_it_was_judged(tmp_path: Path) -> None:
    failing = UNKNOWN[:17] + ("A" if UNKNOWN[17] != "A" else "B")
    outcome = judging(
        tmp_path, judged("same", 2, "示例另名公司", failing), party_uscc=failing, party_name="示例另名公司"
    )

    assert subject(outcome) == (2, "judgement", "accepted")
    assert set(outcome.problems["severity"]) == {"warn"}


@pytest.mark.parametrize(
    ("judgements", "changes", "found"),
    [
        # A name alone never follows a judgement.
        (judged("same", 2, "示例另名公司"), {"party_uscc": "", "party_name": "示例另名公司"}, (None, "none", "review")),
        # Nor does another department's row, another name, another code.
        (
            judged("same", 2, "示例另名公司", UNKNOWN, own=False),
            {"party_uscc": UNKNOWN, "party_name": "示例另名公司"},
            (None, "none", "review"),
        ),
        (judged("same", 2, "示例另名公司", UNKNOWN), {"party_uscc": UNKNOWN}, (None, "none", "review")),
        # Exact first: a code that leads to a subject of that name needs no judgement.
        (judged("same", 2, "示例贸易1有限公司", A), {}, (1, "code", "accepted")),
        # "Different" keeps the subject from that party, for everybody.
        (
            judged("different", 1, "另一有限公司", A, own=False),
            {"party_name": "另一有限公司"},
            (None, "none", "review"),
        ),
        (judged("different", 1, "示例贸易1有限公司"), {"party_uscc": ""}, (None, "none", "review")),
        (judged("different", 1, "示例贸易1有限公司"), {}, (1, "code", "accepted")),
    ],
)
def test_where_judgements_reach(
    tmp_path: Path, judgements: pl.DataFrame, changes: dict[str, str], found: tuple[Any, ...]
) -> None:
    assert subject(judging(tmp_path, judgements, **changes)) == found


def test_a_refuted_row_names_whom_it_is_not(tmp_path: Path) -> None:
    outcome = judging(tmp_path, judged("different", 1, "另一有限公司", A), party_name="另一有限公司")
    (told,) = outcome.problems.rows(named=True)
    assert (told["code"], told["params"]) == ("judged_different", '{"registered":"示例贸易1有限公司"}')


def test_a_refuted_name_does_not_fall_to_the_next_who_bears_it(tmp_path: Path) -> None:
    said = judged("different", 1, "示例同名有限公司").with_columns(subject=pl.lit(4, pl.Int64))
    name = {"party_uscc": "", "party_name": "示例同名有限公司"}
    outcome = judging(tmp_path, said, StepSeverity.WARN, **name)
    assert subject(outcome) == (None, "none", "review")


def test_a_repeated_row_that_asks_is_no_mere_repetition(tmp_path: Path) -> None:
    rows = [penalty(1, party_uscc=""), penalty(1, party_uscc="")]
    assert resolved(check(rows, tmp_path, PENALTY), REGISTER).rows["verdict"].to_list() == ["review", "review"]
