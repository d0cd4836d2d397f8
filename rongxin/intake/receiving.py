"""Taking a file or a form in: one batch, whatever way it came."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.departments.models import Department
from rongxin.intake import files, jobs, rounds
from rongxin.intake.models import FINISHED, Batch, BatchCounter, Channel
from rongxin.intake.moving import open_for
from rongxin.policy.kinds import RecordKind
from rongxin.primitives.room import is_no_room
from rongxin.rulebook import queries as rulebook

NAME_LENGTH: Final = 200


class NoSuchKind(LookupError):
    """The rulebook in force has no record kind of this name."""


@dataclass(frozen=True)
class Receipt:
    """What became of something sent: its batch, and whether it was already there under way."""

    batch: Batch
    was_here: bool


def receive(
    parts: Iterable[bytes],
    *,
    file_name: str,
    kind: str,
    provider: Department,
    by: Account,
    channel: Channel = Channel.PAGE,
    check_now: bool = False,
    continues: Batch | None = None,
) -> Receipt:
    """Keep a sent file as a new batch and have it checked in the background (at once with ``check_now``).

    The same file of the same provider and kind that is still under way is the same batch. ``continues``: the batch whose
    returned rows are sent again; of another provider or kind it is a ValueError. Raises PermissionDenied, NoSuchKind,
    files.TooLarge, and where there is no room what primitives.room.is_no_room knows; then nothing is kept. A batch whose check at
    once fails is checked in the background; for want of room alone nothing is raised then.
    """
    demand(by, Action.BATCH_SUBMIT, provider)
    policy = rulebook.current()
    if kind not in policy.kinds:
        raise NoSuchKind(kind)
    if continues and (continues.provider_id, continues.kind) != (provider.pk, kind):
        raise ValueError(f"{continues.number} is not of {provider.code} and {kind}")
    arrived = files.take(parts)
    alike = Batch.objects.filter(provider=provider, kind=kind, file_sha256=arrived.sha256)
    try:
        with transaction.atomic():
            if found := alike.exclude(state__in=FINISHED).first():
                return Receipt(found, was_here=True)
            if continues:
                rounds.hold(continues)
            number = next_number()
            shown = PurePath(file_name.replace("\\", "/")).name[-NAME_LENGTH:] or kind
            batch = Batch.objects.create(
                case=open_for(number, shown, provider, by),
                number=number,
                provider=provider,
                kind=kind,
                policy_digest=policy.digest,
                channel=channel,
                file_name=shown,
                file_size=arrived.size,
                file_sha256=arrived.sha256,
                submitted_by=by,
                received_at=timezone.now(),
            )
            try:
                files.keep(arrived, batch.number)
                if continues:
                    rounds.take_up(batch, continues)
                if not check_now:
                    jobs.ask_for_check(batch)
            except BaseException:
                files.forget(batch.number)  # here, while nobody else can have the number
                raise
    except IntegrityError:
        # Two people sent the same file in the same moment; the other one's batch stands, and may be finished by now.
        return Receipt(alike.latest("pk"), was_here=True)
    finally:
        arrived.path.unlink(missing_ok=True)
    if check_now:
        _check_now(batch)
    return Receipt(batch, was_here=False)


def _check_now(batch: Batch) -> None:
    try:
        jobs.check_batch.call_now(batch.number)
    except Exception as error:
        jobs.ask_for_check(batch)
        if not is_no_room(error):
            raise
    batch.refresh_from_db()


def as_table(values: Mapping[str, str], kind: RecordKind) -> bytes:
    """One record typed into a form, as a table of one row under the kind's own heads."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(field.title for field in kind.table.fields)
    writer.writerow(values.get(field.name, "") for field in kind.table.fields)
    return text.getvalue().encode()


def next_number() -> str:
    """The number of the next batch of today. Must run in a transaction, which holds the counter."""
    today = timezone.localdate()
    BatchCounter.objects.get_or_create(day=today)
    counter = BatchCounter.objects.select_for_update().get(day=today)
    counter.value += 1
    counter.save()
    return f"B-{today:%Y%m%d}-{counter.value:04d}"
