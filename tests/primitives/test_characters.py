"""Characters that carry no meaning."""

from hypothesis import given
from hypothesis import strategies as st

from rongxin.primitives.characters import BLANKS, HYPHENS, compact, fold_each, fold_width, without_blanks


@given(st.text())
def test_folding_each_character_keeps_every_position(text: str) -> None:
    folded = fold_each(text)
    assert len(folded) == len(text)
    assert all(a == b or fold_width(a) == b for a, b in zip(text, folded, strict=True))


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(BLANKS + HYPHENS))))
def test_what_was_compacted_has_no_blank_and_no_hyphen(text: str) -> None:
    assert not set(compact(text)) & set(BLANKS + HYPHENS)
    assert not set(without_blanks(text)) & set(BLANKS)


def test_every_unicode_space_is_a_blank() -> None:
    assert {chr(point) for point in range(0x110000) if chr(point).isspace()} <= set(BLANKS)
