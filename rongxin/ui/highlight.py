"""Show where a search word stands in a name, without ever letting either become markup."""

import unicodedata

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

SHORTEST_PIECE = 2


def _fold(text: str) -> str:
    """Width and case folded, character by character, so that positions stay those of ``text``."""
    folded = (unicodedata.normalize("NFKC", character).casefold() for character in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(folded, text, strict=True))


def _pieces(text: str, word: str) -> list[tuple[int, int]]:
    """Where ``word`` stands in ``text`` as (start, end); else where pieces of two or more characters do, in order."""
    found: list[tuple[int, int]] = []
    at = text.find(word)
    while at >= 0:
        found.append((at, at + len(word)))
        at = text.find(word, at + len(word))
    if found:
        return found
    position = 0
    while len(word) >= SHORTEST_PIECE:
        for length in range(len(word), SHORTEST_PIECE - 1, -1):
            at = text.find(word[:length], position)
            if at >= 0:
                found.append((at, at + length))
                word, position = word[length:], at + length
                break
        else:
            word = word[1:]
    return found


def marked(text: str, query: str) -> SafeString:
    """``text`` with the words of ``query`` in ``<mark>``; both are escaped."""
    folded = _fold(text)
    spans = sorted(span for word in _fold(query).split() for span in _pieces(folded, word))
    parts: list[str] = []
    position = 0
    for start, end in spans:
        if start < position:
            continue
        parts += [conditional_escape(text[position:start]), format_html("<mark>{}</mark>", text[start:end])]
        position = end
    parts.append(conditional_escape(text[position:]))
    return mark_safe("".join(parts))  # noqa: S308
