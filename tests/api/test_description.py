"""What the description says is what the interface does: made-up requests of every shape, good and bad, as every role."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from config.environment import environment
from rongxin.accounts.keys import make_key
from rongxin.accounts.matrix import matrix
from rongxin.accounts.permissions import Action, Face, Role
from tests.api.conftest import Office
from tests.factories import a_department
from tests.intake.coverage.batches import a_batch, an_officer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
STAFF: Final = [role for role in Role if matrix().roles[role].face in (Face.DESK, Face.ADMINISTRATION)]
SECRET: Final = "只有本单位知道.csv"
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


@cache
def described() -> Any:
    """The description; it is the same whatever a test does."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def description(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The interface as it describes itself, asked with a clerk's key and without end."""
    monkeypatch.setattr(environment, "api_requests_per_minute", 1_000_000)
    # The server closes its connection after each request; here it is the one that holds the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield described()
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
    assert asked == 15


@pytest.mark.parametrize("role", STAFF, ids=str)
def test_no_role_is_shown_what_it_may_not_see(description: Any, office: Office, role: Role) -> None:
    stranger = a_department("stranger", "厦门市示例单位", region="350200")
    account = an_officer(stranger, role)
    batch = a_batch(office.department, file_name=SECRET)
    may_see = account.may(Action.BATCH_READ, office.department)
    headers = {"Authorization": f"Bearer {make_key(account, label='示例')}"}
    for found in description.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(), is_real=booleans())
        @settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def ask(case: Case, is_real: bool) -> None:
            is_real = is_real and "number" in (case.path_parameters or {})
            if is_real:
                case.path_parameters["number"] = batch.number
            answer = case.call_and_validate(headers=headers, checks=CHECKS)
            assert may_see or SECRET not in answer.text
            if is_real and not may_see:
                assert answer.status_code in (401, 404, 422), "a stranger is not told that there is such a batch"

        ask()
