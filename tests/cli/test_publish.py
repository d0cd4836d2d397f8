"""``rongxin publish bulk``, and what ``rongxin jobs list`` says of the status lists."""

import json
from datetime import date
from pathlib import Path

import pytest
import time_machine
from typer.testing import CliRunner

from rongxin.cli.main import app
from rongxin.disclosure.bulk import current
from rongxin.disclosure.status_jobs import keep_status_lists
from rongxin.disclosure.status_lists import VALID
from tests.factories import a_subject, at, some_records, the_rules

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.environment.environment.var", tmp_path / "var")
    (tmp_path / "var").mkdir()


def test_the_files_are_published_and_copied(tmp_path: Path) -> None:
    the_rules()
    some_records(3, a_subject(), decided_on=date(2026, 11, 10), recorded_at=at("2026-11-13"))
    with time_machine.travel(at("2026-11-22"), tick=False):
        told = CliRunner().invoke(app, ["publish", "bulk", "--out", str(tmp_path / "out"), "--json"])
        assert told.exit_code == 0, told.output
        said = json.loads(told.stdout)
        edition = current()
        assert edition is not None
        assert edition.version == said["version"]
    assert said["records"] == 3
    names = {each["name"] for each in said["files"]} | {"manifest.json"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert said == {"folder": str(tmp_path / "out")} | manifest


def test_lists_that_are_late_are_told_by_jobs_list() -> None:
    with time_machine.travel(at("2026-11-22"), tick=False) as clock:
        the_rules()
        some_records(1, a_subject(), decided_on=date(2026, 11, 10), recorded_at=at("2026-11-13"))
        keep_status_lists.call_now()
        told = CliRunner().invoke(app, ["jobs", "list", "--json"])
        assert (told.exit_code, json.loads(told.stdout)["status_lists"]["late"]) == (0, False)
        clock.shift(VALID / 2 + VALID / 100)
        told = CliRunner().invoke(app, ["jobs", "list"])
        assert told.exit_code == 1
        assert "没有重签" in told.stdout
