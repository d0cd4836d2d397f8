"""Organisation codes, GB 11714."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.primitives import organisation_code

eight = st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8)


@pytest.mark.parametrize("code", ["59467239-9", "594672399", " 59467239－9 ", "600037341", "mb1886843"])
def test_right_codes_with_and_without_hyphen(code: str) -> None:
    assert organisation_code.is_valid(code)


@pytest.mark.parametrize(
    "code", ["59467239-8", "59467239", "5946723999", "", "59467239-A", "5946723?9", "组织机构代码一"]
)
def test_wrong_codes(code: str) -> None:
    assert not organisation_code.is_valid(code)


def test_the_worked_example() -> None:
    assert sum(int(d) * w for d, w in zip("59467239", organisation_code.WEIGHTS, strict=True)) == 255
    assert organisation_code.check_character("59467239") == "9"


def test_ten_is_written_x_and_eleven_zero() -> None:
    assert organisation_code.check_character("00000000") == "0"
    assert organisation_code.check_character("40000000") == "X"


@given(eight)
def test_with_its_check_character_every_code_is_valid(first8: str) -> None:
    check = organisation_code.check_character(first8)
    assert organisation_code.is_valid(f"{first8}-{check}")
    assert not any(organisation_code.is_valid(first8 + other) for other in "0123456789X" if other != check)


@pytest.mark.parametrize("first8", ["", "5946723", "594672399", "5946723x", "5946723é", "５９４６７２３９"])
def test_anything_but_eight_characters_is_an_error(first8: str) -> None:
    with pytest.raises(ValueError, match="eight characters"):
        organisation_code.check_character(first8)


def test_normalising_gives_nine_bare_characters() -> None:
    assert organisation_code.normalise(" ５９４６７２３９-9") == "594672399"
