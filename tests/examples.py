"""How many examples a property is tried with: few in the fast suite, many in ``make soak``.

``--hypothesis-profile many`` asks for many; a property that says nothing itself gets the profile's number.
"""

from typing import Final

from hypothesis import settings

FEW: Final = 25
MANY: Final = 500


def slow() -> int:
    """For a property of which one example takes a tenth of a second or more."""
    return max(6, settings.default.max_examples // 4)
