"""The closed list of findings: each can be made, each has its texts, and no other can be made."""

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import rongxin.engine
from rongxin.engine.problems import PROBLEMS, REFUSED_PERSON, message, severity_of, suggestion
from rongxin.primitives import dates, money, uscc
from tests.engine.made_up import check, kind_named, register, resolved
from tests.engine.test_differential import dirty_rows

ENGINE = Path(rongxin.engine.__file__).parent
CODE = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")


def words_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield node.value


# Batches, rounds and layouts are intake's own findings about a file.
INTAKE = ENGINE.parent / "intake"
SOURCES = [*(path for path in ENGINE.glob("*.py") if path.name != "templates.py"), *INTAKE.rglob("*.py")]
SAID = {
    word
    for path in [*SOURCES, Path(uscc.__file__), Path(dates.__file__), Path(money.__file__)]
    for word in words_of(path)
}


def test_every_code_with_a_text_is_one_that_engine_or_intake_can_make() -> None:
    reasons = {f"{REFUSED_PERSON}_{word}" for word in SAID}
    steps = {f"uscc_{word}" for word in SAID}

    assert set(PROBLEMS) <= SAID | reasons | steps


def test_every_code_that_the_engine_makes_has_a_text(tmp_path: Path) -> None:
    """Whatever dirty rows bring up; a code without text would have raised already."""
    outcome = resolved(check(dirty_rows(7), tmp_path, kind_named("administrative_penalty")), register())

    assert set(outcome.problems["code"]) <= set(PROBLEMS)
    assert {f"{REFUSED_PERSON}_{reason}" for reason in outcome.persons["reason"]} <= set(PROBLEMS)
    for code, params in outcome.problems.select("code", "params").unique().iter_rows():
        for language in ("zh", "en"):
            texts = message(code, json.loads(params), language) + suggestion(code, json.loads(params), language)
            assert "…" not in texts or "…" in params, (code, params, texts)


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_both_languages_say_the_same(code: str) -> None:
    text = PROBLEMS[code]

    def particulars(*templates: str) -> set[str]:
        names = {name for template in templates for _, name, _, _ in string.Formatter().parse(template) if name}
        return {name.removesuffix("_en") for name in names}

    assert particulars(text.zh, text.do_zh) == particulars(text.en, text.do_en)
    assert all((text.zh, text.en, text.do_zh, text.do_en))
    assert re.search(r"[一-鿿]", text.zh + text.do_zh)
    assert not re.search(r"[一-鿿]", text.en + text.do_en)
    assert not text.zh.endswith("。")


def test_a_code_may_be_named_without_a_row() -> None:
    assert message("length_exceeded", {}, "zh") == "最多 … 字，现有 … 字"
    assert message("date_impossible", {}, "en") == "There is no such day in the calendar"
    assert suggestion("date_impossible", {}, "zh") == "核对决定书，写成 2026-12-05 这样的日期"


def test_a_finding_about_the_whole_file_does_nothing_to_a_row() -> None:
    with pytest.raises(ValueError, match="concerns no row"):
        severity_of("file_empty")
    with pytest.raises(KeyError):
        message("no_such_code", {}, "zh")
