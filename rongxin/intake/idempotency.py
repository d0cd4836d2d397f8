"""The same request twice is one batch: what ``Idempotency-Key`` promises to a sender that did not hear the answer."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.intake.models import IdempotencyKey
from rongxin.intake.receiving import Receipt


class KeyReused(ValueError):
    """The key was given before with other content."""


@dataclass
class _Hashed:
    """Parts that are hashed while they pass."""

    parts: Iterable[bytes]
    digest: "hashlib._Hash"

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            self.digest.update(part)
            yield part


def receive_once(
    key: str, by: Account, kind: str, parts: Iterable[bytes], take: Callable[[Iterable[bytes]], Receipt]
) -> Receipt:
    """Give ``parts`` to ``take`` unless this account sent them under ``key`` before; then the batch of that time stands.

    Raises KeyReused where the key was given with other content, and whatever ``take`` raises; then nothing is remembered. A
    request killed between receiving and remembering meets its own batch again, because the same file under way is one batch.
    """
    passing = _Hashed(parts, hashlib.sha256(f"{kind}\n".encode()))
    known = IdempotencyKey.objects.filter(account=by, key=key).select_related("batch").first()
    if known is not None:
        for _ in passing:
            pass
        return _again(known, passing.digest.hexdigest())
    receipt = take(passing)
    digest = passing.digest.hexdigest()
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(
                account=by, key=key, request_sha256=digest, batch=receipt.batch, made_at=timezone.now()
            )
    except IntegrityError:  # the same key came twice at once
        return _again(IdempotencyKey.objects.select_related("batch").get(account=by, key=key), digest)
    return receipt


def _again(known: IdempotencyKey, digest: str) -> Receipt:
    if known.request_sha256 != digest:
        raise KeyReused(known.key)
    return Receipt(known.batch, was_here=True)
