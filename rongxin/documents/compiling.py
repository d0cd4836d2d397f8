"""The process that sets pages: ``python -m rongxin.documents.compiling FOLDER``, one for each process that asks.

Reads requests from its input and answers on its output, each a length and that many bytes; ends when its input ends. It may not
take more memory than a document could need, keeps the files of a template under FOLDER, sees no others, and reaches no network.
"""

import hashlib
import json
import os
import resource
import shutil
import signal
import struct
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO, Final

import typst

HERE: Final = Path(__file__).parent
FONTS: Final = HERE / "fonts"
MEMORY_LIMIT: Final = 1 << 30
TEMPLATES_KEPT: Final = 32
# Archives (PDF/A) and readers for the blind (PDF/UA); a character without a glyph is an error under both.
STANDARDS: Final[list[Any]] = ["a-2a", "ua-1"]
LENGTH: Final = struct.Struct(">I")


def received(stream: BinaryIO) -> bytes | None:
    """The next message, None where the other side has closed."""
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None


def sent(message: bytes, stream: BinaryIO) -> None:
    """Send one message."""
    stream.write(LENGTH.pack(len(message)) + message)
    stream.flush()


def main(folder: str) -> None:
    """Answer requests until there are no more."""
    # Whoever stops the asking process may well tell all its processes; a page begun is finished, and then the input ends.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    setter = Setter(Path(folder))
    while (request := received(asked)) is not None:
        head, pages = setter.answer(json.loads(request))
        sent(json.dumps(head | {"pages": len(pages)}).encode(), answers)
        for page in pages:
            sent(page, answers)
    # Whoever asked may have been killed, and cannot remove it.
    shutil.rmtree(folder, ignore_errors=True)


class Setter:
    """Compilers with the fonts of this project and no others, one for each set of template files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        self._compilers: OrderedDict[str, typst.Compiler] = OrderedDict()

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """What the compiler finds wrong, and the pages when it finds nothing: one PDF, or an image of each page."""
        compiler = self._compiler(request["files"])
        inputs = {"template": request["template"], "facts": request["facts"]}
        kind = request["format"]
        standards = STANDARDS if kind == "pdf" else []
        try:
            made, warnings = compiler.compile_with_warnings(
                format=kind, sys_inputs=inputs, pdf_standards=standards, timestamp=request["timestamp"]
            )
        except typst.TypstError as error:
            return {"wrong": [[error.message, error.diagnostic]]}, []
        if warnings:
            return {"wrong": [[warning.message, warning.diagnostic] for warning in warnings]}, []
        return {"wrong": []}, [made] if isinstance(made, bytes) else list(made or ())

    def _compiler(self, files: dict[str, str]) -> typst.Compiler:
        key = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
        if key in self._compilers:
            self._compilers.move_to_end(key)
            return self._compilers[key]
        if len(self._compilers) >= TEMPLATES_KEPT:
            self._compilers.popitem(last=False)
        root = self._folder / key
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        nowhere = root / "packages"
        compiler = typst.Compiler(
            root / "main.typ",
            root=root,
            font_paths=self._fonts,
            package_path=nowhere,
            package_cache_path=nowhere,
        )
        self._compilers[key] = compiler
        return compiler


if __name__ == "__main__":
    main(sys.argv[1])
