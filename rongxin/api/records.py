"""What is public, for machines: one record, a company's records, the record kinds."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from rongxin.api.problems import Problem, Refused, as_json
from rongxin.disclosure.records import record_view
from rongxin.disclosure.representation import representation
from rongxin.disclosure.subjects import platform_began_on
from rongxin.records.display import Moment
from rongxin.records.queries import Hidden, why_hidden
from rongxin.records.withdrawing import tombstone
from rongxin.rulebook import queries as rulebook

router = Router(tags=["records"])


@router.get(
    "/records/{number}", response={200: dict[str, Any], frozenset({404, 410}): Problem}, summary="One public record"
)
def record(request: HttpRequest, number: str, as_of: date | None = None) -> HttpResponse:
    """The public fields as displayed now, or at the end of the day ``as_of``; 410 for a record that is displayed no longer."""
    policy, moment = rulebook.current(), Moment.of(as_of)
    view = record_view(number, policy, moment, began_on=platform_began_on(moment.day))
    if view is None:
        hidden = why_hidden(number, policy, Moment.now())
        if hidden is None:
            raise Refused(404, "unknown", f"没有记录 {number}")
        withdrawn = tombstone(number) if hidden == Hidden.WITHDRAWN else None
        raise Refused(410, hidden.value, f"已撤回：{withdrawn.reason}" if withdrawn else "这条记录不公示")
    return as_json(representation(view))


class KindLine(Schema):
    """A record kind in short. ``digest`` changes with every change of the kind."""

    name: str
    title: dict[str, str]
    version: str
    polarity: str
    digest: str


@router.get("/kinds", response={200: list[KindLine]}, summary="The record kinds in force")
def kinds(request: HttpRequest) -> list[KindLine]:
    """Every kind that can be sent."""
    policy = rulebook.current()
    return [
        KindLine(
            name=kind.name,
            title=kind.title.model_dump(),
            version=kind.credit.version,
            polarity=kind.credit.polarity.value,
            digest=policy.kind_digest(kind.name),
        )
        for kind in policy.kinds.values()
    ]


@router.get("/kinds/{name}", response={200: dict[str, Any], 404: Problem}, summary="One kind as a Table Schema")
def kind(request: HttpRequest, name: str) -> HttpResponse:
    """The kind as the rules say it: a Frictionless Table Schema under ``schema``, what credit law adds under ``x-credit``."""
    found = rulebook.current().kinds.get(name)
    if found is None:
        raise Refused(404, "no_such_kind", f"没有记录种类 {name}")
    return as_json(found.model_dump(mode="json", by_alias=True, exclude_defaults=True))
