"""One benchmark on a new, empty platform; ``rongxin bench`` gives it a folder of its own."""

from importlib import import_module
from typing import Any

from django.core.management import call_command


def measured(name: str, size: str) -> dict[str, Any]:
    """Migrate the empty platform and run the benchmark ``name``; what it says, ready for JSON."""
    call_command("migrate", verbosity=0, interactive=False)
    told: dict[str, Any] = import_module(f"bench.{name}").run(int(size)).as_json()
    return told
