import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rongxin.cli.main import app


def run(*arguments: str, given: str = "") -> str:
    result = CliRunner().invoke(app, arguments, input=given)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_line_gives_one_json_line() -> None:
    given = "91110000600037341L\n\nA1110000600037341L\n59467239-9\n110000006000374\nhello\n"
    told = [json.loads(line) for line in run("code", "check", "-", given=given).splitlines()]

    assert [(line["kind"], line["valid"]) for line in told] == [
        ("unified_code", True),
        ("unified_code", False),
        ("organisation_code", True),
        ("registration_number", True),
        ("unknown", False),
    ]
    assert all(list(line) == ["input", "kind", "valid", "problems", "warnings"] for line in told)


def test_an_abolished_division_is_a_warning_and_the_code_stays_valid(tmp_path: Path) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("\ufeff91350182705101987K\n", encoding="utf-8")
    told = json.loads(run("code", "check", str(file)))

    assert [warning["code"] for warning in told["warnings"]] == ["uscc_division_abolished"]


def test_an_identity_number_is_never_printed_back() -> None:
    printed = run("code", "check", given="350102199001011238\n")

    assert json.loads(printed)["kind"] == "resident_id"
    assert "19900101" not in printed


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("add", "2019-09-30", "7"), {"date": "2019-10-15", "provisional": False}),
        (("add", "2026-02-13", "3"), {"date": "2026-02-25", "provisional": False}),
        (("between", "2019-09-30", "2019-10-15"), {"days": 7, "provisional": False}),
    ],
)
def test_working_days(arguments: tuple[str, ...], answer: dict[str, object]) -> None:
    assert json.loads(run("workdays", *arguments, "--json")) == answer


def test_beyond_the_announced_years_an_answer_is_provisional() -> None:
    assert json.loads(run("workdays", "add", "2026-12-30", "7", "--json"))["provisional"] is True
    assert "暂定" in run("workdays", "add", "2026-12-30", "7")
