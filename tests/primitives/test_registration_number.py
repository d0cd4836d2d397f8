"""Old registration numbers, GS 15-2006."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.primitives import registration_number


def holds(number: str) -> bool:
    """The recursion as the standard words it: the last sum is 1 modulo 10."""
    product, total = 10, 0
    for digit in number:
        total = product % 11 + int(digit)
        product = 2 * (total % 10 or 10)
    return total % 10 == 1


@pytest.mark.parametrize("number", ["110000006000374", "110108000000016", " １１０１０８０００００００１６"])
def test_right_numbers(number: str) -> None:
    assert registration_number.is_valid(number)


@pytest.mark.parametrize("number", ["110000006000375", "11000000600037", "1100000060003744", "", "11000000600037X"])
def test_wrong_numbers(number: str) -> None:
    assert not registration_number.is_valid(number)


def test_the_vector() -> None:
    assert registration_number.check_digit("11000000600037") == "4"


@given(st.text(alphabet="0123456789", min_size=15, max_size=15))
def test_validity_is_the_recursion_of_the_standard(number: str) -> None:
    assert registration_number.is_valid(number) == holds(number)


@pytest.mark.parametrize("first14", ["", "1100000060003", "110000006000374", "1100000060003A"])
def test_anything_but_fourteen_digits_is_an_error(first14: str) -> None:
    with pytest.raises(ValueError, match="fourteen digits"):
        registration_number.check_digit(first14)
