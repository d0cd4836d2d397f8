"""The choice of appearance, the language, and the addresses that every platform answers."""

import json
from http import HTTPStatus

import pytest
from django.db import DatabaseError, connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from config.environment import environment
from rongxin.ui.appearance import CONTRAST, TEXT, THEME, Appearance
from rongxin.ui.context import platform

LARGE = {"text": "large", "contrast": "more", "theme": "dark"}


@given(st.sampled_from(TEXT), st.sampled_from(CONTRAST), st.sampled_from(THEME))
def test_a_choice_comes_back_from_its_cookie(text: str, contrast: str, theme: str) -> None:
    chosen = Appearance(text, contrast, theme)
    assert Appearance.from_cookie(chosen.cookie) == chosen


@given(st.text())
def test_any_other_cookie_gives_known_words(cookie: str) -> None:
    shown = Appearance.from_cookie(cookie)
    assert shown.text in TEXT
    assert shown.contrast in CONTRAST
    assert shown.theme in THEME


def test_the_choice_is_kept_and_the_reader_goes_back(client: Client) -> None:
    answer = client.post(reverse("ui:display"), {**LARGE, "next": "/rules?x=1"})

    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == "/rules?x=1"
    cookie = client.cookies["display"]
    assert cookie.value == "large.more.dark"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere(client: Client, target: str) -> None:
    assert client.post(reverse("ui:display"), {"next": target})["Location"] == "/"


def test_an_appearance_is_chosen_by_post_only(client: Client) -> None:
    assert client.get(reverse("ui:display")).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_the_page_is_written_as_chosen(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.COOKIES["display"] = "large.more.dark"
    request.resolver_match = None

    page = render_to_string("404.html", request=request)

    assert 'data-bs-theme="dark"' in page
    assert 'data-contrast="more"' in page
    assert 'data-text="large"' in page


def test_following_the_device_needs_a_script_and_nothing_else_does(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.resolver_match = None
    assert "ui/theme.js" not in render_to_string("404.html", request=request)
    request.COOKIES["display"] = "normal.normal.auto"
    assert "ui/theme.js" in render_to_string("404.html", request=request)


def test_made_up_data_are_announced_on_every_page(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    request = rf.get("/")
    request.resolver_match = None
    monkeypatch.setattr(environment, "demo", False)
    assert "示例数据" not in render_to_string("404.html", request=request)
    monkeypatch.setattr(environment, "demo", True)
    assert "示例数据" in render_to_string("404.html", request=request)


def test_the_platform_is_known_without_a_query(rf: RequestFactory) -> None:
    known = platform(rf.get("/"))["platform"]

    assert known.name == environment.platform_name
    assert known.language == "zh-CN"
    assert known.appearance == Appearance()


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html"])
def test_an_error_page_says_what_happened_and_leads_on(rf: RequestFactory, name: str) -> None:
    request = rf.get("/")
    request.resolver_match = None

    page = render_to_string(name, request=request)

    assert page.count("<h1>") == 1
    assert f'href="{reverse("portal:home")}"' in page


def test_the_page_of_last_resort_needs_nothing() -> None:
    page = render_to_string("500.html")
    assert "平台出错了" in page
    assert "Something went wrong" in page


def test_the_language_is_switched_by_form(client: Client) -> None:
    answer = client.post(reverse("ui:language"), {"language": "en", "next": "/rules"})

    assert answer["Location"] == "/rules"
    assert client.cookies["django_language"].value == "en"


@pytest.mark.django_db
def test_health_is_good_while_the_database_answers(client: Client) -> None:
    answer = client.get(reverse("ui:healthz"))

    assert answer.status_code == HTTPStatus.OK
    assert json.loads(answer.content) == {"database": True}
    assert "no-store" in answer["Cache-Control"]


def test_health_is_bad_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", refuse)

    assert client.get(reverse("ui:healthz")).status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_crawlers_are_kept_from_the_workbench_and_from_questions(client: Client) -> None:
    text = client.get(reverse("ui:robots")).content.decode()

    assert f"Disallow: {reverse('desk:home')}\n" in text
    assert f"Disallow: {reverse('portal:search')}\n" in text
