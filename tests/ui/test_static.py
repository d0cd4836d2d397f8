"""The committed files survive collection: addresses inside styles get fingerprints, nothing points into the void."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything collected as on a server."""
    folder = tmp_path_factory.mktemp("static")
    storage = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    with override_settings(STATIC_ROOT=folder, STORAGES=storage):
        call_command("collectstatic", interactive=False, verbosity=0)
        assert staticfiles_storage.url("vendor/icons.svg") != "/static/vendor/icons.svg"
    return folder


def test_an_address_inside_a_style_gets_its_fingerprint(collected: Path) -> None:
    [style] = [path for path in collected.glob("ui/tokens.*.css") if path.name != "tokens.css"]

    named = re.findall(r'url\("(chevron\.[0-9a-f]+\.svg)"\)', style.read_text())

    assert named
    assert (collected / "ui" / named[0]).exists()


@pytest.mark.parametrize(
    "name", ["vendor/tabler.min.css", "vendor/tabler.min.js", "vendor/htmx.min.js", "ui/pages.css"]
)
def test_large_files_are_compressed_once(collected: Path, name: str) -> None:
    assert (collected / f"{name}.gz").exists()


STYLES = Path(__file__).parents[2] / "rongxin" / "ui" / "static" / "ui"


def test_a_class_is_told_each_property_once() -> None:
    """A second piece of another page that takes the name of a class would change the first one's look."""
    said: dict[tuple[str, str], set[str]] = {}
    for style in sorted(STYLES.glob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", style.read_text(), flags=re.DOTALL)
        text = re.sub(
            r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text
        )  # what holds for some screens only may differ
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
            for selector in filter(re.compile(r"\.[\w-]+").fullmatch, map(str.strip, selectors.split(","))):
                for told in filter(None, map(str.strip, body.split(";"))):
                    name, value = told.split(":", 1)
                    said.setdefault((selector, name), set()).add(value.strip())
    assert len(said) > 100
    assert {key: values for key, values in said.items() if len(values) > 1} == {}
