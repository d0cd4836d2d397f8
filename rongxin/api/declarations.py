"""What enterprises say of themselves, for machines: public declarations only, never together with records."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from rongxin.api.problems import Problem, Refused, as_json
from rongxin.policy.words import Title
from rongxin.remedies.declarations.queries import DeclarationView, FieldLine, public_of
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.queries import by_uscc

NOTE = Title(
    zh="企业自主申报，不是部门认定的信息；verified 只说有单位核对过这一项。不计入信用记录，不作评价。",
    en="Said by the enterprise itself, no official information; verified says only that an office looked at this item.",
)
router = Router(tags=["declarations"])


@router.get(
    "/subjects/{uscc}/declarations",
    response={200: dict[str, Any], 404: Problem},
    summary="What an enterprise says of itself",
)
def declarations(request: HttpRequest, uscc: str) -> HttpResponse:
    """What it chose to show and what stands today, by its whole code; 404 for a code that leads to nobody."""
    subject = by_uscc(uscc.upper())
    if subject is None:
        raise Refused(404, "unknown", "登记库里没有这个代码的主体")
    today = timezone.localdate()
    return as_json(
        {
            "uscc": subject.uscc,
            "on": today.isoformat(),
            "note": NOTE.model_dump(),
            "declarations": [_declaration(each) for each in public_of(subject, rulebook.current(), today)],
        }
    )


def _declaration(view: DeclarationView) -> dict[str, Any]:
    return {
        "number": view.number,
        "item": view.item,
        "title": view.title.model_dump(),
        "fields": [_field(each) for each in view.fields],
        "declared_on": view.declared_on.isoformat(),
        "until": view.until.isoformat(),
        "verified": view.is_verified,
        "verified_on": view.verified_on.isoformat() if view.verified_on else None,
        "verified_by": view.by or None,
        "verified_how": view.how.model_dump() if view.how else None,
    }


def _field(field: FieldLine) -> dict[str, Any]:
    value = field.value
    return {
        "name": field.name,
        "title": field.title.model_dump(),
        "value": value.isoformat()
        if isinstance(value, date)
        else value.model_dump()
        if isinstance(value, Title)
        else value,
        "unit": field.unit.model_dump() if field.unit else None,
    }
