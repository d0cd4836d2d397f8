from collections.abc import Iterator

import pytest

from tests.remedies.declared import Party, a_party
from tests.remedies.town import DAY, Town, a_town, on
from tests.subjects.mandates.conftest import hall  # noqa: F401
from tests.subjects.mandates.firms import Hall


@pytest.fixture
def party(hall: Hall) -> Party:  # noqa: F811
    """A firm that declares, on the day of the hall."""
    return a_party(hall)


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    """The town on Thursday, 12 November 2026, ten in the morning."""
    with on(DAY):
        yield a_town()
