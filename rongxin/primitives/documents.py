"""Numbers of official documents (文号), in the one form in which they are compared."""

from functools import cache

from rongxin.primitives.characters import BLANKS, fold_width

_OPENING = "([{<⟨〈《「『【〖〘〚"
_CLOSING = ")]}>⟩〉》」』】〗〙〛"


@cache
def document_number_replacements() -> dict[str, str]:
    """Every single-character replacement of :func:`normalise_document_number`, to be made after NFKC."""
    return {**dict.fromkeys(BLANKS, ""), **dict.fromkeys(_OPENING, "〔"), **dict.fromkeys(_CLOSING, "〕")}


@cache
def _translation() -> dict[int, str]:
    return str.maketrans(document_number_replacements())


def normalise_document_number(text: str) -> str:
    """The form in which document numbers are compared: NFKC, no blanks, 〔 〕 for all brackets.

    榕示市监罚（2026）118 号, 榕示市监罚[2026]118号 and 榕示市监罚〔2026〕118号 are one number.
    """
    return fold_width(text).translate(_translation())
