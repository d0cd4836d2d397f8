"""From a template and its values to pages: the same sheet gives the same bytes.

The compiler runs in a process of its own (:mod:`.compiling`) with a limit of memory, and is given a limit of time here. Values
go to it as one JSON text that a body reads as data, so nothing in them can be markup. A warning is an error: a font that is not
there, for example, would otherwise change the look of a document without a word.
"""

import atexit
import json
import os
import re
import select
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Final, Literal

from rongxin.documents.compiling import FONTS, HERE, LENGTH
from rongxin.documents.glyphs import demand_glyphs
from rongxin.documents.sheets import Sheet
from rongxin.primitives.canonical import canonical_json

# Less than others wait for the database, which may be locked meanwhile.
SECONDS_LIMIT: Final = 15.0
# A process that has set so many is followed by a fresh one; it grows little, but it grows.
MOST_SHEETS: Final = 5_000
FRAME: Final = {name: (HERE / name).read_text(encoding="utf-8") for name in ("main.typ", "facts.typ")}
PLACE: Final = re.compile(r"┌─ [^\n]*?((?:documents|forms)/[^\n:]+|main\.typ|facts\.typ):(\d+):\d+")
Format = Literal["pdf", "svg", "png"]


@dataclass(frozen=True)
class Problem:
    """What the compiler found: the file of the template (``documents/…`` or ``forms/…``; empty where it named none)."""

    file: str
    line: int
    told: str


class TypesettingFailed(Exception):
    """No pages could be made; ``problems`` says where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(
            "; ".join(f"{each.file}:{each.line}: {each.told}" if each.file else each.told for each in problems)
        )


def typeset(sheet: Sheet) -> bytes:
    """The PDF of the sheet (PDF/A-2a, PDF/UA-1). Raises NoGlyph and TypesettingFailed."""
    return _set(sheet, "pdf")[0]


def pages(sheet: Sheet, form: Format = "svg") -> list[bytes]:
    """An image of every page. Raises NoGlyph and TypesettingFailed."""
    return _set(sheet, form)


@cache
def typeset_with() -> str:
    """What besides the rules decides the bytes: the version of the compiler, and a digest of the fonts and of the frame."""
    content = (FONTS / "MANIFEST.sha256").read_bytes() + canonical_json(FRAME).encode()
    return f"typst {version('typst')}, {sha256(content).hexdigest()[:12]}"


def _set(sheet: Sheet, form: Format) -> list[bytes]:
    demand_glyphs(sheet.writing)
    files = FRAME | {f"documents/{sheet.template}.typ": sheet.body}
    files |= {f"forms/{name}.typ": text for name, text in sheet.forms.items()}
    midnight = datetime(sheet.on.year, sheet.on.month, sheet.on.day, tzinfo=UTC)
    request = {
        "files": files,
        "template": sheet.template,
        "facts": sheet.facts,
        "format": form,
        "timestamp": int(midnight.timestamp()),
    }
    return _setter.ask(json.dumps(request).encode())


class _Setter:
    """The process that sets pages for this one: begun when first asked, one request at a time."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._asked = 0

    def forget(self) -> None:
        """After a fork: the process that was begun answers the parent."""
        # Kept alive, so that nobody takes the parent's process for one left behind here.
        self._parents = (self._process, self._folder)
        self._begin()

    def ask(self, request: bytes) -> list[bytes]:
        with self._lock:
            if self._asked >= MOST_SHEETS:
                self.end()
            process = self._running()
            self._asked += 1
            try:
                return self._answer(process, request)
            except (OSError, EOFError, TimeoutError) as error:
                self.end()
                slow = isinstance(error, TimeoutError)
                told = (
                    f"took more than {SECONDS_LIMIT:.0f} s" if slow else "asked for more memory than a document needs"
                )
                raise TypesettingFailed([Problem("", 0, f"the template {told}")]) from error

    def _answer(self, process: subprocess.Popen[bytes], request: bytes) -> list[bytes]:
        deadline = time.monotonic() + SECONDS_LIMIT
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(LENGTH.pack(len(request)) + request)
        process.stdin.flush()
        source = process.stdout.fileno()
        head = json.loads(_message(source, deadline))
        made = [_message(source, deadline) for _ in range(head["pages"])]
        if head["wrong"]:
            raise TypesettingFailed([_problem(*wrong) for wrong in head["wrong"]])
        return made

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.end()  # somebody killed it while it waited
        if self._process is None:
            self._folder = tempfile.TemporaryDirectory(prefix="rongxin-documents-")
            self._process = subprocess.Popen(  # noqa: S603 (this interpreter, a module of ours)
                [sys.executable, "-m", "rongxin.documents.compiling", self._folder.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def end(self) -> None:
        """End the process, if there is one, and remove its folder."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self._asked = 0


def _message(source: int, deadline: float) -> bytes:
    (length,) = LENGTH.unpack(_bytes(source, LENGTH.size, deadline))
    return _bytes(source, length, deadline)


def _bytes(source: int, count: int, deadline: float) -> bytes:
    parts, missing = [], count
    while missing:
        ready, _, _ = select.select([source], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(source, min(missing, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _problem(message: str, diagnostic: str) -> Problem:
    place = PLACE.search(diagnostic)
    return Problem(place[1], int(place[2]), message) if place else Problem("", 0, message)


_setter = _Setter()
atexit.register(_setter.end)
os.register_at_fork(after_in_child=_setter.forget)
