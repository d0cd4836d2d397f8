"""A process of its own that sequences, signs and publishes, and is killed at one step."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rongxin.cli.django import start

STEPS: dict[str, tuple[str, str, str]] = {
    "taken, nothing placed": ("rongxin.ledger.sequencing", "_place", "before"),
    "entries written, no cut": ("rongxin.ledger.sequencing", "load", "after"),
    "placed, not committed": ("rongxin.ledger.sequencing", "_place", "after"),
    "committed, not read back": ("rongxin.ledger.signing", "_demand_same", "before"),
    "read back, not signed": ("rongxin.ledger.signing", "_sign", "before"),
    "signed, not committed": ("rongxin.ledger.signing", "_sign", "after"),
    "signed, not published": ("rongxin.ledger.signing", "publish", "before"),
    "half of a tile": ("rongxin.primitives.files", "sync_folder", "before"),
    "tiles, no checkpoint": ("rongxin.ledger.publishing", "write_tiles", "after"),
    "published": ("rongxin.ledger.signing", "publish", "after"),
}


def dying(function: Callable[..., Any], when: str) -> Callable[..., Any]:
    def dies(*arguments: Any, **more: Any) -> Any:
        if when == "after":
            function(*arguments, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    return dies


def main(step: str, folder: str) -> None:
    start()
    from importlib import import_module

    from rongxin.ledger import logs
    from rongxin.ledger.sequencing import sequence_all
    from rongxin.ledger.signing import checkpoint

    logs.published_root = lambda: Path(folder)
    module, name, when = STEPS[step]
    place = import_module(module)
    setattr(place, name, dying(getattr(place, name), when))
    sequence_all()
    checkpoint(logs.current())


if __name__ == "__main__":
    main(*sys.argv[1:])
