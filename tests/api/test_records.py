"""What is public, for machines, is what the pages show; the description says all of it."""

import pytest
from django.test import Client

from rongxin.policy.pack import Policy
from rongxin.records import queries as records
from tests.api.conftest import Office
from tests.intake.tables import as_csv, penalty


@pytest.fixture
def number(office: Office) -> str:
    batch = office.release(office.send(as_csv([penalty()])))
    return records.numbers_in_batch(batch.number, limit=1)[0]


def test_a_record_says_what_its_page_says(number: str) -> None:
    client = Client()
    assert client.get(f"/api/v1/records/{number}").json() == client.get(f"/r/{number}?format=json").json()


def test_an_unknown_record_is_unknown(office: Office) -> None:
    answer = Client().get("/api/v1/records/350100-00000000000000000000000000")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown")


def test_every_kind_is_told_and_its_schema_has_every_field(office: Office, policy: Policy) -> None:
    client = Client()
    told = client.get("/api/v1/kinds").json()
    assert [kind["name"] for kind in told] == list(policy.kinds)
    schema = client.get(f"/api/v1/kinds/{told[0]['name']}").json()["schema"]
    assert [field["name"] for field in schema["fields"]] == list(policy.kinds[told[0]["name"]].fields)
    assert client.get("/api/v1/kinds/gift").status_code == 404


def test_the_description_is_read_without_a_key_and_without_other_hosts(office: Office) -> None:
    client = Client()
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
    page = client.get("/api/v1/docs").content.decode()
    assert "http://" not in page
    assert "https://" not in page
