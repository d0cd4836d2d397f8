"""What the operator sets: one variable ``RONGXIN_<NAME>`` each, read once, checked at start.

Every field is documented in docs/operators.md; a test compares the two.
"""

import os
import secrets
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlparse

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
LEDGER_KEY_BYTES = 32


class Environment(BaseSettings):
    """Settings of one deployment. Secrets come from the environment only."""

    model_config = SettingsConfigDict(env_prefix="RONGXIN_", extra="ignore")

    var: Path = Field(default=ROOT / "var", description="folder for the database, received files and snapshots")
    policies: Path = Field(default=ROOT / "policies", description="folder of the policy packs that seed the rulebook")
    pack: str = Field(default="fuzhou", description="the policy pack this platform follows")
    database_url: str = Field(default="", description="postgresql://user:password@host/name, or empty for SQLite")
    owner_url: str = Field(
        default="", description="the same database as the role that owns the tables, for rongxin migrate alone"
    )
    secret_key: SecretStr = Field(default=SecretStr(""), description="signs cookies; made once under var/ when empty")
    former_secret_key: SecretStr = Field(
        default=SecretStr(""), description="the signing key before the present one, while it is being exchanged"
    )
    platform_name: str = Field(default="福州市公共信用信息平台", description="name under the brand on every page")
    host_department: str = Field(default="福州市公共信用牵头部门", description="who runs the platform, in the footer")
    origin: str = Field(
        default="350100", pattern=r"^[0-9A-Z]{2,12}$", description="origin part of the public record number"
    )
    demo: bool = Field(default=False, description="this platform holds made-up demonstration data and says so")
    hosts: str = Field(default="localhost,127.0.0.1,[::1]", description="host names served, separated by commas")
    admin_host: str = Field(
        default="", description="host name of the administrators' pages; empty: under /administration/ of every host"
    )
    https: bool = Field(default=False, description="served over HTTPS only: secure cookies and HSTS")
    upload_limit_mb: int = Field(default=200, ge=1, le=2048, description="largest file a department may send, in MB")
    row_limit: int = Field(default=1_000_000, ge=1, description="most rows in one file")
    api_requests_per_minute: int = Field(
        default=120,
        ge=1,
        description="how often one key may ask the machine interface in a minute, for each web process",
    )
    worker_lease_seconds: int = Field(
        default=30, ge=2, description="how long a worker's claim on a job lasts unrenewed"
    )
    idle_minutes: int = Field(default=15, ge=2, description="a login unused for so long ends")
    session_hours: int = Field(default=8, ge=1, le=24, description="a login ends after so long, used or not")
    proof_minutes: int = Field(
        default=15, ge=1, description="decisions and downloads ask for the second factor again when the last is older"
    )
    password_days: int = Field(
        default=0, ge=0, description="a password is changed after so many days; 0: never asked for"
    )
    invitation_hours: int = Field(default=72, ge=1, description="how long a one-time link of an invitation holds")
    sign_ups_a_day: int = Field(
        default=10, ge=1, description="how many logins of enterprises may be opened from one network address in a day"
    )
    mail_url: SecretStr = Field(
        default=SecretStr(""),
        description="smtp://user:password@host:587, smtps://…:465, or file: for files under var/outbox; empty: no mail",
    )
    mail_from: str = Field(default="", description="the sender of mail")
    sms_url: str = Field(
        default="", description="https://… of the SMS gateway, or file: for files under var/outbox; empty: no SMS"
    )
    sms_secret: SecretStr = Field(default=SecretStr(""), description="signs what goes to the SMS gateway (HMAC-SHA256)")
    notice_attempts: int = Field(
        default=6, ge=1, le=20, description="after so many failed attempts a mail or SMS is given up, and said so"
    )
    address: str = Field(
        default="", description="https://… of the public site, written into mails and SMS; empty: the first host name"
    )
    ledger_name: str = Field(
        default="",
        pattern=r"^[^\s+]{0,180}$",
        description="name of the log without the year, such as credit.example.gov.cn/ledger; empty: the first host name",
    )
    ledger_suite: Literal["sha256", "sm3"] = Field(
        default="sha256", description="hash function of logs begun from now on"
    )
    ledger_signing_key: SecretStr = Field(
        default=SecretStr(""),
        description="Ed25519 seed that signs checkpoints; made once under var/ when empty",
    )
    ledger_stream_key: SecretStr = Field(
        default=SecretStr(""),
        description="makes the pseudonyms of subjects in the log; made once under var/ when empty",
    )
    ledger_payload_key: SecretStr = Field(
        default=SecretStr(""),
        description="seals the keys of what events say; made once under var/ when empty",
    )
    ledger_witnesses: str = Field(
        default="", description="NAME=PUBLIC KEY of each witness of the log, in hexadecimal, with commas between"
    )
    looks_day_from: int = Field(default=7, ge=0, le=23, description="hour from which a look at a file is by day")
    looks_day_until: int = Field(default=21, ge=1, le=24, description="hour from which a look at a file is at night")
    looks_bulk: int = Field(
        default=50, ge=1, description="firms that one account may look at within an hour before auditors are told"
    )
    webhook_networks: str = Field(
        default="",
        description="networks, such as 10.20.0.0/16, whose addresses recipients may be called at though they are private",
    )
    spark_master: str = Field(
        default="local[*]",
        description="spark://host:7077 of the cluster on which classes are reckoned; local[*]: on this machine's cores",
    )
    debug: bool = Field(default=False, description="for developers: error pages with details")

    def database(self) -> dict[str, Any]:
        """The Django database entry: SQLite under ``var`` or the PostgreSQL of ``database_url``."""
        if not self.database_url:
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": self.var / "rongxin.sqlite3",
                # One writer at a time, taken at the start: no deadlock between two readers that both want to write.
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    # 64 MB of pages for each connection: keys are random, and 2 MB hold none of their indexes.
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                    "PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; PRAGMA journal_size_limit=67108864;",
                },
            }
        url = urlparse(self.database_url)
        if url.scheme not in ("postgresql", "postgres"):
            raise ValueError(f"RONGXIN_DATABASE_URL: {url.scheme!r} is not postgresql")
        query = dict(part.split("=", 1) for part in url.query.split("&") if "=" in part)
        return {
            "ENGINE": "rongxin.storage.postgresql",
            "NAME": unquote(url.path.lstrip("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": unquote(query.get("host", url.hostname or "")),
            "PORT": str(url.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # A cursor kept in the server cannot carry who asks (rongxin.storage.postgresql).
            "DISABLE_SERVER_SIDE_CURSORS": True,
        }

    def host_names(self) -> list[str]:
        """The host names of the public site and the workbench."""
        return [host.strip() for host in self.hosts.split(",") if host.strip()]

    def site(self) -> str:
        """The address of the public site, without a slash at its end, as written into mails and SMS."""
        return self.address.rstrip("/") or f"{'https' if self.https else 'http'}://{self.host_names()[0]}"

    def outbox(self) -> Path:
        """Where mails and SMS are laid down as files instead of being sent."""
        return self.var / "outbox"

    def mail(self) -> dict[str, Any]:
        """The Django settings of ``mail_url``; without it mail is dropped."""
        url = urlparse(self.mail_url.get_secret_value())
        if not url.scheme:
            return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        if url.scheme == "file":
            return {
                "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
                "EMAIL_FILE_PATH": self.outbox(),
                "DEFAULT_FROM_EMAIL": self.mail_from,
            }
        if url.scheme not in ("smtp", "smtps"):
            raise ValueError(f"RONGXIN_MAIL_URL: {url.scheme!r} is neither smtp nor smtps")
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": url.hostname or "localhost",
            "EMAIL_PORT": url.port or (465 if url.scheme == "smtps" else 25),
            "EMAIL_HOST_USER": unquote(url.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
            # A password never travels in clear.
            "EMAIL_USE_TLS": url.scheme == "smtp" and bool(url.username),
            "EMAIL_USE_SSL": url.scheme == "smtps",
            "EMAIL_TIMEOUT": 10,
            "DEFAULT_FROM_EMAIL": self.mail_from,
        }

    def signing_key(self) -> str:
        """The secret that signs cookies: from the environment, or made once and kept with owner-only access."""
        return self.secret_key.get_secret_value() or self._made_once("secret_key", lambda: secrets.token_urlsafe(64))

    def ledger_key(self, name: Literal["signing", "stream", "payload"]) -> bytes:
        """32 secret bytes of the log: from the environment, or made once and kept with owner-only access.

        Raises ValueError where the variable is set to anything else.
        """
        given: SecretStr = getattr(self, f"ledger_{name}_key")
        hexadecimal = given.get_secret_value() or self._made_once(f"ledger_{name}_key", lambda: secrets.token_hex(32))
        try:
            key = bytes.fromhex(hexadecimal)
        except ValueError:
            key = b""
        if len(key) != LEDGER_KEY_BYTES:
            raise ValueError(f"RONGXIN_LEDGER_{name.upper()}_KEY is not 64 hexadecimal characters")
        return key

    def ledger_base(self) -> str:
        """The name of every log of this platform, before the year."""
        return self.ledger_name or f"{self.host_names()[0]}/ledger"

    def witnesses(self) -> dict[str, bytes]:
        """Name and public key of each witness. Raises ValueError where the setting is not read so."""
        named = {}
        for part in filter(None, (part.strip() for part in self.ledger_witnesses.split(","))):
            name, _, public = part.partition("=")
            if not name or len(public) != 64:
                raise ValueError(f"{part!r} is no witness: NAME=64 hexadecimal characters")
            named[name] = bytes.fromhex(public)
        return named

    def webhook_allowed(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of ``webhook_networks``. Raises ValueError where the setting is not read so."""
        return tuple(ip_network(each.strip()) for each in self.webhook_networks.split(",") if each.strip())

    def _made_once(self, name: str, make: Callable[[], str]) -> str:
        """The secret in the file ``name`` under ``var``, made where there is none."""
        path = self.var / name
        if not path.exists():
            self.var.mkdir(parents=True, exist_ok=True)
            made = path.with_suffix(f".{os.getpid()}")
            made.touch(mode=0o600)
            made.write_text(make())
            try:
                os.link(made, path)  # two processes starting together keep the first key
            except FileExistsError:
                pass
            finally:
                made.unlink()
        return path.read_text()


environment = Environment()
