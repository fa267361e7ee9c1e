"""Finds running headers, footers and page numbers: lines of the page, not of the text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from suantu.expressions import compiled
from suantu.stages.clean.lines import Ending, Line, Role
from suantu.stages.layout import Layout

_CORE = compiled(r"[\W\d_]+")
_SHORTEST = 6  # columns; shorter repeated lines are labels rather than headers
_APART = 4  # lines: numbered headers never stand closer together
_FACING = 2  # pages from one left or right page to the next
_RUN = 3  # page numbers in a row before bare numbers count as such


def mark_furniture(lines: Sequence[Line], layout: Layout, title: str) -> None:
    """Give running headers, footers, page numbers and the editions beside them the role FURNITURE."""
    rules = layout.furniture
    for line in lines:
        if line.width <= rules.width and rules.page_number.match(line.text) and not line.cells:
            line.role = Role.FURNITURE
    headers = _repeated(lines, layout, _core(title)) | _numbered(lines, layout)
    _mark_like(lines, {core for core in map(_core, headers) if core}, _core(title), layout)
    _mark_beside(lines, layout)


def _core(text: str) -> str:
    return _CORE.sub("", text)


def _may_repeat(line: Line, layout: Layout) -> bool:
    if line.role not in (Role.PLAIN, Role.HEADING) or line.text.startswith(("#", "|")):
        return False
    return _SHORTEST <= line.width <= layout.furniture.width and line.ending not in (Ending.SENTENCE, Ending.COMMA)


def _repeated(lines: Sequence[Line], layout: Layout, title: str) -> set[str]:
    """Lines that stand several times; the first stays if it opens the text as its title, or is a numbered heading."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if _may_repeat(line, layout):
            places[line.text].append(index)
    found = set()
    for text, where in places.items():
        if len(where) >= layout.furniture.repeats and not _in_table(lines, where):
            found.add(text)
            first = lines[where[0]]
            opens = where[0] == 0 and (not title or _core(text) in title)
            stays = opens or first.role is Role.HEADING
            for index in where[1 if stays else 0 :]:
                lines[index].role = Role.FURNITURE
    return found


def _in_table(lines: Sequence[Line], where: Sequence[int]) -> bool:
    if not any(mark in lines[where[0]].text for mark in ("  ", "\t")):
        return False
    near = [lines[i] for index in where for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    return any("  " in line.text or "\t" in line.text for line in near)


def _numbered(lines: Sequence[Line], layout: Layout) -> set[str]:
    """The words of headers that carry a rising page number: three of them, or two of neighbouring pages that is set apart."""
    places: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for index, line in enumerate(lines):
        if not _may_repeat(line, layout) or not (line.text[0].isdigit() or line.text[-1:].isdigit()):
            continue
        match = layout.furniture.numbered.match(line.text)
        number = match and (match["after"] or match["before"])
        if match and number and len(number) <= 3:
            places[match["words"].strip()].append((index, int(number)))
    found = set()
    for words, where in places.items():
        pairs = list(pairwise(where))
        rising = all(b[1] > a[1] and b[0] - a[0] >= _APART for a, b in pairs)
        near = bool(pairs) and all(b[1] - a[1] <= _FACING for a, b in pairs)
        sure = near and all(_stands_apart(lines, index, layout) for index, _ in where)
        if rising and (sure or len(where) >= layout.furniture.repeats) and len(_core(words)) >= _SHORTEST:
            found.add(words)
            for index, _ in where:
                lines[index].role = Role.FURNITURE
    return found


def _stands_apart(lines: Sequence[Line], index: int, layout: Layout) -> bool:
    """Whether a line's number is set apart from its words, and the line from the text or the page before."""
    following = lines[index + 1 : index + 2]
    alone = lines[index].gap > 0 or lines[index].new_page or (index > 0 and lines[index - 1].role is Role.FURNITURE)
    alone = alone and all(line.gap > 0 or line.role is Role.FURNITURE for line in following)
    return alone and layout.furniture.apart.search(lines[index].text) is not None


def _mark_like(lines: Sequence[Line], headers: set[str], title: str, layout: Layout) -> None:
    """Mark the lines that say what a header says, but for the edition; the first line of the text stays."""
    if title:
        same = Counter(_core(line.text) == title for line in lines if line.width <= layout.furniture.width)[True]
        if same >= 2:
            headers = headers | {title}
    if not headers:
        return
    for line in lines[1:]:
        loose = line.role in (Role.PLAIN, Role.CAPTION) and line.width <= layout.furniture.width and not line.ending
        if loose and len(core := _core(line.text)) >= _SHORTEST - 2 and core in headers:
            line.role = Role.FURNITURE


def _mark_beside(lines: Sequence[Line], layout: Layout) -> None:
    """Mark editions and bare numbers that stand beside furniture or at a page break, and rising page numbers."""
    rules = layout.furniture
    bare: list[int] = []
    for index, line in enumerate(lines):
        if line.role is not Role.PLAIN or not line.text[0].isdigit() or line.width > 16:
            continue
        near = [lines[i].role is Role.FURNITURE for i in (index - 1, index + 1) if 0 <= i < len(lines)]
        at_page = (line.new_page and index > 0) or (index + 1 < len(lines) and lines[index + 1].new_page)
        if rules.bare_number.match(line.text):
            if any(near) or at_page:
                line.role = Role.FURNITURE
            else:
                bare.append(index)
        elif rules.edition.match(line.text) and any(near):
            line.role = Role.FURNITURE
    numbers = [int(lines[index].text) for index in bare]
    pairs = list(zip(bare, bare[1:], numbers, numbers[1:], strict=False))
    if len(bare) >= _RUN and all(b - a >= _APART and m > n for a, b, n, m in pairs):
        for index in bare:
            lines[index].role = Role.FURNITURE
