"""Templates of official documents: what must be filled in, from which number series, on what basis; the body is Typst.

``documents/<name>.yaml`` says what a template is, ``documents/<name>.typ`` beside it how the page reads; what several bodies share
stands in ``documents/forms/*.typ``. A template may extend one of a pack above, under the same name to take its place (a city's
own number series) or under another. Both files are part of what is released, so a document can be made again under the rules
of its day.

Values are text and stay text: they reach the body as data, never as markup.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import Field, model_validator

from rongxin.policy.kinds import Basis
from rongxin.policy.words import Strict, Title

MADE_UP: Final = "示例"
MOST_PARAGRAPHS: Final = 200
# Control and format characters, halves of pairs, private and unassigned ones, separators of lines: none of them is writing.
NOT_WRITING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
PACKAGE: Final = re.compile(r'"@[^"\n]*"')

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
SeriesWord = Annotated[str, Field(pattern=r"^[\u4e00-\u9fff]{2,16}$")]


class FieldType(StrEnum):
    """What a field holds: one line of text, paragraphs, a day, a whole number, or one of some words."""

    TEXT = "text"
    PARAGRAPHS = "paragraphs"
    DAY = "day"
    NUMBER = "number"
    CHOICE = "choice"


LONGEST: Final = {FieldType.TEXT: 300, FieldType.PARAGRAPHS: 10_000}


class TemplateField(Strict):
    """A value that whoever issues the document gives. ``longest`` counts characters, of each paragraph."""

    name: Name
    title: Title
    type: FieldType
    required: bool = True
    longest: int | None = Field(default=None, ge=1, le=10_000)
    choices: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_its_type(self) -> "TemplateField":
        if (self.type == FieldType.CHOICE) != bool(self.choices):
            raise ValueError(f'field "{self.name}": a choice, and nothing else, lists its choices')
        if self.longest is not None and self.type not in LONGEST:
            raise ValueError(f'field "{self.name}": only texts and paragraphs have a longest')
        return self

    @property
    def limit(self) -> int:
        """The most characters of the text, or of each paragraph."""
        return self.longest or LONGEST[self.type]


class TemplateHead(Strict):
    """``documents/<name>.yaml``. ``series`` is the word of the number (机关代字 and 类别), ``series_of`` that of single
    authorities by their codes; ``heading`` names the field that heads the document where the title does not.
    """

    name: Name
    title: Title
    series: SeriesWord
    series_of: Mapping[str, SeriesWord] = Field(default_factory=dict)
    heading: str | None = None
    basis: Basis
    fields: tuple[TemplateField, ...] = Field(min_length=1)
    example: Mapping[str, str | int | tuple[str, ...] | None]

    @model_validator(mode="after")
    def _fields_are_told_apart(self) -> "TemplateHead":
        names = [field.name for field in self.fields]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"field {', '.join(twice)} stands twice")
        if self.heading is not None:
            heading = next((field for field in self.fields if field.name == self.heading), None)
            if heading is None or heading.type != FieldType.TEXT or not heading.required:
                raise ValueError(f'heading "{self.heading}" is no required field of type text')
        return self


class Template(TemplateHead):
    """A template as it is released: the head and the body, a text in Typst."""

    body: str

    def series_for(self, authority: str) -> str:
        """The word of the number series that documents of the authority with this code take."""
        return self.series_of.get(authority, self.series)

    def headed(self, values: Mapping[str, Any]) -> str:
        """What stands over a document with these values."""
        return str(values[self.heading]) if self.heading else self.title.zh


class Fault(Strict):
    """Why a value does not fit: the field (empty for the whole) and the reason."""

    field: str
    told: Title


def filled(template: TemplateHead, values: Mapping[str, Any]) -> dict[str, Any]:
    """Every field of the template with its value, None where an optional one was left out or empty.

    Texts lose the blanks around them. What ``faults`` tells of is not mended here.
    """
    return {field.name: _bare(values.get(field.name)) for field in template.fields}


def _bare(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, list | tuple):
        return [part.strip() if isinstance(part, str) else part for part in value] or None
    return value


def faults(template: TemplateHead, values: Mapping[str, Any]) -> list[Fault]:
    """Everything that keeps these values from being set; empty when a document may be made of them."""
    known = {field.name for field in template.fields}
    found = [
        Fault(field=name, told=Title(zh=f"模板没有“{name}”这一项", en=f'the template has no field "{name}"'))
        for name in values
        if name not in known
    ]
    given = filled(template, values)
    for field in template.fields:
        value = given[field.name]
        if value is None:
            if field.required:
                found.append(Fault(field=field.name, told=Title(zh="必须填写", en="must be given")))
            continue
        found += [Fault(field=field.name, told=told) for told in _unfit(field, value)]
    return found


def _unfit(field: TemplateField, value: Any) -> Iterator[Title]:
    match field.type:
        case FieldType.TEXT:
            yield from _unfit_text(value, field.limit)
        case FieldType.PARAGRAPHS:
            yield from _unfit_paragraphs(value, field.limit)
        case FieldType.DAY if not _is_day(value):
            yield Title(zh="日期应写作 2026-10-09", en="a day is written 2026-10-09")
        case FieldType.NUMBER if not isinstance(value, int) or isinstance(value, bool):
            yield Title(zh="应为整数", en="must be a whole number")
        case FieldType.CHOICE if value not in field.choices:
            choices = "、".join(field.choices)
            yield Title(zh=f"只能是：{choices}", en=f"must be one of {choices}")


def _unfit_paragraphs(value: Any, limit: int) -> Iterator[Title]:
    if not isinstance(value, list):
        yield Title(zh="应为若干段文字", en="must be a list of paragraphs")
        return
    if len(value) > MOST_PARAGRAPHS:
        yield Title(zh=f"最多 {MOST_PARAGRAPHS} 段", en=f"at most {MOST_PARAGRAPHS} paragraphs")
    if "" in value:
        yield Title(zh="有一段是空的", en="one paragraph is empty")
    for part in value:
        yield from _unfit_text(part, limit)


def _unfit_text(value: Any, limit: int) -> Iterator[Title]:
    if not isinstance(value, str):
        yield Title(zh="应为文字", en="must be text")
        return
    if len(value) > limit:
        yield Title(zh=f"最多 {limit} 个字，现有 {len(value)} 个", en=f"{len(value)} characters, at most {limit}")
    for character in sorted({each for each in value if unicodedata.category(each) in NOT_WRITING}):
        sign = f"U+{ord(character):04X}"
        yield Title(zh=f"含有不是文字的字符 {sign}", en=f"holds {sign}, which is no writing")


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
