"""What a page says of an enterprise's registration."""

import pytest
from django.utils.translation import override

from rongxin.disclosure.subjects import industry_name, scale_words
from rongxin.policy.pack import Policy
from tests.factories import the_pack


@pytest.fixture(scope="module")
def pack() -> Policy:
    return the_pack()[0]


def test_an_industry_is_told_by_its_section_and_code_in_both_languages(pack: Policy) -> None:
    assert industry_name("6210", pack) == "住宿和餐饮业 6210"
    with override("en"):
        assert industry_name("6210", pack) == "Accommodation and catering 6210"
    assert industry_name("99", pack) == "99"
    assert industry_name(None, pack) == ""


def test_a_size_is_told_in_both_languages_and_nothing_where_none_was_filed() -> None:
    assert scale_words("micro") == "微型"
    with override("en"):
        assert scale_words("micro") == "Micro"
    assert scale_words(None) == ""
