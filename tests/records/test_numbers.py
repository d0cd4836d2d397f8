from hypothesis import given
from hypothesis import strategies as st

from rongxin.records.numbers import new_numbers

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
instants = st.integers(0, 2**48 - 1)


def time_of(number: str) -> int:
    value = 0
    for character in number.removeprefix("350100-")[:10]:
        value = value * 32 + CROCKFORD.index(character)
    return value


@given(instants)
def test_a_number_tells_its_instant(milliseconds: int) -> None:
    (number,) = new_numbers("350100", 1, milliseconds)
    assert time_of(number) == milliseconds
    assert len(number) == len("350100-") + 26


@given(instants, instants)
def test_later_numbers_sort_after_earlier_ones(one: int, other: int) -> None:
    (first,), (second,) = (new_numbers("350100", 1, instant) for instant in (one, other))
    assert one == other or (first < second) == (one < other)


def test_numbers_of_one_instant_are_all_different() -> None:
    numbers = new_numbers("350100", 10_000, 1_700_000_000_000)
    assert len(set(numbers)) == 10_000
    assert set("".join(number.removeprefix("350100-") for number in numbers)) == set(CROCKFORD)
