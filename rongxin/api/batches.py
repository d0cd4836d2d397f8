"""Batches in: send a file or records, ask how it goes, read every error, fetch the return workbook."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, Literal

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import Query, Router, Schema
from ninja.params import functions as given
from pydantic import Field

from rongxin.accounts.access import Access, Purpose, purpose_of
from rongxin.accounts.models import Account
from rongxin.api.access import Key, account_asking
from rongxin.api.problems import Detail, Problem, Refusals, Refused, as_json
from rongxin.engine.problems import message, suggestion
from rongxin.intake import files, queries
from rongxin.intake.checking import WITHDRAWN
from rongxin.intake.idempotency import KeyReused, receive_once
from rongxin.intake.models import Batch, BatchState, Channel, RowProblem
from rongxin.intake.questions.returning import returned_to
from rongxin.intake.receiving import NoSuchKind, Receipt, receive
from rongxin.jobs.models import State
from rongxin.jobs.queries import run_state
from rongxin.policy.kinds import RecordKind
from rongxin.rulebook import queries as rulebook

router = Router(auth=Key(), tags=["batches"])

KEY_LENGTH: Final = 100
PAGE_SIZE: Final = 100
MOST_RECORDS: Final = 10_000


class Progress(Schema):
    """How far the work on a batch is. ``phase`` is for people."""

    phase: str = ""
    rows_done: int = 0
    rows_total: int | None = None
    seconds_left: float | None = None
    failed: bool = False


class Counts(Schema):
    """Rows; ``rows`` is the sum of the others but ``withheld`` and ``recorded``, which are parts of ``accepted``."""

    rows: int
    accepted: int
    withheld: int
    rejected: int
    in_review: int
    refused_person: int
    duplicates: int
    recorded: int


class Links(Schema):
    """Addresses of what belongs to a batch; ``returned`` only when rows came back."""

    self: str
    errors: str
    returned: str | None = None


class BatchAnswer(Schema):
    """One batch. ``state``: received, mapping, checked (waits for release), released, recorded, nothing_new, returned, stopped,
    unreadable. ``findings`` are about the file as a whole.
    """

    number: str
    kind: str
    state: str
    file_name: str
    file_sha256: str
    received_at: datetime
    checked_at: datetime | None
    finished_at: datetime | None
    policy_digest: str
    counts: Counts | None
    progress: Progress | None
    findings: list[Detail]
    return_reason: str
    links: Links


class Records(Schema):
    """Records as objects by field name (or title, or code of the standard). Values are texts as a form takes them."""

    kind: str
    records: list[dict[str, str | int | float | None]] = Field(min_length=1, max_length=MOST_RECORDS)


class Errors(Schema):
    """A part of the reasons why rows came back, in the order of the file; ``next_cursor`` is empty at the end."""

    errors: list[Detail]
    next_cursor: str


class ErrorsAsked(Schema):
    """``cursor`` as the part before gave it."""

    cursor: int = Field(default=0, ge=0)
    limit: int = Field(default=PAGE_SIZE, ge=1, le=1000)


@router.post(
    "",
    response={202: BatchAnswer, Refusals | {507}: Problem},
    summary="Send a file or records",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": Records.model_json_schema()},
                "text/csv": {"schema": {"type": "string", "format": "binary"}},
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
def send(
    request: HttpRequest,
    kind: str = given.Query("", description="record kind of a file; records name their own"),
    file_name: str = given.Query("", max_length=200),
    idempotency_key: str = given.Header(
        "", max_length=KEY_LENGTH, description="the same key with the same content is one batch"
    ),
) -> HttpResponse:
    """Keep what is sent as a batch and have it checked in the background.

    A body of ``application/json`` holds ``{"kind", "records"}``; any other body is a file as a table programme writes it
    (CSV, TSV, XLSX, XLS). The answer is 202 with the batch and its address; nothing shows before a second person has released it.
    """
    account = account_asking(request)
    parts: Iterable[bytes] = _parts(request)
    if request.content_type == "application/json":
        kind, parts, file_name = _records(request)
    file_name = file_name or f"{kind}.dat"
    receipt = _received(account, kind, parts, file_name, idempotency_key)
    return _accepted(receipt)


class OneRecord(Schema):
    """One record as an object by field name."""

    kind: str
    record: dict[str, str | int | float | None]


@router.post("/one", response={202: BatchAnswer, Refusals | {507}: Problem}, summary="Send one record, checked at once")
def send_one(
    request: HttpRequest,
    payload: OneRecord,
    idempotency_key: str = given.Header(
        "", max_length=KEY_LENGTH, description="the same key with the same content is one batch"
    ),
) -> HttpResponse:
    """A batch of one, checked before the answer: 422 with every error, 409 with the number of the record that is known already
    (``duplicate``) or was withdrawn and is not taken in again (``withdrawn``).

    Where the platform cannot check at once, the batch is ``received`` and is checked in the background.
    """
    account = account_asking(request)
    kind = _kind(payload.kind)
    table = _as_table(kind, [payload.record])
    receipt = _received(account, kind.name, [table], f"{kind.name}-1.csv", idempotency_key, check_now=True)
    batch = receipt.batch
    came_back = batch.rejected or batch.refused_person
    found = queries.errors_of(batch, _access(request, batch)) if came_back else []
    withdrawn = [problem for problem in found if problem.code == WITHDRAWN]
    if batch.state == BatchState.UNREADABLE:
        finding = batch.findings[0]
        raise Refused(422, finding["code"], message(finding["code"], finding["params"], "zh"))
    if withdrawn:
        numbers = [problem.params["number"] for problem in withdrawn]
        told = [
            detail.model_copy(update={"value": number})
            for number, detail in zip(numbers, _details(withdrawn), strict=True)
        ]
        raise Refused(409, "withdrawn", "这条记录已经撤回，不再收录", details=told)
    if came_back:
        raise Refused(422, "row_refused", "这条记录有误，没有收录", details=_details(found))
    if batch.state == BatchState.NOTHING_NEW and batch.duplicates:
        numbers = queries.recorded_numbers(batch)
        known = [Detail(rule="duplicate", value=number, message="已有这条记录") for number in numbers]
        raise Refused(409, "duplicate", "这条记录已经收录", details=known)
    return _accepted(receipt)


@router.get("", response={200: list[BatchAnswer], Refusals: Problem}, summary="The department's batches, newest first")
def listing(
    request: HttpRequest,
    state: Literal[
        "", "received", "mapping", "checked", "released", "recorded", "nothing_new", "returned", "stopped", "unreadable"
    ] = "",
    page: int = given.Query(1, ge=1, le=1000),
    page_size: int = given.Query(20, ge=1, le=PAGE_SIZE),
) -> list[BatchAnswer]:
    """Batches of the department of the key's account."""
    batches = queries.visible_to(account_asking(request))
    if state:
        batches = batches.filter(state=state)
    return [_told(batch, with_progress=False) for batch in batches[(page - 1) * page_size : page * page_size]]


@router.get("/{number}", url_name="batch", response={200: BatchAnswer, Refusals: Problem}, summary="How a batch goes")
def one(request: HttpRequest, number: str) -> BatchAnswer:
    """State, counts and progress."""
    return _told(_own(request, number))


@router.get(
    "/{number}/errors", url_name="batch_errors", response={200: Errors, Refusals: Problem}, summary="Why rows came back"
)
def errors(request: HttpRequest, number: str, asked: Query[ErrorsAsked]) -> Errors:
    """Every reason of every row that came back or waits, by cursor."""
    batch = _own(request, number)
    part = queries.errors_of(batch, _access(request, batch), after=asked.cursor, limit=asked.limit)
    more = len(part) == asked.limit
    return Errors(errors=_details(part), next_cursor=str(part[-1].pk) if more else "")


@router.get(
    "/{number}/returned.xlsx",
    url_name="batch_returned",
    response={200: None, Refusals: Problem},
    summary="The return workbook: failing rows under the sender's own heads, each with its reasons",
)
def returned(request: HttpRequest, number: str) -> HttpResponseBase:
    """404 when nothing came back."""
    batch = _own(request, number)
    try:
        workbook = io.BytesIO(returned_to(batch, _access(request, batch), "answer"))
    except FileNotFoundError:
        raise Refused(404, "nothing_returned", "这个批次没有退回的行") from None
    return FileResponse(workbook, as_attachment=True, filename=f"{batch.number}-returned.xlsx")


def _access(request: HttpRequest, batch: Batch) -> Access:
    account = account_asking(request)
    return Access(account, purpose_of(account, Purpose.INTAKE), batch.number)


def _received(
    account: Account, kind: str, parts: Iterable[bytes], file_name: str, key: str, *, check_now: bool = False
) -> Receipt:
    def take(whole: Iterable[bytes]) -> Receipt:
        return receive(
            whole,
            file_name=file_name,
            kind=kind,
            provider=account.works_for,
            by=account,
            channel=Channel.API,
            check_now=check_now,
        )

    try:
        return receive_once(key, account, kind, parts, take) if key else take(parts)
    except PermissionDenied as error:
        raise Refused(403, "may_not_send", "这个账号不能报送数据") from error
    except NoSuchKind:
        raise Refused(422, "no_such_kind", f"没有记录种类 {kind}，见 /api/v1/kinds") from None
    except files.TooLarge as error:
        raise Refused(413, "too_large", f"文件超过 {error.limit >> 20} MB") from None
    except KeyReused:
        raise Refused(409, "idempotency_key_reused", "这个 Idempotency-Key 用过，内容不同") from None


def _parts(request: HttpRequest) -> Iterator[bytes]:
    while part := request.read(files.PART):
        yield part


def _records(request: HttpRequest) -> tuple[str, list[bytes], str]:
    try:
        sent = Records.model_validate_json(request.body)
    except ValueError as error:
        raise Refused(422, "not_records", f"应为 {{kind, records}}：{str(error)[:300]}") from None
    kind = _kind(sent.kind)
    return kind.name, [_as_table(kind, sent.records)], f"{kind.name}-{len(sent.records)}.json.csv"


def _kind(name: str) -> RecordKind:
    kind = rulebook.current().kinds.get(name)
    if kind is None:
        raise Refused(422, "no_such_kind", f"没有记录种类 {name}，见 /api/v1/kinds")
    return kind


def _as_table(kind: RecordKind, records: list[dict[str, str | int | float | None]]) -> bytes:
    """The records as a table under their own names; what is no field of the kind is told by name."""
    heads = list(dict.fromkeys(name for record in records for name in record))
    known = {name for field in kind.table.fields for name in (field.name, field.title, field.credit.code)}
    unknown = [name for name in heads if name not in known]
    if unknown:
        details = [Detail(rule="unknown_field", field=name) for name in unknown]
        raise Refused(422, "unknown_field", f"没有这些字段：{'、'.join(unknown)[:200]}", details=details)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(["" if record.get(head) is None else record[head] for head in heads] for record in records)
    return text.getvalue().encode()


def _own(request: HttpRequest, number: str) -> Batch:
    try:
        return queries.batch_for(account_asking(request), number)
    except (Batch.DoesNotExist, PermissionDenied) as error:
        raise Refused(404, "no_such_batch", f"没有批次 {number}") from error


def _accepted(receipt: Receipt) -> HttpResponse:
    told = _told(receipt.batch)
    response = as_json(told.model_dump(mode="json"), 202)
    response["Location"] = told.links.self
    return response


def _told(batch: Batch, *, with_progress: bool = True) -> BatchAnswer:
    was_read = batch.checked_at is not None and batch.state != BatchState.UNREADABLE
    names = ("rows", "accepted", "withheld", "rejected", "in_review", "refused_person", "duplicates", "recorded")
    came_back = batch.rejected + batch.in_review + batch.refused_person > 0
    returned = came_back and files.return_path(batch.number).exists()
    return BatchAnswer(
        number=batch.number,
        kind=batch.kind,
        state=batch.state,
        file_name=batch.file_name,
        file_sha256=batch.file_sha256,
        received_at=batch.received_at,
        checked_at=batch.checked_at,
        finished_at=batch.finished_at,
        policy_digest=batch.policy_digest,
        counts=Counts(**{name: getattr(batch, name) for name in names}) if was_read else None,
        progress=_progress(batch) if with_progress else None,
        findings=[
            Detail(
                rule=finding["code"],
                message=message(finding["code"], finding["params"], "zh"),
                hint=suggestion(finding["code"], finding["params"], "zh"),
            )
            for finding in batch.findings
        ],
        return_reason=batch.return_reason,
        links=Links(
            self=reverse("api-1:batch", args=[batch.number]),
            errors=reverse("api-1:batch_errors", args=[batch.number]),
            returned=reverse("api-1:batch_returned", args=[batch.number]) if returned else None,
        ),
    )


def _progress(batch: Batch) -> Progress | None:
    run = run_state(batch.run) if batch.run and batch.state in queries.UNDER_WAY else None
    if run is None:
        return None
    return Progress(
        phase=run.phase,
        rows_done=run.progress_done,
        rows_total=run.progress_total,
        seconds_left=run.seconds_left,
        failed=run.state == State.FAILED,
    )


def _details(problems: Iterable[RowProblem]) -> list[Detail]:
    def detail(problem: RowProblem) -> Detail:
        params: dict[str, Any] = problem.params
        return Detail(
            row=problem.row,
            field=problem.field,
            value=problem.value,
            rule=problem.code,
            message=message(problem.code, params, "zh"),
            hint=problem.suggestion or suggestion(problem.code, params, "zh"),
        )

    return [detail(problem) for problem in problems]
