"""What a page may be made of: nothing inline, nothing from elsewhere, no coloured part of others, known addresses."""

import re

import pytest
from django.template.loader import get_template
from django.urls import NoReverseMatch, get_resolver

from tests.ui.sources import OWN, TEMPLATES

NAMES = [name for name in TEMPLATES if name not in ("500.html", "507.html")]
STYLES = sorted(OWN.glob("*.css"))
TAG = re.compile(r"<[a-z][^<>]*>", re.DOTALL)
URL_TAG = re.compile(r"{%\s*url\s+'([^']+)'")
# Their colours need a browser newer than those of the offices (look §12); ours are in rx- classes.
COLOURED = re.compile(r'class="[^"]*(?<![\w-])(alert|badge|status)(?![\w])|class="[^"]*\bbg-\w+-lt\b')


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_inline(name: str) -> None:
    text = TEMPLATES[name].read_text()
    tags = TAG.findall(re.sub(r"{[{%#].*?[}%#]}", "", text, flags=re.DOTALL))

    assert not [tag for tag in tags if re.search(r"\s(style|on[a-z]+|hx-on[\w:-]*)\s*=", tag)]
    assert "<style" not in text
    scripts = re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL)
    assert not [script for script in scripts if script.strip()]
    assert 'hx-vals="js:' not in text


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_refers_to_no_other_host(name: str) -> None:
    assert not re.findall(r"""(?:href|src|action|hx-\w+)\s*=\s*["'](?:https?:)?//""", TEMPLATES[name].read_text())


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_refers_to_no_other_host(path: object) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    assert "@import" not in text
    assert not re.findall(r"""url\(\s*["']?(?:https?:)?//""", text)


@pytest.mark.parametrize("name", TEMPLATES)
def test_coloured_parts_are_ours(name: str) -> None:
    assert not COLOURED.search(TEMPLATES[name].read_text())


@pytest.mark.parametrize("name", NAMES)
def test_every_named_address_exists(name: str) -> None:
    known = {
        f"{space}:{name}" if space else name
        for space, (_, resolver) in [("", ("", get_resolver())), *get_resolver().namespace_dict.items()]
        for name in resolver.reverse_dict
        if isinstance(name, str)
    }
    named = set(URL_TAG.findall(TEMPLATES[name].read_text()))
    if named - known:
        raise NoReverseMatch(f"{name}: {sorted(named - known)}")


@pytest.mark.parametrize("path", [*STYLES, *OWN.glob("*.js")], ids=lambda path: path.name)
def test_old_browsers_understand_our_styles(path: object) -> None:
    """Chromium 88 and its relatives stand in many offices."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)  # type: ignore[attr-defined]
    assert not re.findall(r":has\(|color-mix\(|oklch\(|light-dark\(|@layer|@container|\?\?=", text)
