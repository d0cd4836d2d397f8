"""Long work in a terminal: the phase and how far it is, on one line of standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rongxin.jobs.progress import Progress


class Shown(Progress):
    """Tells each change in place; nothing where standard error is no terminal."""

    def changed(self) -> None:
        """Write the line anew."""
        if sys.stderr.isatty():
            total = f" / {self.total:,}" if self.total else ""
            sys.stderr.write(f"\r\033[K{self.name}  {self.done:,}{total}")
            sys.stderr.flush()


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Progress that is shown while the block runs."""
    try:
        yield Shown()
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
