"""Reading declarations: the firm's own, those of a case, and what everybody may read. Never with records, never counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.policy.declarations import DeclaredItem
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.remedies.declarations.models import Declaration, Falsehood, How
from rongxin.remedies.declarations.rules import LIVING, Standing, is_shown, standing
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import same_as
from rongxin.workflow.models import Case

HOW = {
    How.ORIGINAL: Title(zh="核对原件", en="original seen"),
    How.ISSUER: Title(zh="向出具单位核实", en="asked whoever issued it"),
    How.SYSTEM: Title(zh="系统比对", en="compared by a system"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLine:
    """A field as declared; ``value`` is a day, a choice in both languages, or the text. ``raw``: as filled in."""

    name: str
    title: Title
    value: Title | date | str
    unit: Title | None
    raw: str

    @property
    def is_day(self) -> bool:
        """Whether the value is a day."""
        return isinstance(self.value, date)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationView:
    """A declaration as it stands on a day. ``is_verified``: it may be told as verified; ``how``, ``by`` and ``verified_on``
    say so. ``is_shown``: everybody may read it.
    """

    number: str
    item: str
    title: Title
    fields: tuple[FieldLine, ...]
    declared_on: date
    until: date
    standing: Standing
    is_verified: bool
    how: Title | None
    by: str
    verified_on: date | None
    is_public: bool
    is_shown: bool
    needs_look: bool
    replaces: str

    @property
    def is_living(self) -> bool:
        """Whether it stands."""
        return self.standing in LIVING


def public_of_code(uscc: str, policy: Policy) -> tuple[DeclarationView, ...]:
    """The same of the firm with this unified code, in one query; nothing where there is none."""
    of_code = Q(subject__uscc=uscc, subject__merged_into=None) | Q(subject__merged_into__uscc=uscc)
    return _public(_rows().filter(of_code).order_by("-declared_on", "-pk"), policy, timezone.localdate())


def public_of(subject: Subject, policy: Policy, today: date | None = None) -> tuple[DeclarationView, ...]:
    """What everybody may read of a firm today, in the order of the items, the newest first."""
    return _public(_of_firm(subject), policy, today or timezone.localdate())


def _public(declared: QuerySet[Declaration], policy: Policy, day: date) -> tuple[DeclarationView, ...]:
    publishable = [item.name for item in policy.declared_items.values() if item.publishable]
    rows = declared.filter(is_public=True, ended="", until__gte=day, item__in=publishable)
    views = (view_of(each, policy, day) for each in rows.filter(Q(needs_look=False) | ~Q(verified_on=None)))
    return tuple(sorted((each for each in views if each.is_shown), key=lambda each: publishable.index(each.item)))


def own(subject: Subject, policy: Policy, access: Access) -> tuple[DeclarationView, ...]:
    """Everything the firm declared, the newest first, with what is over. Raises NotLogged."""
    access.look([subject.uscc], "file")
    today = timezone.localdate()
    return tuple(view_of(each, policy, today) for each in _of_firm(subject))


def own_version(subject: Subject, number: str, policy: Policy, access: Access) -> DeclarationView | None:
    """One version of the firm's own, whose place a new one may take. Raises NotLogged."""
    access.look([subject.uscc], "file")
    found = _of_firm(subject).filter(number=number).first()
    return view_of(found, policy, timezone.localdate()) if found else None


def is_own(subject: Subject, number: str) -> bool:
    """Whether the firm declared a version of this number."""
    return _of_firm(subject).filter(number=number).exists()


def declaration_in(case: Case, policy: Policy, access: Access) -> DeclarationView:
    """The declaration of a case. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    return view_of(_rows().get(case=case), policy, timezone.localdate())


def falsehood_in(case: Case, policy: Policy, access: Access) -> tuple[Falsehood, DeclarationView]:
    """What is examined in a case. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    found = Falsehood.objects.select_related("declaration__replaces", "declaration__verified_by").get(case=case)
    return found, view_of(found.declaration, policy, timezone.localdate())


def declaration_to_examine(case: Case) -> Declaration:
    """The declaration of a case that the officer sees, to open the question whether it is false; its content stays behind."""
    return Declaration.objects.select_related("case__owner").defer("told").get(case=case)


def open_falsehood_of(case: Case) -> str:
    """The number of the open case about the declaration of ``case``; empty for none."""
    found = Falsehood.objects.filter(declaration__case=case, is_open=True).values_list("case__number", flat=True)
    return found.first() or ""


def expiring(today: date, last: date) -> Iterable[Declaration]:
    """Declarations whose last day lies between today and ``last``, for the reminder."""
    return (
        _rows()
        .select_related("case")
        .filter(ended="", until__range=(today, last))
        .order_by("pk")
        .iterator(chunk_size=500)
    )


def expired(today: date, *, limit: int) -> list[Declaration]:
    """Declarations whose last day has passed and whose cases are open yet."""
    return list(_rows().filter(ended="", until__lt=today).order_by("pk")[:limit])


def view_of(declaration: Declaration, policy: Policy, today: date) -> DeclarationView:
    """A declaration as it stands on the day, under the items of ``policy``."""
    item: DeclaredItem | None = policy.declared_items.get(declaration.item)
    is_verified = declaration.verified_on is not None
    how = standing(
        ended=declaration.ended,
        until=declaration.until,
        is_verified=is_verified,
        is_examined=declaration.is_examined,
        today=today,
    )
    told_verified = how == Standing.VERIFIED
    return DeclarationView(
        number=declaration.number,
        item=declaration.item,
        title=Title(**declaration.told["title"]),
        fields=tuple(_field(each) for each in declaration.told["fields"]),
        declared_on=declaration.declared_on,
        until=declaration.until,
        standing=how,
        is_verified=told_verified,
        how=HOW[How(declaration.verified_how)] if told_verified else None,
        by=declaration.verified_by.name if told_verified and declaration.verified_by else "",
        verified_on=declaration.verified_on if told_verified else None,
        is_public=declaration.is_public,
        is_shown=is_shown(
            how,
            is_public=declaration.is_public,
            publishable=item is not None and item.publishable,
            needs_look=declaration.needs_look,
            is_verified=is_verified,
        ),
        needs_look=declaration.needs_look,
        replaces=declaration.replaces.number if declaration.replaces else "",
    )


def _field(told: dict[str, Any]) -> FieldLine:
    value, unit = told["value"], told["unit"]
    shown: Title | date | str = value
    if told["kind"] == "day":
        shown = date.fromisoformat(value)
    elif told["kind"] == "choice":
        shown = Title(**value)
    raw = shown.zh if isinstance(shown, Title) else value
    return FieldLine(
        name=told["name"], title=Title(**told["title"]), value=shown, unit=Title(**unit) if unit else None, raw=raw
    )


def _rows() -> QuerySet[Declaration]:
    return Declaration.objects.select_related("subject", "verified_by", "replaces")


def _of_firm(subject: Subject) -> QuerySet[Declaration]:
    return _rows().filter(subject__in=same_as([subject.pk])).order_by("-declared_on", "-pk")
