"""What :mod:`bench.intake` compares in keeping a file: our way to searchable records, and what bulk_create needs."""

import csv
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.db import connection, models, transaction

from bench import penalties
from bench.measure import own_peak_mb
from config.environment import environment
from rongxin.policy.loader import load_pack

PENALTY: Final = "administrative_penalty"
_BATCH: Final = 5_000


def to_the_end(path: str) -> dict[str, Any]:
    """Seconds from the file to records found by their document number: received, checked, released, recorded, searched."""
    from rongxin.accounts.actions import open_account
    from rongxin.accounts.permissions import Role
    from rongxin.departments.actions import enter
    from rongxin.intake import files, jobs, releasing
    from rongxin.intake.receiving import receive
    from rongxin.rulebook import actions as rulebook
    from rongxin.subjects.registration import register

    rulebook.seed(load_pack(Path(environment.policies), environment.pack), {})
    parties = [penalties.party(index) for index in range(penalties.REGISTER)]
    register(pl.DataFrame(parties, schema=["name", "uscc"], orient="row"), source="示例登记", on=date(2026, 1, 5))
    office = enter("demo", penalties.AUTHORITY, region="350100")
    clerk, reviewer = (
        open_account(name, "a-long-demonstration-password", display_name=name, department=office, role=role)
        for name, role in (("clerk", Role.CLERK), ("reviewer", Role.REVIEWER))
    )
    began = time.perf_counter()
    batch = receive(
        files.parts_of(Path(path)), file_name="示例.csv", kind=PENALTY, provider=office, by=clerk, check_now=True
    ).batch
    checked = time.perf_counter()
    releasing.release(batch.number, reviewer)
    jobs.record_batch.call_now(batch.number)
    batch.refresh_from_db()
    found = _found()
    ended = time.perf_counter()
    return {
        "seconds": round(ended - began, 3),
        "check_seconds": round(checked - began, 3),
        "record_seconds": round(ended - checked, 3),
        "state": batch.state,
        "recorded": batch.recorded,
        "found": found,
        "peak_mb": own_peak_mb(),
    }


def bulk_create_rows(path: str) -> dict[str, Any]:
    """Seconds of storing the bare rows, unchecked: one table, one text column for each head, an index on the code."""
    with Path(path).open(encoding="utf-8", newline="") as source:
        rows = csv.reader(source)
        heads = [f"cell_{number}" for number, _ in enumerate(next(rows))]
        row_model = _row_model(heads)
        with connection.schema_editor() as editor:
            editor.create_model(row_model)
        began = time.perf_counter()
        objects = (row_model(**dict(zip(heads, cells, strict=True))) for cells in rows)
        for part in _parts(objects):
            row_model._default_manager.bulk_create(part)
        return {"seconds": round(time.perf_counter() - began, 3)}


def bulk_create_records(path: str) -> dict[str, Any]:
    """Seconds of storing what comes of the rows, in the tables that hold it, by bulk_create; checking is given to it free."""
    from django.utils import timezone

    from rongxin.departments.models import Department
    from rongxin.intake.checking import check_file
    from rongxin.records.models import Effect, Record, RecordContent, RecordEvent, Resolution, Sighting
    from rongxin.records.numbers import new_numbers

    policy = load_pack(Path(environment.policies), environment.pack)
    checked = check_file(Path(path), policy.kinds[PENALTY], policy, date(2026, 11, 22))
    rows = pl.concat(checked.recordable(checked.accepted)).with_columns(pl.col(pl.String).fill_null(""))
    lines = rows.iter_rows(named=True)
    office, now = Department.objects.get(code="demo"), timezone.now()
    common = {
        "kind": PENALTY,
        "kind_digest": "",
        "policy_digest": policy.digest,
        "origin": "350100",
        "region": "350100",
    }
    apart = ("row", "subject", "method", "content", "title")
    position = RecordEvent.objects.count()
    began = time.perf_counter()
    numbers = iter(new_numbers("350100", rows.height, 1_800_000_000_000))
    stored = 0
    while part := list(islice(lines, _BATCH)):
        made = [
            Record(
                **{key: value for key, value in line.items() if key not in apart}
                | {"act_key": f"{stored}-{line['row']}"},
                **common,
                number=next(numbers),
                version=1,
                provider=office,
                recorded_at=now,
            )
            for line in part
        ]
        with transaction.atomic():
            Record.objects.bulk_create(made)
            pairs = list(zip(made, part, strict=True))
            RecordContent.objects.bulk_create(
                [RecordContent(record=record, text=line["content"], title=line["title"]) for record, line in pairs]
            )
            Resolution.objects.bulk_create(
                [
                    Resolution(record=record, subject_id=line["subject"], method=line["method"], by="", made_at=now)
                    for record, line in pairs
                ]
            )
            Sighting.objects.bulk_create(
                [
                    Sighting(record=record, provider=office, batch="B-peer", row=line["row"], seen_at=now)
                    for record, line in pairs
                ]
            )
            RecordEvent.objects.bulk_create(
                [
                    RecordEvent(
                        position=position + stored + index,
                        record=record,
                        act_key=record.act_key,
                        effect=Effect.RECORDED,
                        effective_at=now,
                        recorded_at=now,
                        by="",
                    )
                    for index, record in enumerate(made, start=1)
                ]
            )
        stored += len(made)
    return {"seconds": round(time.perf_counter() - began, 3), "recorded": stored}


def _found() -> int:
    """How many of ten recorded acts are found as the public finds them."""
    from rongxin.records.display import Moment
    from rongxin.records.models import Record
    from rongxin.records.queries import by_document
    from rongxin.rulebook import queries as rulebook

    keys = Record.objects.order_by("-pk").values_list("document_key", flat=True)[:10]
    return sum(len(by_document(key, rulebook.current(), Moment.now(), limit=1)) for key in keys)


def _row_model(heads: list[str]) -> type[models.Model]:
    columns: dict[str, Any] = {head: models.TextField(db_index=number == 2) for number, head in enumerate(heads)}
    meta = type("Meta", (), {"app_label": "bench"})
    return type("Row", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})


def _parts(objects: Iterator[models.Model]) -> Iterator[list[models.Model]]:
    while part := list(islice(objects, _BATCH)):
        yield part
