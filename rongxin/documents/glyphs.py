"""Which characters the vendored fonts can write, read from the fonts themselves."""

import struct
from functools import cache
from typing import Final

from rongxin.documents.compiling import FONTS

FULL_UNICODE: Final = (3, 10)
SEGMENTED: Final = 12


class NoGlyph(ValueError):
    """No vendored font has these characters; ``characters`` holds them, each once, in the order of their codes."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        self.characters = characters
        super().__init__("、".join(f"{character}（U+{ord(character):04X}）" for character in characters))


def demand_glyphs(text: str) -> None:
    """Raise NoGlyph unless every character of ``text`` can be written."""
    missing = set(text) - writable()
    if missing:
        raise NoGlyph(tuple(sorted(missing)))


@cache
def writable() -> frozenset[str]:
    """Every character that at least one vendored font has."""
    return frozenset(character for path in sorted(FONTS.glob("*.ttf")) for character in _mapped(path.read_bytes()))


def _mapped(font: bytes) -> list[str]:
    """The characters of the table for all of Unicode (OpenType ``cmap``, format 12)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    start = next(offset for tag, offset in (_table(font, number) for number in range(tables)) if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * number)
        (form,) = struct.unpack_from(">H", font, start + offset)
        if (platform, encoding) == FULL_UNICODE and form == SEGMENTED:
            return _characters(font, start + offset)
    raise ValueError("the font has no table for all of Unicode")


def _table(font: bytes, number: int) -> tuple[bytes, int]:
    tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
    return tag, offset


def _characters(font: bytes, start: int) -> list[str]:
    (groups,) = struct.unpack_from(">I", font, start + 12)
    found = []
    for number in range(groups):
        first, last, glyph = struct.unpack_from(">III", font, start + 16 + 12 * number)
        found += [chr(code) for code in range(first, last + 1) if glyph + code - first]
    return found
