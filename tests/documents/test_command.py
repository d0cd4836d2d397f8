"""``rongxin document``: drafts for whoever writes templates."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rongxin.cli.main import app
from rongxin.departments.models import Department
from tests.documents.papers import page_count, values, written


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["document", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_a_draft_has_no_number_and_says_what_it_is(tmp_path: Path) -> None:
    out = tmp_path / "draft.pdf"
    told = json.loads(run("make", "notice", "--pack", "fuzhou", "--out", str(out), "--json"))
    page = written(out.read_bytes())
    assert told["bytes"] == out.stat().st_size
    assert "样稿" in page
    assert "文号在签发时生成" in page
    assert page_count(out.read_bytes()) == 1


def test_values_come_from_a_file(tmp_path: Path) -> None:
    given, out = tmp_path / "values.yaml", tmp_path / "draft.pdf"
    given.write_text(json.dumps(values(addressee="福州示例㛃𠅤有限公司"), ensure_ascii=False), encoding="utf-8")
    run("make", "notice", "--pack", "fuzhou", "--values", str(given), "--out", str(out), "--authority", "示例单位")
    assert "福州示例㛃𠅤有限公司：" in written(out.read_bytes())
    assert written(out.read_bytes()).startswith("示例单位")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("colour: 红", "colour: 模板没有"),
        ("- 一", "values are written as field: value"),
        ("title: [", "not YAML"),
        (json.dumps(values(addressee="😀"), ensure_ascii=False), "😀（U+1F600）"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_written(tmp_path: Path, given: str, told: str) -> None:
    file, out = tmp_path / "values.yaml", tmp_path / "draft.pdf"
    file.write_text(given, encoding="utf-8")
    assert told in run("make", "notice", "--pack", "fuzhou", "--values", str(file), "--out", str(out), code=1)
    assert not out.exists()


def test_an_unknown_template_is_told(tmp_path: Path) -> None:
    run("make", "nothing", "--pack", "fuzhou", "--out", str(tmp_path / "draft.pdf"), code=2)


def test_the_templates_say_what_they_ask_for() -> None:
    told = json.loads(run("templates", "--pack", "fuzhou", "--json"))
    assert told["notice"]["series"] == "榕信通"
    assert "reply_by\tday\t答复期限\toptional" in run("templates", "--pack", "fuzhou")


def test_without_a_pack_the_rules_in_force_are_used(bureau: Department, tmp_path: Path) -> None:
    run("make", "repair_acceptance", "--out", str(tmp_path / "draft.pdf"))
    assert (tmp_path / "draft.pdf").exists()
