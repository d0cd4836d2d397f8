"""The rules that made-up acts are written for."""

from functools import cache

from config.environment import ROOT
from rongxin.policy.loader import load_pack
from rongxin.policy.pack import Policy


@cache
def fuzhou() -> Policy:
    """The pack of Fuzhou as the files say it."""
    return load_pack(ROOT / "policies", "fuzhou")
