"""The content of a record as a reader may see it: public fields in the order of the kind, everything else left out."""

import json
import re
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from rongxin.disclosure.views import Fact
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass, Title
from rongxin.primitives.money import format_yuan

# 罚款金额（万元） is filed in 万元 and shown in 元: the unit stands with the sum.
_UNIT_ZH: Final = re.compile(r"[（(][^（）()]*元[）)]$")
_UNIT_EN: Final = re.compile(r"\s*\([^()]*yuan[^()]*\)$")


def facts_of(kind: RecordKind, text: str) -> tuple[Fact, ...]:
    """What ``text`` (canonical JSON by field name) says in public fields.

    A field that may name persons is withheld: that it is filled is told, its words are not. Party name and code and the
    legal basis are left to the page, which shows them with the subject and the act.
    """
    return tuple(_facts(kind, json.loads(text)))


def public_label(field: KindField) -> Title:
    """A field's name in both languages, without the unit it is filed in."""
    en = field.credit.label or field.title
    if field.type != "amount":
        return Title(zh=field.title, en=en)
    return Title(zh=_UNIT_ZH.sub("", field.title), en=_UNIT_EN.sub("", en))


def _facts(kind: RecordKind, content: dict[str, str | int | None]) -> Iterator[Fact]:
    elsewhere = {kind.credit.party.name, kind.credit.party.uscc}
    if kind.credit.envelope is not None:
        elsewhere.add(kind.credit.envelope.basis)
    for name, field in kind.fields.items():
        value = content.get(name)
        if name in elsewhere or field.credit.field_class != FieldClass.PUBLIC or value in (None, ""):
            continue
        if field.credit.may_name_persons:
            note = _("可能含个人信息，核对后公开")
            yield Fact(name=name, label=public_label(field), value="", note=note, withheld=True)
        else:
            yield _fact(name, field, value)


def _fact(name: str, field: KindField, value: str | int | None) -> Fact:
    label = public_label(field)
    if field.type == "amount":
        return Fact(name=name, label=label, value=format_yuan(int(value or 0)))
    return Fact(name=name, label=label, value=str(value))
