"""For recipients: the feed by its cursor, acknowledgements, and the address at which they are woken."""

from datetime import datetime
from typing import Annotated, Any, Final, cast

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.security import HttpBearer
from pydantic import Field

from rongxin.api.access import Asking, count
from rongxin.api.problems import Problem, Refusals, Refused, as_json
from rongxin.disclosure.feed import FeedEntry
from rongxin.disclosure.wording import words
from rongxin.exchange.recipients import acknowledging, addresses, queries
from rongxin.exchange.recipients.acknowledging import MOST, NotAcknowledged, Refusal
from rongxin.exchange.recipients.models import Recipient
from rongxin.exchange.recipients.registry import recipient_of
from rongxin.records.changes import last_position
from rongxin.rulebook import queries as rulebook

router = Router(tags=["recipients"])
LARGEST: Final = 2**63 - 1


class RecipientBearer(HttpBearer):
    """A key of a recipient in use; each may ask ``api_requests_per_minute`` times a minute and process."""

    def authenticate(self, request: HttpRequest, token: str) -> Recipient | None:
        """The recipient, or None; raises Refused (429 with Retry-After) beyond the quota."""
        recipient = recipient_of(token)
        if recipient is not None:
            count(token.partition(".")[0])
        return recipient


KEY: Final = RecipientBearer()


class FeedAnswer(Schema):
    """A page of the feed. ``cursor``: what to ask ``after`` next, and what to acknowledge when the page is carried out."""

    items: list[dict[str, Any]]
    cursor: int
    more: bool
    newest: int
    as_of: datetime


class UpTo(Schema):
    """Everything up to this position is carried out, deletions among it."""

    up_to: int = Field(ge=0, le=LARGEST)


class Taken(Schema):
    """What was kept: the same answer however often it is sent. ``at``: when it was said first."""

    up_to: int
    acknowledged_at: datetime
    newest: int


class WakeAddress(Schema):
    """Where to call. ``is_proved``: it has shown that it knows the secret."""

    url: str
    is_proved: bool


class Me(Schema):
    """How far the recipient has come."""

    name: str
    served: int | None
    acknowledged: int | None
    newest: int
    behind: int
    address: WakeAddress | None


class Url(Schema):
    """An https address."""

    url: str = Field(max_length=500)


class Secret(Schema):
    """With which calls are signed; shown this once."""

    url: str
    secret: str


@router.get("/feed", auth=KEY, response={200: FeedAnswer, Refusals: Problem}, summary="The feed after a position")
def feed(
    request: HttpRequest,
    after: Annotated[int, Field(ge=0, le=LARGEST)] = 0,
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100,
) -> HttpResponse:
    """What changed after a position, the oldest first. Ask again with ``cursor`` while ``more``."""
    page = acknowledging.hand_over(_asking(request), rulebook.current(), after=after, limit=limit)
    return as_json(
        {
            "items": [line_of(entry) for entry in page.entries],
            "cursor": page.last,
            "more": page.more,
            "newest": page.newest,
            "as_of": page.updated_at.isoformat(),
        }
    )


@router.post(
    "/recipients/me/acknowledgements",
    auth=KEY,
    response={200: Taken, Refusals: Problem},
    summary="Say that everything up to a position is carried out",
)
def acknowledge(request: HttpRequest, body: UpTo) -> HttpResponse:
    """Kept with its instant. The same again is the same answer; it never goes back and never beyond what was handed over."""
    try:
        kept = acknowledging.acknowledge(_asking(request), body.up_to)
    except NotAcknowledged as refused:
        raise Refused(409, refused.refusal.value, _why(refused)) from None
    return as_json({"up_to": kept.up_to, "acknowledged_at": kept.at.isoformat(), "newest": kept.newest})


@router.get(
    "/recipients/me", auth=KEY, response={200: Me, Refusals: Problem}, summary="How far this recipient has come"
)
def me(request: HttpRequest) -> Me:
    """What was handed over, what was acknowledged, what is new, where it is woken."""
    recipient = _asking(request)
    address = addresses.address_of(recipient)
    return Me(
        name=recipient.name,
        served=recipient.served,
        acknowledged=recipient.acknowledged,
        newest=last_position()[0],
        behind=queries.behind(recipient),
        address=WakeAddress(url=address.url, is_proved=address.proved_at is not None) if address else None,
    )


@router.put(
    "/recipients/me/address",
    auth=KEY,
    response={200: Secret, Refusals: Problem},
    summary="Name the address to be woken at",
)
def set_address(request: HttpRequest, body: Url) -> HttpResponse:
    """The answer holds the secret, once. A challenge follows within seconds; until it is answered nothing else is sent."""
    try:
        secret = addresses.set_address(_asking(request), body.url)
    except addresses.NotAnAddress:
        raise Refused(422, "not_an_address", "地址须是 https:// 开头的完整地址，不带用户名和 #") from None
    return as_json({"url": body.url, "secret": secret})


@router.delete(
    "/recipients/me/address", auth=KEY, response={204: None, Refusals: Problem}, summary="Be woken no longer"
)
def forget_address(request: HttpRequest) -> HttpResponse:
    """Nothing is sent any more, what waits included."""
    addresses.forget_address(_asking(request))
    return HttpResponse(status=204)


def line_of(entry: FeedEntry) -> dict[str, Any]:
    """An entry as a line of the feed."""
    line: dict[str, Any] = {
        "position": entry.position,
        "at": entry.at.isoformat(),
        "change": entry.change,
        "number": entry.number,
        "id": entry.id,
        "kind": entry.kind,
    }
    if entry.is_deleted:
        return line | {"why": entry.why, "reason": entry.reason}
    return line | {
        "kind_title": words(entry.kind_title),
        "title": entry.title,
        "version": entry.version,
        "recorded_at": entry.recorded_at.isoformat() if entry.recorded_at else None,
        "subject": {"name": entry.subject_name, "uscc": entry.subject_uscc},
        "authority": entry.authority,
        "document_number": entry.document_number,
        "decided_on": entry.decided_on.isoformat() if entry.decided_on else None,
        "shown_until": entry.shown_until.isoformat() if entry.shown_until else None,
        "polarity": entry.polarity,
        "credentialStatus": entry.entry.as_json() if entry.entry else None,
        "disputed": entry.is_disputed,
    }


def _asking(request: HttpRequest) -> Recipient:
    return cast(Asking[Recipient], request).auth


def _why(refused: NotAcknowledged) -> str:
    served = refused.served or 0
    return {
        Refusal.BEYOND_NEWEST: "还没有这个序号：确认的是收到的 cursor",
        Refusal.NOT_SERVED: f"连续取到的只到 {served}，后面有没取过的页：请从 after={served} 接着取，办完再确认",
        Refusal.GOES_BACK: f"已经确认到 {refused.acknowledged}，不能退回",
        Refusal.ENDED: "已不是数据接收单位",
    }[refused.refusal]
