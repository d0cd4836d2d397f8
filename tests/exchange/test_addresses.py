"""Calls to addresses that strangers chose: only where they may go, signed, proved first, tried again, and never for long."""

import hashlib
import hmac
import http.server
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from config.environment import environment
from rongxin.exchange.recipients import addresses, outgoing, registry
from rongxin.exchange.recipients.jobs import wake_recipients
from rongxin.exchange.recipients.models import Address, Call, CallAttempt, CallState
from rongxin.exchange.recipients.outgoing import Outcome, is_allowed, post
from tests.exchange.conftest import CityOffice, Subscriber
from tests.factories import a_department, a_record

HOST = "hook.example"


@dataclass
class Hook:
    """A server of a recipient, and what it was told. ``how``: how it answers."""

    url: str = ""
    how: str = "right"
    secret: str = ""
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


class Handler(http.server.BaseHTTPRequestHandler):
    hook: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.hook.told.append((dict(self.headers), body))
        if self.hook.how == "hangs":
            time.sleep(8)
            return
        if self.hook.how == "drips":
            self.send_response(200)
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.2)
            return
        if self.hook.how == "redirects":
            self.send_response(302)
            self.send_header("Location", "https://127.0.0.1/inside")
            self.end_headers()
            return
        if self.hook.how == "floods":
            self.send_response(200)
            self.end_headers()
            for _ in range(1 << 14):
                self.wfile.write(b"x" * (1 << 16))
            return
        self.send_response(500 if self.hook.how == "fails" else 200)
        self.end_headers()
        challenge = json.loads(body).get("challenge")
        if challenge and self.hook.how == "right":
            said = hmac.new(self.hook.secret.encode(), challenge.encode(), hashlib.sha256).hexdigest()
            self.wfile.write(json.dumps({"answer": said}).encode())
        elif challenge:
            self.wfile.write(json.dumps({"answer": challenge}).encode())

    def log_message(self, *_: Any) -> None:
        return


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        return


def a_certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=4000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "hook.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def to(*found: str) -> None:
        kinds = {4: socket.AF_INET, 6: socket.AF_INET6}
        answers = [
            (kinds[ipaddress.ip_address(each).version], socket.SOCK_STREAM, 6, "", (each, 443)) for each in found
        ]
        monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: answers)

    return to


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, resolves: Callable[..., None]) -> Iterator[Hook]:
    """A server behind a name, at an address that the operator allows."""
    pem = a_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setattr(environment, "webhook_networks", "127.0.0.1/32")
    found = Hook()
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"hook": found}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    found.url = f"https://{HOST}:{server.server_address[1]}/wake"
    resolves("127.0.0.1")
    yield found
    server.shutdown()
    server.server_close()


# ── one request ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "100.100.100.200", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"),
        *("::127.0.0.1", "2001:0:7f00:1::"),
    ],
)
def test_no_address_inside_is_allowed(address: str) -> None:
    assert not is_allowed(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_outside_is_allowed(address: str) -> None:
    assert is_allowed(address)


def test_the_operator_may_allow_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "webhook_networks", "10.20.0.0/16, fd00:1::/32")
    assert [is_allowed(each) for each in ("10.20.3.4", "10.21.0.1", "fd00:1::1", "::ffff:10.20.0.1")] == [
        True,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "url",
    [
        *("http://a.example/", "https://", "https:///x", "ftp://a.example", "https://u:p@a.example/", "file:///etc"),
        *("https://a.example/#x", "https://a.example:0/", "https://a.example:99999/", "https://a.exa mple/"),
        *("https://甲.example/", "https://a.example\\@127.0.0.1/", "https://a.example/" + "x" * 600),
    ],
)
def test_what_is_no_address_is_not_called(url: str) -> None:
    assert post(url, b"{}", {}).outcome == Outcome.NOT_AN_ADDRESS


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:169.254.169.254"]])
def test_a_name_that_leads_inside_is_not_called(
    found: list[str], resolves: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves(*found)
    monkeypatch.setattr(outgoing.socket, "create_connection", lambda *_: pytest.fail("connected"))
    assert post("https://hook.example/", b"{}", {}).outcome == Outcome.FORBIDDEN_HOST


def test_a_name_is_asked_for_once(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    whole = outgoing.socket.getaddrinfo

    def rebinding(*given: Any, **more: Any) -> Any:
        # create_connection asks again for a literal address; that leads nowhere else.
        if given[0] == HOST:
            asked.append(given)
        return whole(*given, **more) if len(asked) < 2 else pytest.fail("asked again")

    real = socket.create_connection
    monkeypatch.setattr(outgoing.socket, "create_connection", lambda at, wait: real((at[0], at[1]), wait))
    port = int(hook.url.split(":")[2].split("/")[0])
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    whole = lambda *_, **__: answers  # noqa: E731
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", rebinding)
    assert post(hook.url, b"{}", {}).outcome == Outcome.TAKEN
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("how", "outcome"),
    [("redirects", Outcome.REDIRECTED), ("floods", Outcome.TOO_LARGE), ("fails", Outcome.REFUSED)],
)
def test_what_a_host_may_not_do(how: str, outcome: Outcome, hook: Hook, real_ports: None) -> None:
    hook.how = how
    begun = time.monotonic()
    assert post(hook.url, b"{}", {}).outcome == outcome
    assert time.monotonic() - begun < 5
    assert len(hook.told) == 1


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_a_host_that_takes_too_long(how: str, hook: Hook, real_ports: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "SECONDS", 1.0)
    hook.how = how
    begun = time.monotonic()
    assert post(hook.url, b"{}", {}).outcome == Outcome.TIMEOUT
    assert time.monotonic() - begun < 3


def test_a_certificate_of_nobody_known(hook: Hook, real_ports: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert post(hook.url, b"{}", {}).outcome == Outcome.UNTRUSTED
    assert not hook.told


@pytest.fixture
def real_ports(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    """``create_connection`` asks for the literal address; the made-up answer must name the server's own port."""
    port = int(hook.url.split(":")[2].split("/")[0])
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: answers)


# ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def one(city: CityOffice) -> Subscriber:
    return city.a_recipient()


def named(one: Subscriber, hook: Hook) -> None:
    answer = one.client.put("/api/v1/recipients/me/address", {"url": hook.url}, content_type="application/json")
    hook.secret = answer.json()["secret"]


@pytest.mark.django_db
def test_an_address_is_proved_and_then_woken(one: Subscriber, hook: Hook, real_ports: None) -> None:
    named(one, hook)
    assert wake_recipients.call_now() == 1
    assert one.client.get("/api/v1/recipients/me").json()["address"] == {"url": hook.url, "is_proved": True}
    a_record(department=a_department())
    assert wake_recipients.call_now() == 1
    head, body = hook.told[-1]
    assert json.loads(body) == {"id": str(Call.objects.get(kind="wake").pk), "newest": 1}
    signed = hmac.new(hook.secret.encode(), head["X-Rongxin-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert head["X-Rongxin-Signature"] == signed.hexdigest()
    assert wake_recipients.call_now() == 0
    assert len(hook.told) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["echoes", "redirects", "fails"])
def test_an_address_that_is_not_proved_is_told_nothing(how: str, one: Subscriber, hook: Hook, real_ports: None) -> None:
    hook.how = how
    named(one, hook)
    a_record(department=a_department())
    wake_recipients.call_now()
    wake_recipients.call_now()
    assert Address.objects.get().proved_at is None
    assert all("newest" not in json.loads(body) for _, body in hook.told)


@pytest.mark.django_db
def test_a_call_that_fails_is_tried_again_later_and_given_up(one: Subscriber, hook: Hook, real_ports: None) -> None:
    named(one, hook)
    wake_recipients.call_now()
    a_record(department=a_department())
    hook.how = "fails"
    waits = []
    for _ in addresses.WAITS:
        now = timezone.now()
        wake_recipients.call_now()
        call = Call.objects.get(kind="wake")
        waits.append(round((call.due_at - now).total_seconds(), -1))
        Call.objects.filter(pk=call.pk).update(due_at=now)
    assert waits == [float(wait) for wait in addresses.WAITS]
    call.refresh_from_db()
    assert call.state == CallState.GIVEN_UP
    assert CallAttempt.objects.filter(call=call, outcome="refused", status=500).count() == len(addresses.WAITS)
    hook.how = "right"
    assert wake_recipients.call_now() == 0
    a_record(department=a_department())
    assert wake_recipients.call_now() == 1


@pytest.mark.django_db
def test_what_waits_tells_the_newest_when_it_goes(one: Subscriber, hook: Hook, real_ports: None) -> None:
    named(one, hook)
    wake_recipients.call_now()
    hook.how = "fails"
    a_record(department=a_department())
    wake_recipients.call_now()
    a_record(department=a_department())
    hook.how = "right"
    Call.objects.filter(kind="wake").update(due_at=timezone.now())
    assert wake_recipients.call_now() == 1
    assert json.loads(hook.told[-1][1])["newest"] == 2
    assert Call.objects.filter(kind="wake").count() == 1


@pytest.mark.django_db
def test_an_officer_has_it_called_again(one: Subscriber, city: CityOffice, hook: Hook, real_ports: None) -> None:
    with pytest.raises(registry.NotKept):
        addresses.call_again(one.recipient.pk, city.first)
    named(one, hook)
    wake_recipients.call_now()
    addresses.call_again(one.recipient.pk, city.first)
    assert wake_recipients.call_now() == 1
    assert "newest" in json.loads(hook.told[-1][1])


@pytest.mark.django_db
def test_an_address_that_is_forgotten_is_called_no_longer(one: Subscriber, hook: Hook, real_ports: None) -> None:
    named(one, hook)
    assert one.client.delete("/api/v1/recipients/me/address").status_code == 204
    assert wake_recipients.call_now() == 0
    assert not hook.told


@pytest.mark.django_db
def test_what_is_no_address_is_refused_at_once(one: Subscriber) -> None:
    answer = one.client.put(
        "/api/v1/recipients/me/address", {"url": "http://a.example/"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "not_an_address")
