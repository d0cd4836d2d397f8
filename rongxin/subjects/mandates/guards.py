"""Why a step of a claim is not possible now, in the words that the page says."""

from typing import Final

from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.policy.words import Title
from rongxin.subjects.mandates.models import Claim
from rongxin.subjects.mandates.queries import holder_of
from rongxin.workflow.models import Case

MOST_CODES: Final = 3
"""How many codes one claim can have: then it is another claim."""


def claim_in(case: Case) -> Claim:
    """The claim that the case is about."""
    return Claim.objects.select_related("subject", "account", "replaces__account", "replaces__ended").get(case=case)


def is_replaced(case: Case, account: Account) -> bool:
    """Whether the claim would take the mandate of this login."""
    replaced = claim_in(case).replaces
    return replaced is not None and replaced.account_id == account.pk and replaced.stands(timezone.localdate())


def codes_left(case: Case, by: Account | None) -> Title | None:
    """No more codes than MOST_CODES."""
    if claim_in(case).codes < MOST_CODES:
        return None
    return Title(
        zh=f"已经发过{MOST_CODES}次验证码，请撤回后重新认领",
        en=f"{MOST_CODES} codes were issued; withdraw and claim again",
    )


def letter_is_possible(case: Case, by: Account | None) -> Title | None:
    """A letter goes to the registered address, and nowhere else."""
    if not claim_in(case).subject.address:
        return Title(zh="登记库里没有住所，不能寄信，请到窗口", en="The register has no address; come to the window")
    return codes_left(case, by)


def has_no_holder(case: Case, by: Account | None) -> Title | None:
    """Nobody has to be asked."""
    if holder_of(claim_in(case).subject) is None:
        return None
    return Title(zh="该企业已有经办账号，要先听其意见", en="The enterprise has a holder, who is heard first")


def has_holder(case: Case, by: Account | None) -> Title | None:
    """There is somebody to be asked."""
    if holder_of(claim_in(case).subject) is not None:
        return None
    return Title(zh="该企业没有经办账号", en="The enterprise has no holder")


def holder_is_the_one_replaced(case: Case, by: Account | None) -> Title | None:
    """Nobody loses a mandate who was not heard."""
    claim = claim_in(case)
    holder = holder_of(claim.subject)
    if holder is None or holder.pk == claim.replaces_id:
        return None
    return Title(
        zh="该企业刚由另一账号认领，请不予认领，由申请人重新认领",
        en="Another login holds the enterprise since; refuse, to be claimed again",
    )
