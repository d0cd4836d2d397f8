"""Six digits that change every thirty seconds (TOTP, RFC 6238), and codes on paper for the day the phone is lost.

SHA-1, six digits, thirty seconds: what every authenticator programme knows.
"""

import base64
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.models import Account, CodeGenerator, RecoveryCode
from rongxin.accounts.sealing import Unsealable, digest_of, seal, unseal

STEP_SECONDS: Final = 30
DIGITS: Final = 6
RECOVERY_CODES: Final = 10
MOST_TRIES: Final = 5
"""So often a code that was sent to somebody may be wrong; then it is void."""
_AROUND: Final = (-1, 0, 1)  # a clock may be half a minute off, as RFC 6238 §5.2 advises
_CODE_BYTES: Final = 10
_GROUP: Final = 4
_MISREAD: Final = str.maketrans("018", "OIB")  # Base32 has none of these digits


def new_secret() -> str:
    """160 bits of chance in Base32, as RFC 4226 §4 asks."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def setup_address(account: Account, secret: str) -> str:
    """What the QR code says to the authenticator programme."""
    return _totp(secret).get_provisioning_uri(account.username, environment.platform_name)


def code_at(secret: str, step: int) -> str:
    """The code of a time step."""
    return _totp(secret).generate(step * STEP_SECONDS).decode()


def present_step() -> int:
    """The time step of this moment."""
    return int(timezone.now().timestamp()) // STEP_SECONDS


def step_of(secret: str, code: str, after: int = 0) -> int | None:
    """Which step, now or just beside it and later than ``after``, this is the code of; None: of none."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not digits.isascii():
        return None
    for step in (present_step() + beside for beside in _AROUND):
        if step > after and secrets.compare_digest(code_at(secret, step), digits):
            return step
    return None


def take_code(account: Account, code: str) -> bool:
    """Whether ``code`` is right for the account's generator; then it is used up. Call with the account's row locked."""
    generator = CodeGenerator.objects.filter(account=account).first()
    if generator is None or (generator.is_demonstration and not environment.demo):
        return False
    try:
        secret = unseal(generator.secret)
    except Unsealable:
        return False
    step = step_of(secret, code, generator.last_step)
    if step is None:
        return False
    generator.last_step = step
    generator.secret = seal(secret)  # under the present key, so that the former one can be given up
    generator.save(update_fields=["last_step", "secret"])
    return True


def demonstration_code(account: Account) -> str:
    """The code that would be taken now, of a made-up generator on a demonstration platform; empty for every other."""
    generator = CodeGenerator.objects.filter(account=account, is_demonstration=True).first()
    if not environment.demo or generator is None:
        return ""
    try:
        return code_at(unseal(generator.secret), max(present_step(), generator.last_step + 1))
    except Unsealable:
        return ""


class Outcome(StrEnum):
    """What became of a code that was entered."""

    RIGHT = "right"
    WRONG = "wrong"
    VOID = "void"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Entered:
    """``left``: how many tries are left after a wrong one."""

    outcome: Outcome
    left: int = 0


class Awaiting(Protocol):
    """What a code is waited for: ``digest`` of the one that would be taken, empty without one; ``tries`` that were wrong."""

    digest: str
    tries: int


def try_code(awaiting: Awaiting, code: str) -> Entered:
    """Try ``code``: the right one is used up, a wrong one counted, after MOST_TRIES the code is void. Call with the row locked; it
    is the caller who saves ``digest`` and ``tries``.
    """
    if not awaiting.digest:
        return Entered(Outcome.VOID)
    if secrets.compare_digest(awaiting.digest, code_digest(code)):
        awaiting.digest = ""
        return Entered(Outcome.RIGHT)
    awaiting.tries += 1
    if awaiting.tries >= MOST_TRIES:
        awaiting.digest = ""
        return Entered(Outcome.VOID)
    return Entered(Outcome.WRONG, MOST_TRIES - awaiting.tries)


def new_code() -> str:
    """80 bits of chance for paper or a mail: sixteen letters and digits in groups of four."""
    return _grouped(base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode())


def code_digest(code: str) -> str:
    """What is kept of a code on paper. Small letters, spaces and hyphens make no difference, nor a digit that no code has and that
    looks like one of its letters.
    """
    return digest_of("".join(code.upper().replace("-", "").split()).translate(_MISREAD))


def make_recovery_codes(account: Account) -> list[str]:
    """New codes in clear, for the only time; those before are void."""
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(account=account).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(account=account, digest=code_digest(code)) for code in codes)
    return codes


def take_recovery_code(account: Account, code: str) -> bool:
    """Whether ``code`` is one of the account's that was not used; then it is."""
    unused = RecoveryCode.objects.filter(account=account, digest=code_digest(code), used_at=None)
    return unused.update(used_at=timezone.now()) == 1


def are_recovery_codes(account: Account, codes: list[str]) -> bool:
    """Whether all of these are the account's own."""
    digests = {code_digest(code) for code in codes}
    return bool(codes) and RecoveryCode.objects.filter(account=account, digest__in=digests).count() == len(digests)


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - an HMAC, as every programme makes it


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
