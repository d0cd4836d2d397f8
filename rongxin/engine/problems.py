"""Every finding the engine can make, in both languages: what is wrong and what to do.

A text names what was entered only where the cell itself does not show it. ``severity`` is what the finding does to
its row unless the step of the code ladder says otherwise; findings about the whole file have none.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Literal

from rongxin.engine.problem_texts import PROBLEMS, REFUSED_PERSON
from rongxin.policy.words import StepSeverity

__all__ = ["PROBLEMS", "REFUSED_PERSON", "Language", "message", "person_code", "severity_of", "suggestion"]

Language = Literal["zh", "en"]

UNKNOWN = "…"
"""Stands for a particular that is not given, where a code is named without a row."""


def person_code(reason: str) -> str:
    """The problem code of a row refused as being about a person, by its reason (:mod:`.persons`)."""
    return f"{REFUSED_PERSON}_{reason}"


def message(code: str, params: Mapping[str, str], language: Language) -> str:
    """What is wrong. KeyError for an unknown code; a particular that is missing shows as …"""
    text = PROBLEMS[code]
    return _filled(text.zh if language == "zh" else text.en, params)


def suggestion(code: str, params: Mapping[str, str], language: Language) -> str:
    """What to do about it. As :func:`message`."""
    text = PROBLEMS[code]
    return _filled(text.do_zh if language == "zh" else text.do_en, params)


def severity_of(code: str) -> StepSeverity:
    """What the finding does to its row. KeyError for an unknown code, ValueError for one that concerns no row."""
    severity = PROBLEMS[code].severity
    if severity is None:
        raise ValueError(f"{code} concerns no row")
    return severity


def _filled(template: str, params: Mapping[str, str]) -> str:
    return template.format_map(defaultdict(lambda: UNKNOWN, params))
