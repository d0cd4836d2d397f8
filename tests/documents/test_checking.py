"""The check of a pack sets every template, and tells what the compiler finds at the file and line where it stands."""

from pathlib import Path
from shutil import copytree

import pytest

from config.environment import ROOT
from rongxin.documents.checking import template_errors
from rongxin.policy.loader import load_pack


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A copy of the packs of this project, to be broken."""
    return Path(copytree(ROOT / "policies", tmp_path / "policies"))


def found(packs: Path, pack: str = "fuzhou") -> list[str]:
    return [str(error) for error in template_errors(packs, load_pack(packs, pack))]


def line_of(path: Path, words: str) -> int:
    return path.read_text(encoding="utf-8").split(words)[0].count("\n") + 1


def test_the_templates_of_this_project_can_be_set() -> None:
    for pack in ("national", "fujian", "fuzhou"):
        assert template_errors(ROOT / "policies", load_pack(ROOT / "policies", pack)) == []


def test_an_unknown_field_in_a_body_is_told_in_the_file_it_was_inherited_from(packs: Path) -> None:
    body = packs / "national" / "documents" / "notice.typ"
    body.write_text(body.read_text(encoding="utf-8").replace("values.basis", "values.law"), encoding="utf-8")
    line = line_of(body, "values.law")
    assert found(packs) == [f'national/documents/notice.typ:{line}: dictionary does not contain key "law"']


def test_a_warning_in_a_form_is_an_error(packs: Path) -> None:
    form = packs / "national" / "documents" / "forms" / "red_head.typ"
    form.write_text(form.read_text(encoding="utf-8").replace('#let song = "Noto', '#let song = "Bo'), encoding="utf-8")
    assert any(
        "national/documents/forms/red_head.typ" in told and "unknown font family" in told for told in found(packs)
    )


def test_an_example_that_no_font_can_write_is_told(packs: Path) -> None:
    head = packs / "national" / "documents" / "notice.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("榕海茶业", "榕海😀"), encoding="utf-8")
    assert any("😀（U+1F600）" in told and "notice.yaml" in told for told in found(packs))
