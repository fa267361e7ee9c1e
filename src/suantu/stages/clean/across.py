"""Finds tables whose row heads stand on lines of their own, each above its cells, and makes rows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from suantu.expressions import compiled
from suantu.stages.clean.lines import Ending, Line, Role
from suantu.stages.clean.stacked import as_row
from suantu.stages.layout import Layout

_WIDEST_HEAD = 30  # columns
_FEWEST_ROWS = 2
_CELL = compiled(r"\S+(?: ?[（(][^（()）]*[)）])?")


def join_heads(lines: Sequence[Line], layout: Layout) -> list[Line]:
    """The lines with such heads and the cells below each joined to rows; header and rows know each other."""
    out: list[Line] = []
    index = 0
    while index < len(lines):
        rows = _rows(lines, index, layout)
        out += rows or lines[index : index + 1]
        index += 2 * len(rows) or 1
    return out


def _rows(lines: Sequence[Line], first: int, layout: Layout) -> list[Line]:
    """The rows of the table that begins at ``first``: names side by side, then figures, as many below each head."""
    figure = layout.tables.figure
    pairs: list[tuple[Line, list[Line]]] = []
    for at in range(first, len(lines) - 1, 2):
        head = lines[at]
        if not _is_head(head, layout) or (pairs and head.gap > 1):
            break
        cells = _cells(lines[at + 1])
        if len(cells) < 2 or (pairs and len(cells) != len(pairs[0][1])):
            break
        figures = [bool(figure.match(cell.text)) for cell in cells]
        if any(figures) if not pairs else not all(figures):
            break
        pairs.append((head, cells))
    if len(pairs) < _FEWEST_ROWS:
        return []
    rows = [as_row([[head], *([cell] for cell in cells)]) for head, cells in pairs]
    for row in rows[1:]:
        row.header = rows[0]
    return rows


def _is_head(line: Line, layout: Layout) -> bool:
    plain = line.role is Role.PLAIN and line.ending is Ending.NONE and line.width <= _WIDEST_HEAD
    return plain and " " not in line.text.strip() and "|" not in line.text and not layout.tables.figure.match(line.text)


def _cells(line: Line) -> list[Line]:
    """The parts of a line that blanks set apart."""
    if line.role not in (Role.PLAIN, Role.ITEM) or line.ending is not Ending.NONE:
        return []
    spans = [match.span() for match in _CELL.finditer(line.text)]
    return [
        replace(line, text=line.text[a:b], offsets=line.offsets[a:b], width=line.width * (b - a) // len(line.text))
        for a, b in spans
    ]
