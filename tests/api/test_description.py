"""What the description says is what the interface does: made-up requests of every shape, good and bad."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from config.environment import environment
from rongxin.accounts.keys import make_key
from tests.api.conftest import Office

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


@pytest.fixture
def description(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The interface as it describes itself, asked with a clerk's key and without end."""
    monkeypatch.setattr(environment, "api_requests_per_minute", 1_000_000)
    # The server closes its connection after each request; here it is the one that holds the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_answer_is_one_that_the_description_names(description: Any, office: Office) -> None:
    headers = {"Authorization": f"Bearer {make_key(office.clerk, label='示例')}"}
    asked = 0
    for found in description.get_all_operations():

        @given(case=found.ok().as_strategy())
        @settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def ask(case: Case) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        ask()
        asked += 1
    assert asked == 9
