"""Whatever recomputing the ledger may find is said in Chinese."""

import ast
import inspect

import pytest

from rongxin.disclosure.fault_words import fault_title
from rongxin.ledger import verifying


def forms() -> list[str]:
    """Each line that ``verify`` can give, a number in place of what is filled in."""
    found = []
    for node in ast.walk(ast.parse(inspect.getsource(verifying))):
        match node:
            case ast.Yield(value=ast.Constant(value=str(text))):
                found.append(text)
            case ast.Yield(value=ast.JoinedStr(values=parts)):
                found.append("".join(part.value if isinstance(part, ast.Constant) else "7" for part in parts))
    return found


def test_every_form_is_found() -> None:
    assert len(forms()) >= 24


@pytest.mark.parametrize("line", forms())
def test_every_fault_has_words(line: str) -> None:
    title = fault_title(line)
    assert title.en == line
    assert title.zh != line
    assert "{" not in title.zh


def test_what_is_not_known_stays() -> None:
    assert fault_title("something else").zh == "something else"
