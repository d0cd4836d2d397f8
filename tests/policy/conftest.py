import pytest

from rongxin.policy.pack import Policy
from tests.factories import the_pack


@pytest.fixture(scope="session")
def fuzhou() -> Policy:
    """The rules of Fuzhou, as the packs of this project say them."""
    return the_pack()[0]
