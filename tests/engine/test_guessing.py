from collections.abc import Mapping
from pathlib import Path

import pytest

from rongxin.engine.guessing import Guess, guesses
from rongxin.engine.heads import match_heads
from rongxin.primitives.resident_id import HIDDEN
from tests.engine.made_up import code, kind_named, read
from tests.engine.test_layouts import table

PENALTY = kind_named("administrative_penalty")


def guessed(row: Mapping[str, str], folder: Path) -> dict[str, Guess]:
    sheet = read(table([row, row]), folder, PENALTY)
    return {guess.head: guess for guess in guesses(sheet, match_heads(sheet.heads, PENALTY), PENALTY)}


@pytest.mark.parametrize(
    ("head", "value", "field"),
    [
        ("作出处罚的日期", "2026-11-18", "penalty_decision_date"),
        ("处罚决定书编号", "示罚1", "penalty_document_no"),
        ("卷宗", "榕示市监罚〔2026〕118号", "penalty_document_no"),
        ("企业代码", code(10_000_001), "party_uscc"),
        ("违法的事实", "抽检不合格", "violation_facts"),
    ],
)
def test_the_likeliest_field_comes_first(tmp_path: Path, head: str, value: str, field: str) -> None:
    assert guessed({"处罚机关": "示例局", head: value}, tmp_path)[head].likely[0] == field


def test_what_is_like_nothing_gets_no_suggestion(tmp_path: Path) -> None:
    assert guessed({"处罚机关": "示例局", "QQ": "xyz"}, tmp_path)["QQ"].likely == ()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("11010519491231002X", HIDDEN),
        ("13800138000", HIDDEN),
        ("王示例", "王**"),
        ("欧阳示例", "欧阳**"),
        ("示例贸易有限公司", "示例贸易有限公司"),
        ("罚款", "罚款"),
    ],
)
def test_nobody_is_shown(tmp_path: Path, value: str, shown: str) -> None:
    assert guessed({"处罚机关": "示例局", "某列": value}, tmp_path)["某列"].samples == (shown,)


def test_what_a_known_column_would_discard_is_not_shown_either(tmp_path: Path) -> None:
    told = guessed({"处罚机关": "示例局", "法定代表人证件号码": "G1234567", "法定代表人": "John Example"}, tmp_path)

    assert told["法定代表人证件号码"].samples == (HIDDEN,)
    assert told["法定代表人"].samples == ("J**",)
