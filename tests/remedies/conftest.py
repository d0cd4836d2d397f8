from collections.abc import Iterator

import pytest

from tests.remedies.town import DAY, Town, a_town, on


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    """The town on Thursday, 12 November 2026, ten in the morning."""
    with on(DAY):
        yield a_town()
