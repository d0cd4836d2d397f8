from collections.abc import Iterator

import pytest
import time_machine

from rongxin.ledger.models import Entry
from tests.factories import at
from tests.ledger.told import demand_all_told
from tests.subjects.mandates.firms import Hall, a_hall


@pytest.fixture
def hall(db: None) -> Iterator[Hall]:
    """The hall on Thursday, 12 November 2026, ten in the morning. The ledger is told of whatever a test does in it; that is
    compared while it still waits for its place in the log.
    """
    with time_machine.travel(at("2026-11-12"), tick=False):
        yield a_hall()
        if not Entry.objects.exists():
            demand_all_told()
