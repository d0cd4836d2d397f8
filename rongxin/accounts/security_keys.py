"""Security keys (WebAuthn Level 2): what the browser is asked, and whether the answer is right. The package fido2 decides.

A key comes after the password, so the key need not know its bearer (user verification is "discouraged"), and nothing is
asked about its make. A key belongs to a host name: one set up on another is not known here.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from config.environment import environment
from rongxin.accounts.models import Account, SecurityKey

MOST_KEYS: Final = 5
_TOUCH: Final = UserVerificationRequirement.DISCOURAGED

Options = Mapping[str, Any]


def ask_to_set_up(account: Account, host: str) -> tuple[Options, Any]:
    """What to give to the browser's ``create``, and the state to keep until it answers."""
    bearer = PublicKeyCredentialUserEntity(
        id=str(account.pk).encode(), name=account.username, display_name=account.username
    )
    options, state = _server(host).register_begin(bearer, _credentials(account), user_verification=_TOUCH)
    return dict(options), state


def set_up(account: Account, host: str, state: Any, answer: str, label: str) -> SecurityKey | None:
    """Keep the key that answered; None when the answer is wrong, is not one, or there are keys enough."""
    if SecurityKey.objects.filter(account=account).count() >= MOST_KEYS:
        return None
    try:
        told = _server(host).register_complete(state, _read(answer))
    except (ValueError, TypeError, KeyError):
        return None
    if told.credential_data is None:
        return None
    return SecurityKey.objects.create(
        account=account,
        label=label,
        credential=base64.urlsafe_b64encode(told.credential_data).decode(),
        uses=told.counter,
        set_at=timezone.now(),
    )


def ask(account: Account, host: str) -> tuple[Options, Any] | None:
    """What to give to the browser's ``get``, and the state to keep until it answers; None without a key."""
    credentials = _credentials(account)
    if not credentials:
        return None
    options, state = _server(host).authenticate_begin(credentials, user_verification=_TOUCH)
    return dict(options), state


def take_answer(account: Account, host: str, state: Any, answer: str) -> bool:
    """Whether a key of the account signed what was asked. A counter that did not grow tells of a copy: then it is refused."""
    keys = {bytes(_credential(key).credential_id): key for key in SecurityKey.objects.filter(account=account)}
    try:
        given = _read(answer)
        used = _server(host).authenticate_complete(state, [_credential(key) for key in keys.values()], given)
        uses = AuthenticationResponse.from_dict(given).response.authenticator_data.counter
    except (ValueError, TypeError, KeyError):
        return False
    key = keys[bytes(used.credential_id)]
    if uses <= key.uses and (uses or key.uses):
        return False
    key.uses, key.last_used_at = uses, timezone.now()
    key.save(update_fields=["uses", "last_used_at"])
    return True


def _read(answer: str) -> dict[str, Any]:
    given = json.loads(answer)
    if not isinstance(given, dict) or not isinstance(given.get("response"), dict):
        raise ValueError("not the answer of a key")
    return given


def _server(host: str) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=environment.platform_name))


def _credentials(account: Account) -> list[AttestedCredentialData]:
    return [_credential(key) for key in SecurityKey.objects.filter(account=account)]


def _credential(key: SecurityKey) -> AttestedCredentialData:
    return AttestedCredentialData(base64.urlsafe_b64decode(key.credential))
