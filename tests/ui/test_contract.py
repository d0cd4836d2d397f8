"""Every attribute that a template asks of its page exists. Django shows nothing for a wrong name; this test does not.

A page's docstring names its templates. Loops, ``with`` and ``include`` are followed, so that a part is checked with
what its callers hand it.
"""

import dataclasses
import importlib
import inspect
import pkgutil
import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.paginator import Page
from django.template.base import Lexer, TokenType

from rongxin import desk, portal
from rongxin.desk.pages import BatchProgress, Frame
from rongxin.portal.pages import HomePage
from rongxin.ui.context import Platform
from tests.ui.sources import TEMPLATES

Types = dict[str, set[object]]
DOTTED = re.compile(r"(?<![\w.'\"])([a-z_]\w*)((?:\.[a-z_]\w*)+)")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
PAIR = re.compile(r"(\w+)=([a-z_][\w.]*)")
ENTRY = re.compile(r"``((?:portal|desk)/\w+\.html)``")
FACES = [
    importlib.import_module(f"{face.__name__}.{module.name}")
    for face in (portal, desk)
    for module in pkgutil.iter_modules(face.__path__)
]
PAGES = [
    (template, page)
    for module in FACES
    for page in vars(module).values()
    if dataclasses.is_dataclass(page) and page.__module__ == module.__name__
    for template in ENTRY.findall(page.__doc__ or "")
]


def plain(hint: object) -> object:
    """The type without ``None``."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        parts = [part for part in typing.get_args(hint) if part is not type(None)]
        return parts[0] if len(parts) == 1 else object
    return hint


def attribute(owner: object, name: str) -> object:
    """The type of an attribute; ``object`` where it is not one of ours. AttributeError when there is none."""
    if not dataclasses.is_dataclass(owner):
        return object
    hints = typing.get_type_hints(owner)
    if name in hints:
        return plain(hints[name])
    found = inspect.getattr_static(owner, name)
    return plain(typing.get_type_hints(found.fget)["return"]) if isinstance(found, property) else object


def element(of: object) -> object:
    """What a loop over this type gives."""
    arguments = typing.get_args(of)
    return plain(arguments[0]) if arguments and typing.get_origin(of) in (tuple, list, Page) else object


def resolve(expression: str, known: Types) -> set[object]:
    head, *names = expression.split("|", maxsplit=1)[0].split(".")
    found = known.get(head, set())
    for name in names:
        found = {attribute(owner, name) for owner in found if not dataclasses.is_dataclass(owner) or has(owner, name)}
    return found


def has(owner: object, name: str) -> bool:
    try:
        attribute(owner, name)
    except AttributeError:
        return False
    return True


def wrong_names(template: str, given: Types, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The dotted names of a template that no type given can answer."""
    known: Types = {**given, "platform": {Platform}, "frame": {Frame}}
    for token in Lexer(TEMPLATES[template].read_text()).tokenize():
        if token.token_type not in (TokenType.BLOCK, TokenType.VAR):
            continue
        for head, names in DOTTED.findall(QUOTED.sub("''", token.contents)):
            path = (head + names).split(".")
            for end in range(2, len(path) + 1):
                owners = resolve(".".join(path[: end - 1]), known)
                if owners and not any(has(owner, path[end - 1]) for owner in owners):
                    yield f"{template}: {'.'.join(path[:end])}"
        if token.token_type is TokenType.BLOCK:
            yield from follow(token.contents, template, known, seen)


def follow(contents: str, template: str, known: Types, seen: frozenset[str]) -> Iterator[str]:
    """Learn the names that a block introduces; look into what it includes or extends."""
    command, *rest = contents.split()
    bound = {name: found for name, value in PAIR.findall(contents) if (found := resolve(value, known))}
    if command == "for" and (found := resolve(rest[2], known)):
        known[rest[0]] = known.get(rest[0], set()) | {element(each) for each in found}
    elif command in ("with", "blocktranslate"):
        known.update(bound)
    elif command in ("include", "extends") and rest[0].startswith('"'):
        inner = rest[0].strip('"')
        if inner not in seen:
            yield from wrong_names(inner, {**known, **bound}, seen | {template})


@pytest.mark.parametrize(("template", "page"), PAGES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_template_asks_only_what_its_page_has(template: str, page: type) -> None:
    name = "progress" if page is BatchProgress else "page"
    assert sorted(set(wrong_names(template, {name: {page}}))) == []


def test_every_page_template_belongs_to_a_page() -> None:
    named = {template for template, _ in PAGES}
    pages = {name for name in TEMPLATES if name.startswith(("portal/", "desk/")) and "/_" not in name}
    assert pages - named == set()


def test_a_wrong_name_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "made.html"
    made.write_text("{% for line in page.newest %}{{ line.titel }}{% if line.kind_title.zh %}{% endif %}{% endfor %}")
    monkeypatch.setitem(TEMPLATES, "made.html", made)

    assert list(wrong_names("made.html", {"page": {HomePage}})) == ["made.html: line.titel"]
