"""Finds tables that came out of a page one cell a line, and makes rows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from suantu.expressions import compiled
from suantu.stages.clean.lines import Ending, Line, Role
from suantu.stages.layout import Layout

_WIDEST_CELL = 30  # columns
_MOST_COLUMNS = 10
_FEWEST_ROWS = 2
_FEWEST_HEADLESS = 3  # rows of a table without heads: numbered from one, or pairs below a caption
_MOST_RANKED = 3  # columns of a numbered list
_TITLES = 2  # short lines that may stand above or below a table
_LONGEST_RUN = 400  # cells
BRACKETED = compiled(r"[（(][^（()）]*[)）]$")
_CELL = "\t"


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where a table's first row begins in a run of cells, how many columns and rows it has, whether heads stand above."""

    first: int
    columns: int
    rows: int
    headed: bool

    @property
    def start(self) -> int:
        """Where the table begins, with its heads."""
        return self.first - (self.columns if self.headed else 0)

    @property
    def end(self) -> int:
        return self.first + self.columns * self.rows


def stack_rows(lines: Sequence[Line], layout: Layout) -> list[Line]:
    """The lines with the cells of such tables joined to rows; header and rows know each other."""
    out: list[Line] = []
    index = 0
    while index < len(lines):
        run = _run(lines, index, layout)
        cells = _unwrapped(run)
        named = index > 0 and lines[index - 1].role is Role.CAPTION
        shape = _shape(cells, layout, named=named) if len(cells) > _FEWEST_ROWS * 2 else None
        used = [line for cell in cells[: shape.end if shape else len(cells)] for line in cell]
        if shape is None:
            out += used or lines[index : index + 1]
        else:
            out += used[: sum(map(len, cells[: shape.start]))]
            out += _rows(cells[shape.start : shape.end], shape)
        index += max(len(used), 1)
    return out


def _run(lines: Sequence[Line], first: int, layout: Layout) -> Sequence[Line]:
    """The short lines from ``first`` on with at most one empty line between them."""
    end = first
    while end < len(lines) and end - first < _LONGEST_RUN and _is_cell(lines[end], layout):
        if end > first and lines[end].gap > 1:
            break
        end += 1
    return lines[first:end]


def _is_cell(line: Line, layout: Layout) -> bool:
    plain = line.role is Role.PLAIN or (line.role is Role.ITEM and layout.tables.figure.match(line.text))
    return bool(plain) and line.width <= _WIDEST_CELL and line.ending is Ending.NONE and "|" not in line.text


def _unwrapped(run: Sequence[Line]) -> list[list[Line]]:
    """The cells of a run: a line in brackets belongs to the head above it."""
    cells: list[list[Line]] = []
    for line in run:
        if cells and len(cells[-1]) == 1 and BRACKETED.match(line.text) and not cells[-1][0].text.endswith((")", "）")):
            cells[-1].append(line)
        else:
            cells.append([line])
    return cells


def _shape(cells: Sequence[Sequence[Line]], layout: Layout, *, named: bool) -> _Shape | None:
    """The longest table in a run whose rows are alike, with the fewest columns; ``named`` where a caption opens the run."""
    texts = [cell[0].text for cell in cells]
    figures = [bool(layout.tables.figure.match(text)) for text in texts]
    years = [bool(layout.tables.year.match(text)) for text in texts]
    best: _Shape | None = None
    for columns in range(2, min(_MOST_COLUMNS, len(texts) // 2) + 1):
        for first in range(min(columns * 2 + _TITLES, len(texts) - columns)):
            rows = _alike(figures[first:], columns)
            headed = first >= columns and all(not figures[i] or years[i] for i in range(first - columns, first))
            shape = _Shape(first, columns, rows, headed)
            longer = columns * rows > (best.columns * best.rows if best else columns)
            if longer and _is_table(shape, texts, figures, years, named=named) and _ends(shape, cells, figures):
                best = shape
    return best


def _alike(figures: Sequence[bool], columns: int) -> int:
    """How many rows hold words and figures in the same columns as the first."""
    end = next((i for i in range(len(figures)) if figures[i] != figures[i % columns]), len(figures))
    return end // columns


def _is_table(
    shape: _Shape, texts: Sequence[str], figures: Sequence[bool], years: Sequence[bool], *, named: bool
) -> bool:
    """Whether words, ranks or years begin the rows, and figures follow them."""
    first, columns = shape.first, shape.columns
    row = figures[first : first + columns]
    starts = range(first, shape.end, columns)
    ranked = [texts[i] for i in starts] == [str(rank + 1) for rank in range(shape.rows)]
    if not shape.headed:
        paired = named and columns == 2 and row == [False, True]
        return shape.rows >= _FEWEST_HEADLESS and (paired or (ranked and columns <= _MOST_RANKED and not row[1]))
    dated = all(years[i] for i in starts)
    return shape.rows >= _FEWEST_ROWS and (ranked or dated or not row[0]) and (ranked or any(row[1:]))


def _ends(shape: _Shape, cells: Sequence[Sequence[Line]], figures: Sequence[bool]) -> bool:
    """Whether the run ends with the table, or only titles of something else follow."""
    rest = figures[shape.end :]
    apart = bool(rest) and cells[shape.end][0].gap > cells[shape.end - 1][0].gap
    return apart or (len(rest) <= _TITLES and not any(rest))


def _rows(cells: Sequence[Sequence[Line]], shape: _Shape) -> list[Line]:
    rows = [as_row(cells[i : i + shape.columns]) for i in range(0, len(cells), shape.columns)]
    for row in rows[1:] if shape.headed else ():
        row.header = rows[0]
    return rows


def as_row(cells: Sequence[Sequence[Line]]) -> Line:
    """One row of the lines of its cells."""
    text, offsets, spans = "", list[int](), []
    for cell in cells:
        if text:
            text, offsets = text + _CELL, [*offsets, offsets[-1]]
        start = len(text)
        for line in cell:
            text, offsets = text + line.text, [*offsets, *line.offsets]
        spans.append((start, len(text)))
    first = cells[0][0]
    width = sum(line.width for cell in cells for line in cell)
    return replace(first, text=text, offsets=offsets, width=width, role=Role.ROW, rule=None, cells=tuple(spans))
