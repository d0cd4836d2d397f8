"""Everything the interface says in Chinese it also says in English, and the compiled file is the written one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

from tests.ui.sources import ROOT, TEMPLATES

LOCALE = ROOT / "rongxin" / "locale" / "en" / "LC_MESSAGES"
WRITTEN = polib.pofile(str(LOCALE / "django.po"))
KNOWN = {entry.msgid for entry in WRITTEN}
SOURCES = sorted(
    path
    for app in (
        *("ui", "portal", "entrance", "desk", "administration", "accounts", "notices", "enterprise", "remedies"),
        "classification",
    )
    for path in (ROOT / "rongxin" / app).rglob("*.py")
)
CALL = re.compile(r"\b(?:gettext|ngettext|pgettext|npgettext|_)\(")
LITERAL = re.compile(r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")


def said_in_template(path: Path) -> Iterator[str]:
    """The texts of a template, read as makemessages reads them."""
    code = templatize(path.read_text(encoding="utf-8"))
    for call in CALL.finditer(code):
        literal = LITERAL.match(code, call.end())
        if literal:
            yield ast.literal_eval(literal.group(1))


def said_in_source(path: Path) -> Iterator[str]:
    """The texts handed to gettext and its kin; the context of ``pgettext`` is not one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            position = {"_": 0, "gettext": 0, "gettext_lazy": 0, "ngettext": 0, "pgettext": 1}.get(node.func.id)
            if position is not None and isinstance(node.args[position], ast.Constant):
                yield str(node.args[position].value)


def test_every_text_has_its_english() -> None:
    assert [entry.msgid for entry in WRITTEN if not entry.translated()] == []
    assert [entry.msgid for entry in WRITTEN if entry.fuzzy or entry.obsolete] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_text_of_a_template_is_listed(name: str) -> None:
    assert sorted(set(said_in_template(TEMPLATES[name])) - KNOWN) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "rongxin")))
def test_every_text_of_a_face_is_listed(path: Path) -> None:
    assert sorted(set(said_in_source(path)) - KNOWN) == []


def test_no_chinese_is_left_outside_a_translation() -> None:
    """Except the pages of last resort, which speak both languages, and the name of the other language."""
    left = {}
    for name, path in TEMPLATES.items():
        bare = re.sub(r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}", "", path.read_text(), flags=re.DOTALL)
        bare = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", bare, flags=re.DOTALL)
        found = re.findall(r"[\u4e00-\u9fff]+", bare)
        if found and name not in ("500.html", "503.html", "507.html", "ui/_language.html"):
            left[name] = found
    assert left == {}


def test_no_english_breaks_the_attribute_it_stands_in() -> None:
    """``translate`` does not escape what it writes."""
    english = {entry.msgid: entry.msgstr for entry in WRITTEN}
    texts = [path.read_text() for path in TEMPLATES.values()]
    inside = {said for text in texts for said in re.findall(r"""="{%\s*translate '([^']+)'\s*%}\"""", text)}

    assert inside
    assert [said for said in inside if '"' in english[said]] == []


def test_the_compiled_texts_are_the_written_ones() -> None:
    compiled = polib.mofile(str(LOCALE / "django.mo"))
    assert {(e.msgctxt, e.msgid, e.msgstr) for e in compiled} == {(e.msgctxt, e.msgid, e.msgstr) for e in WRITTEN}
