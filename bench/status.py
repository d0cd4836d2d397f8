"""Signing all status lists anew, against a bare scan of the same table that reads keys and nothing else.

The tables are filled as they would be after years: one record in fifty corrected, one in fifty ended by an event, one in ten a sole
trader's, terms that are over, and every first event.
"""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from bench.measure import Benchmark, Goal
from config.environment import environment
from rongxin.departments.actions import enter
from rongxin.disclosure.models import StatusCheck, StatusList
from rongxin.disclosure.status_jobs import keep_status_lists
from rongxin.policy.loader import load_pack
from rongxin.primitives.uscc import make
from rongxin.records.actions import EVENTS, note
from rongxin.records.models import Effect, EventCursor, Record
from rongxin.records.numbers import new_numbers
from rongxin.rulebook import actions as rulebook
from rongxin.storage.bulk import wide_cache
from rongxin.storage.frames import kept
from rongxin.storage.loading import load
from rongxin.subjects.models import Subject
from rongxin.subjects.registration import register

CHUNK: Final = 500_000
SUBJECTS: Final = 20_000
SOLE_TRADERS: Final = 2_000
TEN_MILLION: Final = 10_000_000
_TODAY: Final = date(2026, 11, 20)
_YEARS: Final = 4 * 365


def run(size: int) -> Benchmark:
    """Seconds to compute, sign and check every list over ``size`` records; and one list after one withdrawal."""
    filling = _timed(lambda: _fill(size))
    drawing = _timed(keep_status_lists.call_now)
    scan = _timed(_scan)
    StatusList.objects.update(policy_digest="")
    whole = _timed(keep_status_lists.call_now)
    one = Record.objects.filter(version=1).order_by("-pk")[size // 2]
    note(one, Effect.WITHDRAWN, by="示例", basis="示例", told="")
    single = _timed(keep_status_lists.call_now)
    quiet = _timed(keep_status_lists.call_now)
    check = StatusCheck.objects.get()
    if check.faults:
        raise RuntimeError(check.faults[0])
    bits = sum(int.from_bytes(bytes(each), "big").bit_count() for each in _bits())
    return Benchmark(
        name="status",
        size=size,
        seconds=round(whole, 2),
        peers={"bare scan of the records": round(scan, 2)},
        goals=(
            Goal("seconds for all lists, of ten million records", whole * TEN_MILLION / size, 60, "lower"),
            Goal("seconds for the list of one withdrawal", single, 5, "lower"),
        ),
        notes={
            "lists": StatusList.objects.count(),
            "bits_set": bits,
            "first_signing_with_draw_seconds": round(drawing, 2),
            "nothing_due_seconds": round(quiet, 3),
            "filling_seconds": round(filling, 1),
            "times_the_scan": round(whole / scan, 1),
            "database": connection.vendor,
        },
    )


def _bits() -> Any:
    return StatusList.objects.values_list("bits", flat=True).iterator(chunk_size=64)


def _scan() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM records_record WHERE display = 'public'")
        while cursor.fetchmany(CHUNK):
            pass


def _fill(size: int) -> None:
    policy = load_pack(environment.policies, environment.pack)
    rulebook.seed(policy, {})
    office = enter("demo", "福州市示例市场监督管理局", region="350100")
    firms, sole = (
        [make("9", kind, "990000", f"{index:08d}") for index in range(count)]
        for kind, count in (("1", SUBJECTS), ("2", SOLE_TRADERS))
    )
    codes = firms + sole
    named = pl.DataFrame({"uscc": codes, "name": [f"示例{index}号有限公司" for index in range(len(codes))]})
    register(named, source="bench", on=date(2026, 1, 5))
    keys = dict(Subject.objects.values_list("uscc", "pk"))
    subjects = np.array([keys[code] for code in codes])
    chance = np.random.default_rng(20261129)
    with wide_cache(megabytes=1024):
        for start in range(0, size, CHUNK):
            count = min(CHUNK, size - start)
            with transaction.atomic(), connection.cursor() as cursor:
                _fill_part(cursor, start, count, chance, subjects, office.pk, policy.digest)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('records_record', 'id'), (SELECT max(id) FROM records_record))"
            )
        cursor.execute("ANALYZE")


def _fill_part(
    cursor: Any, start: int, count: int, chance: np.random.Generator, subjects: Any, office: int, digest: str
) -> None:
    """``count`` versions from key ``start`` + 1 on: one in fifty the second version of the act before it."""
    keys = np.arange(start + 1, start + 1 + count)
    is_second = keys % 50 == 0
    acts = np.frombuffer(chance.bytes(32 * count), dtype="S32").astype(object)
    texts = pl.Series("act_key", [act.ljust(32, b"\0").hex() for act in acts]).sort()
    numbers = pl.Series("number", sorted(new_numbers("350100", count, 1_700_000_000_000 + start)))
    of_first = np.arange(count) - is_second
    is_licence = chance.random(count) < 0.5
    is_licence &= is_licence[of_first]
    days = chance.integers(0, _YEARS, count)
    told = str(kept(timezone.now() - timedelta(days=2)))
    records = pl.DataFrame(
        {
            "id": keys,
            "number": numbers.gather(of_first),
            "version": np.where(is_second, 2, 1),
            "act_key": texts.gather(of_first),
            "decided_on": pl.Series(np.datetime64(_TODAY) - days.astype("timedelta64[D]")).cast(pl.Date),
        }
    ).with_columns(
        supersedes_id=pl.when(pl.Series(is_second)).then(pl.col("id") - 1),
        kind=pl.when(pl.Series(is_licence))
        .then(pl.lit("administrative_licence"))
        .otherwise(pl.lit("administrative_penalty")),
        severity=pl.when(pl.Series(is_licence)).then(pl.lit("none")).otherwise(pl.lit("general")),
        polarity=pl.when(pl.Series(is_licence)).then(pl.lit("neutral")).otherwise(pl.lit("adverse")),
        document_number=pl.format("榕示〔2026〕{}号", "id"),
        document_key=pl.format("榕示2026{}", "id"),
        party_name=pl.lit("示例榕海贸易有限公司"),
        party_code=pl.lit(""),
        kind_digest=pl.lit(""),
        policy_digest=pl.lit(digest),
        authority=pl.lit("福州市示例市场监督管理局"),
        authority_uscc=pl.lit(""),
        basis=pl.lit("《示例条例》第一条"),
        display=pl.when(pl.col("id") % 20 == 7).then(pl.lit("withheld")).otherwise(pl.lit("public")),
        display_reason=pl.lit(""),
        display_clause=pl.lit(""),
        content_hash=pl.lit(""),
        origin=pl.lit("350100"),
        region=pl.lit("350100"),
        provider_id=pl.lit(office),
        recorded_at=pl.lit(told),
    )
    load(cursor, "records_record", records)
    whose = subjects[(np.arange(start, start + count) - is_second) % len(subjects)]
    load(
        cursor,
        "records_resolution",
        pl.DataFrame({"record_id": keys, "subject_id": whose}).with_columns(
            method=pl.lit("code"), by=pl.lit(""), made_at=pl.lit(told)
        ),
    )
    is_over = (keys % 50 == 3) & ~is_second
    first_events = pl.DataFrame({"record_id": keys}).with_columns(
        act_key=pl.when(pl.Series(is_second)).then(records["act_key"]),
        effect=pl.when(pl.Series(is_second)).then(pl.lit("corrected")).otherwise(pl.lit("recorded")),
    )
    ends = records.filter(pl.Series(is_over)).select(record_id="id", act_key="act_key", effect=pl.lit("repaired"))
    last = EventCursor.objects.get_or_create(name=EVENTS)[0].value
    events = pl.concat([first_events, ends]).with_columns(
        position=pl.int_range(last + 1, last + 1 + count + ends.height),
        effective_at=pl.lit(told),
        recorded_at=pl.lit(told),
        by=pl.lit(""),
        basis=pl.lit("B"),
    )
    load(cursor, "records_recordevent", events)
    EventCursor.objects.filter(name=EVENTS).update(value=last + events.height)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
