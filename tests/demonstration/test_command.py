"""``rongxin demo``: files for any platform, or rows for a platform for demonstration."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rongxin.cli.main import app
from rongxin.demonstration.acts import LICENCE, PENALTY
from rongxin.demonstration.parts import REGISTRATION
from rongxin.demonstration.staff import bring_rules_up_to_date, open_for_work
from rongxin.departments.queries import department
from rongxin.intake.registers import import_register
from rongxin.intake.report import of_dry_run
from rongxin.records.models import Record
from rongxin.subjects.models import Subject

run = CliRunner()


def told(*arguments: str) -> dict[str, object]:
    result = run.invoke(app, ["demo", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def test_it_writes_files_and_says_how_many_rows(tmp_path: Path) -> None:
    answer = told("--subjects", "300", "--records", "100", "--seed", "7", "--out", str(tmp_path))
    assert [answer[kind] for kind in (REGISTRATION, PENALTY, LICENCE)] == [300, 30, 70]
    assert sorted(map(Path, answer["files"])) == sorted(tmp_path.iterdir())  # type: ignore[call-overload]


def test_a_real_platform_takes_no_made_up_rows() -> None:
    result = run.invoke(app, ["demo", "--subjects", "5", "--records", "5"])
    assert result.exit_code == 2
    assert "RONGXIN_DEMO" in result.output


@pytest.mark.django_db
def test_what_it_writes_is_accepted_fully(tmp_path: Path, demo_platform: None) -> None:
    answer = told("--subjects", "400", "--records", "600", "--out", str(tmp_path))
    bring_rules_up_to_date()
    open_for_work()
    files: list[str] = answer["files"]  # type: ignore[assignment]
    for path in map(Path, files):
        kind = path.name.rpartition("-")[0]
        if kind == REGISTRATION:
            taken = import_register(path)
            assert (taken.new, taken.rejected, taken.refused_person) == (400, 0, 0)
            continue
        report = of_dry_run(path, kind=kind, provider=department("demo"), errors=None)
        assert report.accepted == report.rows == answer[kind]
        assert (report.rejected, report.refused_person, report.in_review, report.duplicates) == (0, 0, 0, 0)
        assert report.warnings == 0


@pytest.mark.django_db
def test_a_platform_for_demonstration_takes_them_in_once(demo_platform: None) -> None:
    answer = told("--subjects", "150", "--records", "200")
    assert (answer["subjects"], answer["rows"], answer["recorded"]) == (150, 200, 200)
    assert (Subject.objects.count(), Record.objects.count()) == (150, 200)
    again = told("--subjects", "150", "--records", "200")
    assert (again["subjects"], again["recorded"], again["known"]) == (0, 0, 200)
    assert Record.objects.count() == 200
