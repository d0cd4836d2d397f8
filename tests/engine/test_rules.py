from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine.rules import _perhaps_confused, holds, in_unit
from rongxin.primitives.money import amounts_in
from tests.engine.made_up import check, codes_of, kind_named, penalty

PENALTY = kind_named("administrative_penalty")
FINE = "fine_amount_10k"


@pytest.mark.parametrize(
    ("filed", "text", "proposed"),
    [
        ("8000", "罚款8000元", "0.8"),
        ("8000", "罚款人民币捌仟元整", "0.8"),
        ("8000", "处罚款0.8万元", "0.8"),
        ("0.8", "罚款80000000元。", "8000"),
        ("0.00005", "罚款5000元", "0.5"),
    ],
)
def test_an_amount_that_the_text_names_in_the_other_unit_waits_for_a_person(
    tmp_path: Path, filed: str, text: str, proposed: str
) -> None:
    judged = check([penalty(**{FINE: filed, "penalty_content": text})], tmp_path, PENALTY)

    (problem,) = judged.problems.rows(named=True)
    assert (problem["field"], problem["code"], problem["severity"]) == (FINE, "unit_confusion", "refuse")
    assert (problem["value"], problem["suggestion"]) == (filed, proposed)


@pytest.mark.parametrize(
    ("filed", "text"),
    [
        ("0.8", "罚款8000元"),
        ("0.8", "罚款0.8万元"),
        ("0.8", "没收8000元，罚款0.8元"),
        ("0.8", "罚款若干"),
        ("8000元", "罚款8000元"),
    ],
)
def test_an_amount_that_the_text_names_or_does_not_speak_of_is_right(tmp_path: Path, filed: str, text: str) -> None:
    assert codes_of(check([penalty(**{FINE: filed, "penalty_content": text})], tmp_path, PENALTY).problems) == []


pieces = st.sampled_from(
    [
        "8000",
        "0.8",
        "1",
        "2",
        ".",
        ",",
        "，",
        "元",
        "万",
        "万元",
        "款",
        "罚款",
        "人民币",
        "¥",
        "捌仟",
        "旦",
        "整",
        " ",
        "亿",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(pieces, max_size=10).map("".join), st.sampled_from([800_000, 100, 8_000_000_000, 80]), st.booleans())
def test_a_text_that_is_not_read_names_the_amount_or_none(text: str, fen: int, is_yuan: bool) -> None:
    pairs = pl.DataFrame({"at": [0], "fen": [fen], "text": [text]}, schema_overrides={"at": pl.UInt32})

    if _perhaps_confused(pairs, "yuan" if is_yuan else "10k_yuan").is_empty():
        assert fen in amounts_in(text) or not amounts_in(text)


@pytest.mark.parametrize(
    ("value", "has", "only", "expected"),
    [
        ("甲；乙", ("乙",), False, True),
        ("甲；乙", ("乙",), True, False),
        ("乙", ("乙", "丙"), True, True),
        ("甲乙", ("乙",), False, False),
        (None, ("乙",), False, False),
        (None, (), False, True),
    ],
)
def test_a_cell_holds_a_value_among_its_parts(
    value: str | None, has: tuple[str, ...], only: bool, expected: bool
) -> None:
    assert holds(pl.Series([value], dtype=pl.String), has, only=only).to_list() == [expected]


def test_a_sum_is_proposed_as_one_would_type_it() -> None:
    assert [in_unit(fen, "10k_yuan") for fen in (800_000, 8_000_000_000, 1)] == ["0.8", "8000", "0.000001"]
    assert [in_unit(fen, "yuan") for fen in (800_000, 1)] == ["8000", "0.01"]
