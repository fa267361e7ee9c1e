"""How much is read at once: longer stretches are cut, so that the time a text takes grows with its length alone.

Paragraphs and sentences of reports are far below these bounds. A megabyte on one line is not, and what looks around
inside a paragraph or a sentence would take hours for it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from suantu.expressions import compiled

PARAGRAPH = 4000  # characters
SENTENCE = 1000

# where a cut does the least harm, best first: after a sentence, after a clause, at a space
_PLACES = tuple(
    compiled(pattern)
    for pattern in (
        r"(?:[。！？!?；;…]+[”’」』）)]*|\.(?=\s))\s*",
        r"(?:[，、：,:]+(?!\d)|[”’」』）)》])\s*",
        r"\s+(?!\d)",
    )
)


def pieces(text: str, longest: int, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """``text[start:end]`` in pieces of at most ``longest`` characters, cut where a reader would pause, and inside a
    word or a number only where there is no other place. No piece but the first begins with a space, nor ends with one
    but the last."""
    end = len(text) if end is None else end
    while end - start > longest:
        cut = pause(text, start + longest // 2, start + longest)
        if kept := len(text[start:cut].rstrip()):
            yield start, start + kept
        start = cut
    yield start, end


def pause(text: str, first: int, last: int) -> int:
    """Where between two offsets a cut does the least harm."""
    for place in _PLACES:
        ends = [match.end() for match in place.finditer(text, first, last + 1)]  # one more: patterns look ahead
        if fit := [end for end in ends if end <= last]:
            return fit[-1]
    return next((i for i in range(last, first, -1) if not (_joins(text[i - 1]) and _joins(text[i]))), last)


def _joins(char: str) -> bool:
    """Whether the character makes one word or number with others of its kind."""
    return (char.isascii() and not char.isspace()) or unicodedata.numeric(char, None) is not None
