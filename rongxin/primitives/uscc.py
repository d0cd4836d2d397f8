"""Unified social credit codes (统一社会信用代码), GB 32100-2015: eighteen characters, two check characters.

Position 1 the registering department, 2 the category, 3–8 the division of the registering authority as it stood when
the code was given, 9–17 the organisation code (GB 11714), 18 the check character.

Some genuine codes fail the check: authorities of Xiamen gave such codes before 2016. A finding is therefore a reason
to look the code up, not proof that it is wrong.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from rongxin.primitives import organisation_code
from rongxin.primitives.characters import compact
from rongxin.primitives.divisions import Divisions

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
LENGTH = 18

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_COUNTRY = Divisions()


@dataclass(frozen=True, slots=True)
class Category:
    """What position 2 says: the kind of organisation, and whether it is a market entity."""

    name: str
    market_entity: bool = False


@dataclass(frozen=True, slots=True)
class Department:
    """What position 1 says: the registering department, with the categories it may give."""

    name: str
    categories: dict[str, Category]


# GB 32100-2015, table of registering departments and categories.
DEPARTMENTS: dict[str, Department] = {
    "1": Department(
        "机构编制",
        {
            "1": Category("机关"),
            "2": Category("事业单位"),
            "3": Category("中央编办直接管理机构编制的群众团体"),
            "9": Category("其他"),
        },
    ),
    "2": Department("外交", {"1": Category("外国常驻新闻机构"), "9": Category("其他")}),
    "3": Department(
        "司法行政",
        {
            "1": Category("律师执业机构"),
            "2": Category("公证处"),
            "3": Category("基层法律服务所"),
            "4": Category("司法鉴定机构"),
            "5": Category("仲裁委员会"),
            "9": Category("其他"),
        },
    ),
    "4": Department("文化", {"1": Category("外国在华文化中心"), "9": Category("其他")}),
    "5": Department(
        "民政",
        {"1": Category("社会团体"), "2": Category("民办非企业单位"), "3": Category("基金会"), "9": Category("其他")},
    ),
    "6": Department(
        "旅游",
        {
            "1": Category("外国旅游部门常驻代表机构"),
            "2": Category("港澳台地区旅游部门常驻内地（大陆）代表机构"),
            "9": Category("其他"),
        },
    ),
    "7": Department("宗教", {"1": Category("宗教活动场所"), "2": Category("宗教院校"), "9": Category("其他")}),
    "8": Department("工会", {"1": Category("基层工会"), "9": Category("其他")}),
    "9": Department(
        "工商（市场监管）",
        {
            "1": Category("企业", market_entity=True),
            "2": Category("个体工商户", market_entity=True),
            "3": Category("农民专业合作社", market_entity=True),
        },
    ),
    "A": Department("中央军委改革和编制办公室", {"1": Category("军队事业单位"), "9": Category("其他")}),
    "N": Department(
        "农业",
        {
            "1": Category("组级集体经济组织"),
            "2": Category("村级集体经济组织"),
            "3": Category("乡镇级集体经济组织"),
            "9": Category("其他"),
        },
    ),
    "Y": Department("其他", {"1": Category("不再具体划分机构类别")}),
}


@dataclass(frozen=True, slots=True)
class CodeFinding:
    """One thing found wrong with a code: the step of the ladder, the stable code of the finding, its particulars."""

    step: str
    code: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UsccParts:
    """The five parts of a code."""

    department: str
    category: str
    division: str
    organisation_code: str
    check: str


def normalise_code(text: str) -> str:
    """The code as it is compared: NFKC, upper case, without blanks, invisible characters and hyphens."""
    return compact(text)


def check_character(first17: str) -> str:
    """The eighteenth character (GB 32100-2015). ValueError unless given 17 characters of the alphabet."""
    if len(first17) != LENGTH - 1 or any(character not in _VALUES for character in first17):
        raise ValueError(f"a unified code has 17 characters of {ALPHABET} before the check character: {first17!r}")
    total = sum(_VALUES[character] * weight for character, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def complete(first17: str) -> str:
    """The whole code for its first 17 characters. ValueError as for :func:`check_character`."""
    return first17 + check_character(first17)


def make(department: str, category: str, division: str, organisation_8: str) -> str:
    """A code with both check characters right, from its free parts. ValueError where a part is not lawful.

    ``division`` is six digits, ``organisation_8`` the organisation code without its check character.
    """
    if department not in DEPARTMENTS or category not in DEPARTMENTS[department].categories:
        raise ValueError(f"no such department and category: {department!r}, {category!r}")
    if not re.fullmatch(r"[0-9]{6}", division):
        raise ValueError(f"a division has six digits: {division!r}")
    check = organisation_code.check_character(organisation_8)
    return complete(department + category + division + organisation_8 + check)


def parts(code: str) -> UsccParts:
    """The parts of a normalised code of 18 characters. ValueError for another length."""
    if len(code) != LENGTH:
        raise ValueError(f"a unified code has 18 characters: {code!r}")
    return UsccParts(code[0], code[1], code[2:8], code[8:17], code[17])


_COUNTING = ("12345678901234567890", "123456789123456789", "01234567890123456789")


def is_placeholder(code: str) -> bool:
    """Whether a normalised text only fills the field: one character over and over, 12345678…, a subject of zeros."""
    body = code[:-1] if code.endswith("X") else code
    if len(body) < 6:
        return False
    one_character = len(set(body)) == 1 or len(set(code)) == 1
    counting = len(body) >= 8 and any(row.startswith(body[: LENGTH - 1]) for row in _COUNTING)
    no_subject = len(code) == LENGTH and code[8:16] == "00000000"
    return one_character or counting or no_subject


_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,3}")
_WITH_DECIMALS = re.compile(r"[0-9]+\.0+")


def lost_digits(text: str) -> bool:
    """Whether a spreadsheet turned the code into a number: 9.11E+17, a trailing .0, or the last three digits gone.

    Spreadsheets keep fifteen digits of a number, so eighteen digits end in 000; a right check character clears them.
    """
    code = normalise_code(text)
    if _SCIENTIFIC.fullmatch(code) or _WITH_DECIMALS.fullmatch(code):
        return True
    return bool(re.fullmatch(r"[0-9]{15}000", code)) and code[17] != check_character(code[:17])


def inspect(code: str, *, divisions: Divisions | None = None, on: date | None = None) -> tuple[CodeFinding, ...]:
    """What is wrong with a normalised code by itself, in the order of the ladder; empty when nothing is.

    Steps: format, alphabet (characters, department and category), check_character, organisation_code, division. A
    finding of format or alphabet ends the ladder, the later steps all run. ``divisions`` is the platform's own table
    beside that of the country. ``on`` is the day the code was given, if known: a division that ended later is then no
    finding.
    """
    for step in (_format, _alphabet):
        found = tuple(step(code))
        if found:
            return found
    return (*_check_character(code), *_organisation_code(code), *_division(code, divisions or _COUNTRY, on))


def is_valid(code: str) -> bool:
    """Whether a normalised code has the right form, alphabet and both check characters; the division does not count."""
    steps: tuple[Callable[[str], Iterator[CodeFinding]], ...] = (
        _format,
        _alphabet,
        _check_character,
        _organisation_code,
    )
    return not any(True for step in steps for _ in step(code))


def codes_in(text: str) -> list[str]:
    """The valid codes written in a text, each once, in the order in which they stand there."""
    return list(dict.fromkeys(code for code in _LIKE_A_CODE.findall(text) if is_valid(code)))


_LIKE_A_CODE = re.compile(rf"(?<![0-9A-Za-z])[{ALPHABET}]{{{LENGTH}}}(?![0-9A-Za-z])")


def _format(code: str) -> Iterator[CodeFinding]:
    right_length = len(code) == LENGTH
    if right_length and is_placeholder(code):
        yield CodeFinding("format", "uscc_placeholder")
    elif lost_digits(code):
        yield CodeFinding("format", "code_lost_digits")
    elif not right_length:
        yield CodeFinding("format", "uscc_length", {"length": str(len(code))})


def _alphabet(code: str) -> Iterator[CodeFinding]:
    wrong = [
        position
        for position, character in enumerate(code)
        if character not in _VALUES or (2 <= position < 8 and not "0" <= character <= "9")
    ]
    if wrong:
        characters = "".join(dict.fromkeys(code[position] for position in wrong))
        positions = ",".join(str(position + 1) for position in wrong)
        yield CodeFinding("alphabet", "uscc_alphabet", {"characters": characters, "positions": positions})
    elif code[0] not in DEPARTMENTS or code[1] not in DEPARTMENTS[code[0]].categories:
        yield CodeFinding("alphabet", "uscc_category", {"department": code[0], "category": code[1]})


def _check_character(code: str) -> Iterator[CodeFinding]:
    expected = check_character(code[:17])
    if code[17] != expected:
        yield CodeFinding("check_character", "uscc_check_character", {"expected": expected, "found": code[17]})


def _organisation_code(code: str) -> Iterator[CodeFinding]:
    expected = organisation_code.check_character(code[8:16])
    if code[16] != expected:
        yield CodeFinding("organisation_code", "uscc_organisation_code", {"expected": expected, "found": code[16]})


def _division(code: str, divisions: Divisions, on: date | None) -> Iterator[CodeFinding]:
    division = divisions.get(code[2:8])
    if division is None:
        yield CodeFinding("division", "uscc_division_unknown", {"division": code[2:8]})
    elif division.is_abolished(on):
        particulars = {"division": division.code, "name": division.name, "successor": division.successor or ""}
        yield CodeFinding("division", "uscc_division_abolished", particulars)
