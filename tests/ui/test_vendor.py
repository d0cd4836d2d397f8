"""The files of others are the ones we looked at, and hold every icon that a page names."""

import hashlib
import re

import pytest

from tests.ui.sources import ROOT, TEMPLATES, VENDOR

MANIFEST = dict(reversed(line.split("  ")) for line in (VENDOR / "MANIFEST.sha256").read_text().splitlines())
SYMBOLS = set(re.findall(r'<symbol id="tabler-([a-z0-9-]+)"', (VENDOR / "icons.svg").read_text()))
ICON_TAG = re.compile(r"""{%\s*icon\s+"([^"]+)\"""")
CHIP_TAG = re.compile(r"""{%\s*chip\s+\S+\s+"[a-z]+"\s+"([^"]+)\"""")
SIGN = re.compile(r"""\bsign="([^"]+)\"""")


def test_the_manifest_names_every_file_and_no_other() -> None:
    assert set(MANIFEST) == {path.name for path in VENDOR.iterdir()} - {"MANIFEST.sha256"}


@pytest.mark.parametrize("name", MANIFEST)
def test_a_file_of_others_is_unchanged(name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == MANIFEST[name]


def test_the_sprite_holds_the_listed_icons() -> None:
    assert (VENDOR / "icons.txt").read_text().split() == sorted(SYMBOLS)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_icon_of_a_template_is_in_the_sprite(name: str) -> None:
    text = TEMPLATES[name].read_text()
    used = {*ICON_TAG.findall(text), *CHIP_TAG.findall(text), *SIGN.findall(text)}
    assert used <= SYMBOLS


def test_every_icon_of_a_record_kind_is_in_the_sprite() -> None:
    packs = (ROOT / "policies").rglob("*.yaml")
    used = {icon for path in packs for icon in re.findall(r"^\s+icon:\s*([\w-]+)", path.read_text(), re.MULTILINE)}
    assert used <= SYMBOLS


def test_no_source_map_is_promised_that_is_not_there() -> None:
    assert not [name for name in MANIFEST if b"sourceMappingURL" in (VENDOR / name).read_bytes()]
