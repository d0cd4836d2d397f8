"""The database of an earlier run is used only while nothing changed that makes it."""

import sqlite3
from pathlib import Path

import pytest

from tests import migrated


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one migration that uses a module of its own, which uses another."""
    monkeypatch.setattr(migrated, "ROOT", tmp_path)
    folder = tmp_path / "rongxin"
    (folder / "migrations").mkdir(parents=True)
    (folder / "migrations" / "0001_initial.py").write_text("from rongxin.names import index\n")
    (folder / "names.py").write_text("import polars\nfrom rongxin import characters\n")
    (folder / "characters.py").write_text("A = 1\n")
    (folder / "pages.py").write_text("B = 1\n")
    return folder


def a_database(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE subject (name)")
    return connection


def test_it_is_laid_down_as_it_was_kept(project: Path, tmp_path: Path) -> None:
    laid = tmp_path / "var" / "laid"
    assert not migrated.lay_down(laid)
    assert not laid.exists()

    migrated.keep(a_database(tmp_path / "made"))
    assert migrated.lay_down(laid)
    assert sqlite3.connect(laid).execute("SELECT name FROM sqlite_master").fetchall() == [("subject",)]


@pytest.mark.parametrize(
    "changed", ["migrations/0001_initial.py", "migrations/0002_more.py", "names.py", "characters.py"]
)
def test_whatever_makes_it_outdates_it(changed: str, project: Path, tmp_path: Path) -> None:
    migrated.keep(a_database(tmp_path / "made"))
    (project / changed).write_text("A = 2\n")
    assert not migrated.lay_down(tmp_path / "laid")

    migrated.keep(a_database(tmp_path / "again"))
    assert len(list((tmp_path / migrated.FOLDER).iterdir())) == 1


def test_what_does_not_make_it_changes_nothing(project: Path, tmp_path: Path) -> None:
    migrated.keep(a_database(tmp_path / "made"))
    (project / "pages.py").write_text("B = 2\n")
    assert migrated.lay_down(tmp_path / "laid")
