"""The signed lists as anybody reads them: checked by a verifier that knows the recommendations and nothing of the platform."""

import base64
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.environment import environment
from rongxin.disclosure.status_jobs import keep_status_lists
from rongxin.disclosure.status_lists import PATH, list_address
from rongxin.ledger import logs
from rongxin.records.models import Effect, Record
from rongxin.subjects.models import Subject
from tests.disclosure.status_verifier import Unknown, may_be_displayed
from tests.factories import a_record, a_sole_trader, a_subject, at, note
from tests.ledger.conftest import published  # noqa: F401 - every log of these tests lies in a folder of its own
from tests.ledger.events import signed_log

pytestmark = pytest.mark.django_db

NOW = "2026-11-22"
RECORDED = at("2026-11-13")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(NOW), tick=False) as clock:
        yield clock


@pytest.fixture
def record(policy: Any) -> Record:
    return a_record(a_subject("福州示例榕海茶业有限公司"), decided_on=date(2026, 11, 10), recorded_at=RECORDED)


def entry_of(client: Client, record: Record) -> dict[str, str]:
    entry: dict[str, str] = client.get(f"/r/{record.number}?format=json").json()["credentialStatus"]
    return entry


def the_key(client: Client) -> dict[str, str]:
    key: dict[str, str] = client.get("/status/?format=json").json()["key"]
    return key


class Reader:
    """Somebody who shows a copy and asks before."""

    def __init__(self, client: Client, key: dict[str, str]) -> None:
        self.client, self.key = client, key
        self.tampered: dict[str, bytes] = {}

    def fetch(self, address: str) -> bytes:
        if address in self.tampered:
            return self.tampered[address]
        assert address.startswith(environment.site())
        answer = self.client.get(address.removeprefix(environment.site()))
        if answer.status_code != 200:
            raise Unknown(answer.status_code)
        assert answer["Content-Type"] == "application/vc+jwt"
        return bytes(answer.content)

    def may_show(self, entry: dict[str, str]) -> bool:
        return may_be_displayed(entry, self.fetch, self.key, timezone.now())


def changed(token: bytes, **said: Any) -> bytes:
    """The same signature under other words."""
    head, payload, signature = token.decode().split(".")
    told = json.loads(base64.urlsafe_b64decode(payload + "=="))
    told |= said
    other = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    return f"{head}.{other}.{signature}".encode()


# ── what a reader finds ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("clock")
def test_a_verifier_written_from_the_recommendation_reads_the_bit(client: Client, record: Record) -> None:
    keep_status_lists.call_now()
    entry, reader = entry_of(client, record), Reader(client, the_key(client))
    assert reader.may_show(entry)
    note(record, Effect.WITHDRAWN)
    keep_status_lists.call_now()
    assert not reader.may_show(entry)
    unused = entry | {"statusListIndex": str((int(entry["statusListIndex"]) + 1) % 131_072)}
    assert not reader.may_show(unused)


@pytest.mark.usefixtures("clock")
def test_every_way_to_a_record_leads_to_the_same_entry(client: Client, record: Record) -> None:
    keep_status_lists.call_now()
    entry = entry_of(client, record)
    (item,) = client.get("/feed.json").json()["items"]
    assert item["_rongxin"]["credentialStatus"] == entry
    assert client.get(f"/api/v1/records/{record.number}").json()["credentialStatus"] == entry
    link = f"{entry['statusListCredential']}#{entry['statusListIndex']}"
    for address in ("/feed.atom", f"/r/{record.number}"):
        page = client.get(address).content.decode()
        assert link in page, address
        assert "https://www.w3.org/ns/credentials/status#BitstringStatusListEntry" in page, address
    note(record, Effect.REPAIRED)
    (item,) = client.get("/feed.json").json()["items"]
    assert (item["_rongxin"]["change"], item["_rongxin"]["credentialStatus"]) == ("DEL", entry)


@pytest.mark.usefixtures("clock")
def test_a_sole_traders_record_has_no_entry_that_is_told(client: Client, record: Record) -> None:
    sole = a_record(a_sole_trader(), decided_on=date(2026, 11, 10), recorded_at=RECORDED)
    keep_status_lists.call_now()
    assert entry_of(client, sole) is None
    assert "BitstringStatusListEntry" not in client.get(f"/r/{sole.number}").content.decode()


@pytest.mark.usefixtures("clock")
def test_the_address_in_the_credential_is_the_address_of_the_list(client: Client, record: Record) -> None:
    assert reverse("portal:status_list", args=[0]) == f"{PATH}0"
    keep_status_lists.call_now()
    assert entry_of(client, record)["statusListCredential"] == list_address(0)


# ── what a reader must refuse ────────────────────────────────────────────────────────────────────────────────────────
def test_a_list_that_nobody_renewed_is_no_answer(client: Client, clock: time_machine.Traveller, record: Record) -> None:
    keep_status_lists.call_now()
    entry, reader = entry_of(client, record), Reader(client, the_key(client))
    clock.shift(timedelta(minutes=59))
    assert reader.may_show(entry)
    clock.shift(timedelta(minutes=1))
    with pytest.raises(Unknown, match="stale"):
        reader.may_show(entry)
    page = client.get("/status/").content.decode()
    assert "现在都已过期" in page
    assert client.get("/status/?format=json").json()["state"] == "expired"


@pytest.mark.usefixtures("clock")
def test_a_wrong_signature_another_key_and_a_wrong_index_are_no_answer(client: Client, record: Record) -> None:
    keep_status_lists.call_now()
    entry, key = entry_of(client, record), the_key(client)
    reader, address = Reader(client, key), entry["statusListCredential"]
    token = reader.fetch(address)
    for wrong in (
        changed(token, validUntil="2036-01-01T00:00:00Z"),
        changed(token, id=address),
        token[:-4] + (b"AAAA" if not token.endswith(b"AAAA") else b"BBBB"),
    ):
        reader.tampered[address] = wrong
        with pytest.raises(Unknown, match="not signed"):
            reader.may_show(entry)
    reader.tampered.clear()
    other = {**key, "x": base64.urlsafe_b64encode(bytes(31) + b"\x01").decode().rstrip("=")}
    with pytest.raises(Unknown):
        Reader(client, other).may_show(entry)
    for index in ("131072", "-1"):
        with pytest.raises(Unknown, match="out of range"):
            reader.may_show(entry | {"statusListIndex": index})
    with pytest.raises(Unknown, match="404"):
        reader.may_show(entry | {"statusListCredential": list_address(9_999)})


# ── how it is served ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("clock", "published")
def test_the_key_is_that_of_the_ledger(client: Client, record: Record) -> None:
    keep_status_lists.call_now()
    public = logs.key_of(signed_log(1)).public.hex()
    assert the_key(client)["kid"] == public
    assert public in client.get("/status/").content.decode()
    assert public in client.get("/ledger").content.decode()


def test_a_list_is_kept_for_a_minute_and_not_sent_twice(
    client: Client, clock: time_machine.Traveller, record: Record
) -> None:
    keep_status_lists.call_now()
    first = client.get(f"{PATH}0")
    assert "max-age=60" in first["Cache-Control"]
    assert client.get(f"{PATH}0", headers={"If-None-Match": first["ETag"]}).status_code == 304
    clock.shift(timedelta(minutes=25))
    keep_status_lists.call_now()
    assert client.get(f"{PATH}0", headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert client.post(f"{PATH}0").status_code in (403, 405)


@pytest.mark.usefixtures("clock")
def test_the_page_says_how_the_lists_stand(client: Client, policy: Any) -> None:
    assert "还没有签署过" in client.get("/status/").content.decode()
    assert client.get(f"{PATH}0").status_code == 404
    keep_status_lists.call_now()
    told = client.get("/status/?format=json").json()
    assert (told["size"], told["validity_seconds"], told["state"]) == (131_072, 3_600, "current")
    assert told["statusListCredential"].endswith("/status/lists/{number}")
    assert "全部有效至" in client.get("/status/").content.decode()


@pytest.mark.usefixtures("clock")
def test_the_reason_is_nowhere(client: Client, policy: Any) -> None:
    subject: Subject = a_subject("福州示例榕海茶业有限公司")
    lists = []
    for effect in (Effect.REPAIRED, Effect.WITHDRAWN):
        ended = a_record(subject, decided_on=date(2026, 11, 10), recorded_at=RECORDED)
        note(ended, effect)
        keep_status_lists.call_now()
        payload = client.get(f"{PATH}0").content.split(b".")[1].decode()
        said = json.loads(base64.urlsafe_b64decode(payload + "=="))
        lists.append(said["credentialSubject"])
    assert lists[0] == lists[1], "what was repaired, withdrawn or never there looks the same"
