"""The password of the accounts that are shown, told to everybody: only made-up data lies behind it."""

from typing import Final

PASSWORD: Final = "Rongxin-shili-2026"  # noqa: S105
