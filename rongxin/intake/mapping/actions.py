"""Saying what a column means, taking it back, and sending a waiting batch as another kind."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.departments.actions import DEPARTMENTS
from rongxin.engine.filled import may_be_filled
from rongxin.intake import releasing
from rongxin.intake.mapping.known import NotWaiting, columns_of, keep_filled, remembered, required_left
from rongxin.intake.models import Batch, BatchState, HeadMapping
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind
from rongxin.rulebook import queries as rulebook

HEAD_LENGTH: Final = 200
NOTHING: Final[Mapping[str, str]] = {}


class NotSaid(ValueError):
    """The columns as chosen leave required ``fields`` without one, or give a field (``doubled``) several."""

    def __init__(self, fields: tuple[str, ...], doubled: tuple[str, ...]) -> None:
        super().__init__(*fields, *doubled)
        self.fields = fields
        self.doubled = doubled


@transaction.atomic
def say(number: str, by: Account, chosen: Mapping[int, str], values: Mapping[str, str] = NOTHING) -> Batch:
    """What each column of a waiting batch means (index → field, empty: not needed); remembered, and the batch checked again.

    ``values``: what every row of this file says in a required field that has no column (field → text); for this batch only.
    A column whose head told the chosen field by itself is not remembered. Raises PermissionDenied, NotWaiting and NotSaid.
    """
    batch = _waiting(number, by)
    kind = rulebook.by_digest(batch.policy_digest).kinds[batch.kind]
    columns = columns_of(batch)
    meant = {column.index: chosen.get(column.index, "") for column in columns}
    placed = [field for field in meant.values() if field]
    newly = {meant[column.index] for column in columns if meant[column.index] != column.field}
    doubled = tuple(name for name in kind.fields if placed.count(name) > 1 and name in newly)
    lacking = required_left(columns, kind, placed)
    said = {
        name: values[name].strip() for name in lacking if may_be_filled(name, kind) and values.get(name, "").strip()
    }
    left = tuple(name for name in lacking if name not in said)
    if doubled or left:
        raise NotSaid(left, doubled)
    now = timezone.now()
    lines = [
        HeadMapping(
            provider=batch.provider,
            kind=batch.kind,
            head=column.key[:HEAD_LENGTH],
            written=column.head[:HEAD_LENGTH],
            field=meant[column.index],
            by=by,
            made_at=now,
        )
        for column in columns
        if not column.field or meant[column.index] != column.field
    ]
    HeadMapping.objects.bulk_create(
        lines,
        update_conflicts=True,
        unique_fields=["provider", "kind", "head"],
        update_fields=["written", "field", "by", "made_at"],
    )
    if lines:
        _tell("columns.say", batch, [(line.head, line.field) for line in lines], by)
    if said:
        _tell("columns.fill", batch, list(said.items()), by)
    keep_filled(number, said)
    return releasing.tell_columns(number, by)


@transaction.atomic
def refile(number: str, by: Account, kind: str) -> Batch:
    """Send a waiting batch as another kind. The same file under way as that kind is that batch, and this one is stopped."""
    batch = _waiting(number, by)
    if kind not in rulebook.by_digest(batch.policy_digest).kinds:
        raise LookupError(kind)
    keep_filled(number, NOTHING)
    try:
        with transaction.atomic():
            batch.kind = kind
            batch.save(update_fields=["kind"])
    except IntegrityError:
        there = Batch.objects.filter(provider=batch.provider, kind=kind, file_sha256=batch.file_sha256)
        return there.exclude(pk=batch.pk).latest("received_at")
    return releasing.tell_columns(number, by)


def _waiting(number: str, by: Account) -> Batch:
    batch = Batch.objects.select_for_update(of=("self",)).select_related("provider").get(number=number)
    demand(by, Action.BATCH_SUBMIT, batch.provider)
    if batch.state != BatchState.MAPPING:
        raise NotWaiting(batch.state)
    return batch


@transaction.atomic
def forget(pk: int, by: Account) -> HeadMapping:
    """Take back what a head means; batches checked before keep what came of them. Raises HeadMapping.DoesNotExist."""
    line = remembered(by).select_for_update(of=("self",)).get(pk=pk)
    demand(by, Action.BATCH_SUBMIT, line.provider)
    line.delete()
    _tell("columns.forget", line, [(line.head, line.field)], by)
    return line


def _tell(act: str, about: Batch | HeadMapping, said_of: Sequence[tuple[str, str]], by: Account) -> None:
    """Heads and values are what a department wrote; so the ledger is told their digest only."""
    said = json.dumps(sorted(map(list, said_of)), ensure_ascii=False, separators=(",", ":"))
    told = {
        "act": act,
        "department": about.provider.code,
        "kind": about.kind,
        "count": len(said_of),
        "columns": sha256(said.encode()).hexdigest(),
        "by": by.username,
    }
    log(Kind.ADMIN, DEPARTMENTS, told)
