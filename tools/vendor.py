"""Refresh the front-end files of others in rongxin/ui/static/vendor. For maintainers: needs npm, nothing else.

Each package is taken from the npm registry at the version and checksum named below, cut down to the files that pages
use, and written beside its licence. ``MANIFEST.sha256`` holds the checksum of every file, ``VENDORED.md`` says what
came from where. To take a new version: change it here, run, compare the checksum reported with the registry's, and
look at the pages before committing.
"""

import base64
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "rongxin" / "ui" / "static" / "vendor"
ICONS = VENDOR / "icons.txt"

# The source maps are left out, so the comments that point to them must go too: collectstatic follows them.
SOURCE_MAP = re.compile(r"^\s*(?:/\*|//)# sourceMappingURL=.*$\n?", re.MULTILINE)
SYMBOL = re.compile(
    r'<symbol id="tabler-(?P<name>[a-z0-9-]+)" viewBox="0 0 24 24"[^>]*>(?P<shapes>.*?)</symbol>', re.DOTALL
)
OUTLINE = '<path stroke="none" d="M0 0h24v24H0z" fill="none"/>'


@dataclass(frozen=True)
class Package:
    """One npm package: ``files`` maps a path inside it to the name under ``vendor``."""

    name: str
    version: str
    sha512: str
    licence: str
    files: dict[str, str]
    note: str


PACKAGES = (
    Package(
        name="@tabler/core",
        version="1.6.1",
        sha512="lgmR9gcxRp5JlLxcmRi9Rz85JrEvH6Bz71KnlcPVSa97wtwQNjgSs3g3fxwbAlulHyRMghhIV04QUuW3pqDsIg==",
        licence="MIT",
        files={
            "dist/css/tabler.min.css": "tabler.min.css",
            "dist/js/tabler.min.js": "tabler.min.js",
        },
        note="styles and behaviour of the components",
    ),
    Package(
        name="htmx.org",
        version="2.0.11",
        sha512="Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA==",
        licence="0BSD",
        files={"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE"},
        note="parts of a page that move",
    ),
    Package(
        name="@tabler/icons-sprite",
        version="3.48.0",
        sha512="e55W76mmXr69ub3gOy6RO8NTlT23gzjJ/khNNMyBMvQT8XdTc1LAa48k542dX71oqlXv9dDq04BjTsZAWg37iA==",
        licence="MIT",
        files={"dist/tabler-sprite.svg": "icons.svg", "LICENSE": "icons.LICENSE"},
        note="cut to the symbols named in icons.txt",
    ),
)

# The package carries no licence file; its two files name the licence and the owners in their first lines.
TABLER_OWNERS = """MIT License

Copyright (c) 2018-2026 The Tabler Authors
Copyright (c) 2018-2026 codecalm.net Paweł Kuna
tabler.min.js and tabler.min.css contain Bootstrap, Copyright (c) 2011-2026 The Bootstrap Authors, and
Popper, Copyright (c) 2019 Federico Zivolo, both under the same licence.

"""


def fetch(package: Package, folder: Path) -> dict[str, bytes]:
    """The wanted files of one package by their name under ``vendor``. Exits when the archive is not the one named."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{package.name}@{package.version}"],
        check=True,
        capture_output=True,
        text=True,
    )
    archive = (folder / packed.stdout.strip().splitlines()[-1]).read_bytes()
    found = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if found != package.sha512:
        sys.exit(f"{package.name} {package.version}: sha512 is {found}, expected {package.sha512}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {name: read(tar, f"package/{path}") for path, name in package.files.items()}


def read(tar: tarfile.TarFile, path: str) -> bytes:
    """One file of the archive. Exits when it is not there, so that a moved file is noticed."""
    member = tar.extractfile(path)
    if member is None:
        sys.exit(f"{path} is not a file of the archive")
    return member.read()


def cut(sprite: str, names: list[str]) -> str:
    """The sprite with only the symbols in ``names``, in that order. Exits on a name the sprite does not have.

    Colour and width of the strokes are left to our styles; invisible outlines are dropped.
    """
    symbols = {match.group("name"): match for match in SYMBOL.finditer(sprite)}
    missing = [name for name in names if name not in symbols]
    if missing:
        sys.exit(f"no such icon: {', '.join(missing)}")
    lines = []
    for name in names:
        shapes = re.sub(r"\s*/>\s*", "/>", symbols[name].group("shapes").strip()).replace(OUTLINE, "")
        lines.append(f'<symbol id="tabler-{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(lines) + "\n</svg>\n"


def main() -> None:
    """Fetch everything first, write only when all of it is there."""
    names = ICONS.read_text(encoding="utf-8").split()
    if names != sorted(set(names)):
        sys.exit(f"{ICONS.name}: sort it and name each icon once")
    contents: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            contents |= fetch(package, Path(folder))
    contents["icons.svg"] = cut(contents["icons.svg"].decode(), names).encode()
    terms = contents["icons.LICENSE"].decode()
    contents["tabler.LICENSE"] = (TABLER_OWNERS + terms[terms.index("Permission is") :]).encode()
    for name in ("tabler.min.css", "tabler.min.js", "htmx.min.js"):
        contents[name] = SOURCE_MAP.sub("", contents[name].decode()).encode()
    contents["VENDORED.md"] = described().encode()
    contents["icons.txt"] = ICONS.read_bytes()
    for name, content in contents.items():
        (VENDOR / name).write_bytes(content)
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in sorted(contents.items())]
    (VENDOR / "MANIFEST.sha256").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(contents)} files, {len(names)} icons written to {VENDOR.relative_to(ROOT)}")


def described() -> str:
    """The table of what came from where."""
    rows = [f"| {p.name} | {p.version} | {p.licence} | {', '.join(p.files.values())} | {p.note} |" for p in PACKAGES]
    return "\n".join(
        [
            "# Files of others",
            "",
            "Written by `tools/vendor.py` (`make vendor`); do not edit. A test checks `MANIFEST.sha256`.",
            "Changed: comments that point to source maps are removed; icons keep their shapes, not their stroke.",
            "",
            "| npm package | version | licence | files | note |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    main()
