"""Declaring, by whoever acts for the enterprise; and opening the case of one that may be false, by an office."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import Denied, demand
from rongxin.departments.models import Department
from rongxin.notices.recipients import overseers_in
from rongxin.policy.declarations import DeclaredItem
from rongxin.primitives.recognisers import words_of_persons
from rongxin.remedies.declarations import falsehoods
from rongxin.remedies.declarations.models import Declaration, Falsehood
from rongxin.remedies.declarations.rules import MOST, NotDeclared, Problem, checked, checked_until, digest_of
from rongxin.remedies.declarations.workflow import KIND
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import same_as
from rongxin.subjects.showing import shown_name
from rongxin.workflow.actions import open_case, take_step
from rongxin.workflow.statements import checked_words


@transaction.atomic
def declare(
    mandate: Mandate,
    item: str,
    given: Mapping[str, str],
    *,
    until: date | None = None,
    replaces: str = "",
    names_nobody: bool = False,
) -> Declaration:
    """Declare ``item`` of the firm of ``mandate``, which was demanded for this request. ``given``: the fields as text. ``until``:
    the last day, else the longest. ``replaces``: the number of the version that this one takes the place of; where the item allows
    one only, it takes the place of that. What is declared and stands already is given back. ``names_nobody``: whoever declares
    says that no person is named where words look like it; then it is shown only once an office verified it.

    Raises PermissionDenied, NotDeclared, and NotPossible.
    """
    firm, today = mandate.firm, timezone.localdate()
    if not mandate.may(Action.DECLARATION_MAKE) or not mandate.stands(today):
        raise Denied(Action.DECLARATION_MAKE, firm.uscc)
    found = rulebook.current().declared_items.get(item)
    if found is None:
        raise NotDeclared(Problem.NO_ITEM)
    content, last = checked(found, given, today), checked_until(found, until, today)
    if content.clues and not names_nobody:
        raise NotDeclared(Problem.MAY_NAME_A_PERSON, about=content.clues)
    in_turn(f"declarations: {firm.pk}")
    with asks(PLATFORM):  # the case is the office's; the enterprise sees its own
        digest = digest_of(item, content.told, last)
        standing = Declaration.objects.filter(subject__in=same_as([firm.pk]), ended="").select_related("case")
        expired = [each for each in standing.order_by("pk") if each.until < today]
        close(expired)
        kept = list(standing.filter(until__gte=today).order_by("pk"))
        if same := next((each for each in kept if each.digest == digest), None):
            return same
        before = _before(found, firm, kept, replaces)
        if before is None and len(kept) >= MOST:
            raise NotDeclared(Problem.TOO_MANY, about=str(MOST))
        owner = _office(found, firm)
        if before is not None and not before.ended:
            take_step(before.number, "replace", by=None)
        title = f"{shown_name(firm)}自主申报：{found.title.zh}"
        case = open_case(KIND, title=title, owner=owner, by=mandate.account, firm=firm.uscc)
        return Declaration.objects.create(
            case=case,
            number=case.number,
            subject=firm,
            item=item,
            told=content.told,
            digest=digest,
            declared_on=today,
            until=last,
            replaces=before,
            is_public=before.is_public and found.publishable if before else False,
            needs_look=bool(content.clues),
        )


def close(expired: list[Declaration]) -> None:
    """Close the cases of what its last day ended, so that no board waits for it; what is shown does not depend on it."""
    for each in expired:
        take_step(each.number, "expire", by=None)


class NotOpened(ValueError):
    """No case was opened; ``about``: what may name somebody."""

    def __init__(self, about: str) -> None:
        super().__init__("not opened")
        self.about = about


@transaction.atomic
def examine(declaration: Declaration, ground: str, *, by: Account, names_nobody: bool = False) -> Falsehood:
    """Open the case that asks whether a declaration is false; while it runs nobody is told that it is verified.

    One at a time: while one is open it is given back. Raises PermissionDenied, BadWords and NotOpened.
    """
    case = declaration.case
    demand(by, Action.CASE_ACT, case.owner)
    words = checked_words(ground)
    if (clues := words_of_persons(words)) and not names_nobody:
        raise NotOpened(clues)
    in_turn(f"falsehood: {declaration.pk}")
    with asks(PLATFORM):
        if found := Falsehood.objects.select_related("case").filter(declaration=declaration, is_open=True).first():
            return found
        title = f"查核{case.title}"
        opened = open_case(falsehoods.KIND, title=title, owner=case.owner, by=by, firm=case.firm)
        Declaration.objects.filter(pk=declaration.pk).update(is_examined=True)
        return Falsehood.objects.create(case=opened, declaration=declaration, ground=words)


def _before(item: DeclaredItem, firm: Subject, kept: list[Declaration], replaces: str) -> Declaration | None:
    """The version whose place the new one takes: one that stands, or one of the same item that is over."""
    if replaces:
        own = Declaration.objects.filter(subject__in=same_as([firm.pk]), item=item.name).select_related("case")
        found = own.filter(number=replaces).first()
        if found is None:
            raise NotDeclared(Problem.NOT_YOURS)
        return found
    return None if item.several else next((each for each in kept if each.item == item.name), None)


def _office(item: DeclaredItem, firm: Subject) -> Department:
    """Who looks at it: the first department that the item names and that there is, else the nearest credit office."""
    named = {each.code: each for each in Department.objects.filter(code__in=item.offices)}
    for code in item.offices:
        if code in named:
            return named[code]
    if offices := overseers_in(firm.region):
        return offices[0]
    raise NotDeclared(Problem.NO_OFFICE)
