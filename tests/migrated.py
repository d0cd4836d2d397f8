"""The migrated SQLite database of an earlier run: to migrate anew takes longer than most tests.

It is used as long as nothing changed that makes it; Django looks at it and migrates what is still to be.
"""

import ast
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ".pytest_cache/migrated"
OTHERS = ("Django", "django-axes", "django-tasks-db")
"""Whose migrations are none of ours."""


def earlier() -> Path:
    """Where the database of an earlier run lies, if there is one."""
    told = hashlib.sha256(sqlite3.sqlite_version.encode())
    for name in OTHERS:
        told.update(f"{name} {version(name)}".encode())
    for path in sorted(_sources()):
        told.update(f"{path.relative_to(ROOT)}".encode() + path.read_bytes())
    return ROOT / FOLDER / f"{told.hexdigest()}.sqlite3"


def lay_down(database: Path) -> bool:
    """Begin with the database of an earlier run; whether there was one."""
    kept = earlier()
    if not kept.exists():
        return False
    database.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, database)
    return True


def keep(connection: sqlite3.Connection) -> None:
    """Keep this database, just migrated, for the next run."""
    kept = earlier()
    kept.parent.mkdir(parents=True, exist_ok=True)
    made = kept.with_suffix(f".{os.getpid()}")
    copy = sqlite3.connect(made)
    connection.backup(copy)
    copy.close()
    made.replace(kept)  # another process of this run may be reading it
    for outdated in set(kept.parent.glob("*.sqlite3")) - {kept}:
        outdated.unlink(missing_ok=True)


def _sources() -> set[Path]:
    """The migrations and whatever modules of ours they import."""
    found: set[Path] = set()
    ahead = list((ROOT / "rongxin").rglob("migrations/*.py"))
    while ahead:
        path = ahead.pop()
        if path not in found:
            found.add(path)
            ahead += _imported(path)
    return found


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            module = ROOT / name.replace(".", "/")
            for file in (module.with_suffix(".py"), module / "__init__.py"):
                if file.exists() and name.split(".")[0] in ("rongxin", "config"):
                    yield file
