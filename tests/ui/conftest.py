"""Rendering one line of template, as a page would."""

from collections.abc import Callable

import pytest
from django.template import engines
from django.test import RequestFactory

Render = Callable[..., str]


@pytest.fixture
def render(rf: RequestFactory) -> Render:
    """``render(source, path="/?a=1", **context)`` gives the text of a template source."""

    def rendered(source: str, path: str = "/", **context: object) -> str:
        request = rf.get(path)
        request.resolver_match = None
        return engines["django"].from_string(source).render({**context, "request": request}, request)

    return rendered
