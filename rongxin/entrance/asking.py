"""The question for the second factor, and its answer: the same at login and before a decision."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from rongxin.accounts import security_keys
from rongxin.accounts.models import Account, CodeGenerator
from rongxin.accounts.one_time_codes import demonstration_code
from rongxin.accounts.second_factor import Means, Refusal, is_locked, prove_by_code, prove_by_key
from rongxin.entrance.hosts import host_of

CODE: Final = "second_factor_code"
KEY: Final = "second_factor_key"
STATE: Final = "key_state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``entrance/_question.html``. ``key_options``: what a security key is asked, None without one.

    ``shown_code``: the code of a made-up generator, on demonstration platforms only.
    """

    by_code: bool
    key_options: Any
    refusal: Refusal | None
    is_locked: bool
    shown_code: str
    is_of_staff: bool


def question(request: HttpRequest, account: Account, refusal: Refusal | None = None) -> Asked:
    """Ask the account; what its keys are asked is kept in the session until the answer."""
    asked = security_keys.ask(account, host_of(request))
    if asked is not None:
        request.session[STATE] = asked[1]
    return Asked(
        by_code=CodeGenerator.objects.filter(account=account).exists(),
        key_options=asked[0] if asked else None,
        refusal=refusal,
        is_locked=is_locked(account),
        shown_code=demonstration_code(account),
        is_of_staff=account.is_staff_member,
    )


def answered(request: HttpRequest, account: Account) -> Means | Refusal:
    """What the answer that was posted is worth. A key's question is asked once."""
    key_answer = request.POST.get(KEY, "")
    if key_answer:
        return prove_by_key(account, host_of(request), request.session.pop(STATE, None), key_answer)
    return prove_by_code(account, request.POST.get(CODE, ""))
