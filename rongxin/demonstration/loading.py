"""Bringing made-up history onto a platform for demonstration, through the doors that real data takes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import polars as pl
from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.models import Account
from rongxin.demonstration.authorities import SHOWN, Authority
from rongxin.demonstration.clock import made_up_time
from rongxin.demonstration.history import WAITING_FILE, WEEKS, History, Sending
from rongxin.demonstration.other_kinds import models
from rongxin.demonstration.staff import LEAD, bring_rules_up_to_date, open_for_work
from rongxin.departments.queries import department
from rongxin.disclosure.reminding import remind
from rongxin.intake import files
from rongxin.intake.columns import register_columns
from rongxin.intake.jobs import record_batch
from rongxin.intake.models import Batch, BatchState
from rongxin.intake.receiving import receive
from rongxin.intake.releasing import release, send_back
from rongxin.jobs import actions as runs
from rongxin.jobs.progress import Progress
from rongxin.policy.examples import read_examples
from rongxin.policy.kinds import RecordKind
from rongxin.policy.loader import load_pack
from rongxin.records.clearing import clear_unsuspected, fields_to_clear, place_of, queue
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.registration import register

SEED: Final = 1
_REGISTER: Final = "示例登记库"
_LEASE_SECONDS: Final = 600.0
_A_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True)
class Step:
    """What happens at an instant: a sending arrives, or its second person decides."""

    at: datetime
    sending: Sending
    arrives: bool


def is_loaded() -> bool:
    """Whether the demonstration stands on this platform: its last batch is there."""
    return Batch.objects.filter(provider__code=SHOWN.code, file_name=WAITING_FILE).exists()


def told(subjects: int, *, weeks: int = WEEKS) -> History:
    """The history that ends now."""
    policy = load_pack(environment.policies, environment.pack)
    examples = {
        kind: example
        for head in policy.packs
        for kind, example in read_examples(environment.policies, head.name, policy).items()
    }
    return History(SEED, subjects, timezone.now(), policy.calendar, weeks, models(policy, examples))


def steps_of(history: History) -> list[Step]:
    """Everything that happens, in order."""
    steps = []
    for sending in history.sendings():
        steps.append(Step(sending.received_at, sending, arrives=True))
        if sending.decided_at is not None:
            steps.append(Step(sending.decided_at, sending, arrives=False))
    return sorted(steps, key=lambda step: (step.at, step.sending.authority.code, step.sending.file_name))


def relive(history: History, steps: list[Step], *, advance: Callable[[int], None] = lambda _: None) -> None:
    """Seed the rules, open the departments, enter the register and take every step at its own instant; all or nothing.

    Raises NotForDemonstration on a real platform.
    """
    first_morning = datetime.combine(history.first_day, datetime.min.time(), UTC)
    begins = min([first_morning, *(step.at for step in steps)]) - timedelta(days=1)
    with made_up_time() as clock, transaction.atomic():
        clock.set(begins)
        bring_rules_up_to_date()
        open_for_work()
        enter_register(history.register(), history.first_day)
        numbers: dict[str, str] = {}
        read_until = begins
        for step in steps:
            clock.set(step.at)
            if step.at - read_until >= _A_WEEK:
                read_texts()
                read_until = step.at
            if step.arrives:
                numbers[_key(step.sending)] = _send(step.sending)
            else:
                _decide(step.sending, numbers[_key(step.sending)])
            advance(1)
    remind(rulebook.current(), timezone.localdate())


def enter_register(rows: pl.DataFrame, today: date) -> None:
    """Enter the enterprises under the names they bore first, then every change of name on its own day."""
    policy = rulebook.current()
    plain = register_columns(rows, policy).with_columns(rows["renamed_on"])
    changed = plain.filter(pl.col("renamed_on") < today).sort("renamed_on")
    first_names = plain.with_columns(name=pl.coalesce("former_name", "name")).drop("former_name", "renamed_on")
    register(first_names, source=_REGISTER, on=today)
    for day, renamed in changed.partition_by("renamed_on", as_dict=True).items():
        register(renamed.drop("former_name", "renamed_on"), source=_REGISTER, on=day[0])
    register(plain.drop("former_name", "renamed_on"), source=_REGISTER, on=today)


def read_texts() -> None:
    """The lead_officer shows the texts in which nothing is suspected, as if read; the others wait."""
    policy, lead_officer = rulebook.current(), _account(LEAD)
    after = None
    while texts := queue(lead_officer, policy, after=after):
        clear_unsuspected(
            {(text.record.number, text.field): text.digest for text in texts}, by=lead_officer, policy=policy
        )
        last = texts[-1]
        after = place_of(last, fields_to_clear(policy.kinds[last.record.kind]))


def take_in(kind: str, file: Path) -> Batch:
    """Send a file of made-up rows as the department that is shown, release it and record it, here and now."""
    receipt = receive(
        files.parts_of(file),
        file_name=file.name,
        kind=kind,
        provider=department(SHOWN.code),
        by=_account(SHOWN.clerk),
        check_now=True,
    )
    if receipt.batch.state == BatchState.CHECKED:
        _release(SHOWN, receipt.batch.number)
        receipt.batch.refresh_from_db()
    return receipt.batch


def _key(sending: Sending) -> str:
    return f"{sending.authority.code}/{sending.file_name}"


def _account(username: str) -> Account:
    return Account.objects.get(username=username)


def _send(sending: Sending) -> str:
    kind = rulebook.current().kinds[sending.kind]
    receipt = receive(
        [as_csv(sending.rows, kind).encode(sending.encoding)],
        file_name=sending.file_name,
        kind=sending.kind,
        provider=department(sending.authority.code),
        by=_account(sending.authority.clerk),
        check_now=True,
    )
    return receipt.batch.number


def as_csv(rows: pl.DataFrame, kind: RecordKind) -> str:
    """The whole form of a kind, every column headed by its title, as a department fills it in."""
    absent = [pl.lit(None, pl.String).alias(name) for name in kind.fields if name not in rows.columns]
    whole = rows.with_columns(absent).select(pl.col(name).alias(field.title) for name, field in kind.fields.items())
    return whole.write_csv()


def _decide(sending: Sending, number: str) -> None:
    if sending.return_reason:
        send_back(number, _account(sending.authority.reviewer), reason=sending.return_reason)
    elif Batch.objects.get(number=number).state == BatchState.CHECKED:
        _release(sending.authority, number)


def _release(authority: Authority, number: str) -> None:
    """The second person releases, and the run that this asked for is carried out at once, as a worker would."""
    batch = release(number, _account(authority.reviewer))
    lease = runs.claim((record_batch.queue,), f"demonstration-{authority.code}", _LEASE_SECONDS)
    if lease is None or lease.run_id != batch.run:
        if lease is not None:
            runs.give_back(lease)
        raise RuntimeError(f"{number} was not the next in the queue; stop the workers while made-up data is taken in")
    progress = Progress(lease)
    runs.succeed(lease, progress, record_batch.function(progress, number))
