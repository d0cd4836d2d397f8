"""``rongxin policy show``, ``diff``, ``export`` and ``release`` on the rulebook."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rongxin.cli.policy import app
from rongxin.policy.loader import load_pack, pack_sources
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries
from rongxin.rulebook.actions import release, seed
from tests.policy.packs import LAND, POLICIES, changed, write

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_without_rules_in_force_the_command_says_what_to_do() -> None:
    code, told = run("show", "publicity/deadline")

    assert code == 1
    assert "--pack NAME reads the files" in told


def test_an_empty_rulebook_takes_the_packs_of_the_platform_once(stricter: Policy) -> None:
    code, told = run("seed", "--json")
    assert code == 0
    assert json.loads(told)["digest"] == load_pack(POLICIES, "fuzhou").digest

    release(stricter, {}, asked_by="zhang", approved_by="li", note="三个工作日")
    code, told = run("seed")
    assert code == 0
    assert told.startswith("fuzhou ")
    assert queries.current() == stricter


def test_the_value_in_force_is_shown(land: Policy, sources: dict[str, str]) -> None:
    seed(land, sources)

    code, told = run("show", "publicity/deadline", "--on", "2026-11-22", "--json")

    assert code == 0
    assert (json.loads(told)["value"], json.loads(told)["policy"]) == (7, land.digest)


def test_an_exported_release_is_byte_for_byte_what_was_released(tmp_path: Path) -> None:
    written = LAND | {"land/README.md": "第一行\r\n第二行", "land/cases/none.yaml": "[]\n"}
    for name, text in written.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(text.encode())
    policy = load_pack(tmp_path / "in", "land")
    seed(policy, pack_sources(tmp_path / "in", "land"))

    code, told = run("export", "--out", str(tmp_path / "out"), "--json")

    assert code == 0
    assert json.loads(told)["files"] == sorted(written)
    for name, text in written.items():
        assert (tmp_path / "out" / name).read_bytes() == text.encode()
    assert load_pack(tmp_path / "out", "land") == policy


def test_an_older_release_is_exported_by_the_beginning_of_its_digest(
    land: Policy, stricter: Policy, sources: dict[str, str], tmp_path: Path
) -> None:
    seed(land, sources)
    release(stricter, {}, asked_by="zhang", approved_by="li", note="三个工作日")

    code, _ = run("export", "--out", str(tmp_path / "out"), "--digest", land.digest[:10])

    assert code == 0
    assert load_pack(tmp_path / "out", "land") == land


def test_an_export_does_not_overwrite_other_content(land: Policy, sources: dict[str, str], tmp_path: Path) -> None:
    seed(land, sources)
    write(tmp_path / "out", {"land/pack.yaml": "name: mine\n"})

    code, told = run("export", "--out", str(tmp_path / "out"))

    assert code == 1
    assert "has other content" in told
    assert [path.name for path in (tmp_path / "out").rglob("*.*")] == ["pack.yaml"]


def test_a_pack_is_released_by_two_people(land: Policy, sources: dict[str, str], tmp_path: Path) -> None:
    seed(land, sources)
    write(tmp_path / "packs", changed("land/values/publicity.yaml", "value: 7", "value: 3"))
    folder = str(tmp_path / "packs" / "land")

    code, told = run("release", folder, "--by", "zhang", "--approved-by", "zhang", "--note", "三个工作日")
    assert code == 1
    assert "must be another" in told

    code, told = run("release", folder, "--by", "zhang", "--approved-by", "li", "--note", "三个工作日", "--json")
    assert code == 0
    assert json.loads(told)["digest"] == queries.current().digest == load_pack(tmp_path / "packs", "land").digest


def test_two_releases_are_compared_by_digest(land: Policy, stricter: Policy, sources: dict[str, str]) -> None:
    seed(land, sources)
    release(stricter, sources, asked_by="zhang", approved_by="li", note="三个工作日")

    assert run("diff", land.digest, stricter.digest[:12]) == (
        0,
        "changed values publicity/deadline lines[1].value: 7 → 3\n",
    )


def test_an_unknown_digest_is_told(land: Policy, sources: dict[str, str]) -> None:
    seed(land, sources)

    assert run("diff", "0123456789", land.digest) == (1, "no release begins with 0123456789\n")
    assert run("export", "--digest", "0123456789") == (1, "no release begins with 0123456789\n")
