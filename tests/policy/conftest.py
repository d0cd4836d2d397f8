import pytest

from rongxin.policy.loader import load_pack
from rongxin.policy.pack import Policy
from tests.policy.packs import POLICIES


@pytest.fixture(scope="session")
def fuzhou() -> Policy:
    """The rules of Fuzhou, as the packs of this project say them."""
    return load_pack(POLICIES, "fuzhou")
