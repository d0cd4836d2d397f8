"""The hall where firms are claimed, and a firm of it that declares."""

import pytest

from tests.remedies.declared import Party, a_party
from tests.subjects.mandates.conftest import hall  # noqa: F401
from tests.subjects.mandates.firms import Hall


@pytest.fixture
def party(hall: Hall) -> Party:  # noqa: F811
    return a_party(hall)
