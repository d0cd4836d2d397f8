"""Where the templates and styles stand, for tests that read them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UI = ROOT / "rongxin" / "ui"
VENDOR = UI / "static" / "vendor"
OWN = UI / "static" / "ui"
FOLDERS = tuple(
    ROOT / "rongxin" / app / "templates" for app in ("ui", "portal", "entrance", "desk", "administration", "enterprise")
)
TEMPLATES = {str(path.relative_to(folder)): path for folder in FOLDERS for path in sorted(folder.rglob("*.html"))}
