"""What the compiler is given: a template, the values of its fields, who issues it, and under which number. No Django here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rongxin.policy.pack import Policy
from rongxin.policy.templates import Template
from rongxin.primitives.canonical import canonical_json


class NoSuchTemplate(LookupError):
    """The rules in force have no template of this name."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What the compiler is given. ``number`` and ``code`` empty: a draft, which says so across every page.

    ``values`` are those of the template's fields (see ``policy.templates.filled``), ``basis`` the words of its legal basis.
    """

    template: str
    body: str
    forms: Mapping[str, str]
    title: str
    basis: str
    authority: str
    on: date
    values: Mapping[str, Any]
    number: str = ""
    code: str = ""

    @property
    def facts(self) -> str:
        """All that differs between two documents of one template, as canonical JSON."""
        issue = {
            "authority": self.authority,
            "number": self.number or None,
            "on": self.on.isoformat(),
            "code": self.code or None,
        }
        return canonical_json({"title": self.title, "basis": self.basis, "issue": issue, "values": dict(self.values)})

    @property
    def writing(self) -> str:
        """Every character that the page must show, so far as it comes from the facts."""
        return "".join((self.title, self.basis, self.authority, self.number, *_texts(self.values)))


def template_of(policy: Policy, name: str) -> Template:
    """The template of this name; raises NoSuchTemplate."""
    found = policy.templates.get(name)
    if found is None:
        raise NoSuchTemplate(name)
    return found


def sheet_of(
    policy: Policy,
    template: Template,
    values: Mapping[str, Any],
    *,
    authority_name: str,
    on: date,
    number: str = "",
    code: str = "",
) -> Sheet:
    """What the compiler is given for these values; without a number a draft."""
    return Sheet(
        template=template.name,
        body=template.body,
        forms=policy.forms,
        title=template.headed(values),
        basis=basis_of(policy, template),
        authority=authority_name,
        on=on,
        values=values,
        number=number,
        code=grouped(code),
    )


def basis_of(policy: Policy, template: Template) -> str:
    """The legal basis of the template as documents quote it: 《…》第四十八条."""
    document = policy.documents[template.basis.document]
    number = f"（{document.number}）" if document.number else ""
    return f"《{document.title.zh}》{number}{template.basis.item}"


def grouped(code: str) -> str:
    """A code in groups of four."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def _texts(values: Mapping[str, Any]) -> list[str]:
    return [
        text for value in values.values() for text in (value if isinstance(value, list | tuple) else [str(value or "")])
    ]
