"""Names of organisations: one form for comparing, the words that tell an organisation from a person, the parts.

The comparable form is made by NFKC and one table of single characters, so that a column expression that normalises and
then replaces by the same table gives the identical result.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from rongxin.primitives.characters import BLANKS, fold_width
from rongxin.primitives.organisation_words import (
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    DECORATIVE_ENDINGS,
    ENGLISH_FORMS,
    FIRM_ENDINGS,
    LEGAL_FORMS,
    NEVER_A_PERSON,
    ORGANISATION_WORDS,
    PROVINCES,
    TRADES,
)

__all__ = [
    "LEGAL_FORMS",
    "NameParts",
    "bigrams",
    "has_organisation_word",
    "mask_person",
    "name_replacements",
    "normalise_name",
    "split",
    "traditional_table",
]

_OPENING = "([{<⟨〈《「『【〔〖〘〚｢"
_CLOSING = ")]}>⟩〉》」』】〕〗〙〛｣"
_MIDDLE_DOTS = "•‧∙⋅・᛫⸱"
_HAN_RANGES = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))
_LATIN_END = 0x0250


@dataclass(frozen=True, slots=True)
class NameParts:
    """Region, own name, trade and legal form; joined in this order they are the normalised name."""

    region: str
    core: str
    trade: str
    legal_form: str


@cache
def traditional_table() -> dict[str, str]:
    """Traditional character to simplified, one for one: what OpenCC's t2s makes of each Han character alone."""
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    table: dict[str, str] = {}
    for low, high in _HAN_RANGES:
        for character in map(chr, range(low, high + 1)):
            simplified = convert(character)
            if simplified != character:
                table[character] = simplified
    # 薴 becomes 苧, which itself becomes 苎: follow to the end, or a second pass would change the name again.
    return {character: table.get(simplified, simplified) for character, simplified in table.items()}


@cache
def name_replacements() -> dict[str, str]:
    """Every single-character replacement of :func:`normalise_name`, to be made after NFKC; blanks map to nothing."""
    latin = {
        character: character.upper()
        for character in map(chr, range(ord("a"), _LATIN_END))
        if len(character.upper()) == 1 and unicodedata.is_normalized("NFKC", character)
    }
    return {
        **traditional_table(),
        **latin,
        **dict.fromkeys(BLANKS, ""),
        **dict.fromkeys(_OPENING, "("),
        **dict.fromkeys(_CLOSING, ")"),
        **dict.fromkeys(_MIDDLE_DOTS, "·"),
    }


@cache
def _translation() -> dict[int, str]:
    return str.maketrans(name_replacements())


def normalise_name(text: str) -> str:
    """The form in which names are compared: NFKC, no blanks, ( ) for all brackets, · for all middle dots, simplified
    characters, capital Latin letters. Masked characters (*, ×, X) stay: a masked name equals no other.
    """
    return fold_width(text).translate(_translation())


def bigrams(text: str) -> list[str]:
    """The neighbouring pairs of characters of ``text`` in order; a single character is its own."""
    if len(text) == 1:
        return [text]
    return [text[position : position + 2] for position in range(len(text) - 1)]


def mask_person(name: str) -> str:
    """The surname and two asterisks, whatever the length: 林**, 欧阳**."""
    clean = fold_width(name).strip(BLANKS)
    if not clean:
        return ""
    return (clean[:2] if len(clean) > 2 and clean[:2] in COMPOUND_SURNAMES else clean[0]) + "**"


def _any_of(words: Collection[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_STRONG = re.compile(_any_of(ORGANISATION_WORDS))
_ENGLISH = re.compile(rf"(?<![A-Z])(?:{_any_of(ENGLISH_FORMS)})(?![A-Z])")
_NEVER_A_PERSON = re.compile(_any_of(NEVER_A_PERSON))
_TAIL = r"(?:\([^()]*\)?|第?[0-9一二三四五六七八九十]+号?|[A-Z0-9]+|[。.,、*?\-])*$"
_FIRM_END = re.compile(rf"[{FIRM_ENDINGS}]{_TAIL}")
_DECORATIVE_END = re.compile(rf"[{DECORATIVE_ENDINGS}]{_TAIL}")
_BRACKETED = re.compile(r"\([^()]*\)?")
_PARTNERSHIP = re.compile(r"\((?:有限|普通|特殊普通)合伙\)?")


def has_organisation_word(name: str) -> bool:
    """Whether a word in ``name`` makes it an organisation and not a person.

    In doubt it is a person. What stands in brackets does not turn one into an organisation (张三（某公司法定代表人）).
    Without it, up to three characters with a common surname (李店, 张学会) or four with a compound one (欧阳建社) are
    a person unless 公司 or the like stands among them.
    """
    normal = normalise_name(name)
    outside = _BRACKETED.sub("", normal)
    if _NEVER_A_PERSON.search(outside) or _PARTNERSHIP.search(normal) or _ENGLISH.search(fold_width(name).upper()):
        return True
    if _may_be_a_person(outside):
        return False
    if _STRONG.search(normal) or _FIRM_END.search(normal):
        return True
    return len(normal) >= 5 and "·" not in normal and bool(_DECORATIVE_END.search(normal))


def _may_be_a_person(outside: str) -> bool:
    if len(outside) <= 3:
        return outside[:1] in COMMON_SURNAMES
    return len(outside) == 4 and outside[:2] in COMPOUND_SURNAMES


_REGION = re.compile(
    rf"(?:(?:{_any_of(PROVINCES)})(?:省|市|自治区|壮族自治区|回族自治区|维吾尔自治区|特别行政区)?)?"
    r"(?:[^市县区()]{2,4}?(?:市(?!场|政)|地区|自治州|盟))?(?:[^市县区()]{1,4}?(?:县|区(?!块|域)))?"
)
_FORMS = re.compile(rf"(?:{_any_of([normalise_name(form) for form in LEGAL_FORMS])})$")
_TRADE_END = re.compile(rf"(?:{_any_of(TRADES)})$")


def split(name: str, places: Collection[str] = ()) -> NameParts:
    """The parts of a normalised name, 福建省福州市 + 示例 + 科技 + 有限公司; a part that is not found is empty.

    ``places`` are names of places that may lead without 市 or 县 (福州); provinces are known. A region inside brackets
    stays with the own name.
    """
    rest = normalise_name(name)
    form = _FORMS.search(rest)
    legal_form = form[0] if form else ""
    rest = rest.removesuffix(legal_form)
    region = _leading_region(rest, places)
    rest = rest.removeprefix(region)
    found = _TRADE_END.search(rest)
    trade = found[0] if found and found.start() else ""
    return NameParts(region, rest.removesuffix(trade), trade, legal_form)


def _leading_region(name: str, places: Collection[str]) -> str:
    matched = _REGION.match(name)
    region = matched[0] if matched else ""
    behind = name[len(region) :]
    short = max((place for place in places if behind.startswith(place)), key=len, default="")
    region += short
    return region if len(region) < len(name) else ""
