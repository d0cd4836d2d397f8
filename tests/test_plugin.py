"""What tests stand in: nothing of the developer's is touched, what is missing is said, pages write no errors."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

from config.environment import environment
from rongxin.intake import files
from tests import plugin
from tests.postgresql import as_role, sibling, url

ROOT = Path(__file__).resolve().parents[1]


def run_pytest(file: Path, text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one test file in a pytest of its own."""
    file.write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "tests.plugin", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [*command, "-c", str(ROOT / "pyproject.toml"), "-n", "0", str(file)],
        cwd=ROOT,
        env=own | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_developers_own_platform_is_not_touched(tmp_path: Path) -> None:
    inner = f"""
from pathlib import Path
from django.conf import settings
from config.environment import environment
from rongxin.intake import files

def test_surroundings(db):
    assert settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    Path({str(tmp_path / "seen")!r}).write_text(str(environment.var))
"""
    result = run_pytest(
        tmp_path / "test_inner.py",
        inner,
        RONGXIN_VAR=str(tmp_path / "own"),
        RONGXIN_DATABASE_URL="postgresql://own/own",
    )

    assert result.returncode == 0, result.stdout + result.stderr
    used = Path((tmp_path / "seen").read_text())
    assert used != tmp_path / "own"
    assert not (tmp_path / "own").exists()
    assert not used.exists()
    assert "not run: PostgreSQL (this run is on SQLite" in result.stdout


@pytest.mark.parametrize("turn", ["first", "second"])
def test_no_test_finds_the_files_of_a_batch_of_another(turn: str) -> None:
    for path in (files.received_path("B-1"), files.copy_path("B-1")):
        assert not path.exists()
        path.parent.mkdir(parents=True)
        path.write_text("示例")


@pytest.mark.django_db
def test_the_database_is_the_kind_that_runs_in_service() -> None:
    if connection.vendor == "sqlite":
        assert Path(str(connection.settings_dict["NAME"])).parent == environment.var
        query, expected = "PRAGMA journal_mode", "wal"
    else:
        query, expected = "SHOW lc_ctype", "C.UTF-8"
    with connection.cursor() as cursor:
        cursor.execute(query)
        assert cursor.fetchone()[0] == expected


def test_a_page_that_writes_an_error_fails_its_test(browser: object, tmp_path: Path) -> None:
    inner = """
import pytest

def test_silent(page):
    page.set_content("<p>示例</p>")

def test_loud(page):
    page.set_content("<script>console.error('one')</script>")

@pytest.mark.console_errors
def test_loud_by_leave(page):
    page.set_content("<script>console.error('two')</script>")

def test_raising(page):
    page.set_content("<script>throw new Error('three')</script>")
"""
    result = run_pytest(tmp_path / "test_inner.py", inner)

    assert "4 passed, 2 errors" in result.stdout
    assert "one" in result.stdout
    assert "raised: three" in result.stdout
    assert "two" not in result.stdout


@pytest.mark.parametrize(("require", "code", "word"), [("", 0, "SKIPPED"), ("browser,postgresql", 1, "FAILED")])
def test_a_run_without_postgresql_is_one_line(
    require: str, code: int, word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RONGXIN_REQUIRE", require)
    monkeypatch.setattr(plugin, "binaries", lambda: None)
    config: object = SimpleNamespace(stash=pytest.Stash())

    plugin.prepare_postgresql(config)  # type: ignore[arg-type]

    assert plugin.pytest_cmdline_main(config) == code  # type: ignore[arg-type]
    assert capsys.readouterr().out.startswith(f"{word} PostgreSQL absent")


def test_what_is_absent_skips_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RONGXIN_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Spark absent: not installed"):
        plugin.absent("Spark", "not installed")
    monkeypatch.setenv("RONGXIN_REQUIRE", "postgresql, spark")
    with pytest.raises(pytest.fail.Exception, match="Spark absent"):
        plugin.absent("Spark", "not installed")


def test_the_address_of_a_database_names_its_socket() -> None:
    address = url(Path("/tmp/示例"), "rongxin")
    assert address == "postgresql://rongxin_owner@/rongxin?host=/tmp/%E7%A4%BA%E4%BE%8B"
    assert as_role(address, "rongxin") == address.replace("rongxin_owner@", "rongxin@")
    assert sibling(address, "test_rongxin_gw0") == address.replace("/rongxin?", "/test_rongxin_gw0?")
