"""``rongxin policy check``, ``show`` and ``diff`` on files: no database."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rongxin.cli.policy import app
from rongxin.policy.pack import Policy
from tests.policy.packs import LAND, TOWN, changed, write


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_all_packs_of_the_project_are_right() -> None:
    code, told = run("check")

    assert code == 0, told
    assert [line.split("\t")[0] for line in told.splitlines()] == ["fujian", "fuzhou", "national"]


def test_mistakes_are_told_one_a_line_with_file_and_line(tmp_path: Path) -> None:
    write(tmp_path, changed("land/calendar/2026.yaml", "work: [2026-02-14]", "work: [2026-02-16]"))

    code, told = run("check", str(tmp_path / "land"))

    assert code == 1
    assert told == "land/calendar/2026.yaml:6: 2026-02-16 is work here and off in land/calendar/2026.yaml\n"


def test_a_law_case_that_does_not_hold_is_a_mistake(tmp_path: Path) -> None:
    case = "- name: too short\n  day: 2026-01-05\n  given: {workdays: 2}\n  expect: {last_day: 2026-01-06}\n"
    write(tmp_path, LAND | {"land/cases/wrong.yaml": case})

    code, told = run("check", str(tmp_path / "land"), "--json")

    assert code == 1
    report = json.loads(told)
    assert report["ok"] is False
    assert report["packs"][0]["errors"] == [
        {
            "file": "land/cases/wrong.yaml",
            "line": 1,
            "message": 'case "too short": last_day is 2026-01-07, expected 2026-01-06',
        }
    ]


def test_a_case_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, LAND | {"land/cases/wrong.yaml": "- name: nothing\n  day: 2026-01-05\n  given: {}\n  expect: {}\n"})

    assert run("check", str(tmp_path / "land")) == (1, "land/cases/wrong.yaml:1: a case expects something\n")


def test_machines_get_the_digest(fuzhou: Policy) -> None:
    code, told = run("check", "fuzhou", "--json")

    assert code == 0
    (pack,) = json.loads(told)["packs"]
    assert (pack["pack"], pack["digest"], pack["errors"]) == ("fuzhou", fuzhou.digest, [])


def test_a_value_is_shown_with_its_basis() -> None:
    code, told = run("show", "display/general_longest", "--on", "2026-11-22", "--pack", "fuzhou")

    assert code == 0
    assert "2026-11-22: 12 months, counted from decision_date" in told
    assert "关于进一步完善信用修复制度的实施方案（国办发〔2025〕22号）第二条" in told
    assert "law here" in told


def test_a_value_is_shown_to_machines() -> None:
    code, told = run("show", "publicity/deadline/penalty", "--on", "2026-11-22", "--pack", "fuzhou", "--json")

    found = json.loads(told)
    assert code == 0
    assert (found["value"], found["unit"], found["is_law"]) == (7, "workdays", False)
    assert (found["line"]["from"], found["line"]["basis"]["reading"]) == ("2018-07-25", "P")
    assert found["document"]["number"] == "发改办财金〔2018〕424号"


def test_nothing_in_force_is_an_answer_with_exit_code_1() -> None:
    assert run("show", "display/general_longest", "--on", "2020-01-01", "--pack", "fuzhou") == (
        1,
        "display/general_longest: nothing in force on 2020-01-01\n",
    )
    code, told = run("show", "display/general_longest", "--on", "2020-01-01", "--pack", "fuzhou", "--json")
    assert (code, json.loads(told)["value"]) == (1, None)


def test_an_unknown_value_is_told() -> None:
    code, told = run("show", "display/unheard_of", "--pack", "fuzhou")

    assert code == 1
    assert "there is no value display/unheard_of" in told


@pytest.mark.parametrize(("key", "name"), [("kinds", "administrative_penalty"), ("values", "display/general_longest")])
def test_the_names_of_kinds_and_values_are_listed(key: str, name: str) -> None:
    code, told = run("show", key, "--pack", "fuzhou")
    assert code == 0
    assert name in [line.split("\t")[0] for line in told.splitlines()]

    code, told = run("show", key, "--pack", "fuzhou", "--json")
    assert code == 0
    assert set(json.loads(told)[name]) == {"zh", "en"}


def test_two_packs_are_compared(tmp_path: Path) -> None:
    write(tmp_path, LAND | TOWN)
    land, town = str(tmp_path / "land"), str(tmp_path / "town")

    code, told = run("diff", land, town)
    assert code == 0
    assert "added documents town-notice" in told
    assert run("diff", land, land) == (0, "no difference\n")

    code, told = run("diff", land, town, "--json")
    places = [(found["table"], found["key"], found["change"]) for found in json.loads(told)]
    assert ("documents", "town-notice", "added") in places


def test_a_pack_with_mistakes_is_not_compared(tmp_path: Path) -> None:
    write(tmp_path, TOWN)

    code, told = run("diff", "fuzhou", str(tmp_path / "town"))

    assert code == 1
    assert 'there is no pack "land"' in told
