"""Outlines: what several record kinds have in common, written once.

A kind that says ``extends: party`` is the outline ``outlines/party.yaml`` of its pack, or of one above, with the kind's own
keys laid over it; an outline may itself extend one. What is released is the whole kind, so its digest does not depend on how
its files share their text, and a mistake is told where it was written.

One key over another: a mapping joins a mapping, anything else replaces. The fields of the schema join by name: a field named
again changes there, a new one stands after the field written before it, or at the end. Templates of documents extend one another
in the same way.
"""

from collections.abc import Mapping
from functools import reduce
from typing import Final

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rongxin.policy.files import Findings, YamlFile

EXTENDS: Final = "extends"
# Templates of documents extend templates of packs above, kinds the outlines of their own pack, too.
WHERE: Final = {"outline": "in this pack or above", "template": "in a pack above"}
FIELDS: Final = frozenset({("schema", "fields"), ("fields",)})


def completed(
    kind: YamlFile, outlines: Mapping[str, YamlFile], findings: Findings, *, called: str = "outline"
) -> YamlFile | None:
    """``kind`` with everything it extends; None with findings for an unknown outline, a circle, or text that is no plain
    YAML. ``called``: what the extended ones are.
    """
    layers = [kind]
    while (wanted := _extended(layers[-1])) is not None:
        place = layers[-1].place(EXTENDS)
        outline = outlines.get(str(wanted.value))
        if outline is None:
            findings.add(*place, f'there is no {called} "{wanted.value}" {WHERE[called]}')
            return None
        if outline in layers:
            findings.add(*place, f'{called} "{wanted.value}" extends itself')
            return None
        layers.append(outline)
    if any(layer.content(findings) is None for layer in layers):
        return None
    return YamlFile(kind.name, reduce(_laid_over, [_own(layer) for layer in reversed(layers)]))


def extended(file: YamlFile) -> str | None:
    """The name of what ``file`` extends, if anything."""
    found = _extended(file)
    return str(found.value) if found is not None else None


def _extended(file: YamlFile) -> Node | None:
    pairs = file.root.value if isinstance(file.root, MappingNode) else ()
    return next((child for key, child in pairs if key.value == EXTENDS), None)


def _own(file: YamlFile) -> Node:
    """The tree without ``extends``, which is said of the file and not of the kind."""
    root = file.root
    if not isinstance(root, MappingNode):
        return root
    return _mapping(root, [pair for pair in root.value if pair[0].value != EXTENDS])


def _laid_over(general: Node, own: Node, path: tuple[str, ...] = ()) -> Node:
    if isinstance(general, MappingNode) and isinstance(own, MappingNode):
        said = {key.value: (key, child) for key, child in own.value}
        inherited = {key.value for key, _ in general.value}
        joined = [
            (said[key.value][0], _laid_over(child, said[key.value][1], (*path, key.value)))
            if key.value in said
            else (key, child)
            for key, child in general.value
        ]
        return _mapping(own, [*joined, *(pair for name, pair in said.items() if name not in inherited)])
    if path in FIELDS and isinstance(general, SequenceNode) and isinstance(own, SequenceNode):
        return _fields(general, own)
    return own


def _fields(general: SequenceNode, own: SequenceNode) -> SequenceNode:
    fields = list(general.value)
    position = len(fields)
    for field in own.value:
        named = [_name(each) for each in fields]
        name = _name(field)
        if name is not None and name in named:
            position = named.index(name)
            fields[position] = _laid_over(fields[position], field)
        else:
            fields.insert(position, field)
        position += 1
    return SequenceNode(own.tag, fields, own.start_mark, own.end_mark)


def _name(field: Node) -> str | None:
    pairs = field.value if isinstance(field, MappingNode) else ()
    return next((child.value for key, child in pairs if key.value == "name" and isinstance(child, ScalarNode)), None)


def _mapping(like: MappingNode, pairs: list[tuple[Node, Node]]) -> MappingNode:
    return MappingNode(like.tag, pairs, like.start_mark, like.end_mark)
