"""Cells that say that nothing is there."""

import pytest

from rongxin.primitives.missing import MISSING, is_missing


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "\u3000",
            "\ufeff",
            "\u200b",
            "— —",
            "——",
            "—",
            "－",
            "-",
            "--",
            "/",
            "／",
            "\\",
            "＼",
            "无",
            " 无 ",
            "無",
        ),
        *(
            "NULL",
            "null",
            "Null",
            "N/A",
            "n/a",
            "Ｎ／Ａ",
            "NA",
            "None",
            "nan",
            "NaN",
            "空",
            "暂无",
            "…",
            "（空）",
            "（无）",
        ),
    ],
)
def test_missing(text: str) -> None:
    assert is_missing(text)


@pytest.mark.parametrize("text", ["0", "无锡", "无罪", "否", "A", "-1", "未知", "空军", "***", "不详", "N"])
def test_not_missing(text: str) -> None:
    assert not is_missing(text)


def test_the_set_is_stable_under_the_rule_that_reads_it() -> None:
    assert all(is_missing(text) for text in MISSING)
    assert all(is_missing(f" {text}\u3000") for text in MISSING)
