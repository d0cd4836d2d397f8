"""What the pages of docs say is what the program knows: every setting, every command, every package."""

import re
from pathlib import Path

import typer

from config.environment import Environment
from rongxin.cli.main import app

ROOT = Path(__file__).resolve().parents[1]
OPERATORS = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")


def commands(group: typer.Typer, prefix: str = "") -> set[str]:
    root = typer.main.get_group(group)
    found = set()
    for name, command in root.commands.items():
        below = getattr(command, "commands", None)
        found |= {f"{name} {verb}" for verb in below} if below else {name}
    return found


def test_every_setting_is_documented() -> None:
    documented = set(re.findall(r"^\| `RONGXIN_(\w+)`", OPERATORS, re.M))
    assert documented == {name.upper() for name in Environment.model_fields}


def test_every_command_is_documented() -> None:
    for command in commands(app):
        group, _, verb = command.partition(" ")
        assert f"rongxin {group}" in OPERATORS, command
        if verb:
            assert re.search(rf"`rongxin {group}[^|]*\b{verb}", OPERATORS), command


def test_every_package_says_what_it_is_for() -> None:
    for package in (ROOT / "rongxin").rglob("__init__.py"):
        if "migrations" in package.parts or "formats" in package.parts or "templatetags" in package.parts:
            continue
        assert package.read_text(encoding="utf-8").startswith('"""'), package


def test_every_package_stands_on_the_map() -> None:
    page = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    packages = {path.parent.name for path in (ROOT / "rongxin").glob("*/__init__.py")}
    assert {name for name in packages if f"`{name}`" not in page} <= {"locale"}


def test_the_readme_has_the_two_commands_and_pictures_that_exist() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        page = (ROOT / name).read_text(encoding="utf-8")
        assert "make run" in page
        assert "make test" in page
        pictures = re.findall(r"\]\((docs/pictures/[^)]+)\)|src=\"(docs/pictures/[^\"]+)\"", page)
        assert pictures
        for picture in (first or second for first, second in pictures):
            assert (ROOT / picture).exists(), picture


def test_nothing_names_a_path_of_a_developers_machine() -> None:
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "rongxin").rglob("*.py")):
        assert "/work/" not in path.read_text(encoding="utf-8"), path


def test_every_file_and_test_that_security_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    roots = (ROOT, ROOT / "rongxin", ROOT / "tests", ROOT / "docs")
    tests = set(
        re.findall(r"^def (test_\w+)", "\n".join(map(Path.read_text, (ROOT / "tests").rglob("test_*.py"))), re.M)
    )
    rows = re.findall(r"^\|(?! requirement|---)(.+)\|(.+)\|(.+)\|$", page.split("\n## ")[0], re.M)
    assert len(rows) > 60
    for requirement, code, proof in rows:
        # ``test_names`` without a file stand beside others of the file before them.
        named = [(name, home) for cell in (code, proof) for name, home in _named(cell)]
        for name, home in named:
            places = [root / home / name for root in roots]
            is_there = name in tests if "." not in name and "/" not in name else any(map(Path.exists, places))
            assert is_there, f"{requirement.strip()}: {name}"
        assert _named(proof) or "none of our own" in proof, f"{requirement.strip()}: no test is named"


def _named(cell: str) -> list[tuple[str, str]]:
    """The files, folders and tests that a cell of the table names, each with the folder of the file before it."""
    found, home = [], ""
    for name in re.findall(r"`(test_\w+(?:\.py)?|[\w/]+/|[\w/]+\.(?:py|yaml|md))(?::[^`]*)?`", cell):
        found.append((name, home if "/" not in name else ""))
        home = name.rpartition("/")[0] or home
    return found
