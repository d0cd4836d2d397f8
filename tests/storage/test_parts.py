"""Keys asked for in parts: all of them, once, in order, never too many at a time."""

import pytest

from rongxin.storage.parts import ASKED_AT_ONCE, in_parts


@pytest.mark.parametrize("number", [0, 1, ASKED_AT_ONCE, ASKED_AT_ONCE + 1, 3 * ASKED_AT_ONCE])
def test_every_key_is_in_one_part(number: int) -> None:
    parts = list(in_parts(range(number)))
    assert [key for part in parts for key in part] == list(range(number))
    assert all(0 < len(part) <= ASKED_AT_ONCE for part in parts)
