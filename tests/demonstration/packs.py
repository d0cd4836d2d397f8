"""The rules that made-up acts are written for."""

from functools import cache

from rongxin.policy.pack import Policy
from tests.factories import the_pack


@cache
def fuzhou() -> Policy:
    """The pack of Fuzhou as the files say it."""
    return the_pack()[0]
