"""The vectors of §13, read out of the page beside this file."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = (Path(__file__).parent / "ledger_vectors.md").read_text(encoding="utf-8")
PAGE_OF_SUITE = dict(zip((1, 2), PAGE.split("### Suite 2 (sm3)"), strict=True))
NOTE = PAGE_OF_SUITE[1].rsplit("```\n", 2)[1]
LOG_KEY = bytes(range(0x00, 0x20)), "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
WITNESS_KEY = bytes(range(0x20, 0x40)), "29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7"


@dataclass(frozen=True)
class Vectors:
    suite: int

    def named(self, name: str) -> str:
        """The one value on a line of that name."""
        found = re.search(rf"^{re.escape(name)} +([0-9a-f]+)$", PAGE_OF_SUITE[self.suite], re.M)
        assert found, name
        return found[1]

    def block(self, name: str) -> list[str]:
        """The indented lines under a head."""
        found = re.search(rf"^{re.escape(name)}[^\n]*:\n((?:  [0-9a-f]+\n)+)", PAGE_OF_SUITE[self.suite], re.M)
        assert found, name
        return found[1].split()


def events() -> list[tuple[int, str, int, str]]:
    """(kind, firm, number in its stream, payload) of the seven events; both suites have the same."""
    rows = re.findall(r"^\| \d \| (\d) \| (\w+) \| (\d) \| `(.+)` \|$", PAGE, re.M)
    return [(int(kind), firm, int(number), payload) for kind, firm, number, payload in rows]
