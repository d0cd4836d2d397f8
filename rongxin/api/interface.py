"""The interface put together: its routes, and one shape for everything that goes wrong."""

import logging
from http import HTTPStatus
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from rongxin.accounts.models import Account
from rongxin.api import batches, declarations, recipients, records
from rongxin.api.problems import Detail, Refused, answer, no_room, trace_of
from rongxin.entrance.denials import tell_denial
from rongxin.ledger.actions import NotLogged
from rongxin.primitives.room import is_no_room

log = logging.getLogger(__name__)
UNLOGGED_SECONDS: Final = 60

api = NinjaAPI(
    title="榕信 Rongxin",
    version="1",
    description="公共信用信息平台的接口。部门系统凭密钥报送批次；公示的记录无须密钥。",
    urls_namespace="api-1",
    openapi_url="/openapi.json",
    docs_url="/docs",
)
api.add_router("/batches", batches.router)
api.add_router("", records.router)
api.add_router("", recipients.router)
api.add_router("", declarations.router)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """What the interface itself refuses."""
    if isinstance(error.__cause__, PermissionDenied):
        _tell(request, error.__cause__)
    elif error.status == HTTPStatus.NOT_FOUND:
        _tell(request, Http404())
    return answer(request, error)


@api.exception_handler(AuthenticationError)
def no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No key, an ended key, or another text."""
    headers = {"WWW-Authenticate": "Bearer"}
    return answer(request, Refused(401, "no_key", "需要有效的接口密钥（Authorization: Bearer …）", headers=headers))


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter or body that is not what the description says."""
    details = [
        Detail(field=".".join(str(part) for part in each["loc"][1:]), rule=str(each["type"]), message=str(each["msg"]))
        for each in error.errors
    ]
    return answer(request, Refused(422, "malformed", "请求不符合接口说明", details=details))


@api.exception_handler(PermissionDenied)
def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """The account may not do this."""
    _tell(request, error)
    return answer(request, Refused(403, "denied", "这个账号不能这样做"))


@api.exception_handler(Http404)
def absent(request: HttpRequest, error: Http404) -> HttpResponse:
    """There is nothing here."""
    _tell(request, error)
    return answer(request, Refused(404, "not_found", "没有这个地址"))


@api.exception_handler(HttpError)
def malformed_body(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that cannot be parsed at all."""
    return answer(request, Refused(error.status_code, "malformed", str(error)))


@api.exception_handler(NotLogged)
def unlogged(request: HttpRequest, error: NotLogged) -> HttpResponse:
    """The look could not be logged, so nothing of the data leaves."""
    log.error("trace %s: a look could not be logged", trace_of(request), exc_info=error)
    words = "未能登记查询，故不予显示。请过一会儿再试；一直这样的，请联系平台运维"
    return answer(request, Refused(503, "not_logged", words, headers={"Retry-After": str(UNLOGGED_SECONDS)}))


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own fault: the trace is in the log, the answer says nothing more than that the disk is full, where it is."""
    if is_no_room(error):
        log.error("trace %s: no room left on the disk or in the database", trace_of(request))
        return answer(request, no_room())
    log.exception("trace %s", trace_of(request), exc_info=error)
    return answer(request, Refused(500, "internal_error", "平台内部错误，已记录；请把 trace_id 告诉平台"))


def _tell(request: HttpRequest, error: PermissionDenied | Http404) -> None:
    """The ledger is told of what is refused to a key; of whoever reads without one nothing is kept."""
    account = getattr(request, "auth", None)
    if isinstance(account, Account):
        tell_denial(request, account, error)
