"""Reading a file of a pack strictly: every mistake is told with its file and line, and all are told at once."""

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Read = TypeVar("Read")
TAG = "tag:yaml.org,2002:"


class Place(NamedTuple):
    """A file below the folder of packs and a line of it, from 1."""

    file: str
    line: int


@dataclass(frozen=True, order=True)
class PolicyError:
    """One mistake: the file below the folder of packs, the line (from 1), and what is wrong."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PolicyErrors(Exception):
    """Loading stopped; ``errors`` holds every mistake of every file, in the order of files and lines."""

    def __init__(self, errors: Iterable[PolicyError]) -> None:
        self.errors = sorted(set(errors))
        super().__init__("\n".join(str(error) for error in self.errors))


class Findings:
    """Mistakes found so far."""

    def __init__(self) -> None:
        self.errors: list[PolicyError] = []

    def add(self, file: str, line: int, message: str) -> None:
        self.errors.append(PolicyError(file, line, message))

    def stop_if_any(self) -> None:
        if self.errors:
            raise PolicyErrors(self.errors)


def read_text(path: Path, name: str, findings: Findings) -> str | None:
    """The text of a file, or None with a finding when it is not UTF-8. Line ends are kept as they are."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        findings.add(name, content.count(b"\n", 0, error.start) + 1, "the file is not UTF-8; save it as UTF-8")
        return None


class _NamedText(io.StringIO):
    """Text that knows its file, so that every node of its tree does."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text, newline="")
        self.name = name


class YamlFile:
    """A YAML file as its node tree: plain content for the models, and the file and line of any place in it.

    A tree may be laid together from several files (:mod:`.outlines`); each node knows the file it stands in.
    """

    def __init__(self, name: str, root: Node) -> None:
        self.name = name
        self.root = root

    @classmethod
    def read(cls, text: str, name: str, findings: Findings) -> "YamlFile | None":
        """Parse; None with a finding when the text is not one plain YAML document."""
        try:
            root = YAML(typ="safe", pure=True).compose(_NamedText(text, name))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            findings.add(name, mark.line + 1 if mark else 1, f"not YAML: {error.problem or error.context}")
            return None
        except YAMLError as error:
            findings.add(name, 1, f"not YAML: {error}")
            return None
        if root is None:
            findings.add(name, 1, "the file is empty")
            return None
        return cls(name, root)

    def content(self, findings: Findings) -> Any | None:
        """The content as JSON would hold it; None with findings for what plain YAML does not allow in packs."""
        before = len(findings.errors)
        content = self._plain(self.root, findings)
        return content if len(findings.errors) == before else None

    def place(self, *path: str | int) -> Place:
        """Where a place is, as deep as it exists; parts that name no place (such as union tags) are passed over."""
        node, mark = self.root, self.root.start_mark
        for part in path:
            step = _step(node, part)
            if step is not None:
                node, mark = step
        return _place(mark)

    def as_model(self, adapter: TypeAdapter[Read], findings: Findings) -> Read | None:
        """The content checked against a model; None with a finding for every place that does not fit."""
        content = self.content(findings)
        if content is None:
            return None
        try:
            # Through JSON, where pydantic's strict mode accepts what JSON can say: words of a list, days, sequences.
            return adapter.validate_json(json.dumps(content, ensure_ascii=False))
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_context=True):
                findings.add(*self.place(*detail["loc"]), told(detail))
            return None

    def _plain(self, node: Node, findings: Findings) -> Any:
        if node.anchor:
            findings.add(*_place(node.start_mark), f"anchor &{node.anchor}: write the content out where it is needed")
            return None
        match node:
            case MappingNode() if node.tag == TAG + "map":
                return self._mapping(node, findings)
            case SequenceNode() if node.tag == TAG + "seq":
                return [self._plain(child, findings) for child in node.value]
            case ScalarNode() if str(node.tag).startswith(TAG):
                return self._scalar(node, findings)
        findings.add(*_place(node.start_mark), f"tag {node.tag} is not used in packs")
        return None

    def _mapping(self, node: MappingNode, findings: Findings) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key, child in node.value:
            place = _place(key.start_mark)
            if not isinstance(key, ScalarNode) or key.tag != TAG + "str":
                findings.add(*place, f"key {key.value!r} must be a word; put it in quotes if it is one")
            elif key.value in content:
                findings.add(*place, f'key "{key.value}" stands twice')
            else:
                content[key.value] = self._plain(child, findings)
        return content

    def _scalar(self, node: ScalarNode, findings: Findings) -> Any:
        read = _SCALARS.get(str(node.tag).removeprefix(TAG))
        try:
            if read is not None:
                return read(node.value)
        except ValueError:
            pass  # told below, like a tag without a reader
        told = f"{node.value!r} cannot be read; write days as 2026-04-01, whole numbers in digits"
        findings.add(*_place(node.start_mark), told)
        return None


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": lambda text: text.lower() == "true",
    "null": lambda _: None,
    "timestamp": lambda text: date.fromisoformat(text).isoformat(),
}


def _place(mark: StringMark) -> Place:
    return Place(str(mark.name), int(mark.line) + 1)


def _step(node: Node, part: str | int) -> tuple[Node, StringMark] | None:
    if isinstance(node, MappingNode):
        for key, child in node.value:
            if key.value == part:
                return child, key.start_mark
    elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        child = node.value[part]
        return child, child.start_mark
    return None


def told(detail: ErrorDetails) -> str:
    """A finding in plain words: which key, what was written, what should stand there."""
    place = [str(part) for part in detail["loc"] if part != "[key]"]
    key = place[-1] if place else "the file"
    match detail["type"]:
        case "extra_forbidden":
            return f'unknown key "{key}"'
        case "missing":
            return f'missing key "{key}"'
        case "value_error":
            return str(detail["ctx"]["error"])
        case "string_type" if isinstance(detail["input"], int | float):
            return f'"{key}" is text: put {detail["input"]} in quotes'
        case _:
            return f'"{key}": {detail["msg"][0].lower()}{detail["msg"][1:]} (got {detail["input"]!r:.60})'
