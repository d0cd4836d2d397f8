"""Lines of policy values in the files of a pack: a setting becomes the changed file, with its comments and its order kept."""

import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.representer import RoundTripRepresenter

from rongxin.governance.rules.setting import Numbers, Setting
from rongxin.policy.indicators import POINTS
from rongxin.policy.kinds import Basis
from rongxin.policy.pack import Policy
from rongxin.policy.words import Reading, Strength

SETTINGS: Final = Basis(document="platform-settings", item="风险分值", reading=Reading.UNCONFIRMED)
"""On what a number rests that nothing in force before it was a setting for."""
_WIDTH: Final = 100_000


class _WrittenOut(RoundTripRepresenter):
    """Packs have no anchors: what stands twice is written twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def changed_files(rules: Policy, sources: Mapping[str, str], made: Setting) -> dict[str, str]:
    """The file of the platform's own pack with the setting in it, by its place below the packs.

    ``rules`` and ``sources`` are those of one release. Each value gets a local line from the first day on; a local line of the
    pack from that very day is written anew, one that would last longer ends the day before, later ones stay.
    """
    place = f"{rules.name}/values/{POINTS.split('/', maxsplit=1)[0]}.yaml"
    editor = _editor()
    content = editor.load(sources.get(place, "")) or CommentedMap()
    for key, numbers in made.numbers.items():
        if key not in content:
            _begin(content, key, rules)
        _set(content[key]["values"], _line(rules, key, numbers, made), made.first_day)
    written = io.StringIO()
    editor.dump(content, written)
    return {place: written.getvalue()}


def _editor() -> YAML:
    editor = YAML()
    editor.Representer = _WrittenOut
    editor.preserve_quotes = True
    editor.width = _WIDTH
    editor.indent(mapping=2, sequence=4, offset=2)
    return editor


def _begin(content: CommentedMap, key: str, rules: Policy) -> None:
    """The value as the packs above have it, without a line; it stands below a blank line."""
    history = rules.values[key]
    value = CommentedMap({"title": _flow(history.title.model_dump()), "unit": history.unit.value})
    if history.applies_to:
        value["applies_to"] = list(history.applies_to)
    value |= {"values": [], "checked_on": history.checked_on}
    if history.source:
        value["source"] = history.source
    is_first = not content
    content[key] = value
    if not is_first:
        content.yaml_set_comment_before_after_key(key, before="\n")


def _line(rules: Policy, key: str, numbers: Numbers, made: Setting) -> CommentedMap:
    """The line, with the basis of the one in force where that is a setting, too."""
    before = rules.value(key, made.first_day).line
    basis = before.basis if before.strength == Strength.LOCAL else SETTINGS
    return CommentedMap(
        {
            "from": made.first_day,
            "value": _flow(numbers),
            "strength": Strength.LOCAL.value,
            "basis": _flow(basis.model_dump(mode="json", exclude_defaults=True)),
            "note": CommentedMap({"zh": made.reason, "en": made.reason}),
        }
    )


def _set(lines: list[Any], line: CommentedMap, first_day: date) -> None:
    local = [each for each in lines if each["strength"] == Strength.LOCAL.value]
    for each in local:
        if _as_day(each["from"]) == first_day:
            each.pop("until", None)
            each.update(line)
            return
        if _as_day(each["from"]) < first_day <= _as_day(each.get("until", date.min)):
            each["until"] = first_day - timedelta(days=1)
    earlier = [number for number, each in enumerate(lines, start=1) if _as_day(each["from"]) < first_day]
    lines.insert(max(earlier, default=0), line)


def _as_day(written: object) -> date:
    return date.fromisoformat(str(written))


def _flow(content: Mapping[str, Any]) -> CommentedMap:
    """A mapping on one line."""
    told = CommentedMap(content)
    told.fa.set_flow_style()
    return told
