"""A PostgreSQL of our own for the time of a test run: fresh, on a Unix socket only, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlparse

import psycopg

from tests.disks import in_memory

# Nothing here outlives the run, so nothing has to reach the disk.
CARELESS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
}
START_SECONDS = 30
ADMINISTRATOR = "postgres"
OWNER = "rongxin_owner"
SERVING = "rongxin"


def binaries() -> Path | None:
    """The folder of initdb and postgres: from PATH, else the newest of Debian's; None when there is none."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def url(folder: Path, database: str, role: str = OWNER) -> str:
    return f"postgresql://{role}@/{database}?host={quote(str(folder))}"


def sibling(address: str, database: str) -> str:
    """The same server's ``database``."""
    return urlparse(address)._replace(path=f"/{database}").geturl()


def as_role(address: str, role: str) -> str:
    """The same address for another role."""
    parts = urlparse(address)
    return parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}").geturl()


@contextmanager
def asking_as(role: str) -> "Iterator[psycopg.Connection[tuple[Any, ...]]]":
    """A connection of its own to the database of this test, as ``role``."""
    from django.db import connection

    at = connection.settings_dict
    with psycopg.connect(host=at["HOST"], dbname=at["NAME"], user=role, autocommit=True) as asked:
        yield asked


class Cluster:
    """``initdb``, start, stop, remove. PostgreSQL refuses to run as root, so root lends it the user ``postgres``."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        # Short, because the path of a Unix socket may have no more than 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="rongxin-pg-", dir=in_memory() or "/tmp"))
        self.user = "postgres" if os.geteuid() == 0 else None
        self.server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return url(self.folder, "rongxin")

    def start(self) -> None:
        """Make the cluster and wait until it answers. ``RuntimeError`` with its log when it does not."""
        if self.user is not None:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, pwd.getpwnam(self.user).pw_gid)
        made = subprocess.run(
            [
                str(self.programs / "initdb"),
                *("--pgdata", str(self.folder / "cluster"), f"--username={ADMINISTRATOR}", "--auth=trust"),
                *("--locale=C.UTF-8", "--encoding=UTF8", "--no-sync"),
            ],
            **self.as_user(),
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stderr.strip()}")
        settings = [part for name, value in CARELESS.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self.server = subprocess.Popen(
                [
                    *self.dying_with_us(),
                    *(str(self.programs / "postgres"), "-D", str(self.folder / "cluster"), "-k", str(self.folder)),
                    *settings,
                ],
                **self.as_user(),
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; the tests still need the server to leave in order
            )
        self.wait()
        self.make_roles()

    def make_roles(self) -> None:
        """One that owns and migrates, one that serves; as an operator makes them."""
        with psycopg.connect(
            host=str(self.folder), user=ADMINISTRATOR, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
            connection.execute(f"CREATE ROLE {SERVING} LOGIN")

    def wait(self) -> None:
        ends = time.monotonic() + START_SECONDS
        ready = [str(self.programs / "pg_isready"), "-q", "-h", str(self.folder)]
        while subprocess.run(ready, check=False).returncode:
            if self.server is None or self.server.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"postgres did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGQUIT)  # at once: the data goes with it
            self.server.wait(timeout=START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def as_user(self) -> dict[str, Any]:
        return {"user": self.user, "group": self.user, "extra_groups": []} if self.user is not None else {}

    def dying_with_us(self) -> list[str]:
        """Where util-linux is there, the kernel stops the server even when the test run is killed outright."""
        setpriv = shutil.which("setpriv")
        return [setpriv, "--pdeathsig", "INT", "--"] if setpriv else []
