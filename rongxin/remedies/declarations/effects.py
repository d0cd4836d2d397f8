"""What the steps of a declaration do, and when they cannot be taken."""

from typing import Final

from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.policy.words import Title
from rongxin.remedies.declarations.models import Declaration, Ended
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.models import Case
from rongxin.workflow.table import Taken

KIND: Final = "declaration"
_EXPIRED: Final = Title(zh="这一版已经到期。", en="This version has expired.")


def declaration_of(case: Case) -> Declaration:
    """The declaration of a case, for the procedure."""
    return Declaration.objects.get(case=case)


# ── guards ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def stands(case: Case, account: Account | None) -> Title | None:
    """What expired, or is being examined, is not verified."""
    declaration = declaration_of(case)
    if declaration.until < timezone.localdate():
        return _EXPIRED
    if declaration.is_examined:
        return Title(zh="正在查核这项申报是否不实，查核结束以后再核实。", en="It is being examined; decide that first.")
    return None


def one_is_enough(case: Case, account: Account | None) -> Title | None:
    """Verified by one person, where the item does not say two."""
    if _needs_two(case):
        return Title(zh="这一事项须由两人核实，用“拟核实”。", en="Two people verify this item; propose it.")
    return stands(case, account)


def two_are_needed(case: Case, account: Account | None) -> Title | None:
    """Proposed for a second person, where the item says so."""
    if not _needs_two(case):
        return Title(zh="这一事项一人核实即可，用“核实”。", en="One person verifies this item.")
    return stands(case, account)


def may_publish(case: Case, account: Account | None) -> Title | None:
    """The enterprise shows what its item allows, while it stands."""
    declaration = declaration_of(case)
    item = rulebook.current().declared_items.get(declaration.item)
    if item is None or not item.publishable:
        return Title(zh="这一事项不公开，只供有权的单位查看。", en="This item is never public.")
    if declaration.is_public:
        return Title(zh="已经选择公开。", en="It is public already.")
    return _EXPIRED if declaration.until < timezone.localdate() else None


def is_published(case: Case, account: Account | None) -> Title | None:
    """Only what was made public is hidden."""
    return None if declaration_of(case).is_public else Title(zh="现在没有公开。", en="It is not public.")


def is_over(case: Case, account: Account | None) -> Title | None:
    """The last day has passed."""
    if declaration_of(case).until < timezone.localdate():
        return None
    return Title(zh="还没有到期。", en="It has not expired yet.")


# ── effects ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def verify(taken: Taken) -> None:
    """Mark it verified; by one person with the way it was done, by a second as the first proposed."""
    declaration = declaration_of(taken.case)
    declaration.verified_how = str(taken.answers.get("how", declaration.verified_how))
    declaration.verified_on = taken.on
    declaration.verified_by = taken.by.department if taken.by else None
    declaration.save(update_fields=["verified_how", "verified_on", "verified_by"])


def propose(taken: Taken) -> None:
    """Keep how it was verified; it counts when a second person confirms."""
    Declaration.objects.filter(case=taken.case).update(verified_how=taken.answers["how"])


def unpropose(taken: Taken) -> None:
    """What was proposed falls away."""
    Declaration.objects.filter(case=taken.case).update(verified_how="")


def publish(taken: Taken) -> None:
    """Everybody may read it."""
    Declaration.objects.filter(case=taken.case).update(is_public=True)


def hide(taken: Taken) -> None:
    """Nobody but the enterprise and the offices reads it."""
    Declaration.objects.filter(case=taken.case).update(is_public=False)


def withdraw(taken: Taken) -> None:
    """The enterprise takes it back."""
    _end(taken, Ended.WITHDRAWN)


def replace(taken: Taken) -> None:
    """A new version stands in its place."""
    _end(taken, Ended.REPLACED)


def expire(taken: Taken) -> None:
    """Close what its last day ended already."""
    _end(taken, Ended.EXPIRED)


def _end(taken: Taken, why: Ended) -> None:
    Declaration.objects.filter(case=taken.case).update(ended=why, ended_on=taken.on)


def _needs_two(case: Case) -> bool:
    item = rulebook.current().declared_items.get(declaration_of(case).item)
    return item is None or item.two_people
