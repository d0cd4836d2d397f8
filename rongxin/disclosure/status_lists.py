"""The status lists themselves: where an act stands in one, its bits, and the credential that is signed over them.

In the shape of Bitstring Status List v1.0 (W3C Recommendation, 15 May 2025): a credential of VC 2.0 secured as compact JWS.
"""

import base64
import gzip
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from config.environment import environment
from rongxin.disclosure.models import StatusIndices, StatusList
from rongxin.ledger import tokens
from rongxin.records.copies import Keys
from rongxin.storage.turns import in_turn

SIZE: Final = 131_072
"""Entries of a list: the least that the recommendation allows, so that asking for one list tells nothing of one act."""
BLOCK: Final = 1_024
AHEAD: Final = 4
"""Lists that are drawn before they are needed, so that a new act has its entry at once."""
VALID: Final = timedelta(hours=1)
TTL: Final = timedelta(minutes=1)
PURPOSE: Final = "display"
ENTRY_TYPE: Final = "BitstringStatusListEntry"
MEDIA_TYPE: Final = "application/vc+jwt"
PATH: Final = "/status/lists/"
_DRAWING: Final = "status lists: drawing"

Indices = np.ndarray[Any, np.dtype[np.uint32]]
Bits = np.ndarray[Any, np.dtype[np.bool_]]


def list_address(number: int) -> str:
    """The address of a list, which is also its name in the credential: it must be the same everywhere."""
    return f"{environment.site()}{PATH}{number}"


def draw_up_to(last: int) -> None:
    """Draw every list up to the one that holds the act with this key, and some ahead: once each, for ever."""
    wanted = last // SIZE + 1 + AHEAD
    if StatusList.objects.count() >= wanted:
        return
    known = set(StatusList.objects.values_list("number", flat=True))
    for number in sorted(set(range(wanted)) - known):
        _draw(number)


@transaction.atomic
def _draw(number: int) -> None:
    in_turn(_DRAWING)
    if StatusList.objects.filter(number=number).exists():
        return
    StatusList.objects.create(number=number, drawn_at=timezone.now())
    # Sorting by numbers that nobody can foresee gives every order alike.
    order = np.argsort(np.frombuffer(secrets.token_bytes(8 * SIZE), "<u8"), kind="stable").astype("<u4")
    first = number * SIZE // BLOCK
    StatusIndices.objects.bulk_create(
        StatusIndices(block=first + place, indices=part.tobytes())
        for place, part in enumerate(order.reshape(-1, BLOCK))
    )


def indices_of(number: int) -> Indices:
    """Where each act of a list stands in it, by the place of its key among those of the list."""
    first = number * SIZE // BLOCK
    blocks = StatusIndices.objects.filter(block__gte=first, block__lt=first + SIZE // BLOCK).order_by("block")
    return np.frombuffer(b"".join(bytes(each) for each in blocks.values_list("indices", flat=True)), "<u4")


def places_of(acts: Iterable[int]) -> dict[int, int]:
    """{key of an act: its index in its list}; one query. An act whose list is not drawn yet is left out."""
    wanted = set(acts)
    blocks = StatusIndices.objects.in_bulk({act // BLOCK for act in wanted})
    return {
        act: int.from_bytes(bytes(block.indices)[4 * (act % BLOCK) :][:4], "little")
        for act in wanted
        if (block := blocks.get(act // BLOCK)) is not None
    }


def sign(number: int, bits: Bits, *, at: datetime, day: date, position: int, policy_digest: str) -> bool:
    """Sign a list and put it in the place of the one before, whole or not at all; whether it was.

    Of two at once that stays which holds more events, and of the same events the later one.
    """
    packed, until = np.packbits(bits).tobytes(), at + VALID
    token = tokens.signed(credential(number, packed, at, until), kind="vc+jwt")
    older = Q(signed_at=None) | Q(position__lt=position) | Q(position=position, signed_at__lt=at)
    changed = StatusList.objects.filter(older, number=number).update(
        bits=packed,
        token=token,
        position=position,
        day=day,
        policy_digest=policy_digest,
        signed_at=at,
        valid_until=until,
    )
    return changed == 1


def credential(number: int, packed: bytes, since: datetime, until: datetime) -> dict[str, Any]:
    """What is signed: the credential of one list."""
    address = list_address(number)
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": environment.site(),
        "validFrom": _instant(since),
        "validUntil": _instant(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": PURPOSE,
            "encodedList": encoded(packed),
            "ttl": TTL // timedelta(milliseconds=1),
        },
    }


def encoded(packed: bytes) -> str:
    """Bits as the recommendation writes them: multibase base64url of GZIP."""
    return "u" + base64.urlsafe_b64encode(gzip.compress(packed, mtime=0)).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The packed bits of :func:`encoded`. Raises ValueError or OSError where they are none."""
    return gzip.decompress(base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)))


def shown_by(number: int) -> Keys:
    """The acts that the newest signed version of a list says may be shown, in rising order."""
    packed = StatusList.objects.values_list("bits", flat=True).get(number=number)
    bits = np.unpackbits(np.frombuffer(bytes(packed or bytes(SIZE // 8)), np.uint8))
    return np.flatnonzero(bits[indices_of(number)]) + number * SIZE


def is_set(packed: bytes, index: int) -> bool:
    """The bit at an index, counted from the left."""
    return bool(packed[index // 8] >> (7 - index % 8) & 1)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
