"""How one reader wants pages to look: text size, contrast, light or dark. Kept in a cookie, never with a person.

The cookie is called ``display`` (显示 in the header) and holds three words joined by dots, ``large.more.dark``. It is
not signed: whatever it holds is compared with the words below, and anything else means the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

COOKIE = "display"
TEXT = ("normal", "large")
CONTRAST = ("normal", "more")
THEME = ("light", "dark", "auto")


def _known(word: str, words: tuple[str, ...]) -> str:
    return word if word in words else words[0]


@dataclass(frozen=True, slots=True)
class Appearance:
    """``text`` normal or large, ``contrast`` normal or more, ``theme`` light, dark or auto (as the device is set)."""

    text: str = TEXT[0]
    contrast: str = CONTRAST[0]
    theme: str = THEME[0]

    @classmethod
    def chosen(cls, choice: Mapping[str, str]) -> Self:
        """What a submitted form says; a missing or unknown word is the default."""
        return cls(
            text=_known(choice.get("text", ""), TEXT),
            contrast=_known(choice.get("contrast", ""), CONTRAST),
            theme=_known(choice.get("theme", ""), THEME),
        )

    @classmethod
    def from_cookie(cls, cookie: str) -> Self:
        """What the cookie says; a cookie of another shape is the default."""
        words = cookie.split(".")
        return cls.chosen(dict(zip(("text", "contrast", "theme"), words, strict=True))) if len(words) == 3 else cls()

    @property
    def cookie(self) -> str:
        """The three words, as kept in the cookie."""
        return f"{self.text}.{self.contrast}.{self.theme}"
