"""Batches through the machine interface: the way of every batch, the same twice is once, and every refusal says why."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.environment import environment
from rongxin.accounts.keys import account_of, end_key, make_key
from rongxin.accounts.models import MachineKey
from rongxin.engine.problems import PROBLEMS
from rongxin.intake import jobs
from rongxin.intake.models import Batch, BatchState, Channel
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment
from rongxin.records.queries import newest
from rongxin.records.withdrawing import Ground, Wish, withdraw
from tests.api.conftest import Calling, Office
from tests.intake.conftest import open_office
from tests.intake.tables import CODE, as_csv, as_xlsx, penalties, penalty

BATCHES = "/api/v1/batches"
PENALTY = "administrative_penalty"


def send(machine: Client, body: bytes, *, kind: str = PENALTY, key: str = "", **more: Any) -> Any:
    headers = {"idempotency-key": key} if key else {}
    return machine.post(
        f"{BATCHES}?kind={kind}", data=body, content_type=more.pop("content_type", "text/csv"), headers=headers
    )


def checked(answer: Any) -> Batch:
    """The batch of an answer, after the worker has checked it."""
    jobs.check_batch.call_now(answer.json()["number"])
    return Batch.objects.get(number=answer.json()["number"])


def records(policy: Policy, *rows: dict[str, str]) -> list[dict[str, str]]:
    """The rows by field name."""
    names = {field.title: field.name for field in policy.kinds[PENALTY].table.fields}
    return [{names[title]: value for title, value in row.items()} for row in rows]


def test_a_file_is_accepted_checked_in_the_background_and_waits_for_a_second_person(
    machine: Client, office: Office
) -> None:
    answer = send(machine, as_csv(penalties(3)))
    assert answer.status_code == 202
    told = answer.json()
    assert (told["state"], told["counts"], answer["Location"]) == ("received", None, f"{BATCHES}/{told['number']}")
    batch = checked(answer)
    assert (batch.channel, batch.state, batch.submitted_by) == (Channel.API, BatchState.CHECKED, office.clerk)
    now = machine.get(answer["Location"]).json()
    assert (now["state"], now["counts"]["accepted"], now["links"]["returned"]) == ("checked", 3, None)
    assert office.release(batch).recorded == 3


def test_a_workbook_is_sent_as_it_is(machine: Client) -> None:
    assert checked(send(machine, as_xlsx(penalties(2)), content_type="application/octet-stream")).accepted == 2


def test_records_are_sent_as_objects(machine: Client, policy: Policy) -> None:
    body = json.dumps({"kind": PENALTY, "records": records(policy, *penalties(2))})
    assert checked(send(machine, body.encode(), content_type="application/json")).accepted == 2


def test_the_same_request_twice_is_one_batch_even_after_it_is_finished(machine: Client, office: Office) -> None:
    body = as_csv(penalties(2))
    first = send(machine, body, key="week-47")
    office.release(checked(first))
    again = send(machine, body, key="week-47")
    assert (again.status_code, again.json()["number"], again.json()["state"]) == (
        202,
        first.json()["number"],
        "recorded",
    )
    assert Batch.objects.count() == 1


def test_a_key_given_again_with_other_content_is_refused(machine: Client) -> None:
    send(machine, as_csv(penalties(1)), key="week-47")
    answer = send(machine, as_csv(penalties(2)), key="week-47")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert Batch.objects.count() == 1


def test_another_accounts_key_word_is_its_own(machine: Client, calling: Calling) -> None:
    other = open_office("other")
    send(machine, as_csv(penalties(1)), key="week-47")
    assert send(calling(other.clerk), as_csv(penalties(2)), key="week-47").status_code == 202


def test_every_reason_of_every_row_comes_by_cursor(machine: Client) -> None:
    rows = [row | {"处罚决定日期": "2026-02-31"} for row in penalties(5)]
    answer = send(machine, as_csv(rows))
    checked(answer)
    address = answer.json()["links"]["errors"]
    first = machine.get(f"{address}?limit=3").json()
    rest = machine.get(f"{address}?limit=3&cursor={first['next_cursor']}").json()
    assert [error["row"] for error in first["errors"] + rest["errors"]] == [2, 3, 4, 5, 6]
    assert rest["next_cursor"] == ""
    assert {error["field"] for error in first["errors"]} == {"penalty_decision_date"}
    assert all(error["rule"] in PROBLEMS and error["message"] and error["hint"] for error in first["errors"])
    workbook = machine.get(machine.get(answer["Location"]).json()["links"]["returned"])
    assert b"".join(workbook).startswith(b"PK")


def test_the_errors_cost_one_query_however_many(machine: Client) -> None:
    answer = send(machine, as_csv([row | {"处罚决定日期": "2026-02-31"} for row in penalties(40)]))
    checked(answer)
    with CaptureQueriesContext(
        connection,
    ) as few:
        machine.get(answer.json()["links"]["errors"] + "?limit=2")
    with CaptureQueriesContext(connection) as many:
        machine.get(answer.json()["links"]["errors"])
    assert len(many) == len(few)


def test_a_single_record_is_checked_before_the_answer(machine: Client, policy: Policy) -> None:
    (record,) = records(policy, penalty())
    answer = machine.post(f"{BATCHES}/one", {"kind": PENALTY, "record": record}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (202, "checked")


def test_a_single_record_with_faults_is_refused_with_each_of_them(machine: Client, policy: Policy) -> None:
    (record,) = records(policy, penalty(处罚决定日期="2026-02-31", 处罚依据=""))
    answer = machine.post(f"{BATCHES}/one", {"kind": PENALTY, "record": record}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "row_refused")
    assert {detail["field"] for detail in answer.json()["details"]} == {"penalty_decision_date", "penalty_basis"}
    assert answer.json()["trace_id"]


def test_a_known_record_is_refused_with_its_number(machine: Client, office: Office, policy: Policy) -> None:
    batch = office.release(office.send(as_csv([penalty()])))
    (record,) = records(policy, penalty())
    answer = machine.post(f"{BATCHES}/one", {"kind": PENALTY, "record": record}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")
    (known,) = answer.json()["details"]
    assert machine.get(f"/api/v1/records/{known['value']}").json()["record"]["number"] == known["value"]
    assert batch.recorded == 1


@pytest.mark.parametrize("changes", [{}, {"罚款金额（万元）": "0.9"}], ids=["same content", "changed content"])
def test_a_withdrawn_record_is_refused_with_its_number_and_the_reason(
    machine: Client, office: Office, policy: Policy, changes: dict[str, str]
) -> None:
    office.release(office.send(as_csv([penalty()])))
    (known,) = newest(policy, Moment.now(), limit=1)
    withdraw(known.record.number, Wish(ground=Ground.MISFILED, basis="示例核实单"), by=office.reviewer)
    (record,) = records(policy, penalty(**changes))
    answer = machine.post(f"{BATCHES}/one", {"kind": PENALTY, "record": record}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "withdrawn")
    (told,) = answer.json()["details"]
    assert (told["rule"], told["field"], told["value"]) == (
        "act_withdrawn",
        "penalty_document_no",
        known.record.number,
    )
    assert "报送错误，不应归集" in told["message"]
    assert "新文书" in told["hint"]


def test_a_row_about_a_person_is_refused_and_nothing_of_it_is_said(machine: Client, policy: Policy) -> None:
    rows = records(policy, penalty(行政相对人名称="王示例", 行政相对人类别="自然人") | {CODE: ""})
    answer = machine.post(f"{BATCHES}/one", {"kind": PENALTY, "record": rows[0]}, content_type="application/json")
    assert answer.status_code == 422
    assert "王示例" not in answer.content.decode()


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "unknown kind": ({"kind": "gift"}, 422, "no_such_kind"),
    "no body of records": ({"content_type": "application/json"}, 422, "not_records"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_is_refused_with_a_code(machine: Client, case: str) -> None:
    more, status, code = REFUSED[case]
    answer = send(machine, b"nonsense", **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Batch.objects.count() == 0


def test_unknown_fields_are_told_by_name(machine: Client) -> None:
    body = json.dumps({"kind": PENALTY, "records": [{"party_nmae": "福州示例有限公司"}]}).encode()
    answer = send(machine, body, content_type="application/json")
    assert answer.json()["details"] == [
        {"row": None, "field": "party_nmae", "value": "", "rule": "unknown_field", "message": "", "hint": ""}
    ]


def test_a_file_beyond_the_limit_is_refused_and_nothing_is_kept(
    machine: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "upload_limit_mb", 0)
    answer = send(machine, as_csv(penalties(1)))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert Batch.objects.count() == 0


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Bearer 000000000000.wrong", "Basic YTpi"])
def test_without_a_key_nothing_is_told(office: Office, header: str) -> None:
    answer = Client(headers={"authorization": header}).get(BATCHES)
    assert (answer.status_code, answer.json()["code"], answer["WWW-Authenticate"]) == (401, "no_key", "Bearer")


def test_an_ended_key_and_a_closed_account_open_nothing(office: Office) -> None:
    key = make_key(office.clerk, label="示例")
    assert account_of(key) == office.clerk
    end_key(key.partition(".")[0])
    assert account_of(key) is None
    key = make_key(office.clerk, label="示例")
    office.clerk.is_active = False
    office.clerk.save()
    assert account_of(key) is None


def test_only_the_digest_of_a_key_is_kept(office: Office) -> None:
    key = make_key(office.clerk, label="示例")
    kept = MachineKey.objects.get()
    assert key.partition(".")[2] not in f"{kept.prefix} {kept.digest} {kept.label}"


def test_a_reviewers_key_sends_nothing(office: Office, calling: Calling) -> None:
    answer = send(calling(office.reviewer), as_csv(penalties(1)))
    assert (answer.status_code, answer.json()["code"]) == (403, "may_not_send")


def test_another_departments_batch_is_not_there(machine: Client, calling: Calling) -> None:
    number = send(machine, as_csv(penalties(1))).json()["number"]
    other = calling(open_office("other").clerk)
    for address in (number, f"{number}/errors", f"{number}/returned.xlsx"):
        assert other.get(f"{BATCHES}/{address}").status_code == 404
    assert other.get(BATCHES).json() == []
    assert [batch["number"] for batch in machine.get(BATCHES).json()] == [number]


def test_too_many_requests_are_told_when_to_come_again(machine: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "api_requests_per_minute", 2)
    assert [machine.get(BATCHES).status_code for _ in range(3)] == [200, 200, 429]
    refused = machine.get(BATCHES)
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused.json()["code"] == "too_many_requests"
