"""Reports that are kept as canonical JSON and read again."""

from typing import Self

from pydantic import TypeAdapter

from rongxin.primitives.canonical import canonical_json


class Report:
    """A frozen dataclass, made of others, of text, numbers and days."""

    def json(self) -> str:
        """As canonical JSON."""
        return canonical_json(TypeAdapter(type(self)).dump_python(self, mode="json"))

    @classmethod
    def of_json(cls, text: str) -> Self:
        """The report that ``json`` wrote; ValueError for any other text."""
        report = TypeAdapter(cls).validate_json(text, strict=True)
        if report.json() != text:
            raise ValueError("a report that says more than it can, or not as it is kept")
        return report
