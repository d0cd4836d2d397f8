"""What holds for every route of every face: a forged form does nothing, and no page carries code inline."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rongxin.accounts.matrix import matrix
from rongxin.accounts.permissions import Face, Role
from tests.entrance.conftest import a_person
from tests.factories import a_department
from tests.strict import assert_strict
from tests.subjects.mandates.firms import a_login

pytestmark = pytest.mark.django_db

ARGUMENTS = {"uscc": "91350100MA00000000", "record_number": "350100-01KAP7X9V1QZJ8M4T2C6D0N5RB"}
MACHINES = "api/v1/"
"""Read a key, no cookie: nobody's browser can be led to send it."""


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        place = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern) != MACHINES:
                yield from addresses(pattern.url_patterns, place)
        else:
            yield re.sub(r"<(\w+):\w+>", lambda found: ARGUMENTS.get(found[1], "1"), place)


LOOKS = ("/display", "/language")
"""Set a cookie for how pages look and nothing else; without a token, so that public pages stay the same for every reader."""
EVERY_ROUTE = sorted(set(addresses(get_resolver().url_patterns)))
FACES = {Face.DESK: Role.CLERK, Face.ADMINISTRATION: Role.SECURITY_ADMIN, Face.ENTERPRISE: Role.ENTERPRISE}


def test_the_routes_of_every_face_are_found() -> None:
    assert len(EVERY_ROUTE) > 120
    assert not [place for place in EVERY_ROUTE if "<" in place]
    assert {"/", "/desk/", "/administration/accounts", "/account", "/enterprise/"} <= set(EVERY_ROUTE)


@pytest.mark.parametrize("role", FACES.values())
def test_a_form_without_its_token_does_nothing_on_any_route(
    role: Role, record_property: Callable[[str, int], None]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_login() if role == Role.ENTERPRISE else a_person(role).account)
    for place in EVERY_ROUTE:
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(
                place, {"csrfmiddlewaretoken": "x" * 64}, headers={"Origin": "https://other.example.com"}
            )
        assert answer.status_code == (302 if place in LOOKS else 403), place
        assert not [query for query in asked if re.search(r"\b(INSERT|UPDATE|DELETE)\b", query["sql"])], place
    record_property("forged forms refused, on every route", len(EVERY_ROUTE))


@pytest.mark.parametrize("role", sorted(role for role in Role if matrix().roles[role].face == Face.ADMINISTRATION))
def test_no_page_of_administrators_or_of_the_door_is_inline(
    role: Role, record_property: Callable[[str, int], None]
) -> None:
    client, other = Client(), a_person(Role.CLERK, "other").account
    client.force_login(a_person(role).account)
    places = [
        place for place in EVERY_ROUTE if place.startswith(("/administration", "/account", "/login", "/invitation"))
    ]
    shown = 0
    for place in [
        *places,
        f"/administration/accounts/{other.pk}",
        f"/administration/contacts/{a_department('x').code}",
    ]:
        answer = client.get(place)
        assert_strict(answer)
        shown += answer.status_code == 200
    assert shown > 5
    record_property("pages looked at for inline code", shown)


@pytest.mark.parametrize(
    "place", ["/login", "/enterprise/login", "/enterprise/sign-up", "/invitation/x", "/no-such-page"]
)
def test_no_page_before_the_login_is_inline(place: str) -> None:
    assert_strict(Client().get(place))


def test_no_page_of_a_fault_is_inline() -> None:
    client = Client(enforce_csrf_checks=True)
    refused = client.post(reverse("entrance:login"))
    assert refused.status_code == 403
    assert_strict(refused)
