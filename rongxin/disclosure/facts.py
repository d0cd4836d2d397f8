"""The content of a record as a reader may see it: public fields in the order of the kind, everything else left out."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from rongxin.accounts.access import Access
from rongxin.disclosure.views import Fact
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import FieldClass, Title
from rongxin.primitives.money import format_yuan
from rongxin.records.clearing import Decided
from rongxin.records.standing import text_of
from rongxin.records.withdrawing import Envelope

# 罚款金额（万元） is filed in 万元 and shown in 元: the unit stands with the sum.
_UNIT_ZH: Final = re.compile(r"[（(][^（）()]*元[）)]$")
_UNIT_EN: Final = re.compile(r"\s*\([^()]*yuan[^()]*\)$")


def facts_of(kind: RecordKind, text: str, decided: Mapping[str, Decided] | None = None) -> tuple[Fact, ...]:
    """What ``text`` (canonical JSON by field name) says in public fields.

    A field that may name persons is withheld until a person has ``decided`` what of it is shown: that it is filled is
    told, its words are not. Party name and code and the legal basis are left to the page, which shows them with the
    subject and the act.
    """
    return tuple(_facts(kind, json.loads(text), decided or {}))


def imposed(record: Envelope, firm: str, policy: Policy, access: Access) -> tuple[Fact, ...]:
    """What an authority's own record says was imposed: the headline and the sums. Raises NotLogged."""
    access.look([firm], "record")
    kind = policy.kinds[record.kind]
    wanted = {*kind.credit.headline, *(kind.credit.envelope.amount if kind.credit.envelope else ())}
    return tuple(each for each in facts_of(kind, text_of(record)) if each.name in wanted and not each.withheld)


def public_label(field: KindField) -> Title:
    """A field's name in both languages, without the unit it is filed in."""
    en = field.credit.label or field.title
    if field.type != "amount":
        return Title(zh=field.title, en=en)
    return Title(zh=_UNIT_ZH.sub("", field.title), en=_UNIT_EN.sub("", en))


def _facts(kind: RecordKind, content: dict[str, str | int | None], decided: Mapping[str, Decided]) -> Iterator[Fact]:
    elsewhere = {kind.credit.party.name, kind.credit.party.uscc}
    if kind.credit.envelope is not None:
        elsewhere.add(kind.credit.envelope.basis)
    for name, field in kind.fields.items():
        value = content.get(name)
        if name in elsewhere or field.credit.field_class != FieldClass.PUBLIC or value in (None, ""):
            continue
        if field.credit.may_name_persons:
            fact = _cleared(name, public_label(field), decided.get(name))
        else:
            fact = _fact(name, field, value)
        yield _as_own_words(fact) if field.credit.own_words and not fact.withheld else fact


def _as_own_words(fact: Fact) -> Fact:
    said_by = _("企业自己的说法，原样刊登，未经核实")
    return replace(fact, note=f"{said_by}{_('；')}{fact.note}" if fact.note else said_by)


def _cleared(name: str, label: Title, decided: Decided | None) -> Fact:
    if decided is None:
        return Fact(name=name, label=label, value="", note=_("可能含个人信息，核对后公开"), withheld=True)
    if not decided.shown:
        return Fact(name=name, label=label, value="", note=_("经核对，为保护个人信息不公开"), withheld=True)
    note = _("其中的个人信息已隐去") if decided.is_masked else ""
    return Fact(name=name, label=label, value=decided.shown, note=note)


def _fact(name: str, field: KindField, value: str | int | None) -> Fact:
    label = public_label(field)
    if field.type == "amount":
        return Fact(name=name, label=label, value=format_yuan(int(value or 0)))
    return Fact(name=name, label=label, value=str(value))
