"""Logins of enterprises to try: one that holds two firms, its proxy, and claims in every state that somebody can go on with."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.actions import sign_up
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.demonstration.codes import numbered_code
from rongxin.demonstration.password import PASSWORD
from rongxin.demonstration.staff import FIRM, HALL, LEAD, PROXY, WINDOW
from rongxin.departments.queries import department
from rongxin.subjects.mandates import actions, proxies
from rongxin.subjects.mandates.models import Way
from rongxin.subjects.mandates.workflow import HAND_OVER
from rongxin.subjects.queries import by_uscc
from rongxin.workflow.actions import take_step

_OTHER: Final = "demo-other"
_A_YEAR: Final = timedelta(days=365)
# The famous by their numbers: what demo-firm holds, what it claims, what others claim.
_HELD: Final = (1, 8)
_TO_VISIT, _TO_SEND, _TO_CONFIRM = 2, 7, 6


@transaction.atomic
def open_firms() -> None:
    """Open the logins and take their claims as far as they are; once, and not where the register lacks the firms."""
    firms = {number: numbered_code("9", "1", number) for number in (*_HELD, _TO_VISIT, _TO_SEND, _TO_CONFIRM)}
    if Account.objects.filter(username=FIRM).exists() or not all(by_uscc(code) for code in firms.values()):
        return
    firm, proxy, other = (sign_up(name, PASSWORD, place="demonstration") for name in (FIRM, PROXY, _OTHER))
    other.set_unusable_password()
    other.save(update_fields=["password"])
    for number in _HELD:
        take_step(_entered(firm, firms[number]), "confirm", by=_account(LEAD))
    _, code = proxies.invite(firm, firms[_HELD[0]], scope=(Action.FILE_READ,), until=timezone.localdate() + _A_YEAR)
    proxies.accept(proxy, code)
    _claimed(firm, firms[_TO_VISIT], Way.COUNTER)
    _claimed(proxy, firms[_TO_SEND], Way.LETTER)
    _entered(other, firms[_TO_CONFIRM])
    _entered(other, firms[_HELD[1]])


def _account(username: str) -> Account:
    return Account.objects.get(username=username)


def _claimed(login: Account, code: str, way: Way) -> str:
    return actions.open_claim(login, code, way=way, office=department(HALL)).case.number


def _entered(login: Account, code: str) -> str:
    number = _claimed(login, code, Way.COUNTER)
    paper = actions.issue_code(number, HAND_OVER, by=_account(WINDOW), papers="licence_and_letter")
    actions.enter_code(login, number, paper.code)
    return number
