"""Portions of a document that is too large to be read at once, so that memory does not grow with its length.

What a document says once for all of it (names that it explains, the furniture of its pages, text printed twice) is known
within a portion, which is longer than nearly all reports; the facts of all portions are facts of the one document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from suantu.expressions import compiled
from suantu.records import Document
from suantu.stages.fold import fold
from suantu.stages.layout import Layout
from suantu.stages.lengths import pause

LARGEST = 500_000  # characters: some 500 pages
_BLANK = compiled(r"\n\s*\n|\f")
_LONGEST_HEADING = 100


def portions(document: Document, layout: Layout, largest: int = 0) -> Iterator[Document]:
    """The document itself, or where it is longer than ``largest`` characters, its portions in order: together all of
    its text, cut before a heading of the highest level, else between paragraphs, lines or sentences."""
    largest = largest or LARGEST
    text, start = document.text, 0
    if len(text) <= largest:
        yield document
        return
    while start < len(text):
        end = len(text) if len(text) - start <= largest else _border(text, start, largest, layout)
        pages = tuple(page - start for page in document.pages if start <= page < end)
        yield replace(document, text=text[start:end], pages=pages, start=start)
        start = end


def _border(text: str, start: int, largest: int, layout: Layout) -> int:
    first, last = start + largest - largest // 4, start + largest
    blanks = [match.end() for match in _BLANK.finditer(text, first, last) if match.end() < last]
    if blanks:
        return max(blanks, key=lambda at: (-_level(text[at : at + _LONGEST_HEADING], layout), at))
    return text.rfind("\n", first, last) + 1 or pause(text, first, last)


def _level(text: str, layout: Layout) -> int:
    """The level of the heading that a text begins with, the deepest where it begins with none."""
    line = fold(text.lstrip(" \t").partition("\n")[0])
    for rule in layout.headings:
        if not rule.weak and (match := rule.pattern.match(line)):
            return rule.level + match[0].count("#") + match[0].count(".")
    return layout.unnumbered_level
