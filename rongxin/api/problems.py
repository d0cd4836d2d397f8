"""Answers that refuse: one shape for all, with a stable code, what to do about it, and a trace to quote."""

import uuid
from collections.abc import Sequence
from typing import Any, Final, Protocol, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Schema
from pydantic import Field

RETRY_SECONDS: Final = 600
Refusals: Final = frozenset({400, 401, 403, 404, 409, 413, 422, 429, 503})
"""How a request with a key can be refused."""


class Detail(Schema):
    """What is wrong at one place. ``row`` counts as the sender's table programme does: the head is row 1."""

    row: int | None = None
    field: str = Field(
        default="", description="name of the field in the record kind; empty when the whole row is meant"
    )
    value: str = Field(default="", description="the value as sent; values that look personal are hidden")
    rule: str = Field(description="stable code of the rule")
    message: str = ""
    hint: str = ""


class Problem(Schema):
    """An answer that refuses. ``code`` is stable, ``message`` is for people."""

    code: str
    message: str
    details: list[Detail] = []
    trace_id: str


class Refused(Exception):
    """Stops a request with a Problem."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[Detail] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message
        self.details, self.headers = list(details), headers or {}


def no_room() -> Refused:
    """The platform can write no more; the sender does nothing but try again later."""
    words = "平台存储空间已满，这次没有办成。请过一会儿再发同一份：不会重复"
    return Refused(507, "no_room", words, headers={"Retry-After": str(RETRY_SECONDS)})


class _Traced(Protocol):
    trace_id: str


def trace_of(request: HttpRequest) -> str:
    """The trace of a request: one for all that is said about it."""
    trace: str | None = getattr(request, "trace_id", None)
    if trace is None:
        trace = uuid.uuid4().hex
        cast(_Traced, request).trace_id = trace
    return trace


def answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The problem as JSON."""
    problem = Problem(code=refused.code, message=refused.message, details=refused.details, trace_id=trace_of(request))
    response = as_json(problem.model_dump(), refused.status)
    for name, value in refused.headers.items():
        response[name] = value
    return response


def as_json(content: dict[str, Any], status: int = 200) -> JsonResponse:
    """JSON as this interface writes it: UTF-8, Chinese in clear."""
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})
