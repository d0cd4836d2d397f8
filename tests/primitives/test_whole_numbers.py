"""Whole numbers as a form or an address says them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.primitives.whole_numbers import MOST_DIGITS, whole_number


@given(st.integers(0, 10**MOST_DIGITS - 1))
def test_a_number_is_read_as_it_is_written(number: int) -> None:
    assert whole_number(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "-1", "+1", "1.0", "1e3", "１", "²", "一", "1\n", "9" * 19, "9" * 5000]
)
def test_anything_else_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_so_many_digits_at_most() -> None:
    assert whole_number("999", digits=3) == 999
    assert whole_number("0999", digits=3) is None
