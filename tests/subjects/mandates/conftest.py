from collections.abc import Iterator

import pytest
import time_machine

from tests.factories import at
from tests.ledger.told import demand_all_told
from tests.subjects.mandates.firms import Hall, a_hall


@pytest.fixture
def hall(db: None) -> Iterator[Hall]:
    """The hall on Thursday, 12 November 2026, ten in the morning. The ledger is told of whatever a test does in it."""
    with time_machine.travel(at("2026-11-12"), tick=False):
        yield a_hall()
        demand_all_told()
