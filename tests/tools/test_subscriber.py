"""The sample recipient keeps its word: whatever kills it, nothing is lost and nothing doubled; what it cannot trust it hides."""

import base64
import gzip
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from rongxin.records.models import Effect
from tests.exchange.conftest import CityOffice, Subscriber, _quota, city, clock  # noqa: F401
from tests.factories import a_department, a_subject, note, some_records
from tools import subscriber
from tools.subscriber import Copy, NotTrusted, Refused, bit, may_display, status_bits, sync, verify_ed25519

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
LIST = "https://credit.example/status/lists/1"
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone."""


class OneOfTest(subscriber.Platform):
    """A platform within the test; ``die`` is called at every instant at which the process may be gone."""

    def __init__(self, one: Subscriber, die: Callable[[], None] = lambda: None) -> None:
        super().__init__("http://testserver", one.key)
        self.one, self.die = one, die

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        self.die()
        path = path.replace("limit=200", "limit=3")
        answer = self.one.client.generic(method, path, json.dumps(body or {}), content_type="application/json")
        self.die()
        said: dict[str, Any] = answer.json()
        if answer.status_code != 200:
            raise Refused(said["code"], said["message"])
        return said


class Fragile(Copy):
    """A copy that may be gone between any two of its lines."""

    def __init__(self, path: Path, die: Callable[[], None]) -> None:
        super().__init__(path)
        self.die = die

    def _apply_line(self, cursor: Any, line: dict[str, Any]) -> None:
        self.die()
        super()._apply_line(cursor, line)
        self.die()


def countdown(left: int) -> Callable[[], None]:
    steps = [left]

    def die() -> None:
        steps[0] -= 1
        if steps[0] == 0:
            raise Killed

    return die


def held(copy: Copy) -> set[str]:
    return {number for (number,) in copy.database.execute("SELECT number FROM records")}


@pytest.mark.django_db
def test_killed_at_any_instant_it_loses_nothing_and_doubles_nothing(
    city: CityOffice,  # noqa: F811
    clock: Callable[[str, str], None],  # noqa: F811
    tmp_path: Path,
) -> None:
    records = some_records(8, a_subject(), department=a_department())
    note(records[0], Effect.WITHDRAWN)
    note(records[3], Effect.REPAIRED)
    shown = {record.number for at, record in enumerate(records) if at not in (0, 3)}
    instants, is_over = 0, False
    while not is_over:
        instants += 1
        one, path = city.a_recipient(f"示例第{instants}家"), tmp_path / f"{instants}.sqlite3"
        die = countdown(instants)
        copy = Fragile(path, die)
        try:
            sync(OneOfTest(one, die), copy)
            is_over = True
        except Killed:
            pass
        copy.close()
        copy = Copy(path)
        sync(OneOfTest(one), copy)
        assert held(copy) == shown, instants
        assert one.client.get("/api/v1/recipients/me").json()["behind"] == 0
        copy.close()
    assert instants > 20


@pytest.mark.django_db
def test_a_record_that_goes_comes_back_and_goes_again(
    city: CityOffice,  # noqa: F811
    clock: Callable[[str, str], None],  # noqa: F811
    tmp_path: Path,
) -> None:
    [record] = some_records(1, a_subject(), department=a_department())
    one, copy = city.a_recipient(), Copy(tmp_path / "copy.sqlite3")
    seen = []
    for effect in (None, Effect.REPAIRED, Effect.REPAIR_REVOKED, Effect.WITHDRAWN):
        if effect:
            note(record, effect)
        sync(OneOfTest(one), copy)
        seen.append(record.number in held(copy))
    assert seen == [True, False, True, False]
    copy.close()


@pytest.mark.django_db
def test_what_is_over_by_its_date_is_dropped(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "copy.sqlite3")
    line = {"number": "1", "position": 1, "change": "ADD", "shown_until": "2026-11-19", "at": "x"}
    copy.apply({"items": [line, line | {"number": "2", "shown_until": "2099-01-01"}], "cursor": 2})
    assert copy.record("1") is None
    assert copy.drop_expired(datetime(2026, 11, 20).date()) == 1
    assert held(copy) == {"2"}
    copy.close()


# ── status lists ─────────────────────────────────────────────────────────────────────────────────────────────────────
def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def token(*, by: Ed25519PrivateKey = KEY, head: dict[str, Any] | None = None, **changes: Any) -> bytes:
    """A list in which bit 1 stands at index 5."""
    credential = {
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "validFrom": NOW.isoformat(),
        "validUntil": (NOW + timedelta(hours=1)).isoformat(),
        "credentialSubject": {
            "type": "BitstringStatusList",
            "statusPurpose": "message",
            "encodedList": "u" + encoded(gzip.compress(bytes([0b00000100]) + bytes(16_383))),
        },
    } | changes
    part = f"{encoded(json.dumps(head or {'alg': 'EdDSA'}).encode())}.{encoded(json.dumps(credential).encode())}"
    return f"{part}.{encoded(by.sign(part.encode()))}".encode()


def test_a_list_that_is_right_is_read() -> None:
    bits = status_bits(token(), PUBLIC, LIST, NOW)
    assert [bit(bits, at) for at in (4, 5, 6)] == [False, True, False]
    with pytest.raises(NotTrusted):
        bit(bits, len(bits) * 8)


@pytest.mark.parametrize(
    "wrong",
    [
        token(by=Ed25519PrivateKey.generate()),
        token(head={"alg": "none"}),
        token(head={"alg": "EdDSA", "crit": ["x"]}),
        token(validUntil=NOW.isoformat()),
        token(validFrom=(NOW + timedelta(hours=1)).isoformat()),
        token(validUntil="2026-11-20T11:00:00"),
        token(id=LIST + "0"),
        token(type=["VerifiableCredential"]),
        token(credentialSubject={"encodedList": "u!!"}),
        token()[:-9],
        b"",
        "列表".encode(),
        b"a.b.c",
    ],
)
def test_a_list_that_is_wrong_or_stale_says_nothing(wrong: bytes) -> None:
    with pytest.raises(NotTrusted):
        status_bits(wrong, PUBLIC, LIST, NOW)


@pytest.mark.parametrize(
    ("polarity", "index", "expected"),
    [("adverse", 5, True), ("adverse", 6, False), ("adverse", 10**9, False), ("positive", 10**9, True)],
)
def test_the_list_decides(polarity: str, index: int, expected: bool) -> None:
    now = datetime.now(UTC)
    fresh = token(
        validFrom=(now - timedelta(minutes=1)).isoformat(), validUntil=(now + timedelta(minutes=59)).isoformat()
    )
    status = {"statusListCredential": LIST, "statusListIndex": str(index)}
    assert may_display({"polarity": polarity, "credentialStatus": status}, PUBLIC, lambda _: fresh) is expected


def unreachable(address: str) -> bytes:
    raise Refused("unreachable", address)


def test_without_a_list_adverse_records_are_not_displayed() -> None:
    status = {"statusListCredential": LIST, "statusListIndex": "5"}
    assert not may_display({"polarity": "adverse", "credentialStatus": status}, PUBLIC, unreachable)
    assert not may_display({"credentialStatus": status}, PUBLIC, unreachable)
    assert not may_display({"polarity": "adverse"}, PUBLIC, unreachable)
    assert may_display({"polarity": "positive", "credentialStatus": status}, PUBLIC, unreachable)
    assert may_display({"polarity": "adverse"}, None, unreachable)


@given(message=st.binary(max_size=200), flip=st.integers(0, 511), seed=st.binary(min_size=32, max_size=32))
def test_signatures_are_checked_as_others_check_them(message: bytes, flip: int, seed: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    signature, public = bytearray(key.sign(message)), key.public_key().public_bytes_raw()
    assert verify_ed25519(public, message, bytes(signature))
    signature[flip // 8] ^= 1 << flip % 8
    assert not verify_ed25519(public, message, bytes(signature))


# ── wake-ups ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_wake_up_is_taken_once_and_only_with_the_signature(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "copy.sqlite3")
    waker = subscriber.Waker(("127.0.0.1", 0), copy, "secret")
    threading.Thread(target=waker.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def call(told: dict[str, Any], *, secret: str = "secret", stamp: int | None = None) -> tuple[int, dict[str, Any]]:
        body, at = json.dumps(told).encode(), str(stamp or int(time.time()))
        signature = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Rongxin-Timestamp": at, "X-Rongxin-Signature": signature}
        request = urllib.request.Request(f"http://127.0.0.1:{waker.server_address[1]}/", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, {}

    expected = hmac.new(b"secret", b"word", hashlib.sha256).hexdigest()
    assert call({"id": "0", "challenge": "word"}) == (200, {"answer": expected})
    assert call({"id": "1", "newest": 5}, secret="other")[0] == 401
    assert call({"id": "1", "newest": 5}, stamp=int(time.time()) - 3600)[0] == 401
    assert not waker.news.is_set()
    assert call({"id": "1", "newest": 5})[0] == 200
    assert waker.news.is_set()
    waker.news.clear()
    assert call({"id": "1", "newest": 5})[0] == 200
    assert not waker.news.is_set()
    waker.shutdown()
    waker.server_close()
    copy.close()


@pytest.mark.django_db(transaction=True)
def test_it_runs_against_a_platform(
    city: CityOffice,  # noqa: F811
    live_server: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    [record] = some_records(1, a_subject(), department=a_department())
    monkeypatch.setenv("RONGXIN_KEY", city.a_recipient().key)
    where = ["--base", live_server.url, "--copy", str(tmp_path / "copy.sqlite3")]
    assert subscriber.main([*where, "sync", "--once"]) == 0
    assert subscriber.main([*where, "show", record.number]) == 0
    assert record.number in capsys.readouterr().out
    note(record, Effect.WITHDRAWN)
    assert subscriber.main([*where, "sync", "--once"]) == 0
    assert subscriber.main([*where, "show", record.number]) == 4
    monkeypatch.setenv("RONGXIN_KEY", "wrong")
    assert subscriber.main([*where, "sync", "--once"]) == 1
