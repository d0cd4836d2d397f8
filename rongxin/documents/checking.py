"""Whether the templates of a pack can be set: each is made once with its example values, as a draft."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from rongxin.documents.glyphs import NoGlyph
from rongxin.documents.sheets import sheet_of
from rongxin.documents.typesetting import TypesettingFailed, typeset
from rongxin.policy.files import PolicyError
from rongxin.policy.pack import Policy
from rongxin.policy.templates import Template, filled

EXAMPLE_AUTHORITY: Final = "福州市示例市场监督管理局"
EXAMPLE_DAY: Final = date(2026, 10, 9)


def template_errors(root: Path, policy: Policy) -> list[PolicyError]:
    """What the compiler finds in the templates of the policy, at the files below ``root`` they were read from.

    A warning counts as an error: a page is as the template means it, or it is not made.
    """
    found = [error for template in policy.templates.values() for error in _errors(root, policy, template)]
    return sorted(set(found))


def _errors(root: Path, policy: Policy, template: Template) -> Iterator[PolicyError]:
    values = filled(template, template.example)
    try:
        typeset(sheet_of(policy, template, values, authority_name=EXAMPLE_AUTHORITY, on=EXAMPLE_DAY))
    except NoGlyph as error:
        told = f"no vendored font can write {error}"
        yield PolicyError(_file(root, policy, f"documents/{template.name}.yaml", None), 1, told)
    except TypesettingFailed as error:
        for problem in error.problems:
            name = problem.file or f"documents/{template.name}.typ"
            yield PolicyError(_file(root, policy, *_within(policy, template, name)), max(problem.line, 1), problem.told)


def _within(policy: Policy, template: Template, name: str) -> tuple[str, str | None]:
    """A file as the compiler names it: its name inside a pack, and its text."""
    if name.startswith("forms/"):
        return f"documents/{name}", policy.forms.get(Path(name).stem)
    return f"documents/{template.name}.typ", template.body


def _file(root: Path, policy: Policy, name: str, text: str | None) -> str:
    """The most specific file of this name that holds this text; a body that was inherited stands under the other name."""
    packs = [head.name for head in reversed(policy.packs)]
    named = [root / pack / name for pack in packs]
    others = [path for pack in packs for path in sorted((root / pack / "documents").rglob("*.typ"))]
    for path in (*named, *others):
        if path.is_file() and text in (None, path.read_bytes().decode("utf-8")):
            return path.relative_to(root).as_posix()
    return f"{policy.name}/{name}"
