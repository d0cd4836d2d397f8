"""A mail server and an SMS gateway of the test's own, which take, refuse, stall or break off as they are told."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class MailSink:
    """``says``: what is answered to RCPT and to the end of DATA. ``breaks_off``: take the mail, then hang up without a word."""

    port: int = 0
    mails: list[Message] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    connections: int = 0

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]


class _Mail(socketserver.StreamRequestHandler):
    sink: MailSink

    def handle(self) -> None:
        self.sink.connections += 1
        self.say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper().decode()
            if verb in ("EHLO", "HELO"):
                self.say("250 sink")
            elif verb == "DATA":
                self.say("354 go on")
                self.sink.mails.append(self.content())
                if self.sink.breaks_off:
                    return
                self.say(self.sink.says.get("DATA", "250 taken"))
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say(self.sink.says.get(verb, "250 ok"))

    def content(self) -> Message:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=default)

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailSink]:
    sink = MailSink()
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), type("Handler", (_Mail,), {"sink": sink})) as server:
        server.daemon_threads = True
        sink.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield sink
        server.shutdown()


@dataclass
class Asked:
    """One request of the gateway."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Gateway:
    """``status``: what is answered, and ``answers``: from when on; until it is set whoever asks waits."""

    url: str = ""
    status: int = 200
    answers: threading.Event = field(default_factory=threading.Event)
    asked: list[Asked] = field(default_factory=list)
    elsewhere: int = 0

    @property
    def keys(self) -> list[str]:
        return [each.headers["Idempotency-Key"] for each in self.asked]


class _Post(BaseHTTPRequestHandler):
    gateway: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/sms":
            self.gateway.elsewhere += 1
        self.gateway.asked.append(Asked(dict(self.headers), body))
        self.gateway.answers.wait()
        self.send_response(self.gateway.status)
        if self.gateway.status // 100 == 3:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def sms_gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    gateway.answers.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Post,), {"gateway": gateway}))
    server.daemon_threads = True
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/sms"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield gateway
    gateway.answers.set()
    server.shutdown()
    server.server_close()
